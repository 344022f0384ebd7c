"""What stands on the one page for the mayor's meeting: released figures of one month, no others.

A month's page never changes by itself: what moves at night is left out, and goals and the year are
told as they stood when the month was closed. See docs/figures.md.
"""

from dataclasses import dataclass
from datetime import date

from core.calendar import month_named, months_before, previous_month
from marketplace import goals, multiplier, releases
from marketplace.errors import FigureUnknown
from marketplace.lenses import flow_key
from marketplace.models import Category, Lens, Region
from marketplace.models.releases import Spread
from marketplace.releases import Figure, Parts, Sum, TakingPart

COURSE_MONTHS = 12
GOALS = 2
"""So many goals have room on the page; the rest are on the public one."""


@dataclass(frozen=True)
class Area:
    """A kecamatan, or outside the city: what its homes spent, what its shops received.

    `stayed` is what its homes spent at its own shops, rounded; None where it is not told alone.
    """

    home: Figure
    shop: Figure | None
    stayed: int | None


@dataclass(frozen=True)
class Brief:
    """The figures of the page. A lens that is not shown in the month is None, or empty.

    `people` are those of the month, the one before and the same one last year. `place_names` and
    `kind_names` write what codes stand for.
    """

    figure: Figure
    closed_on: date
    year: Sum
    before: Figure | None
    year_ago: Figure | None
    course: tuple[Figure, ...]
    people: tuple[tuple[date, TakingPart | None], ...]
    areas: tuple[Area, ...]
    rings: Parts | None
    kinds: Parts | None
    evidence: Parts | None
    spread: Spread | None
    goals: tuple[goals.Progress, ...]
    multiplier: multiplier.Multiplier | None
    place_names: dict[str, str]
    kind_names: dict[str, tuple[str, str]]

    @property
    def units(self) -> tuple[int, ...]:
        """Each rupiah that sums outside the places are rounded to; one a month as a rule."""
        lenses = (self.rings, self.kinds, self.evidence)
        return tuple(sorted({parts.unit for parts in lenses if parts}))


def asked_month(text: str) -> date:
    """The released month written YYYY-MM, by default the last. Raises `FigureUnknown`."""
    if not text:
        month = releases.latest_month()
        if month is None:
            raise FigureUnknown
        return month
    try:
        return month_named(text)
    except ValueError as error:
        raise FigureUnknown from error


def brief_of(month: date) -> Brief:
    """The page of a released month, or of the months that were released together.

    Raises `FigureUnknown` for any other.
    """
    city = releases.city()
    figure = releases.figure(city, month)
    month, one_back = figure.month, previous_month(figure.first_month)
    year_back = months_before(month, 12)
    history = releases.months_of(city, first=months_before(year_back, 1), last=month)
    single = {each.month: each for each in history if _is_single(each) and _is_single(figure)}
    return Brief(
        figure=figure,
        closed_on=releases.closed_on(month),
        year=releases.sum_of(city, first=date(month.year, 1, 1), last=month),
        before=single.get(one_back),
        year_ago=single.get(year_back),
        course=tuple(history[-COURSE_MONTHS:]),
        people=tuple(
            (asked, _people(asked)) for asked in dict.fromkeys((month, one_back, year_back))
        ),
        areas=_areas(month),
        rings=_parts(Lens.RING, month),
        kinds=_parts(Lens.CATEGORY, month),
        evidence=_parts(Lens.EVIDENCE, month),
        spread=_spread(month),
        goals=tuple(goals.running_in(month, most=GOALS)),
        multiplier=multiplier.latest(),
        place_names=dict(Region.objects.places().values_list("code", "name")),
        kind_names={kind.slug: (kind.name, kind.name_en) for kind in Category.objects.all()},
    )


def _is_single(figure: Figure) -> bool:
    return figure.first_month == figure.month


def _people(month: date) -> TakingPart | None:
    """The city's people of a month; None where it is not, or only with the next, released."""
    found = releases.city_turnout(month)
    return found if found and found.month == month else None


def _areas(month: date) -> tuple[Area, ...]:
    """By code, outside the city last."""
    shops = {figure.place.code: figure for figure in _by_place(month, Lens.SHOP)}
    flow = _parts(Lens.FLOW, month)
    alone = {part.keys: part.amount for part in flow.parts} if flow else {}
    return tuple(
        Area(home, shops.get(code), alone.get((flow_key(code, code),)))
        for home in _by_place(month, Lens.HOME)
        for code in [home.place.code]
    )


def _by_place(month: date, lens: Lens) -> list[Figure]:
    """Every kecamatan, then outside the city; nothing where the lens is not shown."""
    try:
        inside = releases.kecamatan_figures(month, lens=lens)
        everywhere = releases.kelurahan_figures(month, lens=lens)
    except FigureUnknown:
        return []
    return inside + [each for each in everywhere if each.place.level == Region.Level.OUTSIDE]


def _parts(lens: Lens, month: date) -> Parts | None:
    try:
        return releases.parts(lens, month)
    except FigureUnknown:
        return None


def _spread(month: date) -> Spread | None:
    try:
        return releases.spread(month)
    except FigureUnknown:
        return None
