"""In which sizes and formats a photo is shown, and when they are drawn.

A worker draws them within seconds of an upload, so that no visitor waits for AVIF. Until then a
page shows what there is: at least the JPEG that every browser reads, which is drawn quickly.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any, NamedTuple

from django.core.files.storage import default_storage
from django.db.models import QuerySet, prefetch_related_objects
from django.forms.utils import flatatt
from PIL import Image
from wagtail.blocks import StreamValue
from wagtail.images.models import AbstractRendition, Filter

from cms.models.photos import Photo
from core.sql import Sql, fetch

logger = logging.getLogger(__name__)

DESIGN = 1
"""Raise it when a shape changes or comes, so that the worker draws every photo again."""

LIGHT = ("avif", "webp")
"""What a browser is offered, best first. On a photo of 960 by 640, AVIF is a quarter to a third
smaller than WebP and takes 200 to 1,700 ms where WebP takes 50 to 160 and JPEG 30 (two cores)."""

UNREADABLE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
"""What Pillow and Wagtail raise for a file that is gone, cut off or no picture."""


@dataclass(frozen=True)
class Shape:
    """One way to show a photo: in each light format at each size, and as one JPEG."""

    light: tuple[Filter, ...]
    jpeg: Filter

    @property
    def filters(self) -> tuple[Filter, ...]:
        """All of it."""
        return (*self.light, self.jpeg)


def _shape(*sizes: str, jpeg: str) -> Shape:
    light = tuple(Filter(f"format-{kind}|{size}") for kind in LIGHT for size in sizes)
    return Shape(light=light, jpeg=Filter(f"format-jpeg|{jpeg}"))


DRAWN = """
    SELECT drawn.image_id, drawn.filter_spec, drawn.focal_point_key, drawn.file, drawn.width,
        drawn.height, photo.alt, photo.width, photo.height, photo.focal_point_width,
        photo.focal_point_height, photo.focal_point_x, photo.focal_point_y
    FROM cms_photorendition AS drawn JOIN cms_photo AS photo ON photo.id = drawn.image_id
    WHERE drawn.filter_spec = ANY(%s) AND drawn.image_id = ANY(%s)
"""
SHAPES = {
    "card": _shape("fill-360x240", "fill-720x480", jpeg="fill-720x480"),
    "cover": _shape("fill-720x480", "fill-1200x800", jpeg="fill-720x480"),
    "tile": _shape("fill-320x320", jpeg="fill-320x320"),
    "logo": _shape("fill-112x112", "fill-224x224", jpeg="fill-224x224"),
    "story": _shape("width-480", "width-960", jpeg="width-960"),
}
"""By name. `fill` keeps the focal point in the picture."""


def shown(photo: Photo, shape: Shape) -> dict[str, AbstractRendition]:
    """The renditions a page names, by spec: the JPEG always, a light format when it is whole.

    Empty for a photo whose file cannot be read: the page shows its placeholder.
    """
    found = photo.find_existing_renditions(*shape.filters)
    if shape.jpeg not in found:
        try:
            found[shape.jpeg] = photo.get_rendition(shape.jpeg)
        except UNREADABLE:
            logger.warning("photo cannot be read", extra={"photo": photo.pk})
            return {}
    return _named(shape, found)


@dataclass(frozen=True)
class DrawnRendition:
    """What a page names of a rendition; Wagtail's `Picture` writes it as it writes its own."""

    url: str
    width: int
    height: int
    alt: str

    def img_tag(self, attrs: dict[str, Any]) -> str:
        own = {"src": self.url, "width": self.width, "height": self.height, "alt": self.alt}
        return f"<img{flatatt({**own, **attrs})}>"


DrawnPhoto = dict[str, DrawnRendition]
"""The renditions of one photo in one shape, by spec."""


def drawn(keys: Set[int], shape: Shape) -> dict[int, DrawnPhoto]:
    """What `shown` says of each of these photos, by one query for all that are drawn already."""
    found: dict[int, dict[Filter, DrawnRendition]] = defaultdict(dict)
    for each in drawn_rows(keys, shape.filters):
        url = default_storage.url(each.file)
        found[each.photo][each.filter] = DrawnRendition(url, each.width, each.height, each.alt)
    photos = {key: _named(shape, each) for key, each in found.items() if shape.jpeg in each}
    if waiting := keys - photos.keys():
        photos |= {each.pk: _told(each, shape) for each in Photo.objects.filter(pk__in=waiting)}
    return photos


def _told(photo: Photo, shape: Shape) -> DrawnPhoto:
    return {
        spec: DrawnRendition(each.url, each.width, each.height, each.alt)
        for spec, each in shown(photo, shape).items()
    }


class Focal(NamedTuple):
    """The focal point as Wagtail keeps it with a photo, under the names that a `Filter` asks."""

    focal_point_width: int | None
    focal_point_height: int | None
    focal_point_x: int | None
    focal_point_y: int | None


class DrawnRow(NamedTuple):
    """A rendition that is drawn, of the photo as it is now, and what is said of that photo."""

    photo: int
    filter: Filter
    file: str
    width: int
    height: int
    alt: str
    photo_width: int
    photo_height: int
    focal: Focal


def drawn_rows(photos: Collection[int], filters: Iterable[Filter]) -> Iterator[DrawnRow]:
    """Those renditions of the photos that are drawn, around the focal point they have now."""
    if not photos:
        return
    by_spec = {each.spec: each for each in filters}
    for photo, spec, key, *facts in fetch(Sql(DRAWN, (list(by_spec), list(photos)))):
        focal = Focal(*facts[-len(Focal._fields) :])
        if key == _cache_key(by_spec[spec], focal):
            told = facts[: -len(Focal._fields)]
            yield DrawnRow(photo, by_spec[spec], *told, focal)  # type: ignore[call-arg]


@lru_cache(maxsize=4_096)
def _cache_key(filter: Filter, focal: Focal) -> str:
    return str(filter.get_cache_key(focal))


def prefetch(*photos: Photo | None) -> None:
    """Read the renditions of all these photos by one query."""
    prefetch_related_objects([photo for photo in photos if photo], "renditions")


def prefetch_story(story: StreamValue) -> StreamValue:
    """The same story, the renditions of all its pictures read by one query."""
    prefetch(*_pictures(story))
    return story


def draw_waiting(*, seconds: float) -> int:
    """Draw photos that lack renditions, newest first, until that time is over; answer how many.

    Two workers may draw the same photo: a rendition is kept once.
    """
    ends, drawn = monotonic() + seconds, 0
    for photo in waiting().order_by("-pk"):
        if monotonic() > ends:
            break
        _draw(photo)
        drawn += 1
    return drawn


def waiting() -> QuerySet[Photo]:
    """Photos that are new, or changed, or older than the shapes are."""
    return Photo.objects.filter(drawn_design__lt=DESIGN)


def _draw(photo: Photo) -> None:
    """Draw all shapes; a file that cannot be read is not tried again until it is another."""
    try:
        for each in dict.fromkeys(each for shape in SHAPES.values() for each in shape.filters):
            photo.get_rendition(each)
    except UNREADABLE:
        logger.warning("photo cannot be drawn", extra={"photo": photo.pk})
    point = ("focal_point_x", "focal_point_y", "focal_point_width", "focal_point_height")
    as_drawn = {name: getattr(photo, name) for name in ("file", *point)}
    Photo.objects.filter(pk=photo.pk, **as_drawn).update(drawn_design=DESIGN)


def _named(shape: Shape, found: Mapping[Filter, Any]) -> dict[str, Any]:
    """What a page names of it: a light format when it is whole, then the JPEG."""
    whole = [each for kind in LIGHT for each in _whole(shape, kind, found)]
    return {each.spec: found[each] for each in (*whole, shape.jpeg)}


def _whole(shape: Shape, kind: str, found: Mapping[Filter, Any]) -> list[Filter]:
    of_kind = [each for each in shape.light if f"format-{kind}" in each.spec]
    return of_kind if all(each in found for each in of_kind) else []


def _pictures(story: Iterable[StreamValue.StreamChild]) -> Iterator[Photo]:
    for block in story:
        values = block.value if block.block_type == "gallery" else [block.value]
        yield from (value for value in values if isinstance(value, Photo))
