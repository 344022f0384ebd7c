"""How the card of a year looks: a sheet of the city's, tall as a phone shows it."""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
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
    Box,
    Colour,
    fitted,
    font,
    image,
    lay_kawung,
    wrapped,
    write_wordmark,
)
from core.money import rupiah
from marketplace.year_card import YearCard

SIZE = (1080, 1350)
LEFT, RIGHT = 72, 1008
WIDTH = RIGHT - LEFT
HERO = (LEFT, 430, RIGHT, 690)
TILES_TOP, TILES_BOTTOM = 722, 922
SHARE = (LEFT, 954, RIGHT, 1154)
GAP = 32
RADIUS = 36


@dataclass(frozen=True)
class Said:
    """A number, and what it counts."""

    number: str
    words: str


@dataclass(frozen=True)
class Words:
    """What the card says; `hero` is the sum, or the purchases where rupiah are left out."""

    title: str
    year: str
    span: str
    hero: Said
    tiles: tuple[Said, ...]
    share: Said
    percent: int
    below: str

    @property
    def as_sentence(self) -> str:
        """The picture in words, for who does not see it."""
        said = [self.hero, *self.tiles, self.share]
        figures = "; ".join(f"{each.number} {each.words}" for each in said)
        return f"{self.title} {self.year}, {self.span}: {figures}."


def words_of(card: YearCard, *, with_rupiah: bool) -> Words:
    """In the city's language, whoever asks: it is made to be shown to others."""
    with translation.override(settings.LANGUAGE_CODE):
        bought = Said(str(card.purchases), ngettext("time bought", "times bought", card.purchases))
        shops = Said(
            str(card.shops), ngettext("small business", "different small businesses", card.shops)
        )
        weeks = Said(str(card.weeks), ngettext("active week", "active weeks", card.weeks))
        spent = Said(rupiah(card.amount), _("spent at small businesses"))
        return Words(
            title=_("Shopping report card"),
            year=str(card.year),
            span=_span(card),
            hero=spent if with_rupiah else bought,
            tiles=(bought, shops, weeks) if with_rupiah else (shops, weeks),
            share=Said(f"{card.home_share}%", _("in one's own kelurahan")),
            percent=card.home_share,
            below=_("Every purchase next door keeps the neighbourhood going. Thank you."),
        )


def draw(words: Words) -> bytes:
    """A PNG of 1080 by 1350."""
    canvas = _ground().copy()
    pen = ImageDraw.Draw(canvas)
    _write_head(pen, words)
    _write_hero(pen, words.hero)
    _write_tiles(pen, words.tiles)
    _write_share(pen, words)
    _write_below(pen, words.below)
    file = BytesIO()
    canvas.save(file, "PNG")
    return file.getvalue()


def disposition(year: int) -> str:
    """The header by which a picture that is saved gets its name."""
    return f'inline; filename="rapor-belanja-{year}.png"'


def _span(card: YearCard) -> str:
    if (card.until.month, card.until.day) == (12, 31):
        return _("the whole year")
    return _("up to %(day)s") % {"day": date_format(card.until, "j F")}


def _write_head(pen: ImageDraw.ImageDraw, words: Words) -> None:
    pen.text((LEFT, 196), words.title, font=font(HEADINGS, 700, 54), fill=GOLD, anchor="ls")
    pen.text((LEFT - 6, 356), words.year, font=font(HEADINGS, 800, 178), fill=WHITE, anchor="ls")
    right = LEFT + font(HEADINGS, 800, 178).getlength(words.year) + 30
    pen.text((right, 356), words.span, font=font(TEXT, 500, 34), fill=SOFT, anchor="ls")


def _write_hero(pen: ImageDraw.ImageDraw, said: Said) -> None:
    left, top, right, bottom = HERO
    pen.rounded_rectangle(HERO, radius=RADIUS, fill=GOLD)
    width = right - left - 2 * 48
    face, [number] = fitted(said.number, sizes=(136, 120, 104, 88, 72), most=1, width=width)
    pen.text((left + 46, bottom - 108), number, font=face, fill=INK, anchor="ls")
    pen.text((left + 48, bottom - 42), said.words, font=font(TEXT, 600, 36), fill=INK, anchor="ls")


def _write_tiles(pen: ImageDraw.ImageDraw, tiles: tuple[Said, ...]) -> None:
    width = (WIDTH - GAP * (len(tiles) - 1)) // len(tiles)
    for place, said in enumerate(tiles):
        left = LEFT + place * (width + GAP)
        box = (left, TILES_TOP, left + width, TILES_BOTTOM)
        pen.rounded_rectangle(box, radius=RADIUS, fill=DEEP_RAISED)
        _write_pair(pen, said, box, colour=WHITE)


def _write_pair(pen: ImageDraw.ImageDraw, said: Said, box: Box, *, colour: Colour) -> None:
    """A number with its words below, from the top of a box."""
    left, top, right, _bottom = box
    width = right - left - 2 * 34
    face, [number] = fitted(said.number, sizes=(76, 64, 52), most=1, width=width)
    pen.text((left + 32, top + 96), number, font=face, fill=colour, anchor="ls")
    small = font(TEXT, 500, 29)
    for line, text in enumerate(wrapped(said.words, small, most=2, width=width)):
        pen.text((left + 34, top + 140 + line * 34), text, font=small, fill=SOFT, anchor="ls")


def _write_share(pen: ImageDraw.ImageDraw, words: Words) -> None:
    """The share of the own kelurahan, as a number and as a bar."""
    left, top, right, bottom = SHARE
    pen.rounded_rectangle(SHARE, radius=RADIUS, fill=DEEP_RAISED)
    face = font(HEADINGS, 700, 76)
    pen.text((left + 32, top + 96), words.share.number, font=face, fill=WHITE, anchor="ls")
    after = left + 32 + round(face.getlength(words.share.number)) + 24
    said = wrapped(words.share.words, font(TEXT, 500, 34), most=1, width=right - after - 40)
    for text in said:
        pen.text((after, top + 94), text, font=font(TEXT, 500, 34), fill=SOFT, anchor="ls")
    track = (left + 34, bottom - 62, right - 34, bottom - 34)
    pen.rounded_rectangle(track, radius=14, fill=DEEP)
    if words.percent:
        end = track[0] + max(28, (track[2] - track[0]) * words.percent // 100)  # round at least
        pen.rounded_rectangle((track[0], track[1], end, track[3]), radius=14, fill=GOLD)


def _write_below(pen: ImageDraw.ImageDraw, text: str) -> None:
    face = font(TEXT, 600, 33)
    for line, words in enumerate(wrapped(text, face, most=2, width=WIDTH - 190)):
        pen.text((LEFT, 1232 + line * 44), words, font=face, fill=WHITE, anchor="ls")


@lru_cache(maxsize=1)
def _ground() -> Image.Image:
    """What every card begins with: field, motif, wordmark, the mark below. Never drawn upon."""
    ground = Image.new("RGB", SIZE, DEEP)
    lay_kawung(ground, (0, 0, *SIZE), strength=0.06)
    lay_kawung(ground, (620, 0, SIZE[0], 410), strength=0.07)
    write_wordmark(ground, left=LEFT, top=52)
    mark = image("mark.png").resize((150, 150))
    ground.paste(mark, (RIGHT - 150, 1178), mark)
    return ground
