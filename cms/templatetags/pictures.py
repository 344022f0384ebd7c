"""A photo on a page, in every format and size it is drawn in."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.images.models import Picture

from cms import pictures
from cms.models import Photo
from cms.pictures import DrawnPhoto
from core.templatetags import icons

COVER_SIZES = "(min-width: 60rem) 46rem, 100vw"
CARD_SIZES = "(min-width: 40rem) 18rem, 92vw"

register = template.Library()
register.filter("with_pictures", pictures.prefetch_story)


@register.simple_tag
def photo(
    photo: Photo | DrawnPhoto | None,
    shape: str,
    *,
    sizes: str,
    alt: str | None = None,
    eager: bool = False,
) -> SafeString | str:
    """The `<picture>`; empty without a photo, or when its file cannot be read.

    Width and height are always named, so that nothing moves when it comes. `eager` is for the one
    picture the reader waits for; `alt` is the photo's own unless another is given.
    """
    named = pictures.shown(photo, pictures.SHAPES[shape]) if isinstance(photo, Photo) else photo
    if not named:
        return ""
    coming = {"fetchpriority": "high"} if eager else {"loading": "lazy"}
    attrs = {"sizes": sizes, "decoding": "async", **coming}
    return Picture(named, attrs if alt is None else {**attrs, "alt": alt}).__html__()


@register.simple_tag
def framed(
    shown: Photo | DrawnPhoto | None,
    *,
    icon: str = "",
    sizes: str = "",
    frame: str = "",
    alt: str = "",
    eager: bool = False,
) -> SafeString:
    """A photo filling a frame of 3:2; without one the motif with a sign, a category's slug.

    `frame` names further classes. What is `eager` is the page's largest picture.
    """
    shape, usual = ("cover", COVER_SIZES) if eager else ("card", CARD_SIZES)
    drawn = photo(shown, shape, sizes=sizes or usual, alt=alt, eager=eager)
    if drawn:
        return format_html('<div class="picture {}">{}</div>', frame, drawn)
    missing = '<div class="picture picture--missing {}">{}</div>'
    return format_html(missing, frame, icons.icon(icon or "store"))
