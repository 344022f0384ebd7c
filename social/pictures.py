"""Pictures as they come in and as they go out: read safely, made smaller, without metadata."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from social.errors import BadPicture

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 10_000_000
LONGEST_EDGE = 2_048
JPEG = "image/jpeg"
QUALITY = 88


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A JPEG without metadata: its bytes, width and height in pixels."""

    content: bytes
    width: int
    height: int
    mime: str = JPEG


def read_picture(content: bytes, *, longest_edge: int = LONGEST_EDGE) -> Picture:
    """The picture as a JPEG of at most `longest_edge` pixels a side, turned upright.

    Re-encoding drops place, camera and anything hidden behind the picture. Raises `BadPicture`.
    """
    if len(content) > MOST_BYTES:
        raise BadPicture(_("The file is larger than 10 MB."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _encode(_upright(content), longest_edge)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
    ) as error:
        raise BadPicture(_("Use a picture in JPEG, PNG or WebP.")) from error


def what_changes(content: bytes) -> list[str | Promise]:
    """What reading a picture does to it, in words for who handed it in; it can be read."""
    image = Image.open(BytesIO(content), formats=FORMATS)
    told: list[str | Promise] = []
    if image.format != "JPEG":
        told.append(_("saved as JPEG"))
    if image.has_transparency_data:
        told.append(_("white where it was transparent"))
    if max(image.size) > LONGEST_EDGE:
        told.append(format_lazy(_("made smaller, to {edge} pixels"), edge=LONGEST_EDGE))
    if image.getexif().get_ifd(ExifTags.IFD.GPSInfo):
        told.append(_("the place where it was taken is removed"))
    return told


def fit_picture(picture: Picture, *, longest_edge: int) -> Picture:
    """The same picture within a channel's limit; bytes that already fit are left as they are."""
    if max(picture.width, picture.height) <= longest_edge:
        return picture
    return read_picture(picture.content, longest_edge=longest_edge)


def _upright(content: bytes) -> Image.Image:
    opened = Image.open(BytesIO(content), formats=FORMATS)
    if opened.width * opened.height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        raise BadPicture(_("The picture has too many pixels."))
    if getattr(opened, "is_animated", False):
        raise BadPicture(_("The picture moves: use one that stands still."))
    return ImageOps.exif_transpose(opened)


def _encode(image: Image.Image, longest_edge: int) -> Picture:
    flat = _on_white(image)
    flat.thumbnail((longest_edge, longest_edge))
    out = BytesIO()
    flat.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Picture(content=out.getvalue(), width=flat.width, height=flat.height)


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layered = image.convert("RGBA")
    flat = Image.new("RGB", layered.size, "white")
    flat.paste(layered, mask=layered.getchannel("A"))
    return flat
