"""How many shopped at a shop: rough, from ten on, and only a closing moves it."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from core.calendar import months_before
from marketplace import closing, reach, releases
from marketplace.models import Asn, BookMonth, Purchase, Release, ShopReach, Umkm
from marketplace.purchases import void_purchase
from marketplace.registry import merge_umkm
from tests.marketplace.city import City
from tests.marketplace.factories import PurchaseFactory, UmkmFactory
from tests.marketplace.months import AUGUST, SEPTEMBER, after, neighbours, on, shop, shops_in

MID_AUGUST, MID_SEPTEMBER = date(2026, 8, 14), date(2026, 9, 14)


def close(month: date) -> Release | None:
    with after(month):
        return closing.close_month(month)


@pytest.fixture
def crowd(city: City) -> list[Asn]:
    """Twenty people of one kelurahan."""
    return neighbours(city.kelurahan[0], 20)


@pytest.fixture
def warung(city: City) -> Umkm:
    return UmkmFactory(region=city.kelurahan[0])


def visit(people: list[Asn], warung: Umkm, city: City, *, day: date) -> None:
    """So many buy at the shop; five more elsewhere, so that the month is safe as a whole."""
    shop(people, [warung], day=day)
    shop(neighbours(city.kelurahan[0]), shops_in(city.kelurahan[0]), day=day)


@pytest.mark.parametrize(
    ("buyers", "told"), [(0, None), (9, None), (10, 10), (14, 10), (15, 15), (19, 15)]
)
def test_it_is_told_from_ten_on_and_rounded_down(
    city: City, crowd: list[Asn], warung: Umkm, buyers: int, told: int | None
) -> None:
    visit(crowd[:buyers], warung, city, day=MID_AUGUST)

    close(AUGUST)

    assert releases.shop_reach(warung) == told


def test_nothing_is_told_before_the_first_release(
    city: City, crowd: list[Asn], warung: Umkm
) -> None:
    visit(crowd, warung, city, day=MID_AUGUST)

    assert releases.shop_reach(warung) is None


def test_who_buys_often_is_one_and_who_took_all_back_is_none(
    city: City, crowd: list[Asn], warung: Umkm
) -> None:
    for _ in range(2):
        visit(crowd[:10], warung, city, day=MID_AUGUST)
    with on(MID_AUGUST):
        for purchase in Purchase.objects.filter(buyer=crowd[0].buyer):
            void_purchase(asn=crowd[0], purchase=purchase, reason="Salah ketik")

    close(AUGUST)

    assert releases.shop_reach(warung) is None


def test_what_happens_in_the_open_month_changes_nothing(
    city: City, crowd: list[Asn], warung: Umkm
) -> None:
    visit(crowd[:14], warung, city, day=MID_AUGUST)
    close(AUGUST)

    shop(crowd[14:], [warung], day=MID_SEPTEMBER)
    with on(MID_SEPTEMBER):
        for asn in crowd[:10]:
            purchase = Purchase.objects.get(buyer=asn.buyer)
            void_purchase(asn=asn, purchase=purchase, reason="Salah ketik")

    assert releases.shop_reach(warung) == 10


def test_one_more_closing_moves_it(city: City, crowd: list[Asn], warung: Umkm) -> None:
    visit(crowd[:14], warung, city, day=MID_AUGUST)
    close(AUGUST)
    visit(crowd[14:], warung, city, day=MID_SEPTEMBER)
    assert releases.shop_reach(warung) == 10

    close(SEPTEMBER)

    assert releases.shop_reach(warung) == 20


def test_a_month_that_waits_for_the_next_moves_nothing(
    city: City, crowd: list[Asn], warung: Umkm
) -> None:
    shop(crowd, [warung], day=MID_AUGUST)  # one owner only: unsafe

    assert close(AUGUST) is None
    assert releases.shop_reach(warung) is None

    visit([], warung, city, day=MID_SEPTEMBER)
    close(SEPTEMBER)
    assert releases.shop_reach(warung) == 20


def test_only_the_last_twelve_months_count(city: City, crowd: list[Asn], warung: Umkm) -> None:
    with on(MID_AUGUST):
        bought = [PurchaseFactory(asn=asn, umkm=warung, day=MID_AUGUST) for asn in crowd[:10]]
    assert len(bought) == 10

    assert [found.buyers for found in reach.reached_by(date(2027, 7, 1))] == [10]
    assert list(reach.reached_by(date(2027, 8, 1))) == []
    assert months_before(date(2027, 7, 1), 11) == AUGUST


def test_merged_shops_are_one(city: City, crowd: list[Asn], warung: Umkm) -> None:
    twin = UmkmFactory(region=city.kelurahan[0])
    visit(crowd[:8], warung, city, day=MID_AUGUST)
    shop(crowd[6:14], [twin], day=MID_AUGUST)
    merge_umkm(umkm=twin, into=warung)
    twin.refresh_from_db()

    close(AUGUST)

    assert releases.shop_reach(warung) == releases.shop_reach(twin) == 10
    assert [row.umkm for row in ShopReach.objects.all()] == [warung]


def test_a_merge_after_the_closing_moves_nothing(
    city: City, crowd: list[Asn], warung: Umkm
) -> None:
    twin = UmkmFactory(region=city.kelurahan[0])
    visit(crowd[:10], warung, city, day=MID_AUGUST)
    shop(crowd[10:], [twin], day=MID_AUGUST)
    close(AUGUST)

    merge_umkm(umkm=twin, into=warung)

    twin.refresh_from_db()
    assert releases.shop_reach(warung) == releases.shop_reach(twin) == 10


def test_a_stricter_city_tells_later(
    city: City, crowd: list[Asn], warung: Umkm, settings: Settings
) -> None:
    settings.SMALLEST_GROUP = 16
    shop(crowd[:15], [warung], day=MID_AUGUST)

    assert list(reach.reached_by(AUGUST)) == []


def test_a_closing_that_stopped_half_way_tells_it_once(
    city: City, crowd: list[Asn], warung: Umkm
) -> None:
    visit(crowd, warung, city, day=MID_AUGUST)
    BookMonth.objects.create(month=AUGUST)  # as the first step leaves it

    assert releases.shop_reach(warung) is None
    for _ in range(2):
        close(AUGUST)

    assert ShopReach.objects.count() == 1
    assert releases.shop_reach(warung) == 20


def test_what_was_released_is_never_changed_added_to_or_exact(
    city: City, crowd: list[Asn], warung: Umkm
) -> None:
    visit(crowd, warung, city, day=MID_AUGUST)
    release = close(AUGUST)
    other = UmkmFactory()

    for change in (
        lambda: ShopReach.objects.update(buyers=15),
        lambda: ShopReach.objects.all().delete(),
        lambda: ShopReach.objects.create(release=release, umkm=other, buyers=10),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    open_release = _being_made()
    with pytest.raises(DatabaseError, match="rough"), transaction.atomic():
        ShopReach.objects.create(release=open_release, umkm=other, buyers=12)


def _being_made() -> Release:
    BookMonth.objects.create(month=SEPTEMBER)
    return Release.objects.create(
        lens="home", month=SEPTEMBER, first_month=SEPTEMBER, digest="", buyers=0, shops=0
    )
