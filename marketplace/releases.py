"""The books: which month a purchase or a void counts in."""

from datetime import date

from django.db import connection

from core.calendar import first_of_month, next_month
from marketplace.models import BookMonth

BOOKS_LOCK = 7_320_000
"""Advisory locks of months are this number plus the months since year 0."""


def book_month(day: date) -> date:
    """The month of `day` while it is open, else the first open month; held open to the commit.

    Takes the month's advisory lock shared; closing takes it exclusively, so no row is booked in a
    month that is being closed.
    """
    month = _first_open(day)
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [month_lock(month)])
        after = _first_open(day)
        if after == month:  # still open now that the lock is held
            return month
        month = after


def month_lock(month: date) -> int:
    """The key of a month's advisory lock."""
    return BOOKS_LOCK + month.year * 12 + month.month


def _first_open(day: date) -> date:
    month = first_of_month(day)
    last = BookMonth.objects.order_by("-month").values_list("month", flat=True).first()
    return month if last is None or month > last else next_month(last)
