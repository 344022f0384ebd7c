"""A sheet of A4 to write and draw on: the site's fonts and colours, tagged for who listens.

Places are millimetres from the upper left, sizes of letters points. What is drawn beside the words
is marked as decoration, so that a reader aloud hears each line once and in order.
"""

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from fpdf import FPDF
from fpdf.prefs import ViewerPreferences

from core.drawing import drawable, static_folder

Colour = tuple[int, int, int]

PAPER, INK, SOFT = (255, 255, 255), (19, 36, 58), (70, 88, 108)
DEEP, ON_DEEP_SOFT, GOLD = (16, 51, 90), (201, 220, 239), (242, 192, 90)
PRIMARY, TRACK, LINE = (17, 74, 131), (223, 235, 247), (207, 219, 229)

WIDTH, HEIGHT = 210, 297
POINT = 25.4 / 72
FILES = {
    ("text", ""): "figtree-latin-400.ttf",
    ("text", "B"): "figtree-latin-600.ttf",
    ("display", ""): "bricolage-grotesque-latin-700.ttf",
}


@dataclass(frozen=True)
class Face:
    """A font at a size in points."""

    size: float
    bold: bool = False
    display: bool = False

    @property
    def family(self) -> str:
        """Of headings, or of text."""
        return "display" if self.display else "text"

    @property
    def style(self) -> str:
        """Headings have one weight only."""
        return "B" if self.bold and not self.display else ""


class Sheet:
    """One page; `bytes` is the file, the same for the same words and day."""

    def __init__(self, *, title: str, subject: str, author: str, language: str, made: datetime):
        self.pdf = FPDF(orientation="portrait", unit="mm", format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        for (family, style), file in FILES.items():
            self.pdf.add_font(family, style, static_folder("fonts") / file)
        self.pdf.set_title(title)
        self.pdf.set_subject(subject)
        self.pdf.set_author(author)
        self.pdf.set_lang(language)
        self.pdf.set_creation_date(made)
        self.pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.pdf.add_page()
        self._measuring = False
        self._widths: dict[tuple[str, Face], float] = {}

    @cached_property
    def bytes(self) -> bytes:
        """The file; nothing can be drawn after it."""
        return bytes(self.pdf.output())

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """What is drawn within is not drawn: it answers how much room it would take."""
        self._measuring = True
        yield
        self._measuring = False

    @contextmanager
    def part(self, kind: str, alt: str | None = None) -> Iterator[None]:
        """What is drawn within is one heading (H1, H2), paragraph (P) or figure with its words."""
        if self._measuring:
            yield
            return
        # The library tags pictures only; its builder of the tree takes any kind (2.8 is pinned).
        builder = self.pdf.struct_builder
        number = builder.next_mcid_for_page(self.pdf.page)
        _element, parents = builder.add_marked_content(
            self.pdf.page, f"/{kind}", mcid=number, alt_text=alt
        )
        self.pdf.pages[self.pdf.page].struct_parents = parents
        self._out(f"/{kind} <</MCID {number}>> BDC")
        yield
        self._out("EMC")

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """What is drawn within says nothing that the words do not say."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")

    def width(self, text: str, face: Face) -> float:
        """How wide a text is; asked again for the same text while room is sought."""
        if (text, face) not in self._widths:
            self._take(face)
            self._widths[text, face] = float(self.pdf.get_string_width(drawable(text)))
        return self._widths[text, face]

    def write(
        self, text: str, x: float, y: float, face: Face, colour: Colour = INK, align: str = "left"
    ) -> float:
        """Write on the line at `y`, from or up to `x`; answer the width."""
        width = self.width(text, face)
        if self._measuring:
            return width
        self._take(face)
        self.pdf.set_text_color(*colour)
        left = {"left": x, "right": x - width, "middle": x - width / 2}[align]
        self.pdf.text(left, y, drawable(text))
        return width

    def cut(self, text: str, face: Face, width: float) -> str:
        """The text, or as much of it as fits, with an ellipsis."""
        if self.width(text, face) <= width:
            return text
        fits = bisect_right(
            range(len(text)), width, key=lambda end: self.width(f"{text[:end]}…", face)
        )
        return f"{text[: max(fits - 1, 0)].rstrip(' ,·')}…"

    def lines(self, text: str, face: Face, *, width: float, most: int) -> list[str]:
        """The text in at most so many lines; what does not fit is cut."""
        found: list[str] = []
        for word in drawable(text).split():
            longer = f"{found[-1]} {word}" if found else word
            if found and (self.width(longer, face) <= width or len(found) == most):
                found[-1] = longer
            else:
                found.append(word)
        return [self.cut(line, face, width) for line in found]

    def block(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled field."""
        if self._measuring:
            return
        self.pdf.set_fill_color(*colour)
        self.pdf.rect(x, y, width, height, style="F")

    def frame(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A thin rounded frame."""
        if self._measuring:
            return
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(0.2)
        self.pdf.rect(x, y, width, height, round_corners=True, corner_radius=height / 3)

    def line(self, x: float, y: float, width: float, colour: Colour = LINE) -> None:
        """A thin level line."""
        if self._measuring:
            return
        self.pdf.set_draw_color(*colour)
        self.pdf.set_line_width(0.2)
        self.pdf.line(x, y, x + width, y)

    def mark(self, x: float, y: float, size: float) -> None:
        """The site's mark."""
        self.pdf.image(str(static_folder("img") / "mark.png"), x, y, size, size)

    def _out(self, operator: str) -> None:
        if not self._measuring:
            self.pdf._out(operator)

    def _take(self, face: Face) -> None:
        self.pdf.set_font(face.family, face.style, face.size)
