"""What one ASN sees of their own shopping: exact and live, from their own purchases alone."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar

from core.calendar import first_of_month, next_month
from marketplace import bands, own_goal
from marketplace.models import Asn, Purchase, Umkm
from marketplace.models.purchases import Ring
from marketplace.rounding import percent

Key = TypeVar("Key", bound=Hashable)

SHOWN_PERIODS = 12
MONTHS_PER_YEAR = 12
WEEKS_PER_YEAR = 52
DAYS_PER_YEAR = 365
STEP = 1_000
"""Bands of a day and a week, and a year at a pace, are rounded to this many rupiah: they are a
thought, not a sum."""
ACTIVE_OF_WEEKS = 8
PACE_FROM_DAYS = 28
"""From fewer days than these nobody's year is foretold."""


class Period(StrEnum):
    """How long one period is. Weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class BandPlace(StrEnum):
    """Where a sum lies beside the band: something to enjoy reaching, never a debt."""

    STARTING = "starting"
    WITHIN = "within"
    BEYOND = "beyond"


@dataclass(frozen=True)
class Spent:
    """Whole rupiah of standing purchases, and how many they are."""

    amount: int = 0
    purchases: int = 0


@dataclass(frozen=True)
class PeriodSpent:
    """What was spent from `starts` to `ends`, both days included."""

    starts: date
    ends: date
    amount: int
    purchases: int


@dataclass(frozen=True)
class RingSpent:
    """What was spent in one ring of a period or a year; `share` is whole percent of it."""

    ring: Ring
    amount: int
    purchases: int
    share: int


@dataclass(frozen=True)
class InBand:
    """The indicative band of one period in whole rupiah, and where this period's sum lies."""

    low: int
    high: int
    place: BandPlace


@dataclass(frozen=True)
class GoalReached:
    """The goal that a person chose for themselves, and how much of it this period's sum is.

    `monthly` is what they chose, `amount` the same for the period, in whole rupiah; `percent` is
    rounded down and goes past 100.
    """

    monthly: int
    amount: int
    percent: int


@dataclass(frozen=True)
class Pace:
    """What the year comes to if it goes on as it did since the day of its first purchase.

    `amount` is the year so far, and for each day to come what a day was from `since` to today, both
    included; whole rupiah, rounded to STEP.
    """

    since: date
    amount: int


@dataclass(frozen=True)
class Bought:
    """What the figures ask of one standing purchase; a merged shop is the one it is part of."""

    day: date
    ring: str
    shop: int
    amount: int


@dataclass(frozen=True)
class Participation:
    """One ASN's shopping as of `today`: this period, the year so far, and the last periods.

    `current_rings` are of this period, `rings` of the year so far. `active_weeks` counts the weeks
    with a purchase among the last ACTIVE_OF_WEEKS, the running one included. `pace` is None until
    PACE_FROM_DAYS have passed.
    """

    period: Period
    today: date
    current: PeriodSpent
    current_shops: int
    current_rings: tuple[RingSpent, ...]
    band: InBand
    goal: GoalReached | None
    year: Spent
    year_shops: int
    pace: Pace | None
    active_weeks: int
    rings: tuple[RingSpent, ...]
    periods: tuple[PeriodSpent, ...]


def participation(asn: Asn, *, period: Period, today: date) -> Participation:
    """This period, the band, the own goal, the year to date by ring, and the last 12 periods.

    Periods are those of the day bought, oldest first; the band is that of `today`. Five queries,
    however much was bought: the purchases are read once, and reckoned with here.
    """
    starts = _last_starts(today, period=period)
    new_year, weeks = date(today.year, 1, 1), _first_of_weeks(today)
    bought = _bought(asn, since=min(starts[0], new_year, weeks), until=today)
    this_period = [one for one in bought if one.day >= starts[-1]]
    this_year = [one for one in bought if one.day >= new_year]
    spent = _sums(bought, key=lambda one: start_of(one.day, period=period))
    periods = tuple(_filled(starts, spent, period))
    year = Spent(sum(one.amount for one in this_year), len(this_year))
    first_day = min((one.day for one in this_year), default=None)
    return Participation(
        period=period,
        today=today,
        current=periods[-1],
        current_shops=len({one.shop for one in this_period}),
        current_rings=_rings(this_period),
        band=_band(asn, periods[-1].amount, period=period, day=today),
        goal=_goal(own_goal.goal_of(asn), periods[-1].amount, period=period),
        year=year,
        year_shops=len({one.shop for one in this_year}),
        pace=_pace(year.amount, since=first_day, today=today),
        active_weeks=_active_weeks(bought, since=weeks),
        rings=_rings(this_year),
        periods=periods,
    )


def start_of(day: date, *, period: Period) -> date:
    """The first day of the period that `day` lies in."""
    if period == Period.MONTH:
        return first_of_month(day)
    return day - timedelta(days=day.weekday()) if period == Period.WEEK else day


def end_of(start: date, *, period: Period) -> date:
    """The last day of the period that begins on `start`."""
    if period == Period.MONTH:
        return next_month(start) - timedelta(days=1)
    return start + timedelta(days=6 if period == Period.WEEK else 0)


def _last_starts(today: date, *, period: Period) -> list[date]:
    starts = [start_of(today, period=period)]
    while len(starts) < SHOWN_PERIODS:
        starts.append(start_of(starts[-1] - timedelta(days=1), period=period))
    return starts[::-1]


def _bought(asn: Asn, *, since: date, until: date) -> list[Bought]:
    """The standing purchases of these days. Shops are asked for apart: few are merged."""
    mine = Purchase.objects.standing().filter(buyer_id=asn.buyer_id, day__range=(since, until))
    rows = list(mine.values_list("day", "ring", "umkm", "amount").order_by())
    merged = Umkm.objects.filter(pk__in={row[2] for row in rows}, merged_into__isnull=False)
    into = dict(merged.values_list("pk", "merged_into"))
    return [Bought(day, ring, into.get(shop) or shop, amount) for day, ring, shop, amount in rows]


def _sums(bought: Iterable[Bought], *, key: Callable[[Bought], Key]) -> dict[Key, Spent]:
    sums: dict[Key, Spent] = defaultdict(Spent)
    for one in bought:
        before = sums[key(one)]
        sums[key(one)] = Spent(before.amount + one.amount, before.purchases + 1)
    return sums


def _filled(
    starts: Iterable[date], spent: Mapping[date, Spent], period: Period
) -> Iterable[PeriodSpent]:
    for start in starts:
        found = spent.get(start, Spent())
        yield PeriodSpent(start, end_of(start, period=period), found.amount, found.purchases)


def _rings(bought: Iterable[Bought]) -> tuple[RingSpent, ...]:
    spent = _sums(bought, key=lambda one: one.ring)
    total = sum(found.amount for found in spent.values())
    return tuple(_ring(ring, spent.get(ring.value, Spent()), total=total) for ring in Ring)


def _ring(ring: Ring, spent: Spent, *, total: int) -> RingSpent:
    share = percent(spent.amount, total) if total else 0
    return RingSpent(ring, spent.amount, spent.purchases, share)


def _pace(amount: int, *, since: date | None, today: date) -> Pace | None:
    days = (today - since).days + 1 if since else 0
    if since is None or days < PACE_FROM_DAYS:
        return None
    to_come = (date(today.year, 12, 31) - today).days
    return Pace(since, round((amount + amount * to_come / days) / STEP) * STEP)


def _first_of_weeks(today: date) -> date:
    return start_of(today, period=Period.WEEK) - timedelta(weeks=ACTIVE_OF_WEEKS - 1)


def _active_weeks(bought: Iterable[Bought], *, since: date) -> int:
    return len({start_of(one.day, period=Period.WEEK) for one in bought if one.day >= since})


def _band(asn: Asn, amount: int, *, period: Period, day: date) -> InBand:
    monthly = bands.band_of(asn, day=day)
    low = per_period(monthly.low, period=period)
    high = per_period(monthly.high, period=period)
    if amount < low:
        return InBand(low, high, BandPlace.STARTING)
    return InBand(low, high, BandPlace.WITHIN if amount <= high else BandPlace.BEYOND)


def _goal(monthly: int | None, spent: int, *, period: Period) -> GoalReached | None:
    if monthly is None:
        return None
    amount = per_period(monthly, period=period)
    return GoalReached(monthly, amount, percent=100 * spent // amount)


def per_period(monthly: int, *, period: Period) -> int:
    """A month's rupiah as a day's or a week's, rounded to STEP."""
    if period == Period.MONTH:
        return monthly
    per_year = WEEKS_PER_YEAR if period == Period.WEEK else DAYS_PER_YEAR
    return max(STEP, round(monthly * MONTHS_PER_YEAR / per_year / STEP) * STEP)
