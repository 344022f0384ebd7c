"""Months as their first day. A calendar day is one in TIME_ZONE."""

from datetime import date, datetime, timedelta


def month_named(text: str) -> date:
    """The first day of a month written YYYY-MM; ValueError for anything else."""
    return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 (a month has no time zone)


def first_of_month(day: date) -> date:
    """The first day of the month that `day` lies in."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after `month`."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def last_day(month: date) -> date:
    """The last day of a month."""
    return next_month(month) - timedelta(days=1)


def previous_month(month: date) -> date:
    """The first day of the month before `month`."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def months_before(month: date, count: int) -> date:
    """The first day of the month so many months before `month`."""
    months = month.year * 12 + month.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def months_between(first: date, last: date) -> int:
    """How many months lie from `first`'s month to `last`'s: 0 within one, negative if earlier."""
    return (last.year - first.year) * 12 + last.month - first.month
