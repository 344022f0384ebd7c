"""What a curated collection holds: what an editor picked, then what its rule finds.

Closed shops and withdrawn products never show, and the number of queries is fixed.
"""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from cms import cards, catalogue, share_pictures, structured_data
from cms.cards import Card
from cms.models.collections import CollectionPage
from cms.models.product import ProductPage
from cms.models.umkm import UmkmPage
from cms.models.umkm_details import OpeningHours
from cms.search import Search
from marketplace.models import Product, Region

ON_THE_FRONT = 6

Member = UmkmPage | ProductPage


def collections() -> QuerySet[CollectionPage]:
    """Live collections in the order that editors gave them, with all that a card shows."""
    live = CollectionPage.objects.live().order_by("path")
    return live.select_related("photo").prefetch_related("photo__renditions")


def members(page: CollectionPage) -> list[Member]:
    """The picks in their order, then what the rule adds; none twice."""
    picked = visible(_picked(page))
    return [*picked, *visible(_filled(page, [member.pk for member in picked]))]


def visible(pages: Sequence[int]) -> list[Member]:
    """Those of these pages that visitors may see, each once, in this order."""
    found: list[Member] = [
        *catalogue.shops().filter(pk__in=pages),
        *catalogue.products().filter(pk__in=pages),
    ]
    by_key = {member.pk: member for member in found}
    return [by_key[pk] for pk in dict.fromkeys(pages) if pk in by_key]


def by_rule(page: CollectionPage) -> QuerySet[Any]:
    """All that a collection's rule finds, in its order; nothing where it has no rule."""
    if page.kind == CollectionPage.Kind.NONE:
        return UmkmPage.objects.none()
    search = Search(
        words=page.words,
        category=page.category_id or "",
        place=page.place_id or "",
        wishes=frozenset(["halal"] if page.halal else []),
    )
    if page.kind == CollectionPage.Kind.SHOPS:
        found, umkm = catalogue.find(search), "umkm_row"
        if page.price_most is not None:
            found = found.filter(Exists(_cheap_product(page.price_most)))
    else:
        found, umkm = catalogue.find_products(search), "product_row__umkm"
        if page.price_most is not None:
            found = found.filter(product_row__price__lte=page.price_most)
    if page.open_from is not None:
        early = OpeningHours.objects.filter(opens__lte=page.open_from).values("page")
        found = found.filter(**{f"{umkm}__page__in": early})
    if page.order == CollectionPage.Order.NEAREST and page.near is not None:
        return nearest_first(found, umkm=umkm, place=page.near)
    return found


def nearest_first(found: QuerySet[Any], *, umkm: str, place: Region) -> QuerySet[Any]:
    """Ordered by how far the kelurahan of `umkm` (a lookup) lies from the middle of a place.

    Degrees count as if they were as long eastwards as northwards: true to 1% at 8 degrees south.
    """
    if place.latitude is None or place.longitude is None:
        return found
    north = F(f"{umkm}__region__latitude") - place.latitude
    east = F(f"{umkm}__region__longitude") - place.longitude
    far = found.annotate(far=north * north + east * east)
    return far.order_by(F("far").asc(nulls_last=True), "-public_id")


def collection_page(page: CollectionPage) -> dict[str, Any]:
    """A collection's context: its members, the other collections, and how it is shared."""
    above = list(page.get_ancestors().filter(depth__gte=2))
    shown = _cards(page)
    data = [
        structured_data.item_list(page, members=shown),
        structured_data.breadcrumbs([*above, page]),
    ]
    return {
        "members": shown,
        "others": list(collections().exclude(pk=page.pk)[:ON_THE_FRONT]),
        "ancestors": above,
        "share_picture": share_pictures.of_collection(page),
        "structured_data": structured_data.script(data),
    }


def _cards(page: CollectionPage) -> list[Card]:
    """The members as a page shows them."""
    picked = cards.of_pages(list(dict.fromkeys(_picked(page))))
    return [*picked, *cards.of_pages(_filled(page, [card.key for card in picked]))]


def _picked(page: CollectionPage) -> list[int]:
    return [pick.member_id for pick in page.picks.all()]


def _filled(page: CollectionPage, picked: Sequence[int]) -> list[int]:
    """What the rule adds to visible picks, as far as there is room."""
    room = page.at_most - len(picked)
    if room <= 0:
        return []
    return list(by_rule(page).exclude(pk__in=picked).values_list("pk", flat=True)[:room])


def _cheap_product(most: int) -> QuerySet[Product]:
    """A listed product of the shop at hand that costs no more than this."""
    return Product.objects.listed().filter(umkm=OuterRef("umkm_row"), price__lte=most)
