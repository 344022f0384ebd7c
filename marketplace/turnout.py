"""How many take part: of the city and of each agency, counted once, when a month is closed.

Everything of people leaves here rounded down. The employed are the mean over the days of the
months, a day before somebody's first posting taking the first one, as everywhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from statistics import quantiles

from core.calendar import last_day
from core.sql import Sql, fetch
from marketplace import bands
from marketplace.blocks import Keys, Ledger, Row
from marketplace.booked import BOOKED_BETWEEN
from marketplace.models.people import IN_FORCE
from marketplace.rounding import rounded_down

QUARTILES_FROM = 100
QUARTILE_STEP = 50_000

DAYS_EMPLOYED = """
WITH posted AS (
    SELECT p.asn_id, p.agency_id,
        CASE WHEN lag(p.valid_from) OVER one IS NULL THEN %s::date ELSE p.valid_from END AS since,
        lead(p.valid_from) OVER one - 1 AS until
    FROM marketplace_posting p WINDOW one AS (PARTITION BY p.asn_id ORDER BY p.valid_from)
), there AS (
    SELECT posted.agency_id, greatest(posted.since, %s::date) AS since,
        least(posted.until, asn.left_on, %s::date) AS until
    FROM posted JOIN marketplace_asn asn ON asn.id = posted.asn_id
)
SELECT agency.code, sum(until - since + 1)::bigint
FROM there JOIN marketplace_agency agency ON agency.id = there.agency_id
WHERE until >= since GROUP BY 1
"""

BOUGHT_BEFORE = """
SELECT buyer::text FROM unnest(%s::uuid[]) AS buyer CROSS JOIN LATERAL (
    SELECT 1 FROM marketplace_purchase p
    WHERE p.buyer_id = buyer AND p.book_month < %s
        AND NOT EXISTS (SELECT 1 FROM marketplace_void v WHERE v.purchase_id = p.id)
    LIMIT 1
) AS before
"""

BUYERS_OF_YEAR = f"""
WITH booked AS ({BOOKED_BETWEEN})
SELECT count(*) FROM (SELECT 1 FROM booked GROUP BY buyer_id HAVING sum(amount) <> 0) AS buyers
"""

IN_FORCE_BY = f"""
SELECT dated.key, count(*) FROM marketplace_asn asn JOIN LATERAL (
    SELECT {{key}} AS key FROM {{rows}} WHERE asn_id = asn.id ORDER BY {IN_FORCE} LIMIT 1
) dated ON true
WHERE asn.left_on IS NULL OR asn.left_on >= %s GROUP BY 1
"""
RESIDENTS = IN_FORCE_BY.format(rows="marketplace_home", key="region_id")
STAFF = IN_FORCE_BY.format(rows="marketplace_posting", key="agency_id")


@dataclass(frozen=True)
class Counted:
    """Of some agencies, or of the city where `agencies` is empty; of people rounded down.

    `quartiles` are rupiah of a buyer, rounded, of the city alone and of many buyers alone.
    """

    agencies: Keys
    employed: int
    buyers: int
    reached: int
    first_timers: int
    quartiles: list[int] | None = None
    year_buyers: int | None = None


def count_turnout(
    ledger: Ledger, blocks: Sequence[Keys], *, months: Sequence[date]
) -> list[Counted]:
    """The city first, then each block of the lens of agencies.

    Somebody reached the band if their sum of these months is in the band of their agency, as it
    held on the last day, or beyond.
    """
    rows = ledger.within(frozenset().union(*blocks))
    lows = _lows(months)
    spent = _spent(rows)
    new = spent.keys() - _bought_before(months[0], spent)
    employed = _employed(months)
    city = replace(
        _counted(frozenset(), rows, new, lows, employed=sum(employed.values())),
        quartiles=_quartiles(spent.values()),
        year_buyers=rounded_down(_buyers_of_year(months[-1])),
    )
    agencies = [
        _counted(
            block,
            ledger.within(block),
            new,
            lows,
            employed=sum(employed.get(code, 0) for code in block),
        )
        for block in blocks
    ]
    return [city, *agencies]


def count_residents(day: date) -> dict[str, int]:
    """How many ASN live in each place on that day, rounded down; places without any are missing."""
    rows = fetch(Sql(RESIDENTS, (day, day, day)))
    return {code: rounded_down(count) for code, count in rows}


def count_staff(day: date) -> dict[int, int]:
    """How many ASN serve in each agency on that day, by its key, rounded down."""
    rows = fetch(Sql(STAFF, (day, day, day)))
    return {agency: rounded_down(count) for agency, count in rows}


def _counted(
    agencies: Keys, rows: Sequence[Row], new: set[str], lows: Mapping[str, int], *, employed: float
) -> Counted:
    spent = _spent(rows)
    band = {str(row.buyer): lows[row.key] for row in rows}
    return Counted(
        agencies=agencies,
        employed=round(employed),
        buyers=rounded_down(len(spent)),
        reached=rounded_down(sum(amount >= band[buyer] for buyer, amount in spent.items())),
        first_timers=rounded_down(len(spent.keys() & new)),
    )


def _lows(months: Sequence[date]) -> dict[str, int]:
    """Where the band of these months begins, by agency; of nobody's agency where there is none."""
    day = last_day(months[-1])
    lows = bands.lows_by_agency(day=day) | {"": bands.band_of_city(day=day).low}
    return {code: low * len(months) for code, low in lows.items()}


def _spent(rows: Iterable[Row]) -> dict[str, int]:
    """Net rupiah of each buyer whose sum is not zero."""
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        sums[str(row.buyer)] += row.amount
    return {buyer: amount for buyer, amount in sums.items() if amount}


def _quartiles(amounts: Iterable[int]) -> list[int] | None:
    spent = sorted(amounts)
    if len(spent) < QUARTILES_FROM:
        return None
    return [round(each / QUARTILE_STEP) * QUARTILE_STEP for each in quantiles(spent, n=4)]


def _employed(months: Sequence[date]) -> dict[str, float]:
    """The mean number of ASN by agency over the days of these months."""
    first, last = months[0], last_day(months[-1])
    days = (last - first).days + 1
    rows = fetch(Sql(DAYS_EMPLOYED, (first, first, last)))
    return {code: total / days for code, total in rows}


def _bought_before(month: date, buyers: Iterable[str]) -> set[str]:
    return {buyer for (buyer,) in fetch(Sql(BOUGHT_BEFORE, (list(buyers), month)))}


def _buyers_of_year(month: date) -> int:
    first = date(month.year, 1, 1)
    [(count,)] = fetch(Sql(BUYERS_OF_YEAR, (first, month, first, month)))
    return int(count)
