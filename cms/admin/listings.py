"""Shops and products as flat lists beside the tree of pages: filters, columns, exports."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_filters import ChoiceFilter, ModelChoiceFilter
from django_filters.fields import ModelChoiceField
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView, PageFilterSet
from wagtail.admin.viewsets.pages import PageListingViewSet

from cms.admin.exports import PlainCells
from cms.admin.pages import EditorsMenuItem
from cms.completeness import HIGH, LOW, completeness_of, with_completeness
from cms.forms import with_kecamatan
from cms.models import ProductPage, UmkmPage
from core.money import rupiah
from marketplace.models import Category, Region

HALF_A_YEAR = timedelta(days=182)

TITLE = PageTitleColumn("title", label=_("Name"), sort_key="title", classname="title", width="30%")
UPDATED = DateColumn(
    "latest_revision_created_at", label=_("Updated"), sort_key="latest_revision_created_at"
)
STATUS = PageStatusColumn("status", label=_("Status"), sort_key="live")

Narrowing = Callable[[QuerySet[Any]], QuerySet[Any]]


# --- Filters -------------------------------------------------------------------------------------


class KelurahanField(ModelChoiceField):
    """Kelurahan by name, each with its kecamatan."""

    def label_from_instance(self, region: Region) -> str:
        return with_kecamatan(region)


class KelurahanFilter(ModelChoiceFilter):
    field_class = KelurahanField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Kelurahan"), queryset=_kelurahan, **kwargs)


class NarrowingFilter(ChoiceFilter):
    """One of a few named conditions."""

    def __init__(self, label: str | Promise, narrowings: dict[str, tuple[Any, Narrowing]]) -> None:
        self.narrowings = {key: narrow for key, (_label, narrow) in narrowings.items()}
        choices = [(key, said) for key, (said, _narrow) in narrowings.items()]
        super().__init__(label=label, choices=choices, widget=forms.RadioSelect, empty_label=None)

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        narrow = self.narrowings.get(value)
        return narrow(qs) if narrow else qs


def _kelurahan(_request: HttpRequest | None) -> QuerySet[Region]:
    return Region.objects.kelurahan().select_related("parent").order_by("name", "code")


def not_updated(pages: QuerySet[Any]) -> QuerySet[Any]:
    """Pages that nobody has worked on for half a year."""
    touched = Coalesce("latest_revision_created_at", "last_published_at")
    return pages.alias(touched=touched).filter(touched__lt=timezone.now() - HALF_A_YEAR)


LIVE = {
    "live": (_("In view"), lambda pages: pages.filter(live=True)),
    "draft": (_("Draft or closed"), lambda pages: pages.filter(live=False)),
}
AGE = {"old": (_("Not updated for 6 months"), not_updated)}


class UmkmFilters(PageFilterSet):
    """Which shops: what they are, where, and what is still to be done."""

    region = KelurahanFilter()
    live = NarrowingFilter(_("Status"), LIVE)
    curated = NarrowingFilter(
        _("Curated"),
        {
            "yes": (_("Curated: NIB checked"), lambda pages: pages.filter(has_curated=True)),
            "no": (_("Not yet curated"), lambda pages: pages.filter(has_curated=False)),
        },
    )
    complete = NarrowingFilter(
        _("Completeness"),
        {
            "low": (_("Under 50"), lambda pages: pages.filter(completeness__lt=LOW)),
            "middle": (
                _("50 to 79"),
                lambda pages: pages.filter(completeness__gte=LOW, completeness__lt=HIGH),
            ),
            "high": (_("80 and more"), lambda pages: pages.filter(completeness__gte=HIGH)),
        },
    )
    age = NarrowingFilter(_("Age"), AGE)

    class Meta:
        model = UmkmPage
        fields = ["category"]


class ProductFilters(PageFilterSet):
    """Which products: of which shops, and what they lack."""

    category = ModelChoiceFilter(
        label=_("Category"),
        field_name="product_row__umkm__category",
        queryset=Category.objects.all(),
    )
    region = KelurahanFilter(field_name="product_row__umkm__region")
    live = NarrowingFilter(_("Status"), LIVE)
    lacks = NarrowingFilter(
        _("Lacks"),
        {
            "photo": (_("A photo"), lambda pages: pages.filter(photo=None)),
            "price": (_("A price"), lambda pages: pages.filter(price=None)),
            "summary": (_("A summary"), lambda pages: pages.filter(summary="")),
        },
    )
    age = NarrowingFilter(_("Age"), AGE)

    class Meta:
        model = ProductPage
        fields = ["available"]


# --- Columns and lists ---------------------------------------------------------------------------


def next_said(page: UmkmPage) -> str:
    """What to add next to a page of `with_completeness`; empty when nothing is missing."""
    step = completeness_of(page).next
    return str(step.ask) if step else ""


def curated_said(page: UmkmPage) -> str | Promise:
    """Whether its NIB was checked, in the words that visitors read."""
    return _("curated") if page.has_curated else _("not yet curated")


def price_said(page: ProductPage) -> str:
    """A price in rupiah; nothing where the shop has to be asked."""
    return "" if page.price is None else rupiah(page.price)


def shop_said(page: ProductPage) -> str:
    """The shop a product is sold at; nothing before it was first published."""
    return page.product_row.umkm.name if hasattr(page, "product_row") else ""


def today() -> date:
    """The city's day."""
    return timezone.localdate()


class UmkmIndex(PlainCells, IndexView):
    """Every shop's page, drafts too."""

    list_export = [
        "title",
        "category",
        "region",
        "region.parent",
        "status_string",
        "curated_said",
        "completeness",
        "next_said",
        "latest_revision_created_at",
    ]
    export_headings = {
        "title": _("Name"),
        "region": _("Kelurahan"),
        "region.parent": _("Kecamatan"),
        "status_string": _("Status"),
        "curated_said": _("Curated"),
        "completeness": _("Completeness"),
        "next_said": _("To add next"),
        "latest_revision_created_at": _("Updated"),
    }

    def get_base_queryset(self) -> QuerySet[UmkmPage]:
        pages = with_completeness(super().get_base_queryset(), day=today())
        return pages.prefetch_related("category", "region__parent")

    def to_row_dict(self, item: UmkmPage) -> dict[str, Any]:
        item.next_said, item.curated_said = next_said(item), str(curated_said(item))
        return super().to_row_dict(item)


class UmkmListing(PageListingViewSet):
    model = UmkmPage
    index_view_class = UmkmIndex
    name = "umkm_pages"
    url_prefix = "umkm-pages"
    icon = "home"
    menu_label = _("Shops")
    menu_order = 110
    menu_item_class = EditorsMenuItem
    add_to_admin_menu = True
    filterset_class = UmkmFilters
    columns = [
        BulkActionsColumn("bulk_actions"),
        TITLE,
        Column("category", label=_("Category"), sort_key="category__position"),
        Column("region", label=_("Kelurahan"), sort_key="region__name"),
        Column("curated", label=_("Curated"), accessor=curated_said),
        Column("completeness", label=_("Completeness"), sort_key="completeness"),
        Column("next", label=_("To add next"), accessor=next_said),
        UPDATED,
        STATUS,
    ]


class ProductIndex(PlainCells, IndexView):
    """Every product's page, drafts too."""

    list_export = [
        "title",
        "shop_said",
        "price",
        "unit",
        "available",
        "status_string",
        "latest_revision_created_at",
    ]
    export_headings = {
        "title": _("Name"),
        "shop_said": _("Shop"),
        "status_string": _("Status"),
        "latest_revision_created_at": _("Updated"),
    }

    def get_base_queryset(self) -> QuerySet[ProductPage]:
        return super().get_base_queryset().prefetch_related("product_row__umkm")

    def to_row_dict(self, item: ProductPage) -> dict[str, Any]:
        item.shop_said = shop_said(item)
        return super().to_row_dict(item)


class ProductListing(PageListingViewSet):
    model = ProductPage
    index_view_class = ProductIndex
    name = "product_pages"
    url_prefix = "product-pages"
    icon = "tag"
    menu_label = _("Products")
    menu_order = 120
    menu_item_class = EditorsMenuItem
    add_to_admin_menu = True
    filterset_class = ProductFilters
    columns = [
        BulkActionsColumn("bulk_actions"),
        TITLE,
        Column("shop", label=_("Shop"), accessor=shop_said, sort_key="product_row__umkm__name"),
        Column("price", label=_("Price"), sort_key="price", accessor=price_said),
        BooleanColumn("available", label=_("Available"), sort_key="available"),
        UPDATED,
        STATUS,
    ]
