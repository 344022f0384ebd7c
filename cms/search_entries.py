"""Keeping the search's table: what of a shop and its products is found, shown, and by which facts.

A shop is written as a whole, in the transaction that changed it: some shops cost as many queries
as one. What is neither here nor in the two small tables of cms/known.py, a list does not say.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from cms.badge_numbers import BadgeKind
from cms.badges import days_held
from cms.folding import fold
from cms.hours import week_seconds
from cms.models.product import ProductPage
from cms.models.search import SearchEntry
from cms.models.umkm import UmkmPage
from cms.models.umkm_details import Badge, OpeningHours
from cms.search import bands_of
from marketplace.models import Product, Umkm

SHOPS_AT_ONCE = 200
PRICE, PRICE_TO = "product_row__price", "product_row__price_to"
WRITTEN = [
    field.name
    for field in SearchEntry._meta.concrete_fields
    if not field.primary_key and not field.generated
]
Row = TypeVar("Row")
PLACE = ["name", "alias", "parent__name", "parent__alias", "parent__parent__name"]


@transaction.atomic
def renew(shops: Iterable[int]) -> None:
    """Write what is found of these shops (keys of their pages); what is not listed is forgotten."""
    keys = list(shops)
    shop_rows = {row["pk"]: row for row in _shops(keys)}
    listed = list(shop_rows)
    products = _by_shop(_products(listed), lambda row: row["product_row__umkm__page"])
    hours = _by_shop(OpeningHours.objects.filter(page__in=listed), lambda row: row.page_id)
    badges = _by_shop(Badge.objects.filter(page__in=listed), lambda row: row.page_id)
    entries = [
        entry
        for pk, shop in shop_rows.items()
        for entry in _entries_of(shop, products[pk], hours=hours[pk], badges=badges[pk])
    ]
    written = [entry.page_id for entry in entries]
    SearchEntry.objects.filter(shop__in=keys).exclude(page__in=written).delete()
    SearchEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["page"],
        update_fields=WRITTEN,
        batch_size=500,
    )


def forget(shop: int) -> None:
    """Find a shop with all it sells no more."""
    SearchEntry.objects.filter(shop=shop).delete()


def rebuild() -> int:
    """Write the entries of all shops anew; how many there are then."""
    keys = list(UmkmPage.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), SHOPS_AT_ONCE):
        renew(keys[start : start + SHOPS_AT_ONCE])
    return SearchEntry.objects.count()


def _shops(keys: list[int]) -> Iterable[dict[str, Any]]:
    listed = UmkmPage.objects.live().filter(pk__in=keys, umkm_row__status=Umkm.Status.LISTED)
    row = "umkm_row"
    return listed.order_by().values(
        "pk",
        "title",
        "summary",
        "url_path",
        "photo",
        "delivers",
        "latitude",
        "longitude",
        f"{row}__public_id",
        f"{row}__category",
        f"{row}__category__name",
        f"{row}__category__name_en",
        f"{row}__region",
        f"{row}__region__parent",
        f"{row}__region__latitude",
        f"{row}__region__longitude",
        *(f"{row}__region__{name}" for name in PLACE),
    )


def _products(shops: list[int]) -> Iterable[dict[str, Any]]:
    listed = ProductPage.objects.live().filter(
        product_row__umkm__page__in=shops, product_row__status=Product.Status.LISTED
    )
    return listed.order_by().values(
        "pk",
        "title",
        "summary",
        "url_path",
        "photo",
        "available",
        "preorder_days",
        "allergens",
        "product_row__unit",
        PRICE,
        PRICE_TO,
        "product_row__public_id",
        "product_row__umkm__page",
    )


def _by_shop(rows: Iterable[Row], shop_of: Callable[[Row], int]) -> dict[int, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[shop_of(row)].append(row)
    return found


def _entries_of(
    shop: dict[str, Any],
    products: list[dict[str, Any]],
    *,
    hours: list[OpeningHours],
    badges: list[Badge],
) -> list[SearchEntry]:
    surroundings = _surroundings(shop)
    shared = _shared_facts(shop, hours=hours, badges=badges)
    prices = [row[PRICE] for row in products if row[PRICE] is not None]
    sold = (row["title"] for row in products)
    of_products = [
        SearchEntry(
            page_id=row["pk"],
            kind=SearchEntry.Kind.PRODUCT,
            public_id=row["product_row__public_id"],
            price=row[PRICE],
            bands=bands_of(row[PRICE], row[PRICE_TO]),
            name=fold(row["title"]),
            others=fold(row["summary"], shop["title"], *surroundings),
            shown=_shown_of_product(row, shop),
            **shared,
        )
        for row in products
    ]
    of_shop = SearchEntry(
        page_id=shop["pk"],
        kind=SearchEntry.Kind.SHOP,
        public_id=shop["umkm_row__public_id"],
        price=min(prices, default=None),
        bands=reduce(or_, (entry.bands for entry in of_products), 0),
        name=fold(shop["title"]),
        others=fold(shop["summary"], *sold, *surroundings),
        shown=_shown(shop, below=1),
        **shared,
    )
    return [of_shop, *of_products]


def _shown(page: dict[str, Any], *, below: int) -> dict[str, Any]:
    """What a list says of any page. `path` leads on from the catalogue's address."""
    parts = page["url_path"].rstrip("/").split("/")
    return {
        "title": page["title"],
        "summary": page["summary"],
        "photo": page["photo"],
        "path": "/".join(parts[-below:]) + "/",
    }


def _shown_of_product(row: dict[str, Any], shop: dict[str, Any]) -> dict[str, Any]:
    return {
        **_shown(row, below=2),
        "umkm": str(shop["umkm_row__public_id"]),
        "shop": shop["title"],
        "price": row[PRICE],
        "price_to": row[PRICE_TO],
        "unit": row["product_row__unit"],
        "available": row["available"],
        "preorder_days": row["preorder_days"],
        "allergens": row["allergens"],
    }


def _surroundings(shop: dict[str, Any]) -> list[str]:
    """The names of the shop's category and of the places it lies in, as far as they are known."""
    places = (shop[f"umkm_row__region__{name}"] for name in PLACE)
    kinds = (shop["umkm_row__category__name"], shop["umkm_row__category__name_en"])
    return [name for name in (*kinds, *places) if name]


def _shared_facts(
    shop: dict[str, Any], *, hours: list[OpeningHours], badges: list[Badge]
) -> dict[str, Any]:
    """What a shop and its products are filtered and ordered by alike."""
    precise = shop["latitude"] is not None
    prefix = "" if precise else "umkm_row__region__"
    return {
        "shop_id": shop["pk"],
        "category_id": shop["umkm_row__category"],
        "region_id": shop["umkm_row__region"],
        "kecamatan_id": shop["umkm_row__region__parent"],
        "delivers": shop["delivers"],
        "open_seconds": week_seconds(hours),
        "halal_days": days_held(badges, BadgeKind.HALAL),
        "curated_days": days_held(badges, BadgeKind.NIB),
        "latitude": _degrees(shop[f"{prefix}latitude"]),
        "longitude": _degrees(shop[f"{prefix}longitude"]),
        "written_at": timezone.now(),
    }


def _degrees(value: Any) -> float | None:
    return None if value is None else float(value)
