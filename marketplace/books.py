"""The books: in which month a purchase counts, and the locks under which months are closed.

A purchase counts in its *book month*: the month of its day while that is open, else the first open
one. Months close in order (`marketplace.closing`).
"""

from datetime import date

from django.conf import settings

from core import locks
from core.calendar import first_of_month, next_month
from core.sql import Rows, Sql, send
from marketplace.models import BookMonth

BOOKS_LOCK = 7_320_000
"""Advisory locks of months are this number plus the months since year 0."""


def book_month(day: date) -> date:
    """The month of `day` while it is open, else the first open month; held open to the commit.

    Takes the month's advisory lock shared; closing takes it exclusively, so no row is booked in a
    month that is being closed.
    """
    _, closed = send(*holding_open(first_of_month(day)))
    return held_open(day, closed)


def holding_open(month: date) -> tuple[Sql, Sql]:
    """Statements to send in this order: hold the month open, and read which one was closed last."""
    hold = Sql("SELECT pg_advisory_xact_lock_shared(%s)", (month_lock(month),))
    return hold, Sql("SELECT max(month) FROM marketplace_bookmonth")


def held_open(day: date, closed: Rows) -> date:
    """The book month of `day`, its own month held open when `closed` was read; held itself."""
    month = first_of_month(day)  # open, unless the day is long past
    while True:
        last = closed[0][0]
        if last is None or month > last:  # still open now that the lock is held
            return month
        month = next_month(last)
        _, closed = send(*holding_open(month))


def month_lock(month: date) -> int:
    """The key of a month's advisory lock."""
    return BOOKS_LOCK + month.year * 12 + month.month


def lock_month(month: date) -> None:
    """Hold the month alone until the commit: to close it."""
    locks.wait_alone(month_lock(month))


def next_closing() -> tuple[date, date] | None:
    """The first open month and the day from which on it may be closed; None before the first one
    was closed."""
    last = last_closed()
    if last is None:
        return None
    month = next_month(last)
    return month, closes_on(month)


def closes_on(month: date) -> date:
    """The day from which on a month may be closed: it has ended, and some days have passed."""
    return next_month(month).replace(day=settings.CLOSING_DAY)


def last_closed() -> date | None:
    """The newest month that takes no more rows."""
    return BookMonth.objects.order_by("-month").values_list("month", flat=True).first()
