"""What the catalogue's pages show: which shops, in which order, with which counts.

Every list costs a fixed number of queries, however many shops it holds.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cms import pictures, share_pictures, structured_data
from cms.badges import curated_on, valid_badges
from cms.figures import city_money
from cms.models.highlights import Highlight
from cms.models.umkm import ProductPage, UmkmPage
from cms.positions import nearest
from cms.prices import PriceSpan
from cms.shop_window import shop_window
from marketplace import releases
from marketplace.models import Asn, Category, Product, Region, Umkm
from marketplace.models.registry import folded

SHOPS_A_PAGE = 24
SHOPS_ON_THE_FRONT = 8
HIGHLIGHTS_ON_THE_FRONT = 6
NEIGHBOURS = 4
MOST_WORDS = 6

LISTED = Q(umkm__status=Umkm.Status.LISTED)
"""Counts the listed shops of a category or a place."""


@dataclass(frozen=True)
class Search:
    """What a visitor looks for; empty parts do not narrow."""

    words: str = ""
    category: str = ""
    place: str = ""


class CatalogueForm(forms.Form):
    """The filters of the catalogue, by GET."""

    q = forms.CharField(label=_("Search"), max_length=100, required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    place = forms.ChoiceField(label=_("Place"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = _("Soto, batik, Dinoyo …")
        self._offer("category", [("", _("All categories")), *_category_choices()])
        self._offer("place", [("", _("The whole city")), *_place_choices()])

    def search(self) -> Search:
        """What is asked for; a filter that does not exist does not narrow."""
        self.is_valid()
        asked = self.cleaned_data
        return Search(asked.get("q", ""), asked.get("category", ""), asked.get("place", ""))

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


def shops() -> QuerySet[UmkmPage]:
    """Live pages of listed shops, with all that a card shows."""
    live = UmkmPage.objects.live().filter(umkm_row__status=Umkm.Status.LISTED)
    rows = live.select_related("umkm_row__region__parent", "umkm_row__category", "photo")
    told = rows.annotate(curated=curated_on(timezone.localdate()))
    return told.prefetch_related("photo__renditions")


def find(search: Search) -> QuerySet[UmkmPage]:
    """The shops that hold every word, in name, summary, place or product, newest first."""
    found = shops()
    for word in search.words.split()[:MOST_WORDS]:
        found = found.filter(_speaks_of(word))
    if search.category:
        found = found.filter(umkm_row__category=search.category)
    if search.place:
        in_place = Q(umkm_row__region=search.place) | Q(umkm_row__region__parent=search.place)
        found = found.filter(in_place)
    return found.annotate(public_id=F("umkm_row__public_id")).order_by("-public_id")


def products() -> QuerySet[ProductPage]:
    """Live pages of listed products of listed shops, with all that a card shows."""
    live = ProductPage.objects.live().filter(
        product_row__status=Product.Status.LISTED,
        product_row__umkm__status=Umkm.Status.LISTED,
    )
    rows = live.select_related(
        "product_row__umkm__category", "product_row__umkm__region__parent", "photo"
    )
    return rows.prefetch_related("photo__renditions")


def find_products(search: Search) -> QuerySet[ProductPage]:
    """The products that hold every word, in name, summary or shop, newest first."""
    found = products()
    for word in search.words.split()[:MOST_WORDS]:
        found = found.filter(
            Q(title__icontains=word)
            | Q(summary__icontains=word)
            | Q(product_row__umkm__folded_name__contains=folded(word))
        )
    if search.category:
        found = found.filter(product_row__umkm__category=search.category)
    if search.place:
        in_place = Q(product_row__umkm__region=search.place)
        found = found.filter(in_place | Q(product_row__umkm__region__parent=search.place))
    return found.annotate(public_id=F("product_row__public_id")).order_by("-public_id")


def newest_products() -> QuerySet[ProductPage]:
    """The products of the catalogue, newest first, with their shop, its kind and its place."""
    rows = products().select_related("product_row__umkm__category", "product_row__umkm__region")
    return rows.order_by("-product_row__public_id")


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
    """The catalogue's context: `form`, and `shops` as a page of a paginator."""
    form = CatalogueForm(request.GET)
    paginator = Paginator(find(form.search()), SHOPS_A_PAGE)
    return {"form": form, "shops": paginator.get_page(request.GET.get("page"))}


def front_page(request: HttpRequest) -> dict[str, Any]:
    """The front page's context: near, new and running, the categories, and the city's money."""
    running = Highlight.objects.running(timezone.localdate()).select_related("page")
    return {
        "newest": list(find(Search())[:SHOPS_ON_THE_FRONT]),
        "nearest": _near(request),
        "categories": categories(),
        "highlights": list(running[:HIGHLIGHTS_ON_THE_FRONT]),
        "money": city_money(),
    }


def umkm_page(page: UmkmPage) -> dict[str, Any]:
    """An UMKM page's context."""
    ancestors, picture = _ancestors(page), share_pictures.of_shop(page)
    window = shop_window(page, at=timezone.now())
    pictures.prefetch(page.photo, page.logo)
    return {
        "products": products_of(page),
        "highlights": list(Highlight.objects.running(timezone.localdate()).filter(page=page.pk)),
        "window": window,
        "reach": releases.shop_reach(page.umkm) if page.umkm else None,
        "neighbours": list(nearest(shops(), to=page)[:NEIGHBOURS]),
        "ancestors": ancestors,
        "share_picture": picture,
        "structured_data": structured_data.shop_page(
            page, window=window, above=ancestors, picture=picture
        ),
    }


def product_page(page: ProductPage) -> dict[str, Any]:
    """A product page's context: its shop, and what else the shop sells."""
    shop = page.get_parent().specific
    others = [other for other in products_of(shop) if other.pk != page.pk]
    ancestors, picture = _ancestors(page), share_pictures.of_product(page, shop=shop)
    return {
        "shop": shop,
        "others": others[:4],
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


def kecamatan() -> QuerySet[Region]:
    """Every kecamatan with its kelurahan, each with `count`, how many shops are listed in it."""
    kelurahan = Region.objects.kelurahan().annotate(count=Count("umkm", filter=LISTED))
    by_name = Prefetch("children", kelurahan.order_by("name"))
    return Region.objects.kecamatan().order_by("name").prefetch_related(by_name)


def _speaks_of(word: str) -> Q:
    return (
        Q(umkm_row__folded_name__contains=folded(word))
        | Q(summary__icontains=word)
        | Q(umkm_row__region__name__icontains=word)
        | Q(umkm_row__region__alias__icontains=word)
        | Q(umkm_row__category__name__icontains=word)
        | Q(
            umkm_row__in=Umkm.objects.filter(
                products__name__icontains=word, products__status="listed"
            )
        )
    )


def _near(request: HttpRequest) -> list[UmkmPage]:
    """Shops in the home kelurahan of an ASN who is signed in."""
    asn = Asn.objects.filter(user_id=request.user.pk).first() if request.user.pk else None
    home = asn.home_on(timezone.localdate()) if asn else None
    if home is None:
        return []
    return list(find(Search(place=home.region_id))[:SHOPS_ON_THE_FRONT])


def _category_choices() -> list[tuple[str, str]]:
    english = get_language() == "en"
    return [(row.slug, _counted(row.name_en if english else row.name, row)) for row in categories()]


def _place_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """A kecamatan as a whole, then its kelurahan."""
    return [(each.name, [_all_of(each), *_kelurahan_choices(each)]) for each in kecamatan()]


def _all_of(kecamatan: Region) -> tuple[str, str]:
    return kecamatan.code, gettext("All of Kecamatan %(name)s") % {"name": kecamatan.name}


def _kelurahan_choices(kecamatan: Region) -> list[tuple[str, str]]:
    return [(each.code, _counted(each.name, each)) for each in kecamatan.children.all()]


def _counted(name: str, row: Any) -> str:
    """A name with the number of listed shops, which the row was annotated with."""
    return f"{name} ({row.count})"


def _ancestors(page: UmkmPage | ProductPage) -> list[Any]:
    return list(page.get_ancestors().filter(depth__gte=2))
