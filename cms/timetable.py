"""A shop's opening hours in the reader's words: whether it is open, and its week."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from cms.hours import A_DAY, OpenState, falls_on, state_at
from cms.models.umkm_details import OpeningHours


@dataclass(frozen=True)
class OpenSign:
    """What hangs in the door: whether it is open, and until when or from when again."""

    is_open: bool
    words: str


@dataclass(frozen=True)
class DayOfWeek:
    """One day of a shop's week; no times: it is closed."""

    name: str
    times: list[str]
    is_today: bool


def open_sign(hours: Iterable[OpeningHours], *, at: datetime) -> OpenSign | None:
    """The sign in the door at a moment; None where no hours are known."""
    state = state_at(hours, at)
    return OpenSign(state.is_open, _words(state, at)) if state else None


def week(hours: Iterable[OpeningHours], *, at: datetime) -> list[DayOfWeek]:
    """From Monday to Sunday, when a shop is open; empty where no hours are known."""
    rows = sorted(hours, key=lambda row: row.opens)
    today = timezone.localdate(at)
    monday = today - today.weekday() * A_DAY
    days = [monday + ahead * A_DAY for ahead in range(7)] if rows else []
    return [_day(day, rows, is_today=day == today) for day in days]


def _words(state: OpenState, at: datetime) -> str:
    if state.around_the_clock:
        return _("Open around the clock")
    if state.until:
        return _("Open now, until %(time)s") % {"time": _clock(state.until.time())}
    if state.again is None:
        return _("Closed now")
    return _opens_again(state.again, today=timezone.localdate(at))


def _opens_again(again: datetime, *, today: date) -> str:
    clock = _clock(again.time())
    if again.date() == today:
        return _("Closed now, opens at %(time)s") % {"time": clock}
    if again.date() == today + timedelta(days=1):
        return _("Closed now, opens tomorrow at %(time)s") % {"time": clock}
    day = formats.date_format(again, "l")
    return _("Closed now, opens on %(day)s at %(time)s") % {"day": day, "time": clock}


def _day(day: date, rows: list[OpeningHours], *, is_today: bool) -> DayOfWeek:
    times = [_span(row) for row in rows if falls_on(row, day.weekday())]
    return DayOfWeek(formats.date_format(day, "l"), times, is_today)


def _span(row: OpeningHours) -> str:
    if row.opens == row.closes:
        return _("around the clock")
    return f"{_clock(row.opens)}–{_clock(row.closes)}"


def _clock(moment: time) -> str:
    """As the city writes it, 08.00; in English 08:00."""
    return formats.time_format(moment, _("H:i"))
