"""Recording while a month closes: two real connections, and no row lands in a closed month."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import TypeVar

import pytest
from django.db import connection, transaction

from marketplace import books, closing
from marketplace.models import BookMonth, Lens, Release
from tests.marketplace.city import City
from tests.marketplace.months import AUGUST, SEPTEMBER, after, draw_purchases, shops_in

pytestmark = pytest.mark.django_db(transaction=True)

Made = TypeVar("Made")
LAST_OF_AUGUST = date(2026, 8, 31)
A_MOMENT = 0.3


@pytest.fixture
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(4)


def elsewhere(pool: ThreadPoolExecutor, act: Callable[[], Made]) -> "Future[Made]":
    """Do it on another connection."""

    def run() -> Made:
        try:
            return act()
        finally:
            connection.close()

    return pool.submit(run)


def book_in_a_transaction() -> date:
    with transaction.atomic():
        return books.book_month(LAST_OF_AUGUST)


def waits(future: "Future[Made]") -> bool:
    time.sleep(A_MOMENT)
    return not future.done()


def test_closing_waits_for_the_recording_under_way(city: City, pool: ThreadPoolExecutor) -> None:
    with after(AUGUST):
        with transaction.atomic():
            month = books.book_month(LAST_OF_AUGUST)
            closed = elsewhere(pool, lambda: closing._mark_closed(AUGUST))

            assert month == AUGUST
            assert waits(closed)
            assert not BookMonth.objects.exists()
        closed.result(10)

    assert BookMonth.objects.get().month == AUGUST


def test_recording_that_waited_for_the_closing_is_booked_in_the_next_month(
    city: City, pool: ThreadPoolExecutor
) -> None:
    with transaction.atomic():
        books.lock_month(AUGUST)
        BookMonth.objects.create(month=AUGUST)  # not committed yet
        booked = elsewhere(pool, book_in_a_transaction)

        assert waits(booked)

    assert booked.result(10) == SEPTEMBER


def test_recordings_of_one_month_do_not_wait_for_each_other(
    city: City, pool: ThreadPoolExecutor
) -> None:
    with transaction.atomic():
        books.book_month(LAST_OF_AUGUST)

        assert elsewhere(pool, book_in_a_transaction).result(10) == AUGUST


def test_the_first_closing_waits_for_what_is_being_recorded_in_the_month_before(
    city: City, pool: ThreadPoolExecutor
) -> None:
    """Nothing is closed yet: a purchase of July under way may make July the first month."""
    with after(AUGUST):
        with transaction.atomic():
            books.book_month(date(2026, 7, 31))
            closed = elsewhere(pool, lambda: closing._mark_closed(AUGUST))

            assert waits(closed)
        closed.result(10)


def test_two_who_close_at_once_release_once(city: City, pool: ThreadPoolExecutor) -> None:
    shops = shops_in(city.kelurahan[0], 8)
    draw_purchases(city.kelurahan, shops, month=AUGUST, count=100, seed=3)

    with after(AUGUST):
        both = [elsewhere(pool, lambda: closing.close_month(AUGUST)) for _ in range(2)]
        found = {future.result(20) for future in both}

    assert found == {Release.objects.get(lens=Lens.HOME)}


def test_while_everyone_records_no_row_lands_in_a_month_after_it_closed(
    city: City, pool: ThreadPoolExecutor
) -> None:
    stop = threading.Event()

    def record_on_and_on() -> list[tuple[date, bool]]:
        """Each booking with whether its month was closed at the moment of its commit."""
        found = []
        while not stop.is_set():
            with transaction.atomic():
                month = books.book_month(LAST_OF_AUGUST)
                found.append((month, BookMonth.objects.filter(month=month).exists()))
        return found

    recording = [elsewhere(pool, record_on_and_on) for _ in range(3)]
    time.sleep(A_MOMENT)
    with after(AUGUST):
        closing._mark_closed(AUGUST)
    time.sleep(A_MOMENT)
    stop.set()
    booked = [one for future in recording for one in future.result(10)]

    assert {month for month, _closed in booked} == {AUGUST, SEPTEMBER}
    assert not [month for month, closed in booked if closed]
