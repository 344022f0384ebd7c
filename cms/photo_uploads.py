"""An uploaded photo as it is kept: drawn anew from its pixels, so that nothing else comes along.

Place and camera (EXIF), thumbnails, comments, further frames of a phone's MPO file and whatever is
hung behind a picture end here. Formats and bytes are limited by Wagtail's field (settings.py).
"""

import struct
import warnings
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
LONGEST_EDGE = 2_400
"""Pixels: twice the widest size a page shows."""
QUALITY = 90
UNREADABLE = (OSError, SyntaxError, ValueError, IndexError, EOFError, struct.error)
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def kept_copy(content: bytes, *, name: str) -> ContentFile:
    """The first frame, upright, in sRGB: as JPEG, or as PNG where one can see through it.

    Raises `ValidationError` for what is cut off, no picture, or has more pixels than are allowed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _encoded(_upright(content), stem=Path(name).stem)
    except BOMB as error:
        raise _too_many_pixels() from error
    except UNREADABLE as error:
        message = _("This picture is damaged or cut off. Please save it anew and try again.")
        raise ValidationError(message, code="unreadable_picture") from error


def _upright(content: bytes) -> Image.Image:
    opened = Image.open(BytesIO(content), formats=FORMATS)
    if opened.width * opened.height > settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS:
        raise _too_many_pixels()
    picture = ImageOps.exif_transpose(opened)
    picture.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
    return _in_srgb(picture)


def _too_many_pixels() -> ValidationError:
    most = {"most": settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS // 1_000_000}
    words = _("This picture has more than %(most)d million pixels. Please save it smaller.")
    return ValidationError(words, params=most, code="file_too_many_pixels")


def _in_srgb(picture: Image.Image) -> Image.Image:
    """With its colours as the camera's profile means them, since the profile does not stay."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA"):
        try:
            camera = ImageCms.ImageCmsProfile(BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(picture, camera, screen) or picture
        except (ImageCms.PyCMSError, OSError):  # a profile nobody can read: the plain colours
            return picture.convert(mode)
    return picture.convert(mode)


def _encoded(picture: Image.Image, *, stem: str) -> ContentFile:
    picture.info.clear()  # some writers repeat what the file they read had said
    out = BytesIO()
    if picture.mode == "RGBA":
        picture.save(out, "PNG", optimize=True)
        return ContentFile(out.getvalue(), name=f"{stem}.png")
    picture.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return ContentFile(out.getvalue(), name=f"{stem}.jpg")
