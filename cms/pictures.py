"""In which sizes and formats a photo is shown, and when they are drawn.

A worker draws them within seconds of an upload, so that no visitor waits for AVIF. Until then a
page shows what there is: at least the JPEG that every browser reads, which is drawn quickly.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import monotonic

from django.db.models import QuerySet, prefetch_related_objects
from PIL import Image
from wagtail.blocks import StreamValue
from wagtail.images.models import AbstractRendition, Filter

from cms.models.photos import Photo

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
    whole = [each for kind in LIGHT for each in _whole(shape, kind, found)]
    return {each.spec: found[each] for each in (*whole, shape.jpeg)}


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


def _whole(shape: Shape, kind: str, found: dict[Filter, AbstractRendition]) -> list[Filter]:
    of_kind = [each for each in shape.light if f"format-{kind}" in each.spec]
    return of_kind if all(each in found for each in of_kind) else []


def _pictures(story: Iterable[StreamValue.StreamChild]) -> Iterator[Photo]:
    for block in story:
        values = block.value if block.block_type == "gallery" else [block.value]
        yield from (value for value in values if isinstance(value, Photo))
