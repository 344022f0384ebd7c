"""How the mayor's page looks: A4 upright, two columns, good in black and white.

Each block is drawn from where the one above ended; lists are cut to the room that the page has.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.money import rupiah, rupiah_short
from marketplace import brief_words as words
from marketplace.brief import Brief
from marketplace.brief_sheet import (
    DEEP,
    GOLD,
    INK,
    ON_DEEP_SOFT,
    PAPER,
    PRIMARY,
    SOFT,
    TRACK,
    WIDTH,
    Face,
    Sheet,
)
from marketplace.models import Lens
from marketplace.releases import Figure
from marketplace.rounding import at_least

MARGIN, GUTTER = 15, 8
LEFT_WIDTH, RIGHT_WIDTH = 106, 66
RIGHT = MARGIN + LEFT_WIDTH + GUTTER
END = WIDTH - MARGIN
BAND = 29
ROW, CELL, CHART = 5.3, 26, 42
LEAST_GAP, MOST_GAP = 6, 14
FOOT_TOP = 260

TITLE, MONTH = Face(21, display=True), Face(13, display=True)
HEAD = Face(11.5, display=True)
BODY, BOLD = Face(8.2), Face(8.6, bold=True)
CELLS = (BODY, Face(7.6), Face(6.8), Face(6.2))
SMALL, SMALL_BOLD = Face(7.6), Face(7.6, bold=True)
NOTE, TINY = Face(6.6), Face(6.4, bold=True)
HERO_SIZES = (40, 34, 29, 24, 18)

MOST_LINES, MOST_BARS, NOTES = 12, 8, 2
"""At most so many rows, bars of a lens and notes of joint sums; fewer where room is short."""


@dataclass(frozen=True)
class Box:
    """A column of the page."""

    x: float
    width: float

    @property
    def end(self) -> float:
        """Its right edge."""
        return self.x + self.width


Block = Callable[[Sheet, Box, float, Brief, int], float]
"""Draws from a height on, with lists of at most so many lines, and answers where it ends."""

LEFT_BOX, RIGHT_BOX = Box(MARGIN, LEFT_WIDTH), Box(RIGHT, RIGHT_WIDTH)


def draw(brief: Brief, *, page: str, data: str) -> bytes:
    """The file, in the language that is active; `page` and `data` are the public addresses."""
    month = words.span(brief.figure.first_month, brief.figure.month)
    title = _("Money in motion in %(city)s") % {"city": settings.CITY_NAME}
    closed = brief.closed_on
    sheet = Sheet(
        title=f"{title}, {month}",
        subject=_("One page for the mayor's meeting"),
        author=settings.WAGTAIL_SITE_NAME,
        language=get_language() or settings.LANGUAGE_CODE,
        made=datetime(closed.year, closed.month, closed.day, tzinfo=UTC),
    )
    _draw_band(sheet, title, month)
    top = _draw_sum(sheet, brief)
    _draw_column(sheet, LEFT_BOX, top, brief, [_draw_course, _draw_people, _draw_areas])
    _draw_column(sheet, RIGHT_BOX, top, brief, [*_LENSES, _draw_spread, _draw_multiplier])
    _draw_foot(sheet, words.foot(brief, page=page, data=data))
    return sheet.bytes


def _draw_column(sheet: Sheet, box: Box, top: float, brief: Brief, blocks: Sequence[Block]) -> None:
    """The blocks below one another, as long lists as the column has room for, evenly apart."""
    blocks = [*blocks, _draw_goals] if box is RIGHT_BOX and brief.goals else blocks
    for room in range(MOST_LINES, 0, -1):
        with sheet.measuring():
            height = sum(block(sheet, box, 0, brief, room) for block in blocks)
        spare = FOOT_TOP - 4 - top - height
        if spare >= LEAST_GAP * (len(blocks) - 1):
            break
    gap = min(spare / (len(blocks) - 1), MOST_GAP)
    for block in blocks:
        top = block(sheet, box, top, brief, room) + gap


def _draw_band(sheet: Sheet, title: str, month: str) -> None:
    with sheet.decoration():
        sheet.block(0, 0, WIDTH, BAND, DEEP)
        sheet.mark(MARGIN, 7.5, 14)
    left = MARGIN + 18
    with sheet.part("H1"):
        sheet.write(sheet.cut(title, TITLE, END - left), left, 14.5, TITLE, PAPER)
    with sheet.part("P"):
        said = sheet.write(month, left, 21.6, MONTH, GOLD)
        subject = " · ".join([_("One page for the mayor's meeting"), settings.WAGTAIL_SITE_NAME])
        room = END - left - said - 4
        sheet.write(sheet.cut(subject, BODY, room), left + said + 4, 21.6, BODY, ON_DEEP_SOFT)


def _draw_sum(sheet: Sheet, brief: Brief) -> float:
    """The sum of the month, held against others; beside it the counts and the year."""
    figure = brief.figure
    top = BAND + 9
    _head(sheet, LEFT_BOX, top, _("What ASN spent at small businesses"), _("measured"))
    said = rupiah_short(figure.amount)
    face = _fitting(sheet, said, LEFT_WIDTH, HERO_SIZES)
    with sheet.part("P"):
        sheet.write(said, MARGIN - 0.6, top + 15, face, DEEP)
    with sheet.part("P"):
        exactly = _("exactly %(amount)s") % {"amount": rupiah(figure.amount)}
        sheet.write(exactly, MARGIN, top + 21.5, BODY, SOFT)
    year_ago = figure.month.replace(year=figure.month.year - 1)
    held = [(brief.before, brief.people[1][0]), (brief.year_ago, year_ago)]
    for number, (then, month) in enumerate(held):
        with sheet.part("P"):
            line = sheet.cut(words.step(figure, then, month), BODY, LEFT_WIDTH)
            sheet.write(line, MARGIN, top + 27 + number * 4.6, BODY, INK)
    _draw_tiles(sheet, _head(sheet, RIGHT_BOX, top, _("In numbers"), _("measured")) + 2.4, brief)
    return top + 43.5


def _draw_tiles(sheet: Sheet, top: float, brief: Brief) -> None:
    """Four numbers, two by two."""
    figure, year = brief.figure, brief.year
    counts = [
        (_least(figure.purchases), _("Purchases, at least")),
        (_least(figure.buyers), _("People, at least")),
        (_least(figure.shops), _("Shops, at least")),
        (
            words.not_shown() if year.amount is None else rupiah_short(year.amount),
            _("%(year)d so far") % {"year": year.year} + f" ({words.year_note(year)})",
        ),
    ]
    width = (RIGHT_WIDTH - 4) / 2
    for number, (value, label) in enumerate(counts):
        x, y = RIGHT + number % 2 * (width + 4), top + number // 2 * 16.6
        with sheet.decoration():
            sheet.block(x, y, width, 14.8, TRACK)
        with sheet.part("P"):
            face = _fitting(sheet, value, width - 5, (15, 13, 11, 9))
            sheet.write(value, x + 2.5, y + 6.8, face, DEEP)
            for line, text in enumerate(sheet.lines(label, TINY, width=width - 5, most=2)):
                sheet.write(text, x + 2.5, y + 10.3 + line * 2.8, TINY, SOFT)


def _draw_course(sheet: Sheet, box: Box, top: float, brief: Brief, _room: int) -> float:
    """Twelve months as bars, each with its number."""
    amounts = [figure.amount for figure in brief.course]
    most = max(amounts, default=0)
    scale = words.scale_for(most)
    title = _("Month by month")
    below = _head(sheet, box, top, f"{title}, {scale.name}", _("measured"))
    step = box.width / max(len(brief.course), 6)
    ground = below + 4.5 + CHART
    said = "; ".join(_month_said(each) for each in brief.course)
    with sheet.part("Figure", alt=f"{title}: {said}"):
        for number, figure in enumerate(brief.course):
            now = figure.month == brief.figure.month
            height = max(CHART * figure.amount / most, 0.4) if most > 0 else 0.4
            middle = box.x + (number + 0.5) * step
            colour = DEEP if now else (142, 172, 203)
            sheet.block(middle - step * 0.34, ground - height, step * 0.68, height, colour)
            face = SMALL_BOLD if now else SMALL
            number_said = scale.write(figure.amount)
            sheet.write(number_said, middle, ground - height - 1, face, INK, "middle")
            label = words.span_short(figure.first_month, figure.month)
            label = sheet.cut(label, TINY, step - 0.4)
            sheet.write(label, middle, ground + 3.4, TINY, INK if now else SOFT, "middle")
        sheet.line(box.x, ground, box.width, SOFT)
    return ground + 4


def _month_said(figure: Figure) -> str:
    return f"{words.span(figure.first_month, figure.month)} {rupiah(figure.amount)}"


def _draw_people(sheet: Sheet, box: Box, top: float, brief: Brief, _room: int) -> float:
    """Who takes part: the rate with its denominator, then the months side by side."""
    below = _head(sheet, box, top, _("Taking part"), _("measured"))
    now = brief.people[0][1]
    lead = words.took_part(now) if now else _("Not shown this month.")
    with sheet.part("P"):
        sheet.write(sheet.cut(lead, BOLD, box.width), box.x, below + 3.4, BOLD)
    edges = [box.end - CELL * number for number in range(len(brief.people))][::-1]
    below += 8.4
    with sheet.part("P"):
        for edge, (month, each) in zip(edges, brief.people, strict=True):
            head = f"{words.span_short(each.first_month if each else month, month)} {month.year}"
            sheet.write(head, edge, below, SMALL_BOLD, SOFT, "right")
    rows = words.people_rows([each for _month, each in brief.people])
    face = _cells_face(sheet, [cell for _label, cells in rows for cell in cells])
    for label, cells in rows:
        below = _row(sheet, box, below, label, list(zip(edges, cells, strict=True)), face)
    below += 1.2
    for text in words.beside_the_rate(now):
        below += 3.8
        with sheet.part("P"):
            sheet.write(sheet.cut(text, SMALL, box.width), box.x, below, SMALL, SOFT)
    return below


def _draw_areas(sheet: Sheet, box: Box, top: float, brief: Brief, room: int) -> float:
    """By kecamatan in the order of their codes: what homes spent, shops received, what stayed."""
    below = _head(sheet, box, top, _("By kecamatan"), _("measured"))
    if not brief.areas:
        return _plain(sheet, box, below, _("Not shown this month."))
    edges = [box.end - 2 * CELL, box.end - CELL, box.end]
    heads = [_("From homes"), _("To shops"), _("Of it stayed")]
    below += 3
    with sheet.part("P"):
        for edge, head in zip(edges, heads, strict=True):
            sheet.write(sheet.cut(head, SMALL_BOLD, 25), edge, below, SMALL_BOLD, SOFT, "right")
    joint = _joint_notes(brief, room)
    for area in brief.areas[:room]:
        cells = [
            _money(sheet, area.home, joint, CELL - 1.2),
            _money(sheet, area.shop, joint, CELL - 1.2) if area.shop else words.not_shown(),
            words.not_shown() if area.stayed is None else rupiah_short(area.stayed),
        ]
        name = area.home.place.name
        below = _row(sheet, box, below, name, list(zip(edges, cells, strict=True)), BODY)
    below += 0.6
    for line in _area_notes(sheet, box, brief, joint, room):
        below += 3.4
        with sheet.part("P"):
            sheet.write(sheet.cut(line, NOTE, box.width), box.x, below, NOTE, SOFT)
    return below


def _joint_notes(brief: Brief, room: int) -> dict[tuple[str, ...], str]:
    """A sign for each set of places that a sum of the table is joint with."""
    joint = dict.fromkeys(
        figure.places
        for area in brief.areas[:room]
        for figure in (area.home, area.shop)
        if figure is not None and not figure.whole
    )
    if len(joint) > NOTES:
        return dict.fromkeys(joint, "*")
    return {places: "*" * number for number, places in enumerate(joint, 1)}


def _area_notes(
    sheet: Sheet, box: Box, brief: Brief, joint: dict[tuple[str, ...], str], room: int
) -> list[str]:
    """What the signs stand for, and that there are more rows."""
    notes = _signs(sheet, box, brief, joint)
    rest = len(brief.areas) - room
    if rest > 0:
        notes.append(_("%(number)d more kecamatan: on the public page") % {"number": rest})
    return notes


def _signs(sheet: Sheet, box: Box, brief: Brief, joint: dict[tuple[str, ...], str]) -> list[str]:
    if len(joint) > NOTES:
        return [_("* a joint sum with other places: the public page names them")]
    figures = [f for area in brief.areas for f in (area.home, area.shop) if f and not f.whole]
    of_places = {figure.places: figure for figure in figures}
    return [
        _sign(sheet, box, sign, words.others(of_places[places], brief.place_names))
        for places, sign in joint.items()
    ]


def _sign(sheet: Sheet, box: Box, sign: str, others: Sequence[str]) -> str:
    """With as many names as stand on a line."""
    said = ""
    for most in range(len(others), 0, -1):
        places = words.listed(others, most=most)
        said = _("%(sign)s together with %(places)s") % {"sign": sign, "places": places}
        if sheet.width(said, NOTE) <= box.width:
            break
    return said


def _money(sheet: Sheet, figure: Figure, joint: dict[tuple[str, ...], str], room: float) -> str:
    sign = "" if figure.whole else joint[figure.places]
    exact = rupiah(figure.amount) + sign
    return exact if sheet.width(exact, BODY) <= room else rupiah_short(figure.amount) + sign


def _draw_evidence(sheet: Sheet, box: Box, top: float, brief: Brief, _room: int) -> float:
    return _draw_bars(sheet, box, top, brief, Lens.EVIDENCE, MOST_BARS)


def _draw_rings(sheet: Sheet, box: Box, top: float, brief: Brief, _room: int) -> float:
    return _draw_bars(sheet, box, top, brief, Lens.RING, MOST_BARS)


def _draw_kinds(sheet: Sheet, box: Box, top: float, brief: Brief, room: int) -> float:
    return _draw_bars(sheet, box, top, brief, Lens.CATEGORY, room)


def _draw_bars(sheet: Sheet, box: Box, top: float, brief: Brief, lens: Lens, room: int) -> float:
    """The blocks of a lens, each a name, a bar and its rupiah."""
    title, label, parts = {
        Lens.EVIDENCE: (_("What it rests on"), _("declared"), brief.evidence),
        Lens.RING: (_("How near"), _("measured"), brief.rings),
        Lens.CATEGORY: (_("Kinds of shops"), _("measured"), brief.kinds),
    }[lens]
    below = _head(sheet, box, top, title, label)
    found = words.bars(lens, parts, brief.kind_names)
    if not found:
        return _plain(sheet, box, below, _("Not shown this month."))
    most, room = max(bar.amount for bar in found), min(room, MOST_BARS)
    for bar in found[:room]:
        share = max(bar.amount, 0) / most if most > 0 else 0
        below = _bar(sheet, box, below, bar, share)
    rest = len(found) - room
    if rest > 0:
        more = _("%(number)d more: on the public page") % {"number": rest}
        below = _plain(sheet, box, below, more)
    return below


def _bar(sheet: Sheet, box: Box, top: float, bar: words.Bar, share: float) -> float:
    """A name, a bar and its rupiah; as high as the name needs."""
    room, track = 27.0, 15.0
    lines = _as_many_as_fit(sheet, bar.names, room)
    with sheet.decoration():
        sheet.block(box.x + room + 1, top + 1.6, track, 2.4, TRACK)
        sheet.block(box.x + room + 1, top + 1.6, track * share, 2.4, PRIMARY)
    with sheet.part("P"):
        for number, line in enumerate(lines):
            sheet.write(line, box.x, top + 3.6 + number * 3.1, SMALL)
        sheet.write(rupiah_short(bar.amount), box.end, top + 3.6, SMALL_BOLD, INK, "right")
    return top + 4.3 + 3.1 * (len(lines) - 1)


def _as_many_as_fit(sheet: Sheet, names: Sequence[str], room: float) -> list[str]:
    """The names of a block, or as many as have room, and how many more there are.

    A joint block may be as high as its parts would be alone.
    """
    high = min(max(len(names), 2), 4)
    for most in range(len(names), 0, -1):
        lines = sheet.lines(words.listed(names, most=most), SMALL, width=room, most=high + 1)
        if len(lines) <= high and not any(line.endswith("…") for line in lines):
            return lines
    return sheet.lines(words.listed(names, most=1), SMALL, width=room, most=high)


def _draw_spread(sheet: Sheet, box: Box, top: float, brief: Brief, _room: int) -> float:
    below = _head(sheet, box, top, _("Is it spreading?"), _("measured"))
    spread = brief.spread
    if spread is None:
        return _plain(sheet, box, below, _("Not shown this month."))
    top_ten = words.not_shown() if spread.top_ten is None else f"{spread.top_ten}%"
    for label, value in [
        (_("Share of the ten largest shops"), top_ten),
        (_("Shops with a first sale"), at_least(spread.first_sales)),
        (_("Listed, never bought from yet"), at_least(spread.never_bought)),
        (_("Shops listed"), at_least(spread.listed)),
        (_("Shops bought from this year"), at_least(spread.year_shops)),
    ]:
        with sheet.part("P"):
            width = sheet.write(value, box.end, below + 3.4, SMALL_BOLD, INK, "right")
            sheet.write(sheet.cut(label, SMALL, box.width - width - 2), box.x, below + 3.4, SMALL)
        below += 4.2
    return below


def _draw_multiplier(sheet: Sheet, box: Box, top: float, brief: Brief, _room: int) -> float:
    """The local multiplier as a range, with how many answered."""
    below = _head(sheet, box, top, _("Local multiplier (LM3)"), _("estimated"))
    found = brief.multiplier
    if found is None:
        return _plain(sheet, box, below, _("No survey has a result yet."))
    low, high = (number_format(each, 1) for each in (found.low, found.high))
    with sheet.part("P"):
        width = sheet.write(f"{low}–{high}", box.x, below + 5.2, Face(14, display=True), DEEP)
        said = _("survey of %(year)d, at least %(answers)d answers of shops") % {
            "year": found.year,
            "answers": found.answers,
        }
        lines = sheet.lines(said, SMALL, width=box.width - width - 3, most=2)
        for number, line in enumerate(lines):
            sheet.write(line, box.x + width + 3, below + 2.8 + number * 3.1, SMALL, SOFT)
    return below + 6


def _draw_goals(sheet: Sheet, box: Box, top: float, brief: Brief, _room: int) -> float:
    below = _head(sheet, box, top, _("Filled together"), _("measured"))
    for each in brief.goals:
        with sheet.part("P"):
            name = sheet.cut(words.goal_name(each), SMALL_BOLD, box.width)
            sheet.write(name, box.x, below + 3.2, SMALL_BOLD)
            line = sheet.cut(words.goal_line(each), SMALL, box.width)
            sheet.write(line, box.x, below + 6.4, SMALL, SOFT)
        below += 8
    return below - 1


def _draw_foot(sheet: Sheet, notes: Sequence[tuple[str, str]]) -> None:
    """What every label means, and where the rest stands."""
    with sheet.decoration():
        sheet.line(MARGIN, FOOT_TOP, END - MARGIN, SOFT)
    y, face, bold = FOOT_TOP + 4.0, NOTE, Face(NOTE.size, bold=True)
    for head, said in notes:
        with sheet.part("P"):
            width = sheet.write(f"{head}: ", MARGIN, y, bold)
            first, *rest = _hung(sheet, said, face, width)
            sheet.write(first, MARGIN + width, y, face, SOFT)
            for line in rest:
                y += 2.9
                sheet.write(line, MARGIN, y, face, SOFT)
        y += 3.4


def _hung(sheet: Sheet, text: str, face: Face, indent: float) -> list[str]:
    """Lines of which the first begins after a head of that width; at most two."""
    first = sheet.lines(text, face, width=END - MARGIN - indent, most=99)
    if len(first) == 1:
        return first
    rest = text[len(first[0]) :].strip()
    return [first[0], *sheet.lines(rest, face, width=END - MARGIN, most=2)]


def _head(sheet: Sheet, box: Box, y: float, text: str, label: str) -> float:
    """A heading with its label of evidence; answer where the block begins."""
    room = box.width - sheet.width(label, TINY) - 5
    with sheet.part("H2"):
        width = sheet.write(sheet.cut(text, HEAD, room), box.x, y, HEAD, DEEP)
        x = box.x + width + 3.5
        wide = sheet.write(label, x, y - 0.5, TINY, SOFT)
        sheet.frame(x - 1.5, y - 2.9, wide + 3, 3.5, SOFT)
    return y + 1.6


def _row(
    sheet: Sheet,
    box: Box,
    top: float,
    label: str,
    cells: Sequence[tuple[float, str]],
    face: Face,
) -> float:
    """A line of a table above a thin rule; cells end at their edges."""
    with sheet.decoration():
        sheet.line(box.x, top + 1.4, box.width)
    y = top + ROW
    with sheet.part("P"):
        sheet.write(sheet.cut(label, BODY, box.width - 3 * CELL - 0.6), box.x, y, BODY)
        for edge, text in cells:
            sheet.write(text, edge, y, face, INK, "right")
    return y


def _cells_face(sheet: Sheet, cells: Sequence[str]) -> Face:
    """The largest in which every cell of a table keeps off its neighbour."""
    for face in CELLS:
        if max(sheet.width(cell, face) for cell in cells) < CELL - 1.2:
            break
    return face


def _plain(sheet: Sheet, box: Box, top: float, text: str) -> float:
    with sheet.part("P"):
        sheet.write(sheet.cut(text, SMALL, box.width), box.x, top + 3.4, SMALL, SOFT)
    return top + 4.3


def _fitting(sheet: Sheet, text: str, width: float, sizes: Sequence[float]) -> Face:
    faces = [Face(size, display=True) for size in sizes]
    return next((face for face in faces if sheet.width(text, face) <= width), faces[-1])


def _least(count: int | None) -> str:
    """Under a label that says "at least"."""
    return number_format(count, force_grouping=True) if count else _("fewer than 5")


_LENSES: list[Block] = [_draw_evidence, _draw_rings, _draw_kinds]
