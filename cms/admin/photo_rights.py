"""The report of who allowed which photo: those of which nobody knows come first."""

from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies.pages import PagePermissionPolicy

from cms.admin.exports import PlainCells
from cms.admin.pages import EditorsMenuItem
from cms.models import Photo


class PhotoRights(PlainCells, ReportView):
    """Every photo; for editors."""

    page_title = _("Rights to photos")
    header_icon = "image"
    index_url_name = "photo_rights:report"
    index_results_url_name = "photo_rights:results"
    model = Photo
    permission_policy = PagePermissionPolicy()
    any_permission_required = ["add", "change", "publish"]
    export_filename = "izin-foto"
    columns = [
        TitleColumn(
            "title",
            label=_("Photo"),
            get_url=lambda photo: reverse("wagtailimages:edit", args=[photo.pk]),
        ),
        BooleanColumn("rights_recorded", label=_("Recorded")),
        Column("allowed_by", label=_("Allowed by")),
        Column("allowed_use", label=_("Allowed use"), accessor="get_allowed_use_display"),
        DateColumn("allowed_on", label=_("Allowed on")),
    ]
    list_export = ["title", "credit", "allowed_by", "allowed_use", "allowed_on"]

    def get_queryset(self) -> QuerySet[Photo]:
        """What is not recorded sorts first."""
        return Photo.objects.order_by("allowed_use", "allowed_by", "-pk")


def photo_rights_urls() -> list[URLPattern]:
    """The report's own addresses."""
    return [
        path("", PhotoRights.as_view(), name="report"),
        path("results/", PhotoRights.as_view(results_only=True), name="results"),
    ]


def photo_rights_item() -> MenuItem:
    """In the menu of reports."""
    return EditorsMenuItem(
        PhotoRights.page_title, reverse("photo_rights:report"), icon_name="image", order=130
    )
