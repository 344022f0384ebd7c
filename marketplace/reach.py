"""How many people shopped at a shop: counted when a month is closed, and only roughly.

Different buyers over the last twelve closed months, rounded down to a step of five, from ten on:
per shop that is all that is ever told to others, and no money. See docs/figures.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from core.calendar import months_before
from core.sql import Sql, fetch
from marketplace.booked import BOOKED_BETWEEN
from marketplace.models.releases import LEAST_REACH
from marketplace.rounding import rounded_down

MONTHS = 12

BUYERS_OF_SHOPS = f"""
WITH booked AS ({BOOKED_BETWEEN}), shopped AS (
    SELECT coalesce(u.merged_into_id, u.id) AS shop_id, b.buyer_id
    FROM booked b JOIN marketplace_umkm u ON u.id = b.umkm_id
    GROUP BY 1, 2 HAVING sum(b.amount) > 0
)
SELECT shop_id, count(*) FROM shopped GROUP BY 1 HAVING count(*) >= %s ORDER BY 1
"""


@dataclass(frozen=True)
class Reach:
    """At least so many people shopped at a shop; merged shops are one."""

    umkm_id: int
    buyers: int


def reached_by(month: date) -> Iterator[Reach]:
    """The shops with enough buyers in the twelve months up to `month`, with their rounded count.

    Reads closed months only: what it finds does not change. Someone who took everything back is
    no buyer.
    """
    first = months_before(month, MONTHS - 1)
    asked = (first, month, first, month, _least())
    for umkm_id, buyers in fetch(Sql(BUYERS_OF_SHOPS, asked)):
        yield Reach(umkm_id, rounded_down(buyers))


def _least() -> int:
    """A city that is stricter about groups is so here."""
    return max(LEAST_REACH, settings.SMALLEST_GROUP)
