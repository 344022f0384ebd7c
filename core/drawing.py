"""What every picture of ours is drawn with: colours, the site's fonts, the motif, the mark, words.

A picture is drawn on a ground by whoever knows what it says (cms/share_drawing.py,
marketplace/year_card_drawing.py).
"""

from functools import lru_cache
from pathlib import Path
from unicodedata import normalize

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

Box = tuple[int, int, int, int]
Colour = tuple[int, int, int]

DEEP, DEEP_RAISED = (16, 51, 90), (26, 68, 112)
WHITE, SOFT, GOLD, INK = (245, 249, 253), (201, 220, 239), (242, 192, 90), (42, 29, 4)
HEADINGS = "bricolage-grotesque"
TEXT = "figtree"
LEADING = 1.16
"""How many times its size a line is high."""


@lru_cache(maxsize=64)
def font(family: str, weight: int, size: int) -> ImageFont.FreeTypeFont:
    """A webfont of the site: Pillow's FreeType reads WOFF2, so there is one copy of each."""
    file = static_folder("fonts") / f"{family}-latin-wght-normal.woff2"
    found = ImageFont.truetype(str(file), size)
    found.set_variation_by_axes([weight])
    return found


def fitted(
    text: str, *, sizes: tuple[int, ...], most: int, width: int
) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest size at which a heading fits whole; the smallest ends in an ellipsis."""
    for size in sizes:
        found = font(HEADINGS, 700, size)
        lines = wrapped(text, found, most=most + 1, width=width)
        if len(lines) <= most and not any(line.endswith("…") for line in lines):
            break
    return found, wrapped(text, found, most=most, width=width)


def wrapped(text: str, face: ImageFont.FreeTypeFont, *, most: int, width: int) -> list[str]:
    """At most so many lines; what does not fit is cut and ends in an ellipsis."""
    lines: list[str] = []
    for word in drawable(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (face.getlength(longer) <= width or len(lines) == most):
            lines[-1] = longer
        else:
            lines.append(word)
    return [_cut(line, face, width) for line in lines]


def write_up(
    pen: ImageDraw.ImageDraw,
    lines: list[str],
    face: ImageFont.FreeTypeFont,
    colour: Colour,
    *,
    left: int,
    bottom: int,
) -> int:
    """Write lines that end at `bottom`; answer where they begin."""
    height = round(face.size * LEADING)
    top = bottom - height * len(lines)
    for number, line in enumerate(lines):
        pen.text((left, top + number * height), line, font=face, fill=colour, anchor="la")
    return top


def lay_kawung(ground: Image.Image, box: Box, *, strength: float) -> None:
    """Lay the motif over a part of the ground, from 0 (unseen) to 1 (white)."""
    tile = image("kawung.png").point(lambda value: round(value * strength))
    motif = Image.new("L", (box[2] - box[0], box[3] - box[1]))
    for x in range(0, motif.width, tile.width):
        for y in range(0, motif.height, tile.height):
            motif.paste(tile, (x, y))
    ground.paste(WHITE, box, motif)


def write_wordmark(ground: Image.Image, *, left: int, top: int) -> None:
    """The mark, and beside it the names of the site and the city."""
    small = image("mark.png").resize((60, 60))
    ground.paste(small, (left - 4, top), small)
    pen = ImageDraw.Draw(ground)
    name, city = settings.WAGTAIL_SITE_NAME, settings.CITY_NAME
    pen.text((left + 70, top + 4), name, font=font(HEADINGS, 700, 27), fill=WHITE)
    pen.text((left + 70, top + 36), city, font=font(TEXT, 500, 21), fill=SOFT)


def image(name: str) -> Image.Image:
    """A picture of the site's own, read whole."""
    with Image.open(static_folder("img") / name) as found:
        found.load()
        return found


def _cut(line: str, face: ImageFont.FreeTypeFont, width: int) -> str:
    if face.getlength(line) <= width:
        return line
    while line and face.getlength(f"{line}…") > width:
        line = line[:-1].rstrip(" ,·")
    return f"{line}…"


def drawable(text: str) -> str:
    """Only signs of the webfonts, which are Latin: accents fall off, emoji and scripts go."""
    spelled = "".join(sign if _has(sign) else normalize("NFKD", sign) for sign in text)
    return "".join(sign for sign in spelled if _has(sign))


def _has(sign: str) -> bool:
    return " " <= sign <= "~" or "\N{NO-BREAK SPACE}" <= sign <= "ÿ" or sign in "–—‘’“”•…€"


def static_folder(folder: str) -> Path:
    return Path(settings.BASE_DIR) / "static" / folder
