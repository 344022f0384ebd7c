"""One's own neighbourhood: what is released of it, and one's own part, live."""

from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from marketplace import closing
from marketplace.models import Asn, Purchase
from marketplace.neighbourhood import Neighbourhood, neighbourhood
from marketplace.purchases import void_purchase
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, PurchaseFactory, RegionFactory
from tests.marketplace.months import AUGUST, after, neighbours, on, shop, shops_in

MID_AUGUST, MID_SEPTEMBER = date(2026, 8, 14), date(2026, 9, 14)


@pytest.fixture
def asn(city: City) -> Asn:
    """One of ten neighbours of kelurahan 0 who spent Rp10,000 each in August; it is closed.

    Six of kelurahan 1 did so, too: they stand together with all who took no part.
    """
    people, shops = neighbours(city.kelurahan[0], 10), shops_in(city.kelurahan[0], 4)
    shop([*people, *neighbours(city.kelurahan[1], 6)], shops, day=MID_AUGUST)
    with after(AUGUST):
        closing.close_month(AUGUST)
    return people[0]


def seen(asn: Asn) -> Neighbourhood:
    found = neighbourhood(asn, today=MID_SEPTEMBER)
    assert found is not None
    return found


def test_the_years_money_stands_beside_ones_own_part(asn: Asn) -> None:
    around = seen(asn)

    assert around.place == asn.home_on(MID_SEPTEMBER).region  # type: ignore[union-attr]
    assert around.spent.amount == 100_000
    assert (around.own, around.share) == (10_000, 10)


def test_ones_own_part_moves_at_once_and_the_neighbourhood_at_closing(asn: Asn) -> None:
    with on(MID_SEPTEMBER):
        bought = PurchaseFactory(asn=asn, umkm=Purchase.objects.all()[0].umkm, day=MID_SEPTEMBER)

    around = seen(asn)

    assert around.own == 10_000 + bought.amount
    assert (around.spent.amount, around.share) == (100_000, 10)

    with on(MID_SEPTEMBER):
        void_purchase(asn=asn, purchase=bought, reason="Salah ketik")
    assert seen(asn).own == 10_000


def test_what_each_could_spend_is_a_calculation_over_residents_rounded_down(asn: Asn) -> None:
    AsnFactory.create_batch(3, home__region=asn.home_on(MID_AUGUST).region)  # type: ignore[union-attr]

    around = seen(asn)

    assert (around.residents, around.band_low, around.if_each) == (10, 300_000, 3_000_000)


def test_who_lives_where_nothing_is_told_sees_no_number_of_a_neighbour(
    asn: Asn, city: City
) -> None:
    stranger = AsnFactory(home__region=city.kelurahan[4])

    around = seen(stranger)

    assert (around.spent.amount, around.share, around.stayed) == (None, None, None)


def test_before_the_first_release_there_is_none(city: City) -> None:
    somebody = AsnFactory(home__region=city.kelurahan[0])

    assert neighbourhood(somebody, today=MID_AUGUST) is None
    client = APIClient()
    client.force_authenticate(somebody.user)
    said = client.get("/api/v1/me/neighbourhood")
    assert (said.json(), said["Cache-Control"]) == ({"neighbourhood": None}, "no-store")


def test_it_costs_the_same_however_much_was_bought(
    asn: Asn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(35):
        seen(asn)


def test_what_is_released_is_put_together_once_for_every_kelurahan(
    asn: Asn, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    elsewhere = AsnFactory(home__region=city.kelurahan[1])
    seen(asn)

    with django_assert_max_num_queries(5):
        around = seen(elsewhere)

    assert around.place == city.kelurahan[1]
    assert around.spent.amount is None


def test_of_a_kelurahan_that_came_since_there_is_nothing_and_that_is_looked_up_once(
    asn: Asn, city: City, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    new = RegionFactory(parent=city.kelurahan[0].parent)
    somebody = AsnFactory(home__region=new)
    assert neighbourhood(somebody, today=MID_SEPTEMBER) is None

    with django_assert_max_num_queries(3):
        assert neighbourhood(somebody, today=MID_SEPTEMBER) is None


def test_the_page_of_ones_part_shows_what_goes_round_at_home(asn: Asn, client: Client) -> None:
    client.force_login(asn.user)

    with on(MID_SEPTEMBER):
        said = client.get("/partisipasi/").content.decode()

    around = said[said.index('id="around"') :]
    assert "Rp100.000" in around
    assert "10% darinya" in around
    assert "bukan hasil ukur" in around
