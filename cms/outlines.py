"""Loading the outlines of kelurahan from a GeoJSON file that the operator brings."""

import json
from collections.abc import Sequence
from math import dist
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.models.map import Outline
from marketplace.models import Region

MOST_BYTES = 20 * 1024 * 1024
DECIMALS = 5
"""Of a degree: 1 m, more than a map of a city shows."""
SKETCHED = 0.0003
"""Of a degree: 33 m, less than a pixel where the whole city is 400 pixels wide."""
KINDS = ("Polygon", "MultiPolygon")

Point = tuple[float, float]


class OutlinesRefused(Exception):
    """The file is no FeatureCollection of polygons with Kemendagri codes; nothing was loaded."""


@transaction.atomic
def load_outlines(path: Path) -> int:
    """Replace all outlines by those of a file; features of other cities are left out.

    A feature names its place by `code` (Kemendagri) in its properties, or by its id. The answer
    is how many were loaded. Raises `OutlinesRefused`.
    """
    outlines = [outline for feature in _features(path) if (outline := _outline(feature))]
    known = set(Region.objects.values_list("pk", flat=True))
    ours = [outline for outline in outlines if outline.region_id in known]
    if not ours:
        raise OutlinesRefused(_("No feature has the code of a place of this city."))
    Outline.objects.all().delete()
    Outline.objects.bulk_create(ours)
    return len(ours)


def _features(path: Path) -> list[Any]:
    if path.stat().st_size > MOST_BYTES:
        raise OutlinesRefused(_("The file is larger than 20 MB."))
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise OutlinesRefused(_("The file is no GeoJSON FeatureCollection.")) from error
    if not isinstance(features, list):
        raise OutlinesRefused(_("The file is no GeoJSON FeatureCollection."))
    return features


def _outline(feature: Any) -> Outline | None:
    """The outline of one feature; None where it is none of a place."""
    try:
        code = feature["properties"].get("code") or feature.get("id")
        geometry = feature["geometry"]
        if geometry["type"] not in KINDS or not isinstance(code, str):
            return None
        kind, coordinates = geometry["type"], _rounded(geometry["coordinates"])
        return Outline(
            region_id=code,
            geometry={"type": kind, "coordinates": coordinates},
            sketch=_sketch([coordinates] if kind == "Polygon" else coordinates),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise OutlinesRefused(_("A feature is not written as GeoJSON asks.")) from error


def _rounded(coordinates: Any) -> Any:
    """The same rings with fewer decimals; anything but numbers in lists raises TypeError."""
    if isinstance(coordinates, list):
        return [_rounded(each) for each in coordinates]
    return round(coordinates, DECIMALS)


def _sketch(polygons: Any) -> list[list[Point]]:
    """The outer ring of each, without the holes; a ring of fewer than four points is none."""
    rings = [[(x, y) for x, y, *_height in polygon[0]] for polygon in polygons if polygon]
    return [simplified(ring, SKETCHED) for ring in rings if len(ring) > 3]


def simplified(ring: Sequence[Point], tolerance: float) -> list[Point]:
    """The corners from which no other point lies further than `tolerance` (Douglas, Peucker 1973).

    A ring ends where it begins, so it is cut where it is furthest from there.
    """
    far = max(range(len(ring)), key=lambda index: dist(ring[0], ring[index]))
    kept, parts = {0, far, len(ring) - 1}, [(0, far), (far, len(ring) - 1)]
    while parts:
        first, last = parts.pop()
        away = [(_distance(ring[i], ring[first], ring[last]), i) for i in range(first + 1, last)]
        furthest, index = max(away, default=(0.0, first))
        if furthest > tolerance:
            kept.add(index)
            parts += [(first, index), (index, last)]
    return [ring[index] for index in sorted(kept)]


def _distance(point: Point, first: Point, last: Point) -> float:
    """From a point to the line through two others; to the first where both are one."""
    length = dist(first, last)
    if not length:
        return dist(point, first)
    (x, y), (x1, y1), (x2, y2) = point, first, last
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length
