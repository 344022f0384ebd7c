"""What the catalogue's pages show: which shops, in which order, with which counts.

Every list costs a fixed number of queries, however many shops it holds.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import OperationalError
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from psycopg.errors import QueryCanceled

from cms import cards, facets, pictures, search_misses, share_pictures, structured_data
from cms.badges import valid_badges
from cms.cards import Card
from cms.figures import city_money
from cms.filters import CatalogueForm
from cms.models.highlights import Highlight
from cms.models.product import ProductPage
from cms.models.umkm import UmkmPage
from cms.positions import nearest
from cms.prices import PriceSpan
from cms.search import Kind, Search, fetch_in_good_time, matching
from cms.shop_window import shop_window
from marketplace import releases
from marketplace.models import Asn, Category, Product, Region, Umkm

A_PAGE = 24
MOST_PAGES = 1_000
"""A page further on is asked for in vain, unless the list is that long."""
ALTERNATIVES = 4
SHOPS_ON_THE_FRONT = 8
HIGHLIGHTS_ON_THE_FRONT = 6
NEIGHBOURS = 4
MORE_OF_A_SHOP = 4

LISTED = Q(umkm__status=Umkm.Status.LISTED)
"""Counts the listed shops of a category."""


def shops() -> QuerySet[UmkmPage]:
    """Live pages of listed shops, with all that the API says of one in a list."""
    live = UmkmPage.objects.live().filter(umkm_row__status=Umkm.Status.LISTED)
    rows = live.select_related("umkm_row__region__parent", "umkm_row__category", "photo")
    return rows.prefetch_related("photo__renditions")


def find(search: Search) -> QuerySet[UmkmPage]:
    """The shops that are what is asked for, the newest first."""
    found = shops()
    if search.narrows:
        found = found.filter(pk__in=matching(search, kind=Kind.SHOP))
    return found.annotate(public_id=F("umkm_row__public_id")).order_by("-public_id")


def products() -> QuerySet[ProductPage]:
    """The same of listed products of listed shops."""
    live = ProductPage.objects.live().filter(
        product_row__status=Product.Status.LISTED,
        product_row__umkm__status=Umkm.Status.LISTED,
    )
    rows = live.select_related(
        "product_row__umkm__category", "product_row__umkm__region__parent", "photo"
    )
    return rows.prefetch_related("photo__renditions")


def find_products(search: Search) -> QuerySet[ProductPage]:
    """The products that are what is asked for, the newest first."""
    found = products()
    if search.narrows:
        found = found.filter(pk__in=matching(search, kind=Kind.PRODUCT))
    return found.annotate(public_id=F("product_row__public_id")).order_by("-public_id")


def newest_products() -> QuerySet[ProductPage]:
    """The products of the catalogue, the newest first."""
    return products().order_by("-product_row__public_id")


def products_of(page: UmkmPage) -> list[ProductPage]:
    """The listed products of a shop, in the order of their pages."""
    return list(products().child_of(page).order_by("path"))


def shop(public_id: UUID) -> UmkmPage | None:
    """The page of the listed shop that this id is read as, with all that is listed below it.

    That is `listed_products`, `week` (its opening hours), `seen_badges` (those valid today) and
    `reach` (how many shopped there, as far as that is released).
    """
    row = Umkm.objects.filter(public_id=public_id).select_related("merged_into").first()
    page = shops().filter(umkm_row=row.standing).first() if row else None
    if page is not None:
        page.listed_products = products_of(page)
        page.week = list(page.hours.all())
        page.reach = releases.shop_reach(page.umkm_row)
        page.seen_badges = valid_badges(page, day=timezone.localdate())
    return page


def product(public_id: UUID) -> ProductPage | None:
    """The page of a listed product, with `offered_variants`; a variant's id leads there too."""
    this = Q(product_row__public_id=public_id) | Q(product_row__variants__public_id=public_id)
    page = products().filter(this).first()
    if page is not None:
        page.offered_variants = variants_of(page)
    return page


@dataclass(frozen=True)
class OfferedVariant:
    """A variant as visitors see it. `public_id` is missing while the page is not published."""

    public_id: UUID | None
    name: str
    prices: PriceSpan
    available: bool


def variants_of(page: ProductPage) -> list[OfferedVariant]:
    """The variants of a product in the editor's order, each with its row's id."""
    typed = list(page.variants.all())
    row = page.product if typed else None
    listed = row.variants.filter(status=Product.Status.LISTED) if row else []
    ids = {variant.name: variant.public_id for variant in listed}
    return [
        OfferedVariant(
            public_id=ids.get(variant.name),
            name=variant.name,
            prices=page.prices_of(variant),
            available=page.available and variant.available,
        )
        for variant in typed
    ]


def listing(request: HttpRequest) -> dict[str, Any]:
    """The catalogue's context: the `form`, what was `found` (a paginator's page), and around it."""
    form = CatalogueForm(request.GET, home=home_of(request))
    search, kind = form.search(), form.kind
    try:
        return {"form": form, "search": search, "kind": kind, **_found(request, form)}
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return {"form": form, "search": search, "kind": kind, "too_slow": True}


def _found(request: HttpRequest, form: CatalogueForm) -> dict[str, Any]:
    search, kind, number = form.search(), form.kind, _page_asked(request)
    counts, rows = fetch_in_good_time(
        facets.query(search, kind=kind),
        cards.query(search, kind=kind, first=(number - 1) * A_PAGE, most=A_PAGE),
    )
    counted = facets.counted(counts)
    form.offer(counted)
    found = Paginator(range(counted.total), A_PAGE).get_page(request.GET.get("page"))
    if found.number != number:
        first = (found.number - 1) * A_PAGE
        [rows] = fetch_in_good_time(cards.query(search, kind=kind, first=first, most=A_PAGE))
    found.object_list = cards.told(rows)  # type: ignore[assignment]  # the paginator only knew how many
    context = {"found": found, "corrected": search.reading.corrected}
    if counted.total:
        return context
    search_misses.count_miss(search, request=request)
    [others] = fetch_in_good_time(cards.alternatives(search, kind=kind, most=ALTERNATIVES))
    return {**context, "alternatives": cards.told(others)}


def _page_asked(request: HttpRequest) -> int:
    """The number of the page that is likely meant; the paginator says which it is."""
    asked = request.GET.get("page", "")
    return int(asked) if asked.isdecimal() and 0 < int(asked[:9]) <= MOST_PAGES else 1


def front_page(request: HttpRequest) -> dict[str, Any]:
    """The front page's context: near, new and running, the categories, and the city's money."""
    running = Highlight.objects.running(timezone.localdate()).select_related("page")
    return {
        "newest": cards.find(Search(), kind=Kind.SHOP, most=SHOPS_ON_THE_FRONT),
        "nearest": _near(request),
        "categories": categories(),
        "highlights": list(running[:HIGHLIGHTS_ON_THE_FRONT]),
        "money": city_money(),
    }


def umkm_page(page: UmkmPage) -> dict[str, Any]:
    """An UMKM page's context."""
    products = page.get_children().live().order_by("path").values_list("pk", flat=True)
    told = cards.of_pages([*products, *nearest(to=page, most=NEIGHBOURS)])
    ancestors, picture = _ancestors(page), share_pictures.of_shop(page)
    window = shop_window(page, at=timezone.now())
    pictures.prefetch(page.photo, page.logo)
    return {
        "products": [card for card in told if card.is_product],
        "highlights": list(Highlight.objects.running(timezone.localdate()).filter(page=page.pk)),
        "window": window,
        "reach": releases.shop_reach(page.umkm) if page.umkm else None,
        "neighbours": [card for card in told if not card.is_product],
        "ancestors": ancestors,
        "share_picture": picture,
        "structured_data": structured_data.shop_page(
            page, window=window, above=ancestors, picture=picture
        ),
    }


def product_page(page: ProductPage) -> dict[str, Any]:
    """A product page's context: its shop, and what else the shop sells."""
    shop = page.get_parent().specific
    ancestors, picture = _ancestors(page), share_pictures.of_product(page, shop=shop)
    return {
        "shop": shop,
        "others": cards.beside(page.pk, shop=shop.pk, most=MORE_OF_A_SHOP),
        "prices": page.prices,
        "variants": variants_of(page),
        "order_link": shop.chat_about(page),
        "window": shop_window(shop, at=timezone.now()),
        "ancestors": ancestors,
        "share_picture": picture,
        "structured_data": structured_data.product_page(
            page, shop=shop, above=ancestors, picture=picture
        ),
    }


def categories() -> QuerySet[Category]:
    """Every category with `count`, how many shops are listed in it."""
    return Category.objects.annotate(count=Count("umkm", filter=LISTED)).order_by(
        "position", "slug"
    )


def home_of(request: HttpRequest) -> Region | None:
    """The home kelurahan of an ASN who is signed in."""
    asn = Asn.objects.filter(user_id=request.user.pk).first() if request.user.pk else None
    home = asn.home_on(timezone.localdate()) if asn else None
    return home.region if home and home.region.level == Region.Level.KELURAHAN else None


def _near(request: HttpRequest) -> list[Card]:
    """Shops in the home kelurahan of an ASN who is signed in."""
    home = home_of(request)
    if home is None:
        return []
    return cards.find(Search(place=home.pk), kind=Kind.SHOP, most=SHOPS_ON_THE_FRONT)


def _ancestors(page: UmkmPage | ProductPage) -> list[Any]:
    return list(page.get_ancestors().filter(depth__gte=2))
