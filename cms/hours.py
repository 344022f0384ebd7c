"""When a shop is open: now, until when, and when again. All times are the city's.

The same rule twice, and a test that they agree: as a condition of the database for lists, and in
Python for one page.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from cms.models.umkm_details import OpeningHours

A_DAY = timedelta(days=1)
DAYS_LOOKED_AHEAD = 8
"""A week, and today's weekday once more: whoever opens weekly opens within it."""


@dataclass(frozen=True)
class Opening:
    """One stretch of time in which a shop is open, aware and in the city's time zone."""

    opens: datetime
    closes: datetime


@dataclass(frozen=True)
class OpenState:
    """Whether a shop is open at a moment, until when, else when it opens next (None: unknown)."""

    is_open: bool
    until: datetime | None = None
    again: datetime | None = None

    @property
    def around_the_clock(self) -> bool:
        """Open with no end in sight."""
        return self.is_open and self.until is None


def open_at(moment: datetime) -> Exists:
    """Holds for `UmkmPage` rows that are open at a moment."""
    here = timezone.localtime(moment)
    today, now = here.weekday(), here.time()
    same_day = Q(opens__lt=F("closes"), opens__lte=now, closes__gt=now)
    over_night = Q(closes__lte=F("opens"))
    begun_today = _on(today) & (same_day | (over_night & Q(opens__lte=now)))
    begun_yesterday = _on((today - 1) % 7) & over_night & Q(closes__gt=now)
    return Exists(OpeningHours.objects.filter(begun_today | begun_yesterday, page=OuterRef("pk")))


def state_at(hours: Iterable[OpeningHours], moment: datetime) -> OpenState | None:
    """Whether a shop of these hours is open; None where no hours are known.

    Stretches that meet (08.00 to 12.00, 12.00 to 20.00) count as one.
    """
    here = timezone.localtime(moment)
    openings = _merged(sorted(_openings(list(hours), here.date()), key=lambda each: each.opens))
    if not openings:
        return None
    for each in openings:
        if each.opens <= here < each.closes:
            endless = each.closes - here > timedelta(days=DAYS_LOOKED_AHEAD - 2)
            return OpenState(is_open=True, until=None if endless else each.closes)
    later = [each.opens for each in openings if each.opens > here]
    return OpenState(is_open=False, again=min(later) if later else None)


def _on(day: int) -> Q:
    """Rows whose days hold a weekday."""
    straight = Q(first_day__lte=F("last_day")) & Q(first_day__lte=day, last_day__gte=day)
    wrapped = Q(first_day__gt=F("last_day")) & (Q(first_day__lte=day) | Q(last_day__gte=day))
    return straight | wrapped


def falls_on(row: OpeningHours, day: int) -> bool:
    """Whether a shop opens on a weekday by a row of its hours."""
    if row.first_day <= row.last_day:
        return row.first_day <= day <= row.last_day
    return day >= row.first_day or day <= row.last_day


def _openings(hours: list[OpeningHours], today: date) -> Iterator[Opening]:
    """Every stretch that begins from yesterday on."""
    for ahead in range(-1, DAYS_LOOKED_AHEAD):
        day = today + ahead * A_DAY
        for row in hours:
            if falls_on(row, day.weekday()):
                closing_day = day if row.closes > row.opens else day + A_DAY
                yield Opening(_at(day, row.opens), _at(closing_day, row.closes))


def _at(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))


def _merged(openings: Iterable[Opening]) -> list[Opening]:
    merged: list[Opening] = []
    for each in openings:
        if merged and each.opens <= merged[-1].closes:
            last = merged.pop()
            each = Opening(last.opens, max(last.closes, each.closes))
        merged.append(each)
    return merged
