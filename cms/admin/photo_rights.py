"""The report of who allowed which photo: those of which nobody knows come first.

Where a photo stands is read from Wagtail's index of references, which knows every app's models.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, QuerySet
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.models import ReferenceIndex
from wagtail.permission_policies.pages import PagePermissionPolicy

from cms.admin.exports import PlainCells
from cms.admin.pages import EditorsMenuItem
from cms.models import Photo
from cms.photo_rights import may_be_posted


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
        BooleanColumn("may_be_posted", label=_("For posts"), accessor=may_be_posted),
        Column("used_in", label=_("Used in")),
    ]
    list_export = ["title", "credit", "allowed_by", "allowed_use", "allowed_on"]

    def get_queryset(self) -> QuerySet[Photo]:
        """What is not recorded sorts first."""
        return Photo.objects.order_by("allowed_use", "allowed_by", "-pk")

    def decorate_paginated_queryset(self, object_list: Iterable[Photo]) -> Iterable[Photo]:
        """Each with where it stands, read at once."""
        photos = list(object_list)
        places = places_of(photos)
        for photo in photos:
            photo.used_in = ", ".join(places[photo.pk])
        return photos


def places_of(photos: Iterable[Photo]) -> dict[int, list[str]]:
    """Of each photo, in how many pages or promotions of which kind it stands: "promotions 2"."""
    references = (
        ReferenceIndex.objects.filter(
            to_content_type=ContentType.objects.get_for_model(Photo),
            to_object_id__in=[str(photo.pk) for photo in photos],
        )
        .values_list("to_object_id", "content_type")
        .annotate(standing=Count("object_id", distinct=True))
        .order_by("content_type")
    )
    places = defaultdict(list)
    for photo, kind, standing in references:
        model = ContentType.objects.get_for_id(kind).model_class()
        if model is not None:
            places[int(photo)].append(f"{model._meta.verbose_name_plural} {standing}")
    return places


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
