"""Loading the outlines of kelurahan from a GeoJSON file that the operator brings."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.models.map import Outline
from marketplace.models import Region

MOST_BYTES = 20 * 1024 * 1024
DECIMALS = 5
"""Of a degree: 1 m, more than a map of a city shows."""
KINDS = ("Polygon", "MultiPolygon")


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
        return Outline(
            region_id=code,
            geometry={"type": geometry["type"], "coordinates": _rounded(geometry["coordinates"])},
        )
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise OutlinesRefused(_("A feature is not written as GeoJSON asks.")) from error


def _rounded(coordinates: Any) -> Any:
    """The same rings with fewer decimals; anything but numbers in lists raises TypeError."""
    if isinstance(coordinates, list):
        return [_rounded(each) for each in coordinates]
    return round(coordinates, DECIMALS)
