"""The one door to every figure about others.

Closed months are cut into safe blocks and frozen (`marketplace.closing`); API, pages and files read
them here and nowhere else. See docs/figures.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.calendar import months_before, months_between
from marketplace.blocks import Safety
from marketplace.errors import FigureUnknown
from marketplace.figures import Figure as Figure
from marketplace.figures import KeyMonth as KeyMonth
from marketplace.figures import Live as Live
from marketplace.figures import Part as Part
from marketplace.figures import Parts as Parts
from marketplace.figures import Sum as Sum
from marketplace.figures import TakingPart as TakingPart
from marketplace.figures import Takings as Takings
from marketplace.frozen import blocks_of, blocks_of_each
from marketplace.models import (
    Agency,
    Block,
    BookMonth,
    CounterStep,
    Lens,
    Region,
    Release,
    Residents,
    ShopReach,
    ShopTakings,
    Spread,
    Staff,
    Stayed,
    Turnout,
    Umkm,
)
from marketplace.rounding import rounded_down

LEAST_RATE, MOST_RATE = 1, 95
"""A rate is never said to be nothing, nor to be everybody."""


@dataclass(frozen=True)
class _Cut:
    """A release by place, and the block that each kelurahan stands in."""

    release: Release
    blocks: dict[str, Block]


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


def closing_days() -> dict[date, date]:
    """On which day each release was made, by its last month."""
    found = Release.objects.filter(lens=Lens.HOME).values_list("month", "created_at")
    return {month: timezone.localdate(at) for month, at in found}


def latest_month() -> date | None:
    """The last month that others may read about."""
    months = released_months()
    return months[0] if months else None


def closed_on(month: date) -> date:
    """The day on which the books of a released month were closed.

    Raises `FigureUnknown` for a month that is not released.
    """
    return timezone.localdate(_release_of(month, Lens.HOME).created_at)


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


def edition() -> str:
    """Another one whenever a month is released or the counter moves."""
    newest = (model.objects.order_by("-pk").values_list("pk") for model in (Release, CounterStep))
    return ":".join(str(found.first()) for found in newest)


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
    return _figure(place, _cut(_release_of(month, lens)), _leaves())


def kelurahan_figures(month: date, *, lens: Lens = Lens.HOME) -> list[Figure]:
    """Every kelurahan's figure in `month`, and that of outside the city, by code."""
    return _figures(Region.objects.places(), month, lens)


def kecamatan_figures(month: date, *, lens: Lens = Lens.HOME) -> list[Figure]:
    """Every kecamatan's figure in `month`, by code."""
    return _figures(Region.objects.filter(level=Region.Level.KECAMATAN), month, lens)


def months_of(place: Region, *, first: date, last: date, lens: Lens = Lens.HOME) -> list[Figure]:
    """The figures of `place` in every release between two months, oldest first."""
    leaves = _leaves()
    cuts = map(_cut, _releases_between(first, last, lens))
    return [_figure(place, cut, leaves) for cut in cuts if _inside(place, cut, leaves)]


def figures_between(
    level: Region.Level, *, first: date, last: date, lens: Lens = Lens.HOME
) -> list[Figure]:
    """The figures of every place of a level in every release between two months, oldest first.

    Outside the city is a place beside the kelurahan and beside the kecamatan. However many months:
    as many statements.
    """
    of_level = Q(level=level)
    if level != Region.Level.CITY:
        of_level |= Q(level=Region.Level.OUTSIDE)
    places = list(Region.objects.filter(of_level).select_related("parent").order_by("code"))
    leaves = _leaves()
    return [
        _figure(place, cut, leaves)
        for cut in map(_cut, _releases_between(first, last, lens))
        for place in places
        if _inside(place, cut, leaves)
    ]


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


def months_released() -> list[date]:
    """Every month of which something is released, oldest first: also one shown with the next."""
    released = BookMonth.objects.filter(state=BookMonth.State.RELEASED)
    return list(released.order_by("month").values_list("month", flat=True))


def released_between(first: date, last: date) -> int:
    """How many months from one to another are released."""
    return sum(first <= month <= last for month in months_released())


def add_up(place: Region, figures: Iterable[Figure], *, first: date, last: date) -> Sum:
    """The whole ones among a place's figures from one month to another, added up.

    Raises `FigureUnknown` where nothing of these months is released.
    """
    return sum_up(place, figures, first=first, last=last, released=months_released())


def sum_up(
    place: Region, figures: Iterable[Figure], *, first: date, last: date, released: Iterable[date]
) -> Sum:
    """The same, by who knows already which months are released."""
    closed = sum(first <= month <= last for month in released)
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
    return _parts(lens, _release_of(month, lens))


def parts_between(lens: Lens, *, first: date, last: date) -> list[Parts]:
    """How the city's money is parted in one lens in every release between two months, oldest first.

    A month that is not shown in this lens is missing.
    """
    return [_parts(lens, release) for release in _releases_between(first, last, lens)]


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


def turnouts_between(first: date, last: date) -> list[TakingPart]:
    """The same of every release between two months, oldest first."""
    return _turnouts(Turnout.objects.all(), first, last)


def city_turnouts_between(first: date, last: date) -> list[TakingPart]:
    """The city's own row of every release between two months, oldest first."""
    return _turnouts(Turnout.objects.filter(agencies=[]), first, last)


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


def residents_by_place(month: date) -> dict[str, int]:
    """At least how many ASN lived in each place on the last day of a release, by code."""
    counted = Residents.objects.filter(release__lens=Lens.HOME, release__month=month)
    return dict(counted.values_list("place", "asn"))


def staff(agency: Agency, month: date) -> int | None:
    """At least how many ASN served in an agency on the last day of a release; None if unknown."""
    counted = Staff.objects.filter(release__lens=Lens.HOME, release__month=month, agency=agency)
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


def shop_takings(umkm: Umkm, *, months: int) -> list[Takings]:
    """About what a shop received in each of the last releases, newest first: for its owner alone.

    Too few buyers and none look alike. A shop that was merged has the rows of its own time.
    """
    rows = ShopTakings.objects.filter(umkm=umkm).values_list("release", "amount", "unit")
    told = {release: said for release, *said in rows}
    found = _releases(Lens.HOME).order_by("-month")[:months]
    return [Takings(r.first_month, r.month, *told.get(r.pk, (None, None))) for r in found]


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
    cut = _cut(_release_of(month, lens))
    leaves = _leaves()
    found = places.select_related("parent").order_by("code")
    return [_figure(place, cut, leaves) for place in found if _inside(place, cut, leaves)]


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


def _cut(release: Release) -> _Cut:
    blocks = blocks_of(release)
    return _Cut(release, {code: block for block in blocks for code in block.keys})


def _figure(place: Region, cut: _Cut, leaves: dict[str, frozenset[str]]) -> Figure:
    release, wanted = cut.release, _inside(place, cut, leaves)
    if not wanted:
        raise _unknown()
    blocks = list({block.pk: block for block in map(cut.blocks.__getitem__, wanted)}.values())
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


def _parts(lens: Lens, release: Release) -> Parts:
    return Parts(
        lens=lens,
        first_month=release.first_month,
        month=release.month,
        unit=release.unit,
        parts=tuple(_part(block) for block in blocks_of(release)),
    )


def _part(block: Block) -> Part:
    return Part(
        keys=tuple(block.keys),
        amount=block.amount,
        purchases=rounded_down(block.purchases),
        buyers=rounded_down(block.buyers),
        shops=rounded_down(block.shops),
    )


def _turnouts(counted: QuerySet[Turnout], first: date, last: date) -> list[TakingPart]:
    within = _releases(Lens.AGENCY).filter(first_month__gte=first, month__lte=last)
    found = counted.filter(release__in=within).select_related("release")
    return [
        _taking_part(each.release, each, timezone.localdate(each.release.created_at))
        for each in found.order_by("release__month", "pk")
    ]


def _taking_part(release: Release, turnout: Turnout, closed_on: date) -> TakingPart:
    quartiles = turnout.quartiles
    return TakingPart(
        agencies=tuple(turnout.agencies),
        first_month=release.first_month,
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


def _inside(place: Region, cut: _Cut, leaves: dict[str, frozenset[str]]) -> frozenset[str]:
    """The kelurahan of a place in a release: one that came to the city later is in none before."""
    return leaves.get(place.code, frozenset()) & cut.blocks.keys()


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
