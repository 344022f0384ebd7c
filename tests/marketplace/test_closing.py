"""Closing a month: in order, after its end, once, and resumed where it stopped."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from marketplace import booked, closing, releases, tasks
from marketplace.errors import MonthNotClosable
from marketplace.models import Block, BookMonth, Lens, Purchase, Release, Umkm
from marketplace.purchases import void_purchase
from marketplace.registry import merge_umkm, propose_umkm
from tests.marketplace.city import City
from tests.marketplace.factories import PurchaseFactory, UmkmFactory
from tests.marketplace.months import (
    AUGUST,
    OCTOBER,
    SEPTEMBER,
    after,
    draw_purchases,
    neighbours,
    on,
    shop,
    shops_in,
)

MID_AUGUST, MID_SEPTEMBER = date(2026, 8, 14), date(2026, 9, 14)


@pytest.fixture
def lively(city: City) -> City:
    """August: five neighbours of the first kelurahan, each once, at shops of three owners."""
    shop(neighbours(city.kelurahan[0]), shops_in(city.kelurahan[0]), day=MID_AUGUST)
    return city


def close(month: date) -> Release | None:
    with after(month):
        return closing.close_month(month)


def blocks_of(month: date) -> list[set[str]]:
    return [
        set(block.keys)
        for block in Block.objects.filter(release__month=month, release__lens=Lens.HOME)
    ]


def test_a_month_is_closed_and_released_once(lively: City) -> None:
    first = close(AUGUST)
    second = close(AUGUST)

    assert first == second
    assert first is not None
    assert (first.buyers, first.shops) == (5, 3)
    assert BookMonth.objects.get().state == BookMonth.State.RELEASED
    assert Release.objects.filter(lens=Lens.HOME).count() == 1


def test_no_month_closes_before_it_ends_or_out_of_order(lively: City) -> None:
    with on(date(2026, 8, 31)), pytest.raises(MonthNotClosable):
        closing.close_month(AUGUST)
    with on(date(2026, 11, 5)), pytest.raises(MonthNotClosable):
        closing.close_month(SEPTEMBER)
    assert not BookMonth.objects.exists()

    close(AUGUST)
    with on(date(2026, 12, 5)), pytest.raises(MonthNotClosable):
        closing.close_month(OCTOBER)


def test_no_month_closes_while_the_one_before_is_being_computed(lively: City) -> None:
    BookMonth.objects.create(month=AUGUST)

    with after(SEPTEMBER), pytest.raises(MonthNotClosable):
        closing.close_month(SEPTEMBER)


def test_a_closing_that_stopped_half_way_is_finished(lively: City) -> None:
    BookMonth.objects.create(month=AUGUST)  # as the first step leaves it
    assert releases.latest_month() is None

    with after(AUGUST):
        tasks.close_due_months()

    assert releases.latest_month() == AUGUST


def test_the_task_waits_for_the_closing_day_and_repeats_nothing(lively: City) -> None:
    with on(date(2026, 9, 2)):
        tasks.close_due_months()
    assert not BookMonth.objects.exists()

    for _ in range(2):
        with on(date(2026, 9, 3)):
            tasks.close_due_months()
    assert BookMonth.objects.count() == Release.objects.filter(lens=Lens.HOME).count() == 1


def test_a_month_in_which_too_few_took_part_is_released_with_the_next(city: City) -> None:
    people, shops = neighbours(city.kelurahan[0]), shops_in(city.kelurahan[0])
    shop(people[:2], shops, day=MID_AUGUST)
    shop(people[2:], shops, day=MID_SEPTEMBER)

    assert close(AUGUST) is None
    assert releases.latest_month() is None
    release = close(SEPTEMBER)

    assert release is not None
    assert (release.first_month, release.month) == (AUGUST, SEPTEMBER)
    assert Block.objects.get(release=release).amount == 50_000
    states = set(BookMonth.objects.values_list("state", flat=True))
    assert states == {BookMonth.State.RELEASED}


def test_merged_shops_are_one_and_proposed_ones_of_a_kelurahan_too(city: City) -> None:
    people, shops = neighbours(city.kelurahan[0]), shops_in(city.kelurahan[0], 2)
    twin = UmkmFactory(region=city.kelurahan[0])
    shop(people, [*shops, twin], day=MID_AUGUST)
    assert len(preview(AUGUST) or []) == 1
    merge_umkm(umkm=twin, into=shops[0])

    assert preview(AUGUST) is None

    proposed = [propose_umkm(name=name, region=city.kelurahan[0]) for name in ("Baru", "Lain")]
    shop(people[:1], proposed[:1], day=MID_AUGUST)
    assert len(preview(AUGUST) or []) == 1
    assert closing.preview_month(AUGUST).blocks[0].owners == 3  # type: ignore[index]
    shop(people[1:2], proposed[1:], day=MID_AUGUST)
    assert closing.preview_month(AUGUST).blocks[0].owners == 3  # type: ignore[index]


def preview(month: date) -> list[object] | None:
    blocks = closing.preview_month(month).blocks
    return None if blocks is None else list(blocks)


def test_shops_of_one_owner_are_one(city: City) -> None:
    shops = shops_in(city.kelurahan[0])
    Umkm.objects.update(owner_key=shops[0].owner_key)
    shop(neighbours(city.kelurahan[0], 9), shops, day=MID_AUGUST)

    assert preview(AUGUST) is None


def test_a_void_counts_where_it_is_booked(lively: City) -> None:
    purchase = Purchase.objects.first()
    assert purchase is not None
    with on(date(2026, 8, 20)):
        void_purchase(asn=purchase.buyer.asn, purchase=purchase, reason="Salah ketik")

    assert preview(AUGUST) is None  # four people are left


def test_a_dry_run_writes_nothing_and_releases_the_same(lively: City) -> None:
    said = StringIO()
    call_command("close_month", "2026-08", "--dry-run", stdout=said)

    assert not BookMonth.objects.exists()
    assert not Release.objects.exists()
    planned = closing.preview_month(AUGUST).blocks or []
    close(AUGUST)
    assert [set(block.keys) for block in planned] == blocks_of(AUGUST)
    assert "Rp50.000" in said.getvalue()
    assert "1 blocks" in said.getvalue()
    assert "home: 0 shown alone, 7 together with others" in said.getvalue()
    assert "ring: 1 shown alone" not in said.getvalue()
    call_command("close_month", "2026-08", "--dry-run", stdout=said)
    assert "never changes again" in said.getvalue()


def test_the_command_closes_and_says_so(lively: City) -> None:
    said = StringIO()

    with after(AUGUST):
        call_command("close_month", "--all-due", stdout=said)
        with pytest.raises(CommandError):
            call_command("close_month", "2026-10")
        with pytest.raises(CommandError):
            call_command("close_month")

    assert said.getvalue() == "2026-08 released\n"


@pytest.mark.parametrize("seed", range(3))
def test_released_blocks_part_the_city_and_add_up_to_the_booked_ledger(
    city: City, seed: int
) -> None:
    places = [*city.kelurahan, city.outside]
    draw_purchases(places, shops_in(city.kelurahan[0], 8), month=AUGUST, count=200, seed=seed)

    close(AUGUST)

    codes = [code for block in blocks_of(AUGUST) for code in block]
    assert sorted(codes) == sorted(place.code for place in places)
    spent = sum(Purchase.objects.values_list("amount", flat=True))
    blocks = Block.objects.filter(release__lens=Lens.HOME)
    assert sum(blocks.values_list("amount", flat=True)) == spent


def test_closing_costs_the_same_statements_however_much_was_bought(
    city: City, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    shops = shops_in(city.kelurahan[0], 8)
    draw_purchases(city.kelurahan, shops, month=AUGUST, count=50, seed=1)
    draw_purchases(city.kelurahan, shops, month=SEPTEMBER, count=500, seed=2)

    for month in (AUGUST, SEPTEMBER):
        with django_assert_max_num_queries(60):
            close(month)


def test_the_database_refuses_every_change_of_what_is_released(lively: City) -> None:
    release = close(AUGUST)
    assert release is not None

    for statement in (
        "UPDATE marketplace_release SET digest = ''",
        "DELETE FROM marketplace_release",
        "UPDATE marketplace_block SET amount = 0",
        "DELETE FROM marketplace_block",
        "UPDATE marketplace_bookmonth SET state = 'closed'",
        "UPDATE marketplace_bookmonth SET month = '2026-07-01'",
        "DELETE FROM marketplace_bookmonth",
        "INSERT INTO marketplace_block (release_id, keys, amount, purchases, buyers, shops)"
        f" VALUES ({release.pk}, '{{outside}}', 1, 1, 1, 1)",
        "INSERT INTO marketplace_release"
        " (lens, month, first_month, digest, buyers, shops, created_at)"
        " VALUES ('shop', '2026-08-01', '2026-08-01', '', 1, 1, now())",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_digest_stands_for_the_rows(lively: City) -> None:
    first = close(AUGUST)
    assert first is not None
    with on(MID_SEPTEMBER):
        neighbour = Purchase.objects.earliest("pk").buyer.asn
        PurchaseFactory(asn=neighbour, umkm=Umkm.objects.earliest("pk"), day=MID_AUGUST)
    rows = booked.rows([AUGUST], as_of=first.created_at)

    assert booked.digest(rows) == first.digest
