"""A photo on a page, in every format and size it is drawn in."""

from django import template
from django.utils.safestring import SafeString
from wagtail.images.models import Picture

from cms import pictures
from cms.models import Photo

register = template.Library()
register.filter("with_pictures", pictures.prefetch_story)


@register.simple_tag
def photo(
    photo: Photo | None, shape: str, *, sizes: str, alt: str | None = None, eager: bool = False
) -> SafeString | str:
    """The `<picture>`; empty without a photo, or when its file cannot be read.

    Width and height are always named, so that nothing moves when it comes. `eager` is for the one
    picture the reader waits for; `alt` is the photo's own unless another is given.
    """
    renditions = pictures.shown(photo, pictures.SHAPES[shape]) if photo else {}
    if not renditions:
        return ""
    coming = {"fetchpriority": "high"} if eager else {"loading": "lazy"}
    attrs = {"sizes": sizes, "decoding": "async", **coming}
    return Picture(renditions, attrs if alt is None else {**attrs, "alt": alt}).__html__()
