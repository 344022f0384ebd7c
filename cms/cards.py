"""Cards: what a list on a page says of a shop or a product, whatever list it is.

Read from the search's table by one query and their pictures by a second; page objects with all
their tables cost four times as much as the whole list does now (bench/catalogue.py).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from cms import known, pictures
from cms.models.search import SearchEntry
from cms.pictures import DrawnPhoto
from cms.search import Search, conditions, order, order_of_alternatives
from core.keyset import Key, ordered_by
from core.sql import Rows, Sql, all_of, fetch

COLUMNS = "page_id, kind, category_id, region_id, shown, curated_days @> %s::date"


@dataclass(frozen=True)
class Card:
    """A listed shop or product. Prices are whole rupiah, None: ask the shop.

    `path` leads on from the catalogue's address. Cards that say the same are equal.
    """

    key: int
    kind: str
    title: str
    summary: str
    path: str
    category: str
    category_name: str
    place: str
    photo: DrawnPhoto | None = field(hash=False)
    curated: bool
    shop: str
    price: int | None
    price_to: int | None
    unit: str
    available: bool
    preorder_days: int | None

    @property
    def address(self) -> str:
        """Where it is read, within the site."""
        return known.catalogue_address() + self.path

    @property
    def full_url(self) -> str:
        """The same, for readers elsewhere."""
        return known.catalogue_address(whole=True) + self.path

    @property
    def is_product(self) -> bool:
        return self.kind == SearchEntry.Kind.PRODUCT


def of_pages(keys: Sequence[int]) -> list[Card]:
    """The cards of the pages of these keys, in their order; what is not listed has none."""
    these = _query(Sql("page_id = ANY(%s)", (list(keys),)))
    found = {card.key: card for card in told(fetch(these))}
    return [found[key] for key in keys if key in found]


def beside(product: int, *, shop: int, most: int) -> list[Card]:
    """Other products of a shop, the first listed first."""
    facts = (shop, SearchEntry.Kind.PRODUCT, product)
    others = Sql("shop_id = %s AND kind = %s AND page_id <> %s", facts)
    return told(fetch(_query(others, keys=[Key(Sql("page_id"), nullable=False)], most=most)))


def find(search: Search, *, kind: str, most: int) -> list[Card]:
    """What is asked for, in the order asked for."""
    return told(fetch(query(search, kind=kind, most=most)))


def query(search: Search, *, kind: str, first: int = 0, most: int) -> Sql:
    """What finds the same, `first` of them passed over."""
    where = all_of(conditions(search, kind=kind).values())
    return _query(where, keys=order(search), first=first, most=most)


def alternatives(search: Search, *, kind: str, most: int) -> Sql:
    """What finds those that some of the words speak of, then any; the nearest first."""
    return _query(Sql("kind = %s", (kind,)), keys=order_of_alternatives(search), most=most)


def _query(where: Sql, *, keys: Sequence[Key] = (), first: int = 0, most: int | None = None) -> Sql:
    text = f"SELECT {COLUMNS} FROM cms_searchentry WHERE {where.text}"
    params = (timezone.localdate(), *where.params)
    if keys:
        order_by = ordered_by(keys)
        text = f"{text} ORDER BY {order_by.text} LIMIT %s OFFSET %s"
        params = (*params, *order_by.params, most, first)
    return Sql(text, params)


def told(found: Rows) -> list[Card]:
    """The cards of rows that a query of this module found."""
    rows = [(*row[:4], json.loads(row[4]), row[5]) for row in found]
    photos = pictures.drawn({row[4]["photo"] for row in rows} - {None}, pictures.SHAPES["card"])
    return [_card(*row, photos=photos) for row in rows]


def _card(
    key: int,
    kind: str,
    category: str,
    region: str,
    shown: dict[str, Any],
    curated: bool,  # noqa: FBT001 (a column of a row)
    *,
    photos: dict[int, DrawnPhoto],
) -> Card:
    kelurahan, kecamatan = known.PLACES.get(region)
    return Card(
        key=key,
        kind=kind,
        title=shown["title"],
        summary=shown["summary"],
        path=shown["path"],
        category=category,
        category_name=known.category_name(category),
        place=f"{kelurahan}, {kecamatan}" if kecamatan else kelurahan,
        photo=photos.get(shown["photo"]),
        curated=curated,
        shop=shown.get("shop", ""),
        price=shown.get("price"),
        price_to=shown.get("price_to"),
        unit=shown.get("unit", ""),
        available=shown.get("available", True),
        preorder_days=shown.get("preorder_days"),
    )
