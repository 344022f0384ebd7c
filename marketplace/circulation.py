"""Rollups of standing purchases, equal to the ledger at every commit.

Three tables on bounded keys: `CirculationCell` (day, home, shop place, ring), `CirculationMonth`
(the same by calendar month of the day bought, and over all shop places) and `BuyerMonth` (buyer,
month). Internal: the auditor reads them, with each look logged; what others read is released
(DISCLOSURE.md).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet, Sum

from core.calendar import first_of_month, months_before, months_between, next_month
from core.sql import Sql, fetch
from marketplace import books
from marketplace.models import CirculationCell, CirculationMonth, Purchase, Region, Void
from marketplace.models.circulation import ALL_SHOP_PLACES

CHECK_TIMEOUT = "120s"
"""For one month, which is all that one statement looks at."""
REPAIR_WAITS = "30s"
"""For the purchases of the month that are being recorded."""

FIRST_AND_LAST = """
SELECT min(day), max(day) FROM (
    SELECT min(day) AS day FROM marketplace_purchase
    UNION ALL SELECT max(day) FROM marketplace_purchase
    UNION ALL SELECT min(day) FROM marketplace_circulationcell
    UNION ALL SELECT max(day) FROM marketplace_circulationcell
    UNION ALL SELECT min(month) FROM marketplace_buyermonth
    UNION ALL SELECT max(month) FROM marketplace_buyermonth
    UNION ALL SELECT min(month) FROM marketplace_circulationmonth
    UNION ALL SELECT max(month) FROM marketplace_circulationmonth
) ends
"""


@dataclass(frozen=True)
class Rollup:
    """A table of sums: its keys, which of them is its date, and in which rows a purchase counts.

    `of_ledger` are the keys as a purchase `p` has them, `groups` how the ledger is grouped by them.
    """

    name: str
    table: str
    keys: tuple[str, ...]
    date: str
    of_ledger: str
    groups: str
    rows_of: Callable[[Purchase], list[tuple[Any, ...]]]

    @property
    def of_month(self) -> str:
        """What holds of the rows of a month."""
        return f"{self.date} >= %(first)s AND {self.date} < %(end)s"

    @property
    def fresh(self) -> str:
        """The rows as a month of the ledger has them."""
        return f"""
            SELECT {self.of_ledger},
                sum(p.amount)::bigint AS amount, count(*)::int AS purchases
            FROM marketplace_purchase p LEFT JOIN marketplace_void v ON v.purchase_id = p.id
            WHERE v.id IS NULL AND p.day >= %(first)s AND p.day < %(end)s
            GROUP BY {self.groups}
        """

    @property
    def differing(self) -> str:
        """One statement reads one snapshot: what commits meanwhile is in both sides or neither."""
        keys = ", ".join(self.keys)
        return f"""
            SELECT concat_ws(' ', {keys}),
                kept.amount, kept.purchases, fresh.amount, fresh.purchases
            FROM (SELECT * FROM {self.table} WHERE {self.of_month}) kept
                FULL JOIN ({self.fresh}) fresh USING ({keys})
            WHERE (coalesce(kept.amount, 0), coalesce(kept.purchases, 0))
                IS DISTINCT FROM (coalesce(fresh.amount, 0), coalesce(fresh.purchases, 0))
            ORDER BY 1
        """

    @property
    def refill(self) -> str:
        """Put the rows of a month as the ledger has them in the place of those kept."""
        return f"""
            DELETE FROM {self.table} WHERE {self.of_month};
            INSERT INTO {self.table} ({", ".join(self.keys)}, amount, purchases) {self.fresh}
        """

    def shift(self, changes: Sequence[tuple[Purchase, int]]) -> list[Sql]:
        """What adds purchases (1) or takes them out (-1), in one statement; none if nothing moves.

        Rows are taken in the order of their keys: two who correct from one shop to the other and
        back wait for each other, never for ever.
        """
        sums: dict[tuple[Any, ...], Turnover] = defaultdict(Turnover)
        for purchase, sign in changes:
            for key in self.rows_of(purchase):
                sums[key] = sums[key].plus(sign * purchase.amount, sign)
        moved = [(*key, sums[key].amount, sums[key].purchases) for key in sorted(sums)]
        rows = [row for row in moved if any(row[-2:])]
        if not rows:
            return []
        row = f"({', '.join(['%s'] * len(rows[0]))})"
        keys = ", ".join(self.keys)
        text = f"""
            INSERT INTO {self.table} AS kept ({keys}, amount, purchases)
            VALUES {", ".join([row] * len(rows))} ON CONFLICT ({keys}) DO UPDATE
            SET amount = kept.amount + EXCLUDED.amount,
                purchases = kept.purchases + EXCLUDED.purchases
        """
        return [Sql(text, tuple(value for row in rows for value in row))]


@dataclass(frozen=True)
class Difference:
    """One row of a rollup that does not equal the ledger. Sums are whole rupiah."""

    table: str
    key: str
    amount: int
    purchases: int
    ledger_amount: int
    ledger_purchases: int


@dataclass(frozen=True)
class Turnover:
    """Whole rupiah, and how many purchases they are."""

    amount: int = 0
    purchases: int = 0

    def plus(self, amount: int, purchases: int) -> "Turnover":
        """Both, with as much more."""
        return Turnover(self.amount + amount, self.purchases + purchases)


def _months_of(purchase: Purchase) -> list[tuple[Any, ...]]:
    month = first_of_month(purchase.day)
    shop_places = (ALL_SHOP_PLACES, purchase.shop_place_id)
    return [(month, purchase.home_id, place, purchase.ring) for place in shop_places]


# In the order in which they are written: all buyers of a kelurahan meet on the last ones.
ROLLUPS = (
    Rollup(
        "buyer-month",
        "marketplace_buyermonth",
        ("month", "buyer_id"),
        date="month",
        of_ledger="date_trunc('month', p.day)::date AS month, p.buyer_id",
        groups="1, 2",
        rows_of=lambda purchase: [(first_of_month(purchase.day), purchase.buyer_id)],
    ),
    Rollup(
        "circulation-cell",
        "marketplace_circulationcell",
        ("day", "home_id", "shop_place_id", "ring"),
        date="day",
        of_ledger="p.day, p.home_id, p.shop_place_id, p.ring",
        groups="1, 2, 3, 4",
        rows_of=lambda purchase: [
            (purchase.day, purchase.home_id, purchase.shop_place_id, purchase.ring)
        ],
    ),
    Rollup(
        "circulation-month",
        "marketplace_circulationmonth",
        ("month", "home_id", "shop_place", "ring"),
        date="month",
        of_ledger=(
            "date_trunc('month', p.day)::date AS month, p.home_id,"
            " coalesce(p.shop_place_id, '') AS shop_place, p.ring"
        ),
        groups=(
            "GROUPING SETS ((date_trunc('month', p.day)::date, p.home_id, p.shop_place_id, p.ring),"
            " (date_trunc('month', p.day)::date, p.home_id, p.ring))"
        ),
        rows_of=_months_of,
    ),
)


def adding(purchase: Purchase) -> list[Sql]:
    """What adds a purchase to every rollup, in its transaction.

    Sent last: all buyers of a kelurahan meet on its rows, and their locks are held to the commit.
    """
    return _shifting([(purchase, 1)])


def taking_back(void: Void) -> list[Sql]:
    """What takes a voided purchase out again, in its transaction. Sent last."""
    return _shifting([(void.purchase, -1)])


def exchanging(void: Void, replacement: Purchase) -> list[Sql]:
    """What puts a replacement in the place of what it replaces, in its transaction. Sent last.

    The two share their day and their buyer.
    """
    return _shifting([(void.purchase, -1), (replacement, 1)])


def turnover(home: Region, *, year: int) -> int:
    """Whole rupiah that the ASN of one kelurahan have spent on the days of `year`."""
    return _summed(_by_month().filter(home=home, month__year=year)).amount


def total(
    *,
    home: str | None = None,
    shop_place: str | None = None,
    ring: str | None = None,
    day: date | None = None,
    month: date | None = None,
) -> Turnover:
    """The standing purchases under these filters, for the auditor; whoever asks logs the look.

    Of a day from its cells, of all else from the months, whose number does not grow with what is
    bought. A day outside of the month asked for has none.
    """
    if day and month and first_of_month(day) != month:
        return Turnover()
    asked: dict[str, Any] = {"home": home, "ring": ring}
    rows: QuerySet[Any]
    if day:
        rows = CirculationCell.objects.filter(day=day)
        asked["shop_place"] = shop_place
    else:
        rows = _by_month(shop_place or ALL_SHOP_PLACES)
        asked["month"] = month
    return _summed(rows.filter(**{name: one for name, one in asked.items() if one}))


def months() -> list[date]:
    """The calendar months of which there is a purchase or a row of a rollup, and those between."""
    [(first, last)] = fetch(Sql(FIRST_AND_LAST))
    if first is None:
        return []
    count = months_between(first, last) + 1
    return [months_before(first_of_month(last), ago) for ago in reversed(range(count))]


def differences() -> list[Difference]:
    """Every rollup row that does not equal a fresh sum of the ledger; empty when all is well."""
    return [found for month in months() for found in differences_in(month)]


@transaction.atomic
def differences_in(month: date) -> list[Difference]:
    """The rollup rows of one month that differ. Reads alone: nobody waits for it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{CHECK_TIMEOUT}'")
        return [found for rollup in ROLLUPS for found in _differing(cursor, rollup, month)]


def repair() -> list[Difference]:
    """Mend every month and return what had differed. The demo's loader fills the rollups by it."""
    return [found for month in months() for found in repair_month(month)]


@transaction.atomic
def repair_month(month: date) -> list[Difference]:
    """Sum a month afresh from the ledger if it differs, and return what had differed.

    Whoever records, corrects or takes back a purchase of this month holds its lock shared: they
    wait meanwhile, and all others do not. A month that is right is only read, so a repair that was
    killed is simply begun again: it passes quickly over what it has mended.
    """
    found = differences_in(month)
    if found:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{CHECK_TIMEOUT}'")
            cursor.execute(f"SET LOCAL lock_timeout = '{REPAIR_WAITS}'")
            books.lock_month(month)
            for rollup in ROLLUPS:
                cursor.execute(rollup.refill, _bounds(month))
    return found


def _by_month(shop_place: str = ALL_SHOP_PLACES) -> QuerySet[CirculationMonth]:
    return CirculationMonth.objects.filter(shop_place=shop_place)


def _summed(rows: QuerySet[Any]) -> Turnover:
    sums = rows.aggregate(amount=Sum("amount"), purchases=Sum("purchases"))
    return Turnover(amount=sums["amount"] or 0, purchases=sums["purchases"] or 0)


def _shifting(changes: Sequence[tuple[Purchase, int]]) -> list[Sql]:
    return [statement for rollup in ROLLUPS for statement in rollup.shift(changes)]


def _differing(cursor: CursorWrapper, rollup: Rollup, month: date) -> list[Difference]:
    cursor.execute(rollup.differing, _bounds(month))
    return [
        Difference(rollup.name, key, *(number or 0 for number in numbers))
        for key, *numbers in cursor.fetchall()
    ]


def _bounds(month: date) -> dict[str, date]:
    return {"first": month, "end": next_month(month)}
