"""How a share picture looks: words on the deep field with its kawung, the photo beside them."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from unicodedata import normalize

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)
PHOTO = (600, 630)
LEFT, RIGHT = 64, 580  # between them stand the words
PRICE_WIDTH = RIGHT - LEFT - 56  # inside its label
NAME_SIZES = (72, 64, 56, 48, 42)
NAME_LINES = 3
BELOW_LINES = 3
DEEP, DEEP_RAISED = (16, 51, 90), (26, 68, 112)
WHITE, SOFT, GOLD, INK = (245, 249, 253), (201, 220, 239), (242, 192, 90), (42, 29, 4)
HEADINGS = "bricolage-grotesque"
TEXT = "figtree"


@dataclass(frozen=True)
class Words:
    """What is written; an empty part is left out."""

    name: str
    above: str
    below: str
    price: str


def draw(words: Words, photo: bytes | None) -> bytes:
    """A JPEG of 1200 by 630; without a photo the motif fills its half."""
    canvas = _ground().copy()
    if photo is not None:
        with Image.open(BytesIO(photo)) as picture:
            fitting = picture.convert("RGB").resize(PHOTO)
        canvas.paste(fitting, (SIZE[0] - PHOTO[0], 0), _photo_edge())
    _write(ImageDraw.Draw(canvas), words)
    file = BytesIO()
    canvas.save(file, "JPEG", quality=86, progressive=True)
    return file.getvalue()


def _write(pen: ImageDraw.ImageDraw, words: Words) -> None:
    """From the bottom up: price, place or introduction, name, and above it of what kind it is."""
    bottom = 566
    for price in _wrapped(words.price, _font(HEADINGS, 700, 38), most=1, width=PRICE_WIDTH):
        bottom = _write_price(pen, price, bottom) - 30
    place = _font(TEXT, 500, 28)
    below = _wrapped(words.below, place, most=BELOW_LINES)
    bottom = _write_lines(pen, below, place, SOFT, bottom) - 14
    name, lines = _fitted(words.name)
    bottom = _write_lines(pen, lines, name, WHITE, bottom) - 8
    above = _font(TEXT, 700, 28)
    _write_lines(pen, _wrapped(words.above, above, most=1), above, GOLD, bottom)


def _write_lines(
    pen: ImageDraw.ImageDraw,
    lines: list[str],
    font: ImageFont.FreeTypeFont,
    colour: tuple[int, int, int],
    bottom: int,
) -> int:
    """Write lines that end at `bottom`; answer where they begin."""
    height = round(font.size * 1.16)
    top = bottom - height * len(lines)
    for number, line in enumerate(lines):
        pen.text((LEFT, top + number * height), line, font=font, fill=colour, anchor="la")
    return top


def _write_price(pen: ImageDraw.ImageDraw, price: str, bottom: int) -> int:
    font = _font(HEADINGS, 700, 38)
    box = (LEFT, bottom - 68, LEFT + round(font.getlength(price)) + 56, bottom)
    pen.rounded_rectangle(box, radius=34, fill=GOLD)
    pen.text((LEFT + 28, bottom - 34), price, font=font, fill=INK, anchor="lm")
    return bottom - 68


def _fitted(name: str) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest size at which the whole name fits; the smallest ends in an ellipsis."""
    for size in NAME_SIZES:
        font = _font(HEADINGS, 700, size)
        lines = _wrapped(name, font, most=NAME_LINES + 1)
        if len(lines) <= NAME_LINES and not any(line.endswith("…") for line in lines):
            break
    return font, _wrapped(name, font, most=NAME_LINES)


def _wrapped(
    text: str, font: ImageFont.FreeTypeFont, *, most: int, width: int = RIGHT - LEFT
) -> list[str]:
    """At most so many lines; what does not fit is cut and ends in an ellipsis."""
    lines: list[str] = []
    for word in _drawable(text).split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (font.getlength(longer) <= width or len(lines) == most):
            lines[-1] = longer
        else:
            lines.append(word)
    return [_cut(line, font, width) for line in lines]


def _cut(line: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    if font.getlength(line) <= width:
        return line
    while line and font.getlength(f"{line}…") > width:
        line = line[:-1].rstrip(" ,·")
    return f"{line}…"


def _drawable(text: str) -> str:
    """Only signs of the webfonts, which are Latin: accents fall off, emoji and scripts go."""
    spelled = "".join(sign if _has(sign) else normalize("NFKD", sign) for sign in text)
    return "".join(sign for sign in spelled if _has(sign))


def _has(sign: str) -> bool:
    return " " <= sign <= "~" or "\N{NO-BREAK SPACE}" <= sign <= "ÿ" or sign in "–—‘’“”•…€"


@lru_cache(maxsize=1)
def _ground() -> Image.Image:
    """What every picture begins with: field, motif, mark and wordmark. Never drawn upon."""
    ground = Image.new("RGB", SIZE, DEEP)
    half = (SIZE[0] - PHOTO[0], 0)
    _lay_kawung(ground, (0, 0, *SIZE), strength=0.055)
    mark = _image("mark.png")
    ground.paste(Image.new("RGB", PHOTO, DEEP_RAISED), half, _photo_edge())
    _lay_kawung(ground, (half[0] + 60, 0, *SIZE), strength=0.10)
    ground.paste(mark, (half[0] + 155, 155), mark)
    small = mark.resize((60, 60))
    ground.paste(small, (LEFT - 4, 46), small)
    pen = ImageDraw.Draw(ground)
    pen.text((LEFT + 70, 50), settings.WAGTAIL_SITE_NAME, font=_font(HEADINGS, 700, 27), fill=WHITE)
    pen.text((LEFT + 70, 82), settings.CITY_NAME, font=_font(TEXT, 500, 21), fill=SOFT)
    return ground


def _lay_kawung(ground: Image.Image, box: tuple[int, int, int, int], *, strength: float) -> None:
    tile = _image("kawung.png").point(lambda value: round(value * strength))
    motif = Image.new("L", (box[2] - box[0], box[3] - box[1]))
    for x in range(0, motif.width, tile.width):
        for y in range(0, motif.height, tile.height):
            motif.paste(tile, (x, y))
    ground.paste(WHITE, box, motif)


@lru_cache(maxsize=1)
def _photo_edge() -> Image.Image:
    """The photo's half, its left edge a wide arc."""
    mask = Image.new("L", (PHOTO[0] * 2, PHOTO[1] * 2))
    ImageDraw.Draw(mask).ellipse((0, -640, 3000, PHOTO[1] * 2 + 640), fill=255)
    return mask.resize(PHOTO)


@lru_cache(maxsize=32)
def _font(family: str, weight: int, size: int) -> ImageFont.FreeTypeFont:
    """A webfont of the site: Pillow's FreeType reads WOFF2, so there is one copy of each."""
    file = _static("fonts") / f"{family}-latin-wght-normal.woff2"
    font = ImageFont.truetype(str(file), size)
    font.set_variation_by_axes([weight])
    return font


def _image(name: str) -> Image.Image:
    with Image.open(_static("img") / name) as image:
        image.load()
        return image


def _static(folder: str) -> Path:
    return Path(settings.BASE_DIR) / "static" / folder
