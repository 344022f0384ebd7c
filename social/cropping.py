"""Pictures cut to the shapes that a platform takes, where a person asks for it; never by itself."""

from fractions import Fraction
from io import BytesIO

from django.db import models
from django.utils.translation import gettext_lazy as _
from PIL import Image

from social.channels.protocol import Capabilities

MARGIN = Fraction(1, 250)
"""So much inside the limit, so that making it smaller afterwards rounds no side out of it."""
QUALITY = 95


class Keep(models.TextChoices):
    """Which part of a picture stays."""

    MIDDLE = "middle", _("keep the middle")
    START = "start", _("keep the top, or the left")
    END = "end", _("keep the bottom, or the right")


def crop_to_fit(content: bytes, *, limits: Capabilities, keep: Keep) -> bytes:
    """The largest part of a picture that the platform takes; no pixel of it is made up."""
    image = Image.open(BytesIO(content))
    out = BytesIO()
    box = _box(image.width, image.height, limits=limits, keep=keep)
    image.crop(box).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _box(width: int, height: int, *, limits: Capabilities, keep: Keep) -> tuple[int, int, int, int]:
    """Left, top, right, bottom."""
    shape, wide, high = Fraction(width, height), width, height
    if limits.narrowest is not None and shape < limits.narrowest:
        high = int(width / (limits.narrowest + MARGIN))
    elif limits.widest is not None and shape > limits.widest:
        wide = int(height * (limits.widest - MARGIN))
    left, top = _before(width - wide, keep), _before(height - high, keep)
    return left, top, left + wide, top + high


def _before(spare: int, keep: Keep) -> int:
    return {Keep.START: 0, Keep.MIDDLE: spare // 2, Keep.END: spare}[keep]
