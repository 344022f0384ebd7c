"""What one ASN sees of their own shopping: exact and live, from their own purchases alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.conf import settings
from django.db.models import Count, F, Min, QuerySet, Sum
from django.db.models.fields import DateField
from django.db.models.functions import Coalesce, Trunc

from core.calendar import first_of_month, next_month
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
    """What was spent in one ring in the year so far; `share` is whole percent of it."""

    ring: Ring
    amount: int
    purchases: int
    share: int


@dataclass(frozen=True)
class Band:
    """The indicative band of one period in whole rupiah, and where this period's sum lies."""

    low: int
    high: int
    place: BandPlace


@dataclass(frozen=True)
class Pace:
    """What the year comes to if it goes on as it did since the day of its first purchase.

    `amount` is the year so far, and for each day to come what a day was from `since` to today, both
    included; whole rupiah, rounded to STEP.
    """

    since: date
    amount: int


@dataclass(frozen=True)
class Participation:
    """One ASN's shopping as of `today`: this period, the year so far, and the last periods.

    `active_weeks` counts the weeks with a purchase among the last ACTIVE_OF_WEEKS, the running one
    included. `pace` is None until PACE_FROM_DAYS have passed.
    """

    period: Period
    today: date
    current: PeriodSpent
    band: Band
    year: Spent
    year_shops: int
    pace: Pace | None
    active_weeks: int
    rings: tuple[RingSpent, ...]
    periods: tuple[PeriodSpent, ...]


def participation(asn: Asn, *, period: Period, today: date) -> Participation:
    """This period, the band, the year to date by ring, and the last 12 periods, oldest first.

    Periods are those of the day bought. Four queries, however much was bought.
    """
    standing = Purchase.objects.standing().filter(buyer_id=asn.buyer_id, day__lte=today)
    this_year = standing.filter(day__gte=date(today.year, 1, 1))
    starts = _last_starts(today, period=period)
    periods = tuple(_filled(starts, _by_start(standing, since=starts[0], period=period), period))
    rings = _rings(this_year)
    year = Spent(sum(ring.amount for ring in rings), sum(ring.purchases for ring in rings))
    shops, first_day = _shops_and_first_day(this_year)
    return Participation(
        period=period,
        today=today,
        current=periods[-1],
        band=_band(periods[-1].amount, period=period),
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


def _rings(purchases: QuerySet[Purchase]) -> tuple[RingSpent, ...]:
    rows = (
        purchases.values_list("ring")
        .annotate(amount=Sum("amount"), purchases=Count("pk"))
        .order_by()
    )
    spent = {ring: Spent(amount, count) for ring, amount, count in rows}
    total = sum(found.amount for found in spent.values())
    return tuple(_ring(ring, spent.get(ring.value, Spent()), total=total) for ring in Ring)


def _ring(ring: Ring, spent: Spent, *, total: int) -> RingSpent:
    share = (200 * spent.amount + total) // (2 * total) if total else 0  # half rounds up
    return RingSpent(ring, spent.amount, spent.purchases, share)


def _shops_and_first_day(purchases: QuerySet[Purchase]) -> tuple[int, date | None]:
    """Different UMKM, merged ones being one, and the day of the first purchase."""
    standing_shop = Coalesce(F("umkm__merged_into"), F("umkm"))
    found = purchases.aggregate(shops=Count(standing_shop, distinct=True), first=Min("day"))
    return found["shops"], found["first"]


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


def _band(amount: int, *, period: Period) -> Band:
    low = _per_period(settings.BAND_LOW, period=period)
    high = _per_period(settings.BAND_HIGH, period=period)
    if amount < low:
        return Band(low, high, BandPlace.STARTING)
    return Band(low, high, BandPlace.WITHIN if amount <= high else BandPlace.BEYOND)


def _per_period(monthly: int, *, period: Period) -> int:
    """A month's rupiah as a day's or a week's, rounded to STEP."""
    if period == Period.MONTH:
        return monthly
    per_year = WEEKS_PER_YEAR if period == Period.WEEK else DAYS_PER_YEAR
    return max(STEP, round(monthly * MONTHS_PER_YEAR / per_year / STEP) * STEP)
