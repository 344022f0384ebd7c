"""The rows of the catalogue's lists: from the search's table by one query, their photos by another.

A list of twenty is what apps ask most. Page objects and a serializer for each of them cost more
than all the rest, so a row goes from the database to JSON as it is. `UmkmSerializer` and
`ProductSerializer` say the same of one page; a test compares the two.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from wagtail.images.models import Filter

from cms import known, pictures
from cms.api.serializers import PHOTO_SPEC, PhotoField, focal_point
from cms.models import Photo

Row = dict[str, Any]

COLUMNS = "public_id, category_id, region_id, shown"


def rows(found: Sequence[tuple[Any, ...]], say: Callable[[Row], Row]) -> list[Row]:
    """What `say` makes of each row of `COLUMNS`; one query for all photos."""
    read = [_read(*row[:4]) for row in found]
    photos = _photos({row["photo"] for row in read} - {None})
    return [{**say(row), "photo": photos.get(row["photo"])} for row in read]


def _read(public_id: UUID, category: str, region: str, shown: str) -> Row:
    return {"id": str(public_id), "category": category, "region": region, **json.loads(shown)}


def shop_row(row: Row) -> Row:
    """An UMKM as `UmkmSerializer` says it."""
    return {"id": row["id"], **_said_of_all(row)}


def product_row(row: Row) -> Row:
    """A product as `ProductSerializer` says it."""
    return {
        "id": row["id"],
        "umkm": row["umkm"],
        **_said_of_all(row),
        "price": row["price"],
        "price_to": row["price_to"],
        "unit": row["unit"],
        "available": row["available"],
        "preorder_days": row["preorder_days"],
        "allergens": row["allergens"],
    }


def _said_of_all(row: Row) -> Row:
    kelurahan, kecamatan = known.PLACES.get(row["region"])
    return {
        "name": row["title"],
        "summary": row["summary"],
        "category": {"slug": row["category"], "name": known.category_name(row["category"])},
        "kelurahan": {"code": row["region"], "name": kelurahan, "kecamatan": kecamatan},
        "url": known.catalogue_address(whole=True) + row["path"],
    }


def _photos(keys: set[int]) -> dict[int, Row | None]:
    """Each photo as `PhotoField` says it; what was never drawn is drawn now."""
    found: dict[int, Row | None] = {
        each.photo: {
            "url": f"{settings.BASE_URL}{default_storage.url(each.file)}",
            "width": each.width,
            "height": each.height,
            "alt": each.alt,
            "focal_point": focal_point(
                x=each.focal.focal_point_x,
                y=each.focal.focal_point_y,
                width=each.photo_width,
                height=each.photo_height,
            ),
        }
        for each in pictures.drawn_rows(keys, [Filter(PHOTO_SPEC)])
    }
    if missing := keys - found.keys():
        field = PhotoField()
        waiting = Photo.objects.filter(pk__in=missing)
        found |= {photo.pk: field.to_representation(photo) for photo in waiting}
    return found
