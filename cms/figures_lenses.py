"""The city's month in every lens but those by place, and its people, as the page shows them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from cms import known
from core.calendar import months_before
from core.charts import Point
from marketplace import lenses, releases
from marketplace.errors import FigureUnknown
from marketplace.models import Evidence, Lens, Purchase, Region
from marketplace.models.purchases import Ring
from marketplace.models.releases import Spread

TICK_DAYS = 5
"""Below a chart of days so many lie between two numbers."""
JOINT_NAMES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Line:
    """A block by name: of one key, or of several that are shown together."""

    label: str
    joint: bool
    part: releases.Part


@dataclass(frozen=True)
class Section:
    """A lens of the page; without lines it is not shown in this month."""

    lens: Lens
    title: str
    note: str
    unit: int = 0
    lines: list[Line] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)


@dataclass(frozen=True)
class Cell:
    """From one kecamatan to another: its own sum, or the letter of a joint one."""

    amount: int
    joint: str


@dataclass(frozen=True)
class Joint:
    """A joint sum of a table of flows, and the pairs that it is of."""

    letter: str
    amount: int
    pairs: str


@dataclass(frozen=True)
class Flows:
    """The money from kecamatan (rows) to kecamatan (columns)."""

    unit: int
    columns: list[str]
    rows: list[tuple[str, list[Cell]]]
    joints: list[Joint]


def sections(month: date) -> list[Section]:
    """How near, what kind, on what it rests, how paid and when: each lens of a released month."""
    return [_section(lens, month) for lens in _TITLES]


def flows(month: date) -> Flows | None:
    """From kecamatan to kecamatan; None where the lens is not shown in this month."""
    try:
        found = releases.parts(Lens.FLOW, month)
    except FigureUnknown:
        return None
    names = area_names()
    joints = [part for part in found.parts if len(part.keys) > 1]
    letters = {id(part): _letter(number) for number, part in enumerate(joints)}
    cells = {
        key: Cell(part.amount, letters.get(id(part), ""))
        for part in found.parts
        for key in part.keys
    }
    homes = sorted({key.split(">")[0] for key in cells})
    return Flows(
        unit=found.unit,
        columns=[names[code] for code in homes],
        rows=[
            (names[home], [cells[lenses.flow_key(home, shop)] for shop in homes]) for home in homes
        ],
        joints=[
            Joint(
                letters[id(part)],
                part.amount,
                "; ".join(name_of(Lens.FLOW, key, names) for key in sorted(part.keys)),
            )
            for part in joints
        ],
    )


def spread(month: date) -> Spread | None:
    """Whether the money reached many shops; None where that is not told."""
    try:
        return releases.spread(month)
    except FigureUnknown:
        return None


def people(month: date) -> list[releases.TakingPart]:
    """The city's people in a month, the one before and the same one last year, as far as told."""
    months = [month, months_before(month, 1), months_before(month, 12)]
    found = [each for asked in months if (each := releases.city_turnout(asked)) is not None]
    return found if found and found[0].month == month else []


def sums(city: Region, month: date) -> list[tuple[str, releases.Sum]]:
    """The quarter of a month, the quarter before it, and its year, as far as they are released."""
    this = date(month.year, (month.month - 1) // 3 * 3 + 1, 1)
    asked = [(this, months_before(this, -2)), (months_before(this, 3), months_before(this, 1))]
    found = [
        (
            _("Quarter %(number)d of %(year)d")
            % {"number": first.month // 3 + 1, "year": first.year},
            _sum(city, first, last),
        )
        for first, last in asked
    ]
    year = _sum(city, date(month.year, 1, 1), date(month.year, 12, 1))
    return [(label, told) for label, told in [*found, (str(month.year), year)] if told is not None]


def area_names() -> dict[str, str]:
    """The names of every place with figures, and of every kecamatan, by code."""
    places = Region.objects.exclude(level=Region.Level.PROVINCE)
    return {place.code: _area_name(place) for place in places}


def name_of(lens: Lens, key: str, names: dict[str, str]) -> str:
    """How a key of a lens is written; `names` are those of places."""
    if lens == Lens.FLOW:
        home, shop = key.split(">")
        return f"{names[home]} → {names[shop]}"
    if lens == Lens.DAY:
        return _("Days before") if key == lenses.EARLIER else _day(key)
    if lens == Lens.CATEGORY:
        return known.category_names().get(key, key) if key else _("Without a kind")
    if lens in Lens.by_place():
        return names[key]
    return str(_LABELS[lens].get(key, key))


def _section(lens: Lens, month: date) -> Section:
    title, note = (str(text()) for text in _TITLES[lens])
    try:
        found = releases.parts(lens, month)
    except FigureUnknown:
        return Section(lens, title, note)
    lines = [_line(lens, part) for part in _in_order(lens, found.parts)]
    return Section(lens, title, note, found.unit, lines, [_point(lens, line) for line in lines])


def _in_order(lens: Lens, parts: Iterable[releases.Part]) -> list[releases.Part]:
    """Days and rings as they follow one another, anything else by money."""
    if lens == Lens.RING:
        return sorted(parts, key=lambda part: min(Ring.values.index(key) for key in part.keys))
    if lens == Lens.DAY:
        return sorted(parts, key=lambda part: min(_day_order(key) for key in part.keys))
    return sorted(parts, key=lambda part: (-part.amount, min(part.keys)))


def _line(lens: Lens, part: releases.Part) -> Line:
    if lens == Lens.DAY:
        keys = sorted(part.keys, key=_day_order)
        ends = list(dict.fromkeys([keys[0], keys[-1]]))
        label = " – ".join(name_of(lens, key, {}) for key in ends)
    else:
        label = get_text_list([name_of(lens, key, {}) for key in sorted(part.keys)], _("and"))
    return Line(label, len(part.keys) > 1, part)


def _point(lens: Lens, line: Line) -> Point:
    if lens != Lens.DAY:
        return Point(line.label, line.part.amount)
    last = max(line.part.keys, key=_day_order)
    number = 0 if last == lenses.EARLIER else date.fromisoformat(last).day
    return Point(line.label, line.part.amount, tick="" if number % TICK_DAYS else str(number or ""))


def _day_order(key: str) -> str:
    return "" if key == lenses.EARLIER else key


def _day(key: str) -> str:
    return date_format(date.fromisoformat(key), "j M")


def _letter(number: int) -> str:
    return JOINT_NAMES[number] if number < len(JOINT_NAMES) else str(number)


def _area_name(place: Region) -> str:
    return str(place.get_level_display()) if place.level == Region.Level.OUTSIDE else place.name


def _sum(city: Region, first: date, last: date) -> releases.Sum | None:
    try:
        return releases.sum_of(city, first=first, last=last)
    except FigureUnknown:
        return None


_LABELS: dict[Lens, dict[str, object]] = {
    Lens.RING: dict(Ring.choices),
    Lens.EVIDENCE: dict(Evidence.Kind.choices),
    Lens.PAYMENT: dict(Purchase.Payment.choices),
}

_TITLES: dict[Lens, Sequence[Callable[[], str]]] = {
    Lens.RING: (
        lambda: _("How near"),
        lambda: _("How near the shop lies to the buyer's home, on the day of the purchase."),
    ),
    Lens.CATEGORY: (
        lambda: _("Kinds of shops"),
        lambda: _("What kind of shop the money went to."),
    ),
    Lens.EVIDENCE: (
        lambda: _("What it rests on"),
        lambda: _("Declared: the ASN wrote it down. With receipt: its photo is there, too."),
    ),
    Lens.PAYMENT: (lambda: _("How it was paid"), lambda: _("As the ASN wrote it down.")),
    Lens.DAY: (
        lambda: _("Day by day"),
        lambda: _("Days with few people are shown together. Late entries come first."),
    ),
}
