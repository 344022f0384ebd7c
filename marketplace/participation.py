"""What one ASN sees of their own shopping: exact and live, from their own purchases alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.fields import DateField
from django.db.models.functions import Coalesce, Trunc

from core.calendar import first_of_month, next_month
from marketplace import bands, own_goal
from marketplace.models import Asn, Purchase
from marketplace.models.purchases import Ring

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
class Spans:
    """The first day of this period, and of the year; either may begin before the other."""

    period: date
    year: date

    @property
    def in_period(self) -> Q:
        return Q(day__gte=self.period)

    @property
    def in_year(self) -> Q:
        return Q(day__gte=self.year)

    @property
    def in_either(self) -> Q:
        return self.in_period | self.in_year


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

    Periods are those of the day bought, oldest first; the band is that of `today`. Seven queries,
    however much was bought.
    """
    standing = Purchase.objects.standing().filter(buyer_id=asn.buyer_id, day__lte=today)
    starts = _last_starts(today, period=period)
    periods = tuple(_filled(starts, _by_start(standing, since=starts[0], period=period), period))
    spans = Spans(starts[-1], date(today.year, 1, 1))
    current_rings, rings = _rings(standing, spans)
    year = Spent(sum(ring.amount for ring in rings), sum(ring.purchases for ring in rings))
    current_shops, shops, first_day = _shops_and_first_day(standing, spans)
    return Participation(
        period=period,
        today=today,
        current=periods[-1],
        current_shops=current_shops,
        current_rings=current_rings,
        band=_band(asn, periods[-1].amount, period=period, day=today),
        goal=_goal(own_goal.goal_of(asn), periods[-1].amount, period=period),
        year=year,
        year_shops=shops,
        pace=_pace(year.amount, since=first_day, today=today),
        active_weeks=_active_weeks(standing, today=today),
        rings=rings,
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


def _by_start(standing: QuerySet[Purchase], *, since: date, period: Period) -> Mapping[date, Spent]:
    rows = (
        standing.filter(day__gte=since)
        .annotate(start=Trunc("day", period.value, output_field=DateField()))
        .values_list("start")
        .annotate(amount=Sum("amount"), purchases=Count("pk"))
        .order_by()
    )
    return {start: Spent(amount, purchases) for start, amount, purchases in rows}


def _filled(
    starts: Iterable[date], spent: Mapping[date, Spent], period: Period
) -> Iterable[PeriodSpent]:
    for start in starts:
        found = spent.get(start, Spent())
        yield PeriodSpent(start, end_of(start, period=period), found.amount, found.purchases)


def _rings(
    standing: QuerySet[Purchase], spans: Spans
) -> tuple[tuple[RingSpent, ...], tuple[RingSpent, ...]]:
    """Of this period, and of the year so far."""
    found = list(
        standing.filter(spans.in_either)
        .values_list("ring")
        .annotate(
            now=Sum("amount", filter=spans.in_period, default=0),
            now_purchases=Count("pk", filter=spans.in_period),
            year=Sum("amount", filter=spans.in_year, default=0),
            year_purchases=Count("pk", filter=spans.in_year),
        )
        .order_by()
    )
    current = {ring: Spent(amount, count) for ring, amount, count, *_year in found}
    year = {ring: Spent(amount, count) for ring, _now, _purchases, amount, count in found}
    return _every_ring(current), _every_ring(year)


def _every_ring(spent: Mapping[str, Spent]) -> tuple[RingSpent, ...]:
    total = sum(found.amount for found in spent.values())
    return tuple(_ring(ring, spent.get(ring.value, Spent()), total=total) for ring in Ring)


def _ring(ring: Ring, spent: Spent, *, total: int) -> RingSpent:
    share = (200 * spent.amount + total) // (2 * total) if total else 0  # half rounds up
    return RingSpent(ring, spent.amount, spent.purchases, share)


def _shops_and_first_day(
    standing: QuerySet[Purchase], spans: Spans
) -> tuple[int, int, date | None]:
    """Different UMKM of this period and of the year, merged ones being one, and its first day."""
    shop = Coalesce(F("umkm__merged_into"), F("umkm"))
    found = standing.filter(spans.in_either).aggregate(
        current=Count(shop, distinct=True, filter=spans.in_period),
        year=Count(shop, distinct=True, filter=spans.in_year),
        first=Min("day", filter=spans.in_year),
    )
    return found["current"], found["year"], found["first"]


def _pace(amount: int, *, since: date | None, today: date) -> Pace | None:
    days = (today - since).days + 1 if since else 0
    if since is None or days < PACE_FROM_DAYS:
        return None
    to_come = (date(today.year, 12, 31) - today).days
    return Pace(since, round((amount + amount * to_come / days) / STEP) * STEP)


def _active_weeks(standing: QuerySet[Purchase], *, today: date) -> int:
    first = start_of(today, period=Period.WEEK) - timedelta(weeks=ACTIVE_OF_WEEKS - 1)
    week = Trunc("day", Period.WEEK.value, output_field=DateField())
    weeks = standing.filter(day__gte=first).aggregate(weeks=Count(week, distinct=True))
    return int(weeks["weeks"])


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
