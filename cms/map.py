"""What the map shows: each listed shop at its own position, or somewhere in its kelurahan.

Two queries, whatever the number of shops; the same spots make the points and the list beside them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import cos, pi, sin, sqrt
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cms import known
from cms.figures_map import outline
from cms.models.map import Outline
from cms.models.umkm import UmkmPage
from cms.search import Kind, Search, matching
from marketplace.models import Region, Umkm

SHOPS_IN_A_LIST = 12
"""Of a kelurahan, before the list leads to the catalogue."""
REACH = 0.004
"""Degrees (440 m): how far from the middle of a kelurahan shops without a position are spread."""
OPEN_NOW = Search(wishes=frozenset(["open"]))
GOLDEN_ANGLE = pi * (3 - sqrt(5))

Point = tuple[float, float]


@dataclass(frozen=True)
class Spot:
    """A shop: where it is drawn, in degrees, and `rough` where only its kelurahan is known."""

    name: str
    slug: str
    point: Point | None
    rough: bool = False


@dataclass
class Place:
    """A kelurahan and the shops in it."""

    region: Region
    spots: list[Spot] = field(default_factory=list)

    @property
    def shown(self) -> list[Spot]:
        """Those that the list names."""
        return self.spots[:SHOPS_IN_A_LIST]

    @property
    def centre(self) -> Point | None:
        """Its middle; None where the region has no centroid."""
        if self.region.latitude is None or self.region.longitude is None:
            return None
        return float(self.region.latitude), float(self.region.longitude)


@dataclass(frozen=True)
class Area:
    """A kecamatan and its kelurahan."""

    region: Region | None
    places: Sequence[Place]

    @property
    def count(self) -> int:
        return sum(len(place.spots) for place in self.places)


class MapForm(forms.Form):
    """The map's filters, by GET; one that does not exist does not narrow."""

    category = forms.ChoiceField(label=_("Category"), required=False)
    open = forms.BooleanField(label=_("Open now"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = self.fields["category"]
        assert isinstance(offered, forms.ChoiceField)
        offered.choices = [("", _("All categories")), *list(known.category_names().items())]

    def places(self) -> list[Place]:
        """The kelurahan of the city with the shops asked for."""
        self.is_valid()
        asked = self.cleaned_data
        return places(category=asked.get("category", ""), only_open=asked.get("open", False))


def places(*, category: str = "", only_open: bool = False) -> list[Place]:
    """Every kelurahan by kecamatan and name, with its listed shops by name."""
    kelurahan = Region.objects.kelurahan().select_related("parent")
    found = {
        region.pk: Place(region) for region in kelurahan.order_by("parent__name", "name", "code")
    }
    for code, shops in groupby(
        _rows(category=category, only_open=only_open), key=lambda row: row[0]
    ):
        if code in found:
            found[code].spots = list(_spots([row[1:] for row in shops], found[code].centre))
    return list(found.values())


def areas(found: Sequence[Place]) -> list[Area]:
    """The places by kecamatan."""
    by_parent = groupby(found, key=lambda place: place.region.parent)
    return [Area(parent, list(within)) for parent, within in by_parent]


def document(found: Sequence[Place]) -> dict[str, Any]:
    """What the map's script reads: short keys, since it travels to a phone.

    `places`: code, name, latitude, longitude. `areas`: name and hull of each kecamatan. `shops`:
    place by number, name, slug, latitude, longitude, 1 where the position is rough.
    """
    located = [place for place in found if place.centre is not None]
    return {
        "base": known.catalogue_address(),
        "places": [
            [place.region.pk, place.region.name, *_rounded(place.centre)]
            for place in located
            if place.centre is not None
        ],
        "areas": [_hull(area) for area in areas(located)],
        "shops": [
            [number, spot.name, spot.slug, *_rounded(spot.point), int(spot.rough)]
            for number, place in enumerate(located)
            for spot in place.spots
            if spot.point is not None
        ],
    }


def outlines() -> dict[str, Any]:
    """The loaded outlines as a GeoJSON FeatureCollection."""
    features = [
        {"type": "Feature", "id": row.pk, "properties": {}, "geometry": row.geometry}
        for row in Outline.objects.order_by("pk")
    ]
    return {"type": "FeatureCollection", "features": features}


def map_page(request: HttpRequest) -> dict[str, Any]:
    """The map page's context."""
    form = MapForm(request.GET)
    found = form.places()
    return {
        "form": form,
        "areas": areas(found),
        "total": sum(len(place.spots) for place in found),
        "catalogue_address": known.catalogue_address(),
        "has_outlines": Outline.objects.exists(),
        "tiles": settings.MAP_TILES_URL,
        "attribution": settings.MAP_TILES_ATTRIBUTION,
    }


def tiles_host(url: str) -> str:
    """The origin of the tiles as a policy names it; empty for none or for our own."""
    address = urlsplit(url.replace("{s}", "*"))
    return f"{address.scheme}://{address.netloc}" if address.netloc else ""


def spread(centre: Point, *, number: int, total: int) -> Point:
    """Where the `number`-th of `total` shops stands around a centre: as seeds in a sunflower."""
    away = REACH * sqrt((number + 0.5) / total)
    turn = GOLDEN_ANGLE * number
    return centre[0] + away * sin(turn), centre[1] + away * cos(turn)


def _rows(*, category: str, only_open: bool) -> Any:
    """Kelurahan, name, slug, latitude and longitude of the listed shops."""
    shops = UmkmPage.objects.live().filter(umkm_row__status=Umkm.Status.LISTED)
    if category:
        shops = shops.filter(umkm_row__category=category)
    if only_open:
        shops = shops.filter(pk__in=matching(OPEN_NOW, kind=Kind.SHOP))
    return shops.order_by("umkm_row__region_id", "title", "pk").values_list(
        "umkm_row__region_id", "title", "slug", "latitude", "longitude"
    )


def _spots(rows: Sequence[Any], centre: Point | None) -> Iterator[Spot]:
    """Shops of one kelurahan; those without a position stand around its centre."""
    for number, (name, slug, latitude, longitude) in enumerate(rows):
        if latitude is not None:
            yield Spot(name, slug, (float(latitude), float(longitude)))
        else:
            around = centre and spread(centre, number=number, total=len(rows))
            yield Spot(name, slug, around, rough=True)


def _hull(area: Area) -> list[Any]:
    points = outline(place.centre for place in area.places if place.centre is not None)
    return [area.region.name if area.region else "", [_rounded(point) for point in points]]


def _rounded(point: Point) -> Point:
    """To 1 m."""
    return round(point[0], 5), round(point[1], 5)
