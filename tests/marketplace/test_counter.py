"""The city's counter: each step and the rest at closing tell of no one, and it never falls."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection, transaction
from rest_framework.test import APIClient

from marketplace import books, closing, counter, releases, tasks
from marketplace.blocks import Ledger, Row
from marketplace.counter import END, START, Mark, Span
from marketplace.models import Asn, BookMonth, CounterStep, Purchase, Umkm
from marketplace.purchases import void_purchase
from tests.marketplace.city import City
from tests.marketplace.factories import PurchaseFactory
from tests.marketplace.months import (
    AUGUST,
    SEPTEMBER,
    after,
    draw_purchases,
    neighbours,
    on,
    shop,
    shops_in,
)

MID_AUGUST = date(2026, 8, 14)
MILLION = 1_000_000


@pytest.fixture
def people(city: City) -> list[Asn]:
    return neighbours(city.kelurahan[0], 6)


@pytest.fixture
def shops(city: City) -> list[Umkm]:
    return shops_in(city.kelurahan[0])


def night(day: date) -> CounterStep | None:
    """The nightly task, then what it wrote."""
    before = CounterStep.objects.count()
    with on(day):
        tasks.step_counter()
    return CounterStep.objects.last() if CounterStep.objects.count() > before else None


def shown(day: date) -> int | None:
    with on(day):
        live = releases.live_counter()
    return live.amount if live else None


def close(month: date) -> None:
    with after(month):
        closing.close_month(month)


def stands_for_no_one(rows: list[Row]) -> bool:
    return Ledger(rows, safety=releases.safety()).is_safe(frozenset([counter.EVERYWHERE]))


def test_the_counter_shows_the_open_months_money_in_whole_millions(
    people: list[Asn], shops: list[Umkm]
) -> None:
    shop(people, shops, day=MID_AUGUST, amount=300_000)

    taken = night(MID_AUGUST + timedelta(days=1))

    assert taken is not None
    assert taken.amount == MILLION  # of Rp1,800,000
    with on(date(2026, 8, 20)):
        assert releases.live_counter() == releases.Live(AUGUST, MILLION, date(2026, 8, 15))


def test_a_step_waits_until_what_it_adds_is_of_enough_people(
    people: list[Asn], shops: list[Umkm]
) -> None:
    shop(people, shops, day=MID_AUGUST, amount=300_000)
    night(MID_AUGUST)
    shop(people[:4], shops, day=MID_AUGUST, amount=900_000)

    assert night(date(2026, 8, 15)) is None
    assert shown(date(2026, 8, 15)) == MILLION

    shop(people[4:], shops, day=date(2026, 8, 15), amount=900_000)
    assert night(date(2026, 8, 16)) is not None
    assert shown(date(2026, 8, 16)) == 7 * MILLION


def test_run_twice_or_with_nothing_new_it_stays(people: list[Asn], shops: list[Umkm]) -> None:
    shop(people, shops, day=MID_AUGUST, amount=300_000)

    assert night(MID_AUGUST) is not None
    assert night(MID_AUGUST) is None
    assert night(date(2026, 8, 17)) is None


def test_in_the_last_five_days_of_a_month_it_stands_still(
    people: list[Asn], shops: list[Umkm]
) -> None:
    shop(people, shops, day=MID_AUGUST, amount=300_000)

    for day in (27, 28, 31):
        assert night(date(2026, 8, day)) is None
    assert night(date(2026, 8, 26)) is not None


def test_it_never_falls_when_purchases_are_taken_back(people: list[Asn], shops: list[Umkm]) -> None:
    shop(people, shops, day=MID_AUGUST, amount=2 * MILLION)
    night(MID_AUGUST)
    with on(date(2026, 8, 15)):
        for purchase in Purchase.objects.all():
            void_purchase(asn=purchase.buyer.asn, purchase=purchase, reason="Salah ketik")
    shop(people, shops, day=date(2026, 8, 15), amount=MILLION)

    taken = night(date(2026, 8, 16))

    assert taken is not None
    assert (taken.number, taken.amount) == (2, 12 * MILLION)


def test_a_month_of_which_nothing_is_left_shows_nothing(
    people: list[Asn], shops: list[Umkm]
) -> None:
    shop(people, shops, day=MID_AUGUST, amount=10_000)

    assert night(MID_AUGUST) is not None
    assert shown(MID_AUGUST) is None


def test_a_released_month_has_no_counter_and_the_next_begins_anew(
    people: list[Asn], shops: list[Umkm]
) -> None:
    shop(people, shops, day=MID_AUGUST, amount=MILLION)
    night(MID_AUGUST)
    shop(people, shops, day=date(2026, 8, 30), amount=MILLION)
    assert shown(date(2026, 9, 2)) == 6 * MILLION  # of August still, which is not released

    close(AUGUST)

    assert releases.released_months() == [AUGUST]
    assert shown(date(2026, 9, 3)) is None
    shop(people, shops, day=date(2026, 9, 4), amount=MILLION)
    assert night(date(2026, 9, 5)) is not None
    assert shown(date(2026, 9, 5)) == 6 * MILLION


def test_a_month_whose_rest_beyond_the_last_step_is_a_handful_waits_for_the_next(
    people: list[Asn], shops: list[Umkm]
) -> None:
    shop(people, shops, day=MID_AUGUST, amount=MILLION)
    night(MID_AUGUST)
    shop(people[:2], shops, day=date(2026, 8, 30), amount=MILLION)

    assert closing.preview_month(AUGUST).blocks is None
    close(AUGUST)
    assert BookMonth.objects.get().state == BookMonth.State.WITHHELD

    shop(people, shops, day=date(2026, 9, 14), amount=MILLION)
    close(SEPTEMBER)

    assert releases.released_months() == [SEPTEMBER]
    assert BookMonth.objects.filter(state=BookMonth.State.RELEASED).count() == 2


def test_a_rest_of_nothing_and_a_month_without_steps_hold_no_release_back(
    people: list[Asn], shops: list[Umkm]
) -> None:
    shop(people, shops, day=MID_AUGUST, amount=MILLION)
    assert counter.rest_is_safe([AUGUST])
    night(MID_AUGUST)
    assert counter.rest_is_safe([AUGUST])

    with on(date(2026, 8, 15)):
        undone = PurchaseFactory(asn=people[0], umkm=shops[0], amount=5_000, day=MID_AUGUST)
        assert not counter.rest_is_safe([AUGUST])
        void_purchase(asn=people[0], purchase=undone, reason="Salah ketik")
    assert counter.rest_is_safe([AUGUST])


def test_a_late_entry_counts_in_the_month_it_is_booked_in(
    people: list[Asn], shops: list[Umkm]
) -> None:
    shop(people, shops, day=MID_AUGUST, amount=MILLION)
    close(AUGUST)
    with on(date(2026, 9, 5)):
        for number, asn in enumerate(people):
            late = shops[number % len(shops)]
            PurchaseFactory(asn=asn, umkm=late, amount=MILLION, day=date(2026, 8, 30))

    taken = night(date(2026, 9, 6))

    assert taken is not None
    assert (taken.month, taken.amount) == (SEPTEMBER, 6 * MILLION)


@pytest.mark.parametrize("seed", range(2))
def test_every_step_of_a_month_and_its_rest_stood_for_no_one(city: City, seed: int) -> None:
    """The counter's part of the neighbour test: a purchase may move it, never alone."""
    shops = shops_in(city.kelurahan[0], 6)
    marks, amounts = [START], [0]
    for day in range(1, 32):
        draw_purchases(city.kelurahan, shops, month=AUGUST, count=6, seed=100 * seed + day)
        taken = night(date(2026, 8, day))
        if taken is not None:
            marks.append(Mark(taken.last_purchase, taken.last_void))
            amounts.append(taken.amount)

    spans = zip(marks, marks[1:], strict=False)
    steps = [counter._rows([Span(AUGUST, before, upto)]) for before, upto in spans]
    rest = counter._rows([Span(AUGUST, marks[-1], END)])

    assert len(steps) > 5
    assert all(map(stands_for_no_one, steps))
    assert amounts == sorted(amounts)
    assert amounts[-1] == sum(row.amount for rows in steps for row in rows) // MILLION * MILLION
    assert stands_for_no_one(rest)
    assert counter.rest_is_safe([AUGUST])


def test_one_that_dies_between_the_lock_and_the_row_has_taken_no_step(
    people: list[Asn], shops: list[Umkm]
) -> None:
    shop(people, shops, day=MID_AUGUST, amount=MILLION)

    with (
        patch.object(counter, "_write", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        night(MID_AUGUST)

    assert not CounterStep.objects.exists()
    assert night(date(2026, 8, 15)) is not None


def test_the_api_says_the_same_and_knows_no_place(people: list[Asn], shops: list[Umkm]) -> None:
    client, address = APIClient(), "/api/v1/circulation/live"
    shop(people, shops, day=MID_AUGUST, amount=300_000)
    assert client.get(address).json() == {"month": None, "amount": None, "day": None}

    night(MID_AUGUST)

    said = {"month": "2026-08", "amount": MILLION, "day": "2026-08-14"}
    assert client.get(address).json() == said
    refused = client.get(address, {"region": people[0].home_on(MID_AUGUST).region_id})
    assert (refused.status_code, refused.json()["declared"]) == (400, {"filters": []})


def test_of_two_at_once_with_different_marks_one_step_is_taken(
    people: list[Asn], shops: list[Umkm]
) -> None:
    """The second read one purchase more: its step from the first to there would tell of it."""
    shop(people, shops, day=MID_AUGUST, amount=MILLION)
    with on(MID_AUGUST):
        first, before = counter._read_mark(AUGUST), counter._last_step(AUGUST)
    shop(people[:1], shops, day=MID_AUGUST, amount=MILLION)
    taken = night(MID_AUGUST)

    assert first is not None
    assert taken is not None
    assert counter._write(AUGUST, before, first, amount=6 * MILLION) is None
    assert CounterStep.objects.get() == taken


def test_a_month_closed_meanwhile_is_counted_no_further(
    people: list[Asn], shops: list[Umkm]
) -> None:
    shop(people, shops, day=MID_AUGUST, amount=MILLION)
    with on(MID_AUGUST):
        mark = counter._read_mark(AUGUST)
    close(AUGUST)

    assert mark is not None
    assert counter._write(AUGUST, None, mark, amount=6 * MILLION) is None
    assert not CounterStep.objects.exists()


@pytest.mark.parametrize(
    ("month", "number", "amount", "purchase", "void"),
    [
        (SEPTEMBER, 2, 7 * MILLION, 9**9, 0),  # no first one
        (AUGUST, 3, 7 * MILLION, 9**9, 0),  # one left out
        (AUGUST, 2, 5 * MILLION, 9**9, 0),  # falls
        (AUGUST, 2, 7 * MILLION, 0, 0),  # reads back
        (AUGUST, 2, 7 * MILLION + 1, 9**9, 0),  # not rounded
        (AUGUST, 1, 7 * MILLION, 9**9, 0),  # again
        (date(2026, 9, 2), 1, MILLION, 9**9, 0),  # no month
        (date(2026, 7, 1), 1, MILLION, 9**9, 0),  # closed
    ],
)
def test_the_database_refuses_any_other_step(
    people: list[Asn],
    shops: list[Umkm],
    month: date,
    number: int,
    amount: int,
    purchase: int,
    void: int,
) -> None:
    BookMonth.objects.create(month=date(2026, 7, 1))
    shop(people, shops, day=MID_AUGUST, amount=MILLION)
    night(MID_AUGUST)
    step = CounterStep(
        month=month, number=number, amount=amount, last_purchase=purchase, last_void=void
    )

    with pytest.raises(DatabaseError), transaction.atomic():
        step.save()
    for statement in (
        "UPDATE marketplace_counterstep SET amount = 99000000",
        "DELETE FROM marketplace_counterstep",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_a_step_waits_for_the_recording_under_way_and_gives_up_for_tonight(city: City) -> None:
    """What is committed under the lock has every id up to the mark: none under way is passed by."""

    def elsewhere() -> Mark | None:
        try:
            return counter._read_mark(AUGUST)
        finally:
            connection.close()

    with (
        on(MID_AUGUST),
        patch.object(counter, "PATIENCE", "200ms"),
        ThreadPoolExecutor(1) as pool,
    ):
        with transaction.atomic():
            books.book_month(MID_AUGUST)
            assert pool.submit(elsewhere).result(10) is None
        assert pool.submit(elsewhere).result(10) == START
