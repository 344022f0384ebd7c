"""The editors' desk: shops and products as flat lists beside the tree of pages."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn
from wagtail.admin.views.pages.listing import IndexView, PageFilterSet
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets import Button
from wagtail.models import Page

from accounts.models import User
from cms.admin.complaints import MEND, ComplaintQueue
from cms.admin.curated import CollectionListing, StoryListing
from cms.admin.pages import EditorsMenuItem
from cms.admin.proposals import DECIDE, Proposals
from cms.models import Complaint, ProductPage, UmkmPage
from core.money import rupiah
from marketplace.models import Umkm

TITLE = PageTitleColumn("title", label=_("Name"), sort_key="title", classname="title", width="40%")
UPDATED = DateColumn(
    "latest_revision_created_at", label=_("Updated"), sort_key="latest_revision_created_at"
)
STATUS = PageStatusColumn("status", label=_("Status"), sort_key="live")


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
    return [UmkmListing(), ProductListing(), CollectionListing(), StoryListing()]


@hooks.register("register_admin_viewset")
def register_queues() -> list[ViewSet]:
    return [Proposals(), ComplaintQueue()]


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """The rights to read the registry, decide and mend, so that a group is given them by hand."""
    codenames = ["view_umkm", "change_umkm", "change_complaint"]
    return Permission.objects.filter(
        content_type__app_label__in=["marketplace", "cms"], codename__in=codenames
    )


class QueuesPanel(Component):
    """How much waits for an editor, on the admin's home page: each queue to who may work on it."""

    name = "editors_queues"
    template_name = "cms/admin/queues_panel.html"
    order = 80

    def __init__(self, person: User) -> None:
        self.person = person

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """A queue that this person may not open is not counted."""
        decides, mends = self.person.has_perm(DECIDE), self.person.has_perm(MEND)
        return {
            "decides": decides,
            "proposals": Umkm.objects.pending().count() if decides else 0,
            "mends": mends,
            "reports": Complaint.objects.open().count() if mends else 0,
        }


@hooks.register("construct_homepage_panels")
def add_queues_panel(request: HttpRequest, panels: list[Component]) -> None:
    if request.user.has_perm(DECIDE) or request.user.has_perm(MEND):
        panels.append(QueuesPanel(request.user))


@hooks.register("register_page_header_buttons")
def close_shop_button(
    page: Page, user: User, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """Beside Wagtail's own: take the shop, its products and its waiting posts out at once."""
    if page.specific_class is UmkmPage and page.permissions_for_user(user).can_unpublish():
        address = reverse("complaints:close", args=[page.pk])
        yield Button(_("Close this shop"), address, icon_name="lock", priority=65)
