"""Months are their first day."""

from datetime import date

import pytest

from core.calendar import first_of_month, months_before, months_between, next_month


def test_a_day_belongs_to_the_month_it_lies_in() -> None:
    assert first_of_month(date(2026, 2, 28)) == date(2026, 2, 1)


@pytest.mark.parametrize(
    ("month", "following"),
    [(date(2026, 11, 1), date(2026, 12, 1)), (date(2026, 12, 1), date(2027, 1, 1))],
)
def test_the_year_turns_after_december(month: date, following: date) -> None:
    assert next_month(month) == following


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 11, 30), date(2026, 11, 1), 0),
        (date(2025, 12, 31), date(2026, 1, 1), 1),
        (date(2026, 3, 1), date(2025, 3, 1), -12),
    ],
)
def test_months_are_counted_by_name_and_not_by_days(first: date, last: date, months: int) -> None:
    assert months_between(first, last) == months


@pytest.mark.parametrize(
    ("count", "first"), [(0, date(2026, 3, 1)), (3, date(2025, 12, 1)), (11, date(2025, 4, 1))]
)
def test_months_before_reach_over_the_turn_of_a_year(count: int, first: date) -> None:
    assert months_before(date(2026, 3, 1), count) == first
