"""A drawn sign for a shop: its first letters on a motif of its own."""

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from demo.pictures.brush import Brush, lighter

SIDE = 320
TONES = ("#114a83", "#b3321f", "#266b41", "#7c4a26", "#8a5a00", "#2f6e74", "#7a2f5a", "#3d4f7d")


def draw_logo(name: str, seed: int) -> bytes:
    """A square sign of 320 pixels, PNG."""
    tone = TONES[seed % len(TONES)]
    brush = Brush(ground=tone, seed=seed, width=SIDE, height=SIDE)
    brush.kawung(color=lighter(tone, 0.14), size=80, within=(0, 0, SIDE + 80, SIDE + 80))
    brush.disc(SIDE / 2, SIDE / 2, SIDE * 0.34, tone)
    image = brush.image.reduce(2)
    ImageDraw.Draw(image).text(
        (SIDE / 2, SIDE / 2),
        _initials(name),
        font=_font(),
        fill="#fffaf0",
        anchor="mm",
        stroke_width=3,
        stroke_fill="#fffaf0",
    )
    return _png(image)


def _initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalpha()] or [name or "U"]
    return "".join(word[0] for word in words[:2]).upper()


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=120)


def _png(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
