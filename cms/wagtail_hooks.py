"""The editors' desk: shops and products as flat lists beside the tree of pages."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView, PageFilterSet
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.permission_policies.pages import PagePermissionPolicy

from cms.admin.proposals import DECIDE, Proposals
from cms.models import ProductPage, UmkmPage
from core.money import rupiah
from marketplace.models import Umkm

TITLE = PageTitleColumn("title", label=_("Name"), sort_key="title", classname="title", width="40%")
UPDATED = DateColumn(
    "latest_revision_created_at", label=_("Updated"), sort_key="latest_revision_created_at"
)
STATUS = PageStatusColumn("status", label=_("Status"), sort_key="live")


class EditorsMenuItem(MenuItem):
    """Shown to who works on pages."""

    def is_shown(self, request: HttpRequest) -> bool:
        work = ["add", "change", "publish"]
        shown: bool = PagePermissionPolicy().user_has_any_permission(request.user, work)
        return shown


class UmkmFilters(PageFilterSet):
    class Meta:
        model = UmkmPage
        fields = ["category", "region", "live"]


class UmkmIndex(IndexView):
    """Every shop's page, drafts too."""

    def get_base_queryset(self) -> QuerySet[UmkmPage]:
        return super().get_base_queryset().prefetch_related("category", "region")


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
        UPDATED,
        STATUS,
    ]


def price_said(page: ProductPage) -> str:
    """A price in rupiah; nothing where the shop has to be asked."""
    return "" if page.price is None else rupiah(page.price)


class ProductFilters(PageFilterSet):
    class Meta:
        model = ProductPage
        fields = ["available", "live"]


class ProductListing(PageListingViewSet):
    model = ProductPage
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
        Column("price", label=_("Price"), sort_key="price", accessor=price_said),
        BooleanColumn("available", label=_("Available"), sort_key="available"),
        STATUS,
    ]


@hooks.register("register_admin_viewset")
def register_listings() -> list[PageListingViewSet]:
    return [UmkmListing(), ProductListing()]


@hooks.register("register_admin_viewset")
def register_proposals() -> Proposals:
    return Proposals()


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """The rights to read the registry and to decide, so that a group can be given them by hand."""
    return Permission.objects.filter(
        content_type__app_label="marketplace", codename__in=["view_umkm", "change_umkm"]
    )


class ProposalsPanel(Component):
    """How many proposed shops wait, on the admin's home page."""

    name = "umkm_proposals"
    template_name = "cms/admin/proposals_panel.html"
    order = 80

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {"waiting": Umkm.objects.pending().count()}


@hooks.register("construct_homepage_panels")
def add_proposals_panel(request: HttpRequest, panels: list[Component]) -> None:
    if request.user.has_perm(DECIDE):
        panels.append(ProposalsPanel())
