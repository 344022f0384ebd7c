"""What recording reads and writes: a message to PostgreSQL each, whatever one purchase needs.

A message holds statements that are done in order, each with what is committed by then: what stands
behind a lock is read under it. The rules themselves are in `marketplace.purchases`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from core.calendar import first_of_month
from core.sql import Rows, Sql, send
from marketplace import books
from marketplace.errors import NotAsn
from marketplace.models import Asn, Evidence, Home, Product, Purchase, Region, Umkm
from marketplace.models.people import IN_FORCE

Row = TypeVar("Row", bound=Model)
Placed = TypeVar("Placed", Umkm, Home)

HOLD_BUYER = "SELECT 1 FROM marketplace_buyer WHERE id = %s FOR NO KEY UPDATE"

PERSON = """
SELECT before.fingerprint, asn.id, asn.buyer_id, asn.consented_to
FROM marketplace_asn asn
    LEFT JOIN marketplace_purchase before
        ON before.buyer_id = asn.buyer_id AND before.client_key = %s
WHERE asn.id = %s AND asn.buyer_id = %s
"""

SHOP = """
SELECT place.code, place.level, place.parent_id,
    shop.id, shop.public_id, shop.name, shop.region_id, shop.rw, shop.rt, shop.status,
    shop.merged_into_id
FROM marketplace_umkm named
    JOIN marketplace_umkm shop ON shop.id = coalesce(named.merged_into_id, named.id)
    JOIN marketplace_region place ON place.code = shop.region_id
WHERE named.public_id = %s
"""

HOME = f"""
SELECT place.code, place.level, place.parent_id,
    home.id, home.asn_id, home.region_id, home.rw, home.rt
FROM marketplace_home home JOIN marketplace_region place ON place.code = home.region_id
WHERE home.asn_id = %s ORDER BY {IN_FORCE} LIMIT 1
"""

POSTING = f"SELECT agency_id FROM marketplace_posting WHERE asn_id = %s ORDER BY {IN_FORCE} LIMIT 1"

PLACE_COLUMNS = ["code", "level", "parent_id"]
SHOP_COLUMNS = ["id", "public_id", "name", "region_id", "rw", "rt", "status", "merged_into_id"]
HOME_COLUMNS = ["id", "asn_id", "region_id", "rw", "rt"]

COLUMNS = [field.attname for field in Purchase._meta.local_concrete_fields if field.attname != "id"]

# Evidence without an actor: it is the buyer who declares, and a buyer carries no name.
WRITE = f"""
WITH recorded AS (
    INSERT INTO marketplace_purchase ({", ".join(COLUMNS)})
    VALUES ({", ".join(["%s"] * len(COLUMNS))}) RETURNING id, recorded_at
), lines AS (
    INSERT INTO marketplace_purchaseitem (purchase_id, product_id, quantity, amount)
    SELECT recorded.id, line.product, line.quantity, line.amount FROM recorded,
        unnest(%s::bigint[], %s::smallint[], %s::integer[]) AS line (product, quantity, amount)
)
INSERT INTO marketplace_evidence (purchase_id, kind, at)
SELECT id, %s, recorded_at FROM recorded RETURNING purchase_id
"""


@dataclass(frozen=True)
class Item:
    """One line of a purchase: a product of the shop, how many, whole rupiah of the line."""

    product: Product
    quantity: int
    amount: int


@dataclass(frozen=True)
class Known:
    """What stands when a purchase is recorded, read under locks that are held to the commit.

    `asn` is the person as far as recording asks, `before` the fingerprint of what the key already
    stands for, `shop` the one named or what it was merged into.
    """

    asn: Asn
    before: str | None
    shop: Umkm | None
    home: Home | None
    agency_id: int | None
    book_month: date


def known(asn: Asn, *, client_key: str, shop: UUID | None, day: date) -> Known:
    """Hold the person (as `consents.hold`) and the book month, and read what recording asks for.

    Raises `NotAsn` for somebody who was erased meanwhile.
    """
    _, person, shops, homes, postings, _, closed = send(
        Sql(HOLD_BUYER, (asn.buyer_id,)),
        Sql(PERSON, (client_key, asn.pk, asn.buyer_id)),
        Sql(SHOP, (shop,)),
        Sql(HOME, (asn.pk, day, day)),
        Sql(POSTING, (asn.pk, day, day)),
        *books.holding_open(first_of_month(day)),
    )
    if not person:
        raise NotAsn
    before, *held = person[0]
    return Known(
        asn=_loaded(Asn, ["id", "buyer_id", "consented_to"], held),
        before=before,
        shop=_placed(Umkm, SHOP_COLUMNS, shops),
        home=_placed(Home, HOME_COLUMNS, homes),
        agency_id=postings[0][0] if postings else None,
        book_month=books.held_open(day, closed),
    )


def write(purchase: Purchase, *, items: Sequence[Item], beside: Iterable[Sql]) -> None:
    """Write a purchase with its lines and what it rests on, then, in this order, `beside`."""
    products = [item.product.pk for item in items]
    quantities = [item.quantity for item in items]
    amounts = [item.amount for item in items]
    values = [getattr(purchase, column) for column in COLUMNS]
    lines = (products, quantities, amounts, Evidence.Kind.DECLARED.value)
    [(purchase.pk,)], *_ = send(Sql(WRITE, (*values, *lines)), *beside)
    purchase._state.adding, purchase._state.db = False, DEFAULT_DB_ALIAS


def _placed(model: type[Placed], columns: Sequence[str], rows: Rows) -> Placed | None:
    """The first row, if there is one, with the place that stands before it."""
    for row in rows:
        placed = _loaded(model, columns, row[len(PLACE_COLUMNS) :])
        placed.region = _loaded(Region, PLACE_COLUMNS, row[: len(PLACE_COLUMNS)])
        return placed
    return None


def _loaded(model: type[Row], columns: Sequence[str], values: Sequence[Any]) -> Row:
    """A row of which these columns were read, in the model's own order; others are read when asked.

    What `only()` gives, of a statement that we write.
    """
    return model.from_db(DEFAULT_DB_ALIAS, columns, values)
