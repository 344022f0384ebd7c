"""The rows of the months to release: what was booked in them, net, and what lenses tell apart.

Internal: closing and the nightly counter read them, and nothing of them leaves unless it is safe.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from core.sql import Sql, fetch
from marketplace.models import Evidence

STRONGEST_LAST = [
    Evidence.Kind.DECLARED,
    Evidence.Kind.RECEIPT,
    Evidence.Kind.TILL,
    Evidence.Kind.CONFIRMED,
]

BOOKED_BETWEEN = """
    SELECT buyer_id, umkm_id, amount FROM marketplace_purchase WHERE book_month BETWEEN %s AND %s
    UNION ALL
    SELECT p.buyer_id, p.umkm_id, -p.amount FROM marketplace_void v
        JOIN marketplace_purchase p ON p.id = v.purchase_id WHERE v.book_month BETWEEN %s AND %s
"""
"""What was booked from one month to another, a void as the negative of what it takes back."""

UNLISTED = "unlisted:"
"""What the owner of proposed shops begins with."""

OWNER = f"""
    CASE WHEN s.status IN ('pending', 'refused') THEN '{UNLISTED}' || s.region_id
        ELSE s.owner_key::text END
"""
"""Whose a shop `s` is; all proposed shops of a kelurahan are one."""

STANDING_SHOP = """
    JOIN marketplace_umkm u ON u.id = b.umkm_id
    JOIN marketplace_umkm s ON s.id = coalesce(u.merged_into_id, u.id)
"""
"""The shop `s` that stands for that of a row `b`: merged ones are one."""

BOOKED_ROWS = f"""
WITH booked AS (
    SELECT p.id, p.home_id, p.shop_place_id, p.agency_id, p.ring, p.payment, p.day, p.buyer_id,
        p.umkm_id, p.amount, 1 AS purchases
    FROM marketplace_purchase p WHERE p.book_month = ANY(%s)
    UNION ALL
    SELECT p.id, p.home_id, p.shop_place_id, p.agency_id, p.ring, p.payment, p.day, p.buyer_id,
        p.umkm_id, -p.amount, -1
    FROM marketplace_void v JOIN marketplace_purchase p ON p.id = v.purchase_id
    WHERE v.book_month = ANY(%s)
)
SELECT b.home_id, b.shop_place_id, coalesce(a.code, ''), b.ring, coalesce(s.category_id, ''),
    (%s::text[])[coalesce(seen.strongest, 1)], b.payment, b.day, b.buyer_id::text,
    {OWNER},
    s.id, sum(b.amount)::bigint, sum(b.purchases)::int
FROM booked b
    {STANDING_SHOP}
    LEFT JOIN marketplace_agency a ON a.id = b.agency_id
    LEFT JOIN LATERAL (
        SELECT max(array_position(%s::text[], e.kind::text)) AS strongest
        FROM marketplace_evidence e WHERE e.purchase_id = b.id AND e.at <= %s
    ) seen ON true
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
"""


class Booked(NamedTuple):
    """What one buyer spent on one day at one shop, alike in all that a lens asks; net of voids.

    `agency` is a code and `category` a slug, both empty where there is none; `evidence` the
    strongest kind by then; `owner` is the shop's, all proposed shops of a kelurahan being one;
    `shop` the key of the shop that stands, merged ones being one. Whole rupiah.
    """

    home: str
    shop_place: str
    agency: str
    ring: str
    category: str
    evidence: str
    payment: str
    day: date
    buyer: str
    owner: str
    shop: int
    amount: int
    purchases: int


def rows(months: Sequence[date], *, as_of: datetime) -> list[Booked]:
    """All rows booked in these months, with the evidence that stood beside them by `as_of`."""
    kinds = [kind.value for kind in STRONGEST_LAST]
    asked = (list(months), list(months), kinds, kinds, as_of)
    return [Booked._make(found) for found in fetch(Sql(BOOKED_ROWS, asked))]


def digest(rows: Iterable[Booked]) -> str:
    """SHA-256 over the rows: what a release stands for."""
    found = hashlib.sha256()
    for row in rows:
        found.update(json.dumps(row, default=str).encode() + b"\n")
    return found.hexdigest()
