"""Opening hours in one cell: "Senin-Jumat 08.00-16.00; Sabtu 08.00-12.00".

As people write them: days one by one or from one to another, in full or short, with `:` or `.` in
the times, apart by a semicolon or a comma. What is read is kept as [first day, last day, opens,
closes], days counted as `date.weekday()` does.
"""

import re
from collections.abc import Iterator
from datetime import time
from typing import Any

from cms.imports.reasons import Reason
from cms.models import OpeningHours, UmkmPage
from core.refusals import Refused

Hours = list[list[Any]]

DAYS = ["senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu"]
OTHERWISE = {"jum'at": 4, "jum’at": 4, "ahad": 6}
NUMBER_OF = {
    **{day[:3]: number for number, day in enumerate(DAYS)},
    **{day: number for number, day in enumerate(DAYS)},
    **OTHERWISE,
}
EVERY_DAY = "setiap hari|tiap hari"
CLOSED = "tutup|libur"
AROUND_THE_CLOCK = "24 jam"
DAY = "|".join(sorted(NUMBER_OF, key=len, reverse=True))
SPAN = rf"(?:{DAY})(?:\s*-\s*(?:{DAY}))?"
TIME = r"\d{1,2}(?:[.:]\d{2})?"
STRETCH = rf"{TIME}\s*-\s*{TIME}"
GROUP = re.compile(
    rf"\s*(?P<days>{EVERY_DAY}|{SPAN}(?:\s*,\s*{SPAN})*)\s*:?\s*"
    rf"(?P<times>{CLOSED}|{AROUND_THE_CLOCK}|{STRETCH}(?:\s*,\s*{STRETCH})*)\s*(?:[;,]|$)"
)
WORDS = [
    (r"[–—]|\bs\.?/?d\.?(?=\s)|\bsampai\b", "-"),
    (r"\bdan\b|&", ","),
    (r"\b(wib|pukul|jam(?=\s*\d))\b", " "),
]


def read_hours(text: str) -> Hours:
    """What a cell says. Raises `Refused` where a part of it is not understood."""
    said = text.lower().strip()
    for pattern, plain in WORDS:
        said = re.sub(pattern, plain, said)
    hours: Hours = []
    place = 0
    while place < len(said):
        group = GROUP.match(said, place)
        if group is None:
            raise Refused(Reason.NO_HOURS)
        hours.extend(_of_group(group["days"], group["times"]))
        place = group.end()
    return hours


def said_hours(hours: Hours) -> str:
    """The cell that `read_hours` would read as these."""
    return "; ".join(_said(*row) for row in hours)


def hours_of(page: UmkmPage) -> Hours:
    """The hours of a page as they are read."""
    return [
        [row.first_day, row.last_day, f"{row.opens:%H:%M}", f"{row.closes:%H:%M}"]
        for row in page.hours.all()
    ]


def fill_hours(page: UmkmPage, hours: Hours) -> None:
    """Let a page be open at these hours."""
    page.hours = [
        OpeningHours(
            first_day=first,
            last_day=last,
            opens=time.fromisoformat(opens),
            closes=time.fromisoformat(closes),
        )
        for first, last, opens, closes in hours
    ]


def _of_group(days: str, times: str) -> Iterator[list[Any]]:
    if re.fullmatch(CLOSED, times):
        return
    for first, last in _spans(days):
        for opens, closes in _stretches(times):
            yield [first, last, opens, closes]


def _spans(days: str) -> Iterator[tuple[int, int]]:
    if re.fullmatch(EVERY_DAY, days):
        yield 0, 6
        return
    for span in days.split(","):
        named = [NUMBER_OF[day.strip()] for day in span.split("-")]
        yield named[0], named[-1]


def _stretches(times: str) -> Iterator[tuple[str, str]]:
    if times == AROUND_THE_CLOCK:
        yield "00:00", "00:00"
        return
    for stretch in times.split(","):
        opens, closes = stretch.split("-")
        yield _time(opens), _time(closes)


def _time(text: str) -> str:
    hour, _, minute = text.strip().replace(".", ":").partition(":")
    if int(hour) > 24 or int(minute or 0) > 59 or (int(hour) == 24 and int(minute or 0)):
        raise Refused(Reason.NO_HOURS)
    return f"{int(hour) % 24:02}:{minute or '00'}"


def _said(first: int, last: int, opens: str, closes: str) -> str:
    span = (first, last)
    days = DAYS[first] if first == last else f"{DAYS[first]}-{DAYS[last].title()}"
    if span == (0, 6):
        days = "setiap hari"
    times = AROUND_THE_CLOCK if opens == closes else f"{opens}-{closes}".replace(":", ".")
    return f"{days[:1].upper()}{days[1:]} {times}"
