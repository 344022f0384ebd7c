"""What one ASN sees of their own shopping: exact and live, from their own purchases alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import BooleanField, Case, Count, ExpressionWrapper, Min, Q, Sum, When
from django.db.models.functions import Coalesce, TruncMonth, TruncWeek

from core.calendar import first_of_month, next_month
from marketplace import bands, own_goal
from marketplace.models import Asn, Purchase
from marketplace.models.purchases import PurchaseQuerySet, Ring
from marketplace.rounding import percent

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
class Part:
    """Standing purchases of one ring and one period; `starts` is None before the last twelve."""

    starts: date | None
    is_this_year: bool
    ring: str
    amount: int
    purchases: int


@dataclass(frozen=True)
class Counted:
    """What is counted and not added up: distinct shops, a merged one as that it is part of.

    `first_day` is that of the year's first purchase.
    """

    shops: int
    year_shops: int
    first_day: date | None
    active_weeks: int


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

    Periods are those of the day bought, oldest first; the band is that of `today`. Four queries;
    the database adds up, so a frequent buyer's page costs hardly more than anybody's.
    """
    starts = _last_starts(today, period=period)
    new_year, weeks = date(today.year, 1, 1), _first_of_weeks(today)
    mine = Purchase.objects.standing().filter(
        buyer_id=asn.buyer_id, day__range=(min(starts[0], new_year, weeks), today)
    )
    parts = _parts(mine, starts=starts[0], new_year=new_year, period=period)
    counted = _counted(mine, starts=starts[-1], new_year=new_year, weeks=weeks)
    this_year = [part for part in parts if part.is_this_year]
    periods = tuple(_period(start, parts, period=period) for start in starts)
    year = _added(this_year)
    return Participation(
        period=period,
        today=today,
        current=periods[-1],
        current_shops=counted.shops,
        current_rings=_rings([part for part in parts if part.starts == starts[-1]]),
        band=_band(asn, periods[-1].amount, period=period, day=today),
        goal=_goal(own_goal.goal_of(asn), periods[-1].amount, period=period),
        year=year,
        year_shops=counted.year_shops,
        pace=_pace(year.amount, since=counted.first_day, today=today),
        active_weeks=counted.active_weeks,
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


def _parts(mine: PurchaseQuerySet, *, starts: date, new_year: date, period: Period) -> list[Part]:
    shown = Case(When(day__gte=starts, then="day"))
    grouped = mine.values_list(
        {Period.MONTH: TruncMonth(shown), Period.WEEK: TruncWeek(shown), Period.DAY: shown}[period],
        ExpressionWrapper(Q(day__gte=new_year), output_field=BooleanField()),
        "ring",
    )
    return [Part(*row) for row in grouped.annotate(Sum("amount"), Count("pk")).order_by()]


def _counted(mine: PurchaseQuerySet, *, starts: date, new_year: date, weeks: date) -> Counted:
    this_year, shop = Q(day__gte=new_year), Coalesce("umkm__merged_into", "umkm")
    return Counted(
        **mine.aggregate(
            shops=Count(shop, distinct=True, filter=Q(day__gte=starts)),
            year_shops=Count(shop, distinct=True, filter=this_year),
            first_day=Min("day", filter=this_year),
            active_weeks=Count(TruncWeek("day"), distinct=True, filter=Q(day__gte=weeks)),
        )
    )


def _added(parts: Iterable[Part]) -> Spent:
    found = list(parts)
    return Spent(sum(part.amount for part in found), sum(part.purchases for part in found))


def _period(start: date, parts: Iterable[Part], *, period: Period) -> PeriodSpent:
    spent = _added(part for part in parts if part.starts == start)
    return PeriodSpent(start, end_of(start, period=period), spent.amount, spent.purchases)


def _rings(parts: list[Part]) -> tuple[RingSpent, ...]:
    total = _added(parts).amount
    return tuple(_ring(ring, _of_ring(ring, parts), total=total) for ring in Ring)


def _of_ring(ring: Ring, parts: Iterable[Part]) -> Spent:
    return _added(part for part in parts if part.ring == ring.value)


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
