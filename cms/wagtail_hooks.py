"""The editors' desk: flat lists of pages, queues and reports, hung onto Wagtail's admin."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.pages import PageListingViewSet
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.query import PageQuerySet

from accounts.models import User
from cms import content_checks
from cms.admin.complaints import MEND, ComplaintQueue
from cms.admin.curated import CollectionListing, StoryListing
from cms.admin.figure_panels import FiguresPanel, PublicFiguresPanel
from cms.admin.figure_reports import REPORTS, figure_report_item, figure_report_urls
from cms.admin.imports import ImportViewSet
from cms.admin.listings import ProductListing, UmkmListing
from cms.admin.own_media import list_own_media
from cms.admin.pages import WORK_ON_PAGES
from cms.admin.photo_rights import photo_rights_item, photo_rights_urls
from cms.admin.proposals import DECIDE, Proposals
from cms.admin.reports import least_complete_item, report_urls, searches_item, to_recruit_item
from cms.models import Complaint, UmkmPage
from marketplace.figures import SEES_RATES
from marketplace.models import Umkm


@hooks.register("register_admin_viewset")
def register_listings() -> list[PageListingViewSet]:
    return [UmkmListing(), ProductListing(), CollectionListing(), StoryListing()]


@hooks.register("register_admin_viewset")
def register_queues() -> list[ViewSet]:
    return [Proposals(), ComplaintQueue(), ImportViewSet()]


@hooks.register("register_admin_urls")
def register_report_urls() -> list[URLResolver]:
    return [
        path("katalog/laporan-editor/", include((report_urls(), "editors_reports"))),
        path("angka/", include((figure_report_urls(), "figure_reports"))),
        path("katalog/izin-foto/", include((photo_rights_urls(), "photo_rights"))),
    ]


@hooks.register("register_reports_menu_item")
def register_least_complete() -> MenuItem:
    return least_complete_item()


@hooks.register("register_reports_menu_item")
def register_to_recruit() -> MenuItem:
    return to_recruit_item()


@hooks.register("register_reports_menu_item")
def register_searches() -> MenuItem:
    return searches_item()


@hooks.register("register_reports_menu_item")
def register_photo_rights() -> MenuItem:
    return photo_rights_item()


for each in REPORTS:
    hooks.register("register_reports_menu_item", partial(figure_report_item, each))


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def advise(request: HttpRequest, page: Page) -> None:
    """Say what a visitor would miss; the page is saved already."""
    for sentence in content_checks.advice(page):
        messages.warning(request, sentence)


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


@hooks.register("construct_homepage_panels")
def add_figures_panel(request: HttpRequest, panels: list[Component]) -> None:
    """Of agencies' rates only to who looks after people; what is public to everyone here."""
    may_see_rates = request.user.has_perm(SEES_RATES)
    panels.append(FiguresPanel() if may_see_rates else PublicFiguresPanel())


@hooks.register("construct_page_chooser_queryset")
def choose_among_ones_own(pages: PageQuerySet, request: HttpRequest) -> PageQuerySet:
    """Who works on no page is offered none: a chooser lists drafts, too."""
    works = PagePermissionPolicy().user_has_any_permission(request.user, WORK_ON_PAGES)
    return pages if works else pages.none()


hooks.register("construct_admin_api", list_own_media, order=1)  # after Wagtail's own


@hooks.register("register_page_header_buttons")
def close_shop_button(
    page: Page, user: User, view_name: str, next_url: str | None = None
) -> Iterator[Button]:
    """Beside Wagtail's own: take the shop, its products and its waiting posts out at once."""
    if page.specific_class is UmkmPage and page.permissions_for_user(user).can_unpublish():
        address = reverse("complaints:close", args=[page.pk])
        yield Button(_("Close this shop"), address, icon_name="lock", priority=65)
