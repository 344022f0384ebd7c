"""Editors' reports: the thinnest pages, and the kelurahan to recruit shops in."""

from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy

from accounts.desk import menu_item_for
from cms.admin.exports import PlainCells
from cms.admin.listings import next_said, today
from cms.admin.pages import EditorsMenuItem
from cms.completeness import least_complete_first
from cms.models import UmkmPage
from cms.models.search import SearchMiss
from cms.search_misses import searches_in_vain
from marketplace.models import Region, Umkm
from marketplace.recruiting import places_to_recruit


class LeastComplete(PlainCells, ReportView):
    """Pages in view, the thinnest first, each with what to add next."""

    page_title = _("Least complete shops")
    header_icon = "tasks"
    index_url_name = "editors_reports:least_complete"
    index_results_url_name = "editors_reports:least_complete_results"
    model = UmkmPage
    permission_policy = PagePermissionPolicy()
    any_permission_required = ["add", "change", "publish"]
    export_filename = "toko-kurang-lengkap"
    columns = [
        TitleColumn(
            "title",
            label=_("Name"),
            get_url=lambda page: reverse("wagtailadmin_pages:edit", args=[page.pk]),
        ),
        Column("region", label=_("Kelurahan")),
        Column("completeness", label=_("Completeness")),
        Column("next", label=_("To add next"), accessor=next_said),
    ]
    list_export = ["title", "region", "completeness", "next_said"]
    export_headings = {
        "title": _("Name"),
        "region": _("Kelurahan"),
        "completeness": _("Completeness"),
        "next_said": _("To add next"),
    }

    def get_queryset(self) -> QuerySet[UmkmPage]:
        """Those this person may work on."""
        mine = PagePermissionPolicy(UmkmPage).instances_user_has_any_permission_for(
            self.request.user, self.any_permission_required
        )
        return least_complete_first(mine.live().select_related("region"), day=today())

    def to_row_dict(self, item: UmkmPage) -> dict[str, Any]:
        item.next_said = next_said(item)
        return super().to_row_dict(item)


class ToRecruit(PlainCells, ReportView):
    """Kelurahan where ASN live while little or nothing is listed; heads in fives, rounded down."""

    page_title = _("Where shops are missing")
    results_template_name = "cms/admin/to_recruit_results.html"
    paginate_by = None  # a city has a few dozen kelurahan
    header_icon = "site"
    index_url_name = "editors_reports:to_recruit"
    index_results_url_name = "editors_reports:to_recruit_results"
    model = Region
    permission_policy = ModelPermissionPolicy(Umkm)
    any_permission_required = ["view"]
    export_filename = "daftar-rekrut"
    columns = [
        Column("name", label=_("Kelurahan")),
        Column("parent", label=_("Kecamatan")),
        Column("listed", label=_("Listed shops")),
        Column("living", label=_("ASN living there, at least")),
    ]
    list_export = ["name", "parent", "listed", "living"]
    export_headings = {
        "name": _("Kelurahan"),
        "parent": _("Kecamatan"),
        "listed": _("Listed shops"),
        "living": _("ASN living there, at least"),
    }

    def get_queryset(self) -> QuerySet[Region]:
        """As of today."""
        return places_to_recruit(day=today())


class SearchesInVain(PlainCells, ReportView):
    """What was searched for and not found of late, where, and how often: never by whom."""

    page_title = _("Searches without result")
    results_template_name = "cms/admin/searches_in_vain_results.html"
    paginate_by = None
    header_icon = "search"
    index_url_name = "editors_reports:searches"
    index_results_url_name = "editors_reports:searches_results"
    model = SearchMiss
    permission_policy = ModelPermissionPolicy(Umkm)
    any_permission_required = ["view"]
    export_filename = "pencarian-tanpa-hasil"
    columns = [
        Column("words", label=_("Searched for")),
        Column("where", label=_("Where")),
        Column("times", label=_("Times")),
    ]
    list_export = ["words", "where", "times"]
    export_headings = {
        "words": _("Searched for"),
        "where": _("Where"),
        "times": _("Times"),
    }

    def get_queryset(self) -> QuerySet[SearchMiss, Any]:
        """The most wanted first."""
        return searches_in_vain(day=today())


def report_urls() -> list[URLPattern]:
    """One address per report, and one per its list alone."""
    return [
        path("kelengkapan/", LeastComplete.as_view(), name="least_complete"),
        path(
            "kelengkapan/results/",
            LeastComplete.as_view(results_only=True),
            name="least_complete_results",
        ),
        path("pencarian/", SearchesInVain.as_view(), name="searches"),
        path(
            "pencarian/results/",
            SearchesInVain.as_view(results_only=True),
            name="searches_results",
        ),
        path("rekrut/", ToRecruit.as_view(), name="to_recruit"),
        path("rekrut/results/", ToRecruit.as_view(results_only=True), name="to_recruit_results"),
    ]


def least_complete_item() -> MenuItem:
    """The first report in Wagtail's own menu of reports."""
    address = reverse("editors_reports:least_complete")
    return EditorsMenuItem(
        _("Least complete shops"), address, name="least-complete", icon_name="tasks", order=100
    )


def to_recruit_item() -> MenuItem:
    """The second."""
    address = reverse("editors_reports:to_recruit")
    return menu_item_for("marketplace.view_umkm")(
        _("Where shops are missing"), address, name="to-recruit", icon_name="site", order=110
    )


def searches_item() -> MenuItem:
    """The third."""
    address = reverse("editors_reports:searches")
    return menu_item_for("marketplace.view_umkm")(
        _("Searches without result"), address, name="searches", icon_name="search", order=120
    )
