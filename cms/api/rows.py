"""The rows of the catalogue's lists: plain values by one query, their pictures by a second.

A list of twenty is what apps ask most. Page objects and a serializer for each of them cost more
than all the rest, so a row goes from the database to JSON as it is. `UmkmSerializer` and
`ProductSerializer` say the same of one page; a test compares the two.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.translation import get_language

from cms import known
from cms.api.serializers import PHOTO_SPEC, PhotoField, focal_point
from cms.models import Photo
from cms.models.photos import PhotoRendition

Row = dict[str, Any]

FOCAL = ("focal_point_width", "focal_point_height", "focal_point_x", "focal_point_y")
"""In the order in which Wagtail hashes them into a rendition's key."""
OF_PHOTO = ("alt", "width", "height", *FOCAL)


@dataclass(frozen=True)
class Kind:
    """Where the columns of a kind of page are: of its own table, its row and its shop's row."""

    own: tuple[str, ...]
    row: str
    row_names: tuple[str, ...]
    umkm: str

    def paths(self, *, base: str, own: str) -> dict[str, str]:
        """Short names and lookups from a query whose pages lie at `base`, and are `own`."""
        at = {name: f"{own}{name}" for name in (*self.own, "photo")}
        at |= {name: f"{base}{name}" for name in ("title", "url_path")}
        at |= {name: f"{base}{self.row}__{name}" for name in self.row_names}
        at |= {name: f"{base}{self.umkm}__{name}" for name in ("category", "region")}
        return at


SHOP = Kind(own=("summary",), row="umkm_row", row_names=("public_id",), umkm="umkm_row")
PRODUCT = Kind(
    own=("summary", "available", "preorder_days", "allergens"),
    row="product_row",
    row_names=("public_id", "price", "price_to", "unit", "umkm__public_id"),
    umkm="product_row__umkm",
)


def read(pages: QuerySet[Any], paths: dict[str, str]) -> list[Row]:
    """The named values of each row, in their order."""
    return [dict(zip(paths, row, strict=True)) for row in pages.values_list(*paths.values())]


def shop_row(row: Row, photo: Row | None, address: str) -> Row:
    """An UMKM as `UmkmSerializer` says it."""
    return {
        "id": str(row["public_id"]),
        "name": row["title"],
        "summary": row["summary"],
        **_where_and_what(row),
        "photo": photo,
        "url": address,
    }


def product_row(row: Row, photo: Row | None, address: str) -> Row:
    """A product as `ProductSerializer` says it."""
    return {
        "id": str(row["public_id"]),
        "umkm": str(row["umkm__public_id"]),
        "name": row["title"],
        "summary": row["summary"],
        "price": row["price"],
        "price_to": row["price_to"],
        "unit": row["unit"],
        "available": row["available"],
        "preorder_days": row["preorder_days"],
        "allergens": row["allergens"],
        **_where_and_what(row),
        "photo": photo,
        "url": address,
    }


def pictured(rows: Sequence[Row]) -> Iterator[tuple[Row, Row | None, str]]:
    """Each row with its photo and its address; one query for all photos, none for the addresses."""
    photos = _photos({row["photo"] for row in rows} - {None})
    for row in rows:
        yield row, photos.get(row["photo"]), known.full_address(row["url_path"])


def _where_and_what(row: Row) -> Row:
    name, name_en = known.CATEGORIES.get(row["category"])
    kelurahan, kecamatan = known.PLACES.get(row["region"])
    return {
        "category": {
            "slug": row["category"],
            "name": name_en if get_language() == "en" else name,
        },
        "kelurahan": {"code": row["region"], "name": kelurahan, "kecamatan": kecamatan},
    }


def _photos(keys: set[int]) -> dict[int, Row]:
    """Each photo as `PhotoField` says it; what was never drawn is drawn now."""
    if not keys:
        return {}
    found = {}
    for image, key, file, width, height, *of_photo in _drawn().filter(image__in=keys):
        photo = dict(zip(OF_PHOTO, of_photo, strict=True))
        if key == _focal_key(*of_photo[-len(FOCAL) :]):
            found[image] = _photo(default_storage.url(file), width, height, photo)
    if missing := keys - found.keys():
        field = PhotoField()
        found |= {
            photo.pk: field.to_representation(photo)
            for photo in Photo.objects.filter(pk__in=missing)
        }
    return found


def _photo(address: str, width: int, height: int, photo: Row) -> Row:
    return {
        "url": f"{settings.BASE_URL}{address}",
        "width": width,
        "height": height,
        "alt": photo["alt"],
        "focal_point": focal_point(
            x=photo["focal_point_x"],
            y=photo["focal_point_y"],
            width=photo["width"],
            height=photo["height"],
        ),
    }


@lru_cache(maxsize=4_096)
def _focal_key(*focal: int | None) -> str:
    """As `wagtail.images.models.Filter.get_cache_key` makes it of a photo."""
    parts = "-".join(map(str, focal))
    return hashlib.sha1(parts.encode(), usedforsecurity=False).hexdigest()[:8]


@cache
def _drawn() -> QuerySet[Any, Any]:
    """The renditions of lists with all that is said of their photos; never evaluated itself."""
    names = ("image_id", "focal_point_key", "file", "width", "height")
    drawn = PhotoRendition.objects.filter(filter_spec=PHOTO_SPEC)
    return drawn.values_list(*names, *(f"image__{name}" for name in OF_PHOTO))
