"""When a shop is open: now, until when, and when again. All times are the city's.

The same rule twice, and a test that they agree: as seconds of a week, by which lists are filtered,
and as days with a date, for one page.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from cms.models.umkm_details import OpeningHours

A_DAY = timedelta(days=1)
DAYS_OF_A_WEEK = 7
SECONDS_OF_A_DAY = 86_400
SECONDS_OF_A_WEEK = DAYS_OF_A_WEEK * SECONDS_OF_A_DAY
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


def week_seconds(hours: Iterable[OpeningHours]) -> list[tuple[int, int]]:
    """When a shop is open, in stretches of seconds since Monday 00.00; they may meet or overlap.

    What goes on after Sunday is open on Monday.
    """
    stretches = []
    for row in hours:
        for day in range(DAYS_OF_A_WEEK):
            if falls_on(row, day):
                stretches += _within_week(day, row)
    return stretches


def second_of_week(moment: datetime) -> int:
    """How far the city's week has come at a moment, to compare with `week_seconds`."""
    here = timezone.localtime(moment)
    return here.weekday() * SECONDS_OF_A_DAY + _seconds(here.time())


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


def falls_on(row: OpeningHours, day: int) -> bool:
    """Whether a shop opens on a weekday by a row of its hours."""
    if row.first_day <= row.last_day:
        return row.first_day <= day <= row.last_day
    return day >= row.first_day or day <= row.last_day


def _within_week(day: int, row: OpeningHours) -> list[tuple[int, int]]:
    opens = day * SECONDS_OF_A_DAY + _seconds(row.opens)
    closing_day = day if row.closes > row.opens else day + 1
    closes = closing_day * SECONDS_OF_A_DAY + _seconds(row.closes)
    if closes <= SECONDS_OF_A_WEEK:
        return [(opens, closes)]
    return [(opens, SECONDS_OF_A_WEEK), (0, closes - SECONDS_OF_A_WEEK)]


def _seconds(at: time) -> int:
    return at.hour * 3_600 + at.minute * 60 + at.second


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
