"""Whether the money reaches many shops: counted once, when a month is closed, of the city alone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.sql import Sql, fetch
from marketplace.booked import BOOKED_BETWEEN, Booked
from marketplace.rounding import rounded_down

TOP = 10
TOP_FROM = 20
"""Of fewer shops it is not told what the ten largest received: the others would be too few."""

SOLD_BEFORE = """
SELECT DISTINCT shop FROM unnest(%s::bigint[]) AS shop
    JOIN marketplace_umkm part ON part.id = shop OR part.merged_into_id = shop
    CROSS JOIN LATERAL (
        SELECT 1 FROM marketplace_purchase p
        WHERE p.umkm_id = part.id AND p.book_month < %s LIMIT 1
    ) AS before
"""

LISTED = """
SELECT count(*), count(*) FILTER (WHERE NOT sold) FROM (
    SELECT bool_or(sale.is_one IS NOT NULL) AS sold
    FROM marketplace_umkm u
        JOIN marketplace_umkm part ON part.id = u.id OR part.merged_into_id = u.id
        LEFT JOIN LATERAL (
            SELECT true AS is_one FROM marketplace_purchase p
            WHERE p.umkm_id = part.id AND p.book_month <= %s
                AND NOT EXISTS (SELECT 1 FROM marketplace_void v WHERE v.purchase_id = p.id)
            LIMIT 1
        ) AS sale ON true
    WHERE u.status = 'listed' GROUP BY u.id
) AS shops
"""

SHOPS_OF_YEAR = f"""
WITH booked AS ({BOOKED_BETWEEN})
SELECT count(*) FROM (
    SELECT 1 FROM booked JOIN marketplace_umkm u ON u.id = booked.umkm_id
    GROUP BY coalesce(u.merged_into_id, u.id) HAVING sum(amount) <> 0
) AS shops
"""


@dataclass(frozen=True)
class Spreading:
    """Counts of shops rounded down; `top_ten` is whole percent, None where too few shops sold."""

    top_ten: int | None
    first_sales: int
    never_bought: int
    listed: int
    year_shops: int


def measure_spread(rows: Iterable[Booked], *, months: Sequence[date]) -> Spreading:
    """Of the shops of these months: what the ten largest received, and who sold for the first time;
    of all that are listed: who never did."""
    received: dict[int, int] = defaultdict(int)
    for row in rows:
        received[row.shop] += row.amount
    sold = {shop: amount for shop, amount in received.items() if amount > 0}
    before = {shop for (shop,) in fetch(Sql(SOLD_BEFORE, (list(sold), months[0])))}
    [(listed, never)] = fetch(Sql(LISTED, (months[-1],)))
    first, last = date(months[-1].year, 1, 1), months[-1]
    [(year_shops,)] = fetch(Sql(SHOPS_OF_YEAR, (first, last, first, last)))
    return Spreading(
        top_ten=_top_ten(sold.values()),
        first_sales=rounded_down(len(sold.keys() - before)),
        never_bought=rounded_down(never),
        listed=rounded_down(listed),
        year_shops=rounded_down(year_shops),
    )


def _top_ten(amounts: Iterable[int]) -> int | None:
    largest = sorted(amounts, reverse=True)
    if len(largest) < TOP_FROM:
        return None
    return round(100 * sum(largest[:TOP]) / sum(largest))
