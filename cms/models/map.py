"""The map of UMKM and kelurahan."""

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from cms.models.lists import IntroducedPage
from marketplace.models import Region


class MapPage(IntroducedPage):
    """ "Peta": the shops on a map, and all of them again as a list by kelurahan."""

    template = "cms/map_page.html"
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("map page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.map import map_page  # the rules read these models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **map_page(request)}

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As any page, and with leave to load pictures from the tiles' host, if there is one."""
        from cms.map import tiles_host

        response = super().serve(request, *args, **kwargs)
        host = tiles_host(settings.MAP_TILES_URL)
        if host:
            response._csp_update = {"img-src": [host]}  # django-csp reads it
        return response


class Outline(models.Model):
    """The outline of a place as GeoJSON writes it: longitude first, degrees of WGS 84.

    `sketch` holds its outer rings with the few corners that a small drawing needs.
    """

    region = models.OneToOneField(
        Region, on_delete=models.CASCADE, primary_key=True, related_name="outline"
    )
    geometry = models.JSONField()
    sketch = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"Outline of {self.pk}"
