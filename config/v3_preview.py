"""Wagtail's own content API v3, to read whole pages: a preview of upstream that may change.

Only where API_V3_PREVIEW is on, and only reading: pages are written in the admin. It shows pages
that are live and public, no posts and no person.
"""

from django.urls import URLPattern, URLResolver
from django.views.decorators.http import require_safe
from wagtail.api.v3.urls import api

ROUTES = ("pages/", "schema/", "sites/")


def reading_only(patterns: list[URLPattern | URLResolver]) -> list[URLPattern]:
    """The routes that read, refusing every other method."""
    kept = [each for each in patterns if isinstance(each, URLPattern)]
    kept = [each for each in kept if str(each.pattern).startswith(ROUTES)]
    for each in kept:
        each.callback = require_safe(each.callback)
    return kept


patterns, app_name, namespace = api.urls
urlpatterns = (reading_only(patterns), app_name)
