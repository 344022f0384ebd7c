"""Where shops lie on the map: which are nearest to one of them, and links to maps elsewhere."""

from dataclasses import dataclass
from math import cos, radians
from typing import Any
from urllib.parse import quote

from django.db.models import F

from cms.models.search import SearchEntry
from cms.models.umkm import UmkmPage


@dataclass(frozen=True)
class MapLinks:
    """Ways to a position that leave the site, followed only when somebody presses them."""

    website: str
    app: str


def map_links(page: UmkmPage) -> MapLinks | None:
    """OpenStreetMap, and the map app of a phone; None without a position of its own."""
    if page.latitude is None or page.longitude is None:
        return None
    north, east = page.latitude, page.longitude
    return MapLinks(
        website=f"https://www.openstreetmap.org/?mlat={north}&mlon={east}#map=18/{north}/{east}",
        app=f"geo:{north},{east}?q={north},{east}({quote(page.title)})",
    )


def nearest(*, to: UmkmPage, most: int) -> list[int]:
    """The keys of the other shops' pages in a shop's kecamatan, the nearest first; unknown last.

    Read from the narrow table of the search: the pages with all they join took longer to plan
    than to read.
    """
    entries = SearchEntry.objects.filter(
        kind=SearchEntry.Kind.SHOP, kecamatan=to.region.parent_id
    ).exclude(page=to.pk)
    return list(entries.order_by(*_nearest_first(to)).values_list("page", flat=True)[:most])


def _nearest_first(to: UmkmPage) -> list[Any]:
    """A shop without a position of its own lies in the middle of its kelurahan."""
    north = to.region.latitude if to.latitude is None else to.latitude
    east = to.region.longitude if to.longitude is None else to.longitude
    if north is None or east is None:
        return ["-region_id", "page"]
    up = F("latitude") - float(north)
    over = (F("longitude") - float(east)) * cos(radians(north))
    return [(up * up + over * over).asc(nulls_last=True), "page"]
