"""What an ASN sees of their own shopping."""

from datetime import date, datetime, time
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from marketplace.models import Asn, Purchase, Umkm
from marketplace.models.purchases import Ring
from marketplace.participation import BandPlace, Pace, Period, Spent, participation
from marketplace.purchases import void_purchase
from marketplace.registry import merge_umkm
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UmkmFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())):
        yield


def of(asn: Asn, period: Period = Period.MONTH):
    return participation(asn, period=period, today=TODAY)


def bought_on(day: date, **said: Any) -> Purchase:
    """Recorded on the day itself, however long ago that is."""
    noon = datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())
    with time_machine.travel(noon):
        return PurchaseFactory(day=day, **said)


def test_nothing_bought_is_an_answer_too(asn: Asn) -> None:
    found = of(asn)

    assert found.year == Spent(0, 0)
    assert len(found.periods) == 12
    assert {ring.share for ring in found.rings} == {0}


@pytest.mark.parametrize(
    ("period", "starts", "ends", "amount"),
    [
        (Period.DAY, date(2026, 11, 24), date(2026, 11, 24), 1_000),
        (Period.WEEK, date(2026, 11, 23), date(2026, 11, 29), 11_000),
        (Period.MONTH, date(2026, 11, 1), date(2026, 11, 30), 111_000),
    ],
)
def test_a_period_holds_the_days_bought_in_it(
    asn: Asn, warung: Umkm, period: Period, starts: date, ends: date, amount: int
) -> None:
    for day, spent in [(24, 1_000), (23, 10_000), (22, 100_000)]:
        PurchaseFactory(asn=asn, umkm=warung, amount=spent, day=date(2026, 11, day))

    current = of(asn, period).current

    assert (current.starts, current.ends, current.amount) == (starts, ends, amount)


def test_the_last_twelve_periods_end_with_the_present_one(asn: Asn, warung: Umkm) -> None:
    PurchaseFactory(asn=asn, umkm=warung, amount=7_000, day=date(2026, 10, 30))

    periods = of(asn).periods

    assert periods[0].starts == date(2025, 12, 1)
    assert [(one.starts, one.amount) for one in periods[-2:]] == [
        (date(2026, 10, 1), 7_000),
        (date(2026, 11, 1), 0),
    ]


def test_a_week_is_active_by_a_purchase_that_stands(asn: Asn, warung: Umkm) -> None:
    for day in [date(2026, 11, 23), date(2026, 11, 22), date(2026, 11, 16), date(2026, 10, 5)]:
        bought_on(day, asn=asn, umkm=warung)
    bought_on(date(2026, 10, 4), asn=asn, umkm=warung)  # in the ninth week
    taken_back = PurchaseFactory(asn=asn, umkm=warung, day=date(2026, 11, 2))
    void_purchase(asn=asn, purchase=taken_back, reason="Salah ketik")

    assert of(asn).active_weeks == 3


def test_the_year_goes_on_as_its_days_were_since_the_first_purchase(asn: Asn, warung: Umkm) -> None:
    PurchaseFactory(asn=asn, umkm=warung, amount=60_000, day=date(2026, 10, 26))
    PurchaseFactory(asn=asn, umkm=warung, amount=30_000, day=TODAY)

    # 90,000 in thirty days, and 37 days are to come
    assert of(asn).pace == Pace(since=date(2026, 10, 26), amount=201_000)


def test_nobodys_year_is_foretold_from_less_than_four_weeks(asn: Asn, warung: Umkm) -> None:
    bought_on(date(2026, 10, 29), asn=asn, umkm=warung)
    bought_on(date(2025, 10, 29), asn=asn, umkm=warung)

    assert of(asn).pace is None


def test_the_year_adds_up_by_ring(asn: Asn, warung: Umkm, city: City) -> None:
    far = UmkmFactory(region=city.outside)
    PurchaseFactory(asn=asn, umkm=warung, amount=75_000)
    PurchaseFactory(asn=asn, umkm=far, amount=25_000, day=date(2026, 11, 1))

    found = of(asn)

    shares = {ring.ring: ring.share for ring in found.rings if ring.amount}
    assert shares == {Ring.RT: 75, Ring.OUTSIDE: 25}
    assert found.year == Spent(100_000, 2)
    assert [ring.ring for ring in found.rings] == list(Ring)


def test_what_was_taken_back_does_not_count(asn: Asn, warung: Umkm) -> None:
    void_purchase(asn=asn, purchase=PurchaseFactory(asn=asn, umkm=warung), reason="Salah ketik")

    assert of(asn).year == Spent(0, 0)


def test_nobody_elses_purchases_count(asn: Asn, warung: Umkm, city: City) -> None:
    PurchaseFactory(asn=AsnFactory(home__region=city.kelurahan[0]), umkm=warung)

    assert of(asn).year == Spent(0, 0)


def test_merged_shops_are_one_shop(asn: Asn, warung: Umkm, city: City) -> None:
    twin = UmkmFactory(region=city.kelurahan[0])
    for shop in (warung, twin):
        PurchaseFactory(asn=asn, umkm=shop)
    assert of(asn).year_shops == 2

    merge_umkm(umkm=twin, into=warung)

    assert of(asn).year_shops == 1


@pytest.mark.parametrize(
    ("amount", "place"),
    [
        (299_999, BandPlace.STARTING),
        (300_000, BandPlace.WITHIN),
        (500_000, BandPlace.WITHIN),
        (500_001, BandPlace.BEYOND),
    ],
)
def test_the_band_is_reached_at_its_lower_edge(
    asn: Asn, warung: Umkm, amount: int, place: BandPlace
) -> None:
    PurchaseFactory(asn=asn, umkm=warung, amount=amount)

    assert of(asn).band.place == place


def test_the_band_of_a_day_and_a_week_is_a_share_of_the_months(asn: Asn) -> None:
    assert (of(asn, Period.WEEK).band.low, of(asn, Period.WEEK).band.high) == (69_000, 115_000)
    assert (of(asn, Period.DAY).band.low, of(asn, Period.DAY).band.high) == (10_000, 16_000)


def test_this_period_has_its_shops_and_its_nearness_beside_those_of_the_year(
    asn: Asn, warung: Umkm, city: City
) -> None:
    far = UmkmFactory(region=city.outside)
    PurchaseFactory(asn=asn, umkm=warung, amount=30_000)
    PurchaseFactory(asn=asn, umkm=far, amount=10_000, day=date(2026, 10, 30))

    found = of(asn)

    assert (found.current_shops, found.year_shops) == (1, 2)
    shares = {ring.ring: ring.share for ring in found.current_rings if ring.amount}
    assert shares == {Ring.RT: 100}
    assert sum(ring.amount for ring in found.rings) == 40_000


def test_a_week_that_began_last_year_is_whole_and_the_year_is_not(asn: Asn, warung: Umkm) -> None:
    with time_machine.travel(datetime(2027, 1, 1, 12, tzinfo=timezone.get_default_timezone())):
        for day, amount in [(date(2026, 12, 28), 20_000), (date(2027, 1, 1), 5_000)]:
            PurchaseFactory(asn=asn, umkm=warung, day=day, amount=amount)

        found = participation(asn, period=Period.WEEK, today=date(2027, 1, 1))

    assert found.current.amount == sum(ring.amount for ring in found.current_rings) == 25_000
    assert found.year == Spent(5_000, 1)
    assert found.current_shops == 1


def test_it_takes_five_queries_however_much_was_bought(
    asn: Asn, warung: Umkm, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(2):
        PurchaseFactory(asn=asn, umkm=warung)
        with django_assert_num_queries(5):
            of(asn)
