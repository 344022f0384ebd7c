"""Wagtail's own content API v3, to read whole pages: a preview of upstream that may change.

Only where API_V3_PREVIEW is on, and only reading: pages are written in the admin. It shows pages
that are live and public, no posts and no person; what of them, each model's `api_fields` say.
"""

from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.functions import Left, Length
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver
from django.views.decorators.http import require_safe
from wagtail.api.v3.routers import pages
from wagtail.api.v3.urls import api
from wagtail.models import Page
from wagtail.query import PageQuerySet

from cms.models import UmkmPage

ROUTES = ("pages/", "schema/", "sites/")

find_theirs = pages.get_pages_queryset


def find_in_view(request: HttpRequest, model: Any = Page) -> PageQuerySet:
    """As Wagtail finds them, but for the products of a shop that is out of view."""
    above = Left(OuterRef("path"), Length(OuterRef("path")) - Page.steplen)
    closed = UmkmPage.objects.filter(live=False, path=above)
    return find_theirs(request, model).exclude(Exists(closed))


def reading_only(patterns: list[URLPattern | URLResolver]) -> list[URLPattern]:
    """The routes that read, refusing every other method."""
    kept = [each for each in patterns if isinstance(each, URLPattern)]
    kept = [each for each in kept if str(each.pattern).startswith(ROUTES)]
    for each in kept:
        each.callback = require_safe(each.callback)
    return kept


pages.get_pages_queryset = find_in_view
patterns, app_name, namespace = api.urls
urlpatterns = (reading_only(patterns), app_name)
