"""The one door to every figure about others.

Closed months are cut into safe blocks and frozen (`marketplace.closing`); API, pages and files read
them here and nowhere else. See docs/figures.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from core.calendar import months_before, months_between
from marketplace.blocks import Safety
from marketplace.errors import FigureUnknown
from marketplace.frozen import blocks_of, blocks_of_each
from marketplace.models import (
    Block,
    BookMonth,
    CounterStep,
    Lens,
    Region,
    Release,
    Residents,
    ShopReach,
    Spread,
    Stayed,
    Turnout,
    Umkm,
)
from marketplace.rounding import rounded_down

LEAST_RATE, MOST_RATE = 1, 95
"""A rate is never said to be nothing, nor to be everybody."""


@dataclass(frozen=True)
class Figure:
    """What may be said of one place over one release: its own sum, or a joint one.

    `amount` is exact rupiah, net of what was taken back. `places` are the codes it stands for: the
    asked place alone, or all those it is joint with. Counts are rounded down to a multiple of five
    and missing where they would not be distinct. `first_month` to `month` is usually one month.
    """

    place: Region
    first_month: date
    month: date
    amount: int
    purchases: int
    places: tuple[str, ...]
    whole: bool
    buyers: int | None = None
    shops: int | None = None
    lens: Lens = Lens.HOME


@dataclass(frozen=True)
class Sum:
    """A place over several months: the sum of those in which it stands alone.

    `amount` is None while there is none. `months` of the `closed` months of the period are in it:
    where they differ, the sum is a least one. A release over the edge of a period is not in it.
    """

    place: Region
    first_month: date
    last_month: date
    amount: int | None
    months: int
    closed: int

    @property
    def year(self) -> int:
        """The calendar year of the first month."""
        return self.first_month.year


@dataclass(frozen=True)
class Part:
    """A block of a lens: the keys that stand in it, one or several; counts rounded down."""

    keys: tuple[str, ...]
    amount: int
    purchases: int
    buyers: int
    shops: int


@dataclass(frozen=True)
class Parts:
    """A lens over one release. Rupiah are rounded to `unit`, each on its own: need not add up."""

    lens: Lens
    first_month: date
    month: date
    unit: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class KeyMonth:
    """One key of a lens over one release: its own sum, or a joint one where it is not `whole`."""

    first_month: date
    month: date
    amount: int
    whole: bool


@dataclass(frozen=True)
class TakingPart:
    """How many of the ASN employed took part in a release; of people rounded down to fives.

    `agencies` are the codes it stands for, empty for the city. `rate` is whole percent, at least,
    of `employed`, the mean over the days. `quartiles` are rupiah of a buyer, of the city alone.
    """

    agencies: tuple[str, ...]
    month: date
    closed_on: date
    employed: int
    buyers: int
    rate: int | None
    reached: int
    first_timers: int
    quartiles: tuple[int, int, int] | None
    year_buyers: int | None


@dataclass(frozen=True)
class Live:
    """What the city's counter says of a month that is not released, as of the day of its last step.

    `amount` is whole rupiah, rounded down to a million; a month with less has no counter.
    """

    month: date
    amount: int
    day: date


def safety() -> Safety:
    """What a block must hold to be shown, as the city has set it."""
    return Safety(
        buyers=settings.SMALLEST_GROUP,
        owners=settings.SMALLEST_SHOPS,
        dominance=settings.DOMINANCE_PERCENT,
    )


def released_months() -> list[date]:
    """The last month of each release, newest first."""
    found = Release.objects.filter(lens=Lens.HOME).order_by("-month")
    return list(found.values_list("month", flat=True))


def latest_month() -> date | None:
    """The last month that others may read about."""
    months = released_months()
    return months[0] if months else None


def waiting_months() -> list[BookMonth]:
    """Closed months of which nothing is shown yet, oldest first: their state says why."""
    return list(BookMonth.objects.exclude(state=BookMonth.State.RELEASED).order_by("month"))


def place(code: str) -> Region:
    """The place of a code, with the kecamatan it lies in.

    Raises `FigureUnknown` for no place, and for the province, of which there are no figures.
    """
    within = Region.objects.exclude(level=Region.Level.PROVINCE).select_related("parent")
    known = {region.code: region for region in within}
    if code not in known:  # looked up here: a code from an address may be any text
        raise _unknown()
    return known[code]


def declared() -> dict[str, list[str]]:
    """What may be asked for; anything else is refused."""
    return {
        "filters": ["lens", "month", "quarter", "year"],
        "lens": list(Lens.by_place()),
        "parts": list(Lens.values),
        "month": [f"{month:%Y-%m}" for month in released_months()],
    }


def figure(place: Region, month: date, *, lens: Lens = Lens.HOME) -> Figure:
    """What may be said of `place` in `month`; no place looks different for having nothing.

    Raises `FigureUnknown` for a month that is not released or a place without figures.
    """
    return _figure(place, _release_of(month, lens), _leaves())


def kelurahan_figures(month: date, *, lens: Lens = Lens.HOME) -> list[Figure]:
    """Every kelurahan's figure in `month`, and that of outside the city, by code."""
    return _figures(Region.objects.places(), month, lens)


def kecamatan_figures(month: date, *, lens: Lens = Lens.HOME) -> list[Figure]:
    """Every kecamatan's figure in `month`, by code."""
    return _figures(Region.objects.filter(level=Region.Level.KECAMATAN), month, lens)


def months_of(place: Region, *, first: date, last: date, lens: Lens = Lens.HOME) -> list[Figure]:
    """The figures of `place` in every release between two months, oldest first."""
    leaves = _leaves()
    found = _releases_between(first, last, lens)
    there = [release for release in found if _inside(place, release, leaves)]
    return [_figure(place, release, leaves) for release in there]


def year_of(place: Region, year: int, *, lens: Lens = Lens.HOME) -> Sum:
    """The sum of the whole months of `place` in a calendar year, up to the last released one.

    Raises `FigureUnknown` for a year of which nothing is released.
    """
    return sum_of(place, first=date(year, 1, 1), last=date(year, 12, 1), lens=lens)


def quarter_of(place: Region, first: date, *, lens: Lens = Lens.HOME) -> Sum:
    """The sum of the whole months of `place` in the quarter that begins with `first`."""
    return sum_of(place, first=first, last=months_before(first, -2), lens=lens)


def sum_of(place: Region, *, first: date, last: date, lens: Lens = Lens.HOME) -> Sum:
    """The sum of the whole months of `place` from one month to another: a quarter, a year.

    Raises `FigureUnknown` where nothing of them is released.
    """
    figures = months_of(place, first=first, last=last, lens=lens)
    return add_up(place, figures, first=first, last=last)


def released_between(first: date, last: date) -> int:
    """How many months from one to another are released."""
    released = BookMonth.objects.filter(state=BookMonth.State.RELEASED)
    return released.filter(month__gte=first, month__lte=last).count()


def add_up(place: Region, figures: Iterable[Figure], *, first: date, last: date) -> Sum:
    """The whole ones among a place's figures from one month to another, added up.

    Raises `FigureUnknown` where nothing of these months is released.
    """
    closed = released_between(first, last)
    if not closed:
        raise _unknown()
    whole = [figure for figure in figures if figure.whole]
    return Sum(
        place=place,
        first_month=first,
        last_month=last,
        amount=sum(figure.amount for figure in whole) if whole else None,
        months=sum(_months_in(figure) for figure in whole),
        closed=closed,
    )


def parts(lens: Lens, month: date) -> Parts:
    """How the city's money of a month is parted in one lens: every block, joint ones named.

    Raises `FigureUnknown` for a month that is not released, or not in this lens.
    """
    release = _release_of(month, lens)
    return Parts(
        lens=lens,
        first_month=release.first_month,
        month=release.month,
        unit=release.unit,
        parts=tuple(_part(block) for block in blocks_of(release)),
    )


def key_months(lens: Lens, key: str, *, first: date, last: date) -> list[KeyMonth]:
    """What one key of a lens (an agency, a ring) shows in each release between two months."""
    found = _releases_between(first, last, lens)
    return [
        KeyMonth(release.first_month, release.month, block.amount, whole=block.keys == [key])
        for release in found
        for block in blocks_of(release)
        if key in block.keys
    ]


def stayed(figure: Figure) -> Stayed | None:
    """How much of a kelurahan's money stayed in it in a figure's month, where it may be told."""
    if figure.place.level != Region.Level.KELURAHAN:
        return None
    return Stayed.objects.filter(release__month=figure.month, place=figure.place).first()


def stayed_by_place(month: date) -> dict[str, Stayed]:
    """What stayed in each kelurahan of which it may be told, by code.

    Raises `FigureUnknown` for a month that is not released.
    """
    found = Stayed.objects.filter(release__month=_release_of(month, Lens.HOME).month)
    return {each.place_id: each for each in found}


def turnouts(month: date) -> list[TakingPart]:
    """How many took part in a month: the city first, then agencies, each alone or several together.

    Raises `FigureUnknown` for a month that is not released.
    """
    release = _release_of(month, Lens.AGENCY)
    closed_on = timezone.localdate(release.created_at)
    found = Turnout.objects.filter(release=release).order_by("pk")
    return [_taking_part(release, turnout, closed_on) for turnout in found]


def city_turnout(month: date) -> TakingPart | None:
    """The city's own row of a month; None where it is not released."""
    try:
        return turnouts(month)[0]
    except FigureUnknown:
        return None


def spread(month: date) -> Spread:
    """Whether the city's money of a month reached many shops.

    Raises `FigureUnknown` for a month that is not released.
    """
    found = Spread.objects.filter(release=_release_of(month, Lens.HOME)).first()
    if found is None:  # released before this was measured
        raise _unknown(month)
    return found


def residents(place: Region, month: date) -> int | None:
    """At least how many ASN lived in a place on the last day of a release; None if not counted."""
    counted = Residents.objects.filter(release__lens=Lens.HOME, release__month=month, place=place)
    return counted.values_list("asn", flat=True).first()


def residents_of(figure: Figure) -> int:
    """At least how many ASN lived in all the places that a figure stands for; 0 if not counted."""
    counted = Residents.objects.filter(
        release__lens=Lens.HOME, release__month=figure.month, place__in=figure.places
    )
    return sum(counted.values_list("asn", flat=True))


def shop_reach(umkm: Umkm) -> int | None:
    """At least so many people shopped here in the last twelve closed months, in steps of five.

    None below ten, and before there is a release. A merged shop is read as the one it is part of;
    the number moves when a month is closed and at no other time.
    """
    latest = Release.objects.filter(lens=Lens.HOME).order_by("-month").values("pk")[:1]
    found = ShopReach.objects.filter(release=latest, umkm=umkm.merged_into_id or umkm.pk)
    return found.values_list("buyers", flat=True).first()


def live_counter() -> Live | None:
    """The city's counter of the newest month that is not released yet; None before its first step.

    It moves at night and knows the city alone: the open month shows no figure by place.
    """
    found = live_months()
    return found[-1] if found else None


def live_months() -> list[Live]:
    """The counter of each month that is not released yet, oldest first."""
    released = BookMonth.objects.filter(state=BookMonth.State.RELEASED).values("month")
    steps = CounterStep.objects.exclude(month__in=released).exclude(amount=0)
    newest = steps.order_by("month", "-number").distinct("month")
    return [Live(each.month, each.amount, timezone.localdate(each.at)) for each in newest]


def city() -> Region:
    """The city itself: all places together, also those outside of it.

    Raises `FigureUnknown` before its places are loaded.
    """
    found = Region.objects.filter(level=Region.Level.CITY).first()
    if found is None:
        raise _unknown()
    return found


def _figures(places: QuerySet[Region], month: date, lens: Lens) -> list[Figure]:
    release = _release_of(month, lens)
    leaves = _leaves()
    found = places.select_related("parent").order_by("code")
    there = [place for place in found if _inside(place, release, leaves)]
    return [_figure(place, release, leaves) for place in there]


def _releases(lens: Lens) -> QuerySet[Release]:
    return Release.objects.filter(lens=lens)


def _releases_between(first: date, last: date, lens: Lens) -> list[Release]:
    """Oldest first, their blocks read at once."""
    within = _releases(lens).filter(first_month__gte=first, month__lte=last)
    found = list(within.order_by("month"))
    blocks_of_each(found)
    return found


def _release_of(month: date, lens: Lens) -> Release:
    release = _releases(lens).filter(first_month__lte=month, month__gte=month).first()
    if release is None:
        raise _unknown(month)
    return release


def _figure(place: Region, release: Release, leaves: dict[str, frozenset[str]]) -> Figure:
    wanted = _inside(place, release, leaves)
    if not wanted:
        raise _unknown()
    blocks = [block for block in blocks_of(release) if wanted & set(block.keys)]
    places = {code for block in blocks for code in block.keys}
    buyers, shops = _distinct(place, release, blocks)
    return Figure(
        place=place,
        first_month=release.first_month,
        month=release.month,
        amount=sum(block.amount for block in blocks),
        purchases=rounded_down(sum(block.purchases for block in blocks)),
        places=tuple(sorted(places)),
        whole=places == wanted,
        buyers=buyers,
        shops=shops,
        lens=Lens(release.lens),
    )


def _part(block: Block) -> Part:
    return Part(
        keys=tuple(block.keys),
        amount=block.amount,
        purchases=rounded_down(block.purchases),
        buyers=rounded_down(block.buyers),
        shops=rounded_down(block.shops),
    )


def _taking_part(release: Release, turnout: Turnout, closed_on: date) -> TakingPart:
    quartiles = turnout.quartiles
    return TakingPart(
        agencies=tuple(turnout.agencies),
        month=release.month,
        closed_on=closed_on,
        employed=turnout.employed,
        buyers=turnout.buyers,
        rate=_rate(turnout.buyers, turnout.employed),
        reached=turnout.reached,
        first_timers=turnout.first_timers,
        quartiles=(quartiles[0], quartiles[1], quartiles[2]) if quartiles else None,
        year_buyers=turnout.year_buyers,
    )


def _rate(buyers: int, employed: int) -> int | None:
    """Whole percent, at least; None where nothing may be said."""
    rate = min(100 * buyers // employed, MOST_RATE) if employed > 0 else 0
    return rate if rate >= LEAST_RATE else None


def _inside(place: Region, release: Release, leaves: dict[str, frozenset[str]]) -> frozenset[str]:
    """The kelurahan of a place in a release: one that came to the city later is in none before."""
    released = {code for block in blocks_of(release) for code in block.keys}
    return leaves.get(place.code, frozenset()) & released


def _distinct(
    place: Region, release: Release, blocks: list[Block]
) -> tuple[int | None, int | None]:
    """Buyers and shops, where they were counted as distinct at closing."""
    if place.level == Region.Level.CITY:
        return rounded_down(release.buyers), rounded_down(release.shops)
    if len(blocks) == 1:
        return rounded_down(blocks[0].buyers), rounded_down(blocks[0].shops)
    return None, None


def _leaves() -> dict[str, frozenset[str]]:
    """For each place with figures the kelurahan it stands for; the city holds outside, too."""
    leaves: dict[str, set[str]] = {}
    cities = set()
    found = Region.objects.exclude(level=Region.Level.PROVINCE)
    for code, level, parent in found.values_list("code", "level", "parent_id"):
        if level == Region.Level.CITY:
            cities.add(code)
        if level in (Region.Level.KELURAHAN, Region.Level.OUTSIDE):
            leaves[code] = {code}
        if level == Region.Level.KELURAHAN:
            leaves.setdefault(parent, set()).add(code)
    everything = {code for code in leaves if leaves[code] == {code}}
    leaves |= dict.fromkeys(cities, everything)
    return {code: frozenset(held) for code, held in leaves.items()}


def _unknown(month: date | None = None) -> FigureUnknown:
    """The refusal, with what may be asked; of a closed `month` it says why there is nothing yet."""
    book = BookMonth.objects.filter(month=month).first() if month else None
    said = book.get_state_display() if book else ""
    return FigureUnknown(said, extra={"declared": declared()})


def _months_in(figure: Figure) -> int:
    return months_between(figure.first_month, figure.month) + 1
