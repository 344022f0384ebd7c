"""How a share picture looks: words on the deep field with its kawung, the photo beside them."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from core.drawing import (
    DEEP,
    DEEP_RAISED,
    GOLD,
    HEADINGS,
    INK,
    SOFT,
    TEXT,
    WHITE,
    fitted,
    font,
    image,
    lay_kawung,
    wrapped,
    write_up,
    write_wordmark,
)

SIZE = (1200, 630)
PHOTO = (600, 630)
LEFT, RIGHT = 64, 580  # between them stand the words
WIDTH = RIGHT - LEFT
PRICE_WIDTH = WIDTH - 56  # inside its label
NAME_SIZES = (72, 64, 56, 48, 42)
NAME_LINES = 3
BELOW_LINES = 3


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
    for price in wrapped(words.price, font(HEADINGS, 700, 38), most=1, width=PRICE_WIDTH):
        bottom = _write_price(pen, price, bottom) - 30
    place = font(TEXT, 500, 28)
    below = wrapped(words.below, place, most=BELOW_LINES, width=WIDTH)
    bottom = write_up(pen, below, place, SOFT, left=LEFT, bottom=bottom) - 14
    name, lines = fitted(words.name, sizes=NAME_SIZES, most=NAME_LINES, width=WIDTH)
    bottom = write_up(pen, lines, name, WHITE, left=LEFT, bottom=bottom) - 8
    above = font(TEXT, 700, 28)
    kind = wrapped(words.above, above, most=1, width=WIDTH)
    write_up(pen, kind, above, GOLD, left=LEFT, bottom=bottom)


def _write_price(pen: ImageDraw.ImageDraw, price: str, bottom: int) -> int:
    face = font(HEADINGS, 700, 38)
    box = (LEFT, bottom - 68, LEFT + round(face.getlength(price)) + 56, bottom)
    pen.rounded_rectangle(box, radius=34, fill=GOLD)
    pen.text((LEFT + 28, bottom - 34), price, font=face, fill=INK, anchor="lm")
    return bottom - 68


@lru_cache(maxsize=1)
def _ground() -> Image.Image:
    """What every picture begins with: field, motif, mark and wordmark. Never drawn upon."""
    ground = Image.new("RGB", SIZE, DEEP)
    half = (SIZE[0] - PHOTO[0], 0)
    lay_kawung(ground, (0, 0, *SIZE), strength=0.055)
    mark = image("mark.png")
    ground.paste(Image.new("RGB", PHOTO, DEEP_RAISED), half, _photo_edge())
    lay_kawung(ground, (half[0] + 60, 0, *SIZE), strength=0.10)
    ground.paste(mark, (half[0] + 155, 155), mark)
    write_wordmark(ground, left=LEFT, top=46)
    return ground


@lru_cache(maxsize=1)
def _photo_edge() -> Image.Image:
    """The photo's half, its left edge a wide arc."""
    mask = Image.new("L", (PHOTO[0] * 2, PHOTO[1] * 2))
    ImageDraw.Draw(mask).ellipse((0, -640, 3000, PHOTO[1] * 2 + 640), fill=255)
    return mask.resize(PHOTO)
