"""Where shops lie on the map: which are nearest to one of them, and links to maps elsewhere."""

from dataclasses import dataclass
from decimal import Decimal
from math import cos, radians
from urllib.parse import quote

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from cms.models.umkm import UmkmPage

NORTH = Coalesce(F("latitude"), F("region__latitude"))
EAST = Coalesce(F("longitude"), F("region__longitude"))
"""A shop without a position of its own lies in the middle of its kelurahan."""


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


def nearest(shops: QuerySet[UmkmPage], *, to: UmkmPage) -> QuerySet[UmkmPage]:
    """The other shops of a shop's kecamatan, the nearest first; unknown positions last."""
    others = shops.filter(region__parent=to.region.parent_id).exclude(pk=to.pk)
    north = to.region.latitude if to.latitude is None else to.latitude
    east = to.region.longitude if to.longitude is None else to.longitude
    if north is None or east is None:
        return others.order_by("-region__code", "pk")
    up, over = NORTH - north, (EAST - east) * _shrink(north)
    return others.order_by((up * up + over * over).asc(nulls_last=True), "pk")


def _shrink(north: Decimal) -> Decimal:
    """How much shorter a degree to the east is than one to the north."""
    return Decimal(str(round(cos(radians(north)), 6)))
