"""Where shops are missing: heads in fives, rounded down, and nobody told where fewer than five."""

from datetime import date, timedelta

import pytest

from marketplace.models import Asn, Umkm
from marketplace.recruiting import LITTLE, places_to_recruit
from tests.marketplace.city import City, small_city
from tests.marketplace.factories import AsnFactory, HomeFactory, UmkmFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 24)


@pytest.fixture
def city(db: None) -> City:
    return small_city()


def settle(city: City, *, kelurahan: int, heads: int) -> list[Asn]:
    return AsnFactory.create_batch(heads, home__region=city.kelurahan[kelurahan])


def told(city: City) -> list[tuple[int, int, int]]:
    """Number of the kelurahan in the small city, ASN living there, shops listed."""
    numbers = {region.pk: number for number, region in enumerate(city.kelurahan)}
    return [(numbers[place.pk], place.living, place.listed) for place in places_to_recruit(day=DAY)]


def test_heads_are_rounded_down_to_fives_and_under_five_nothing_is_told(city: City) -> None:
    for number, heads in enumerate([4, 5, 9, 10]):
        settle(city, kelurahan=number, heads=heads)

    assert told(city) == [(3, 10, 0), (1, 5, 0), (2, 5, 0)]


def test_where_nothing_is_listed_comes_first_and_where_enough_is_does_not_come(
    city: City,
) -> None:
    for number in range(3):
        settle(city, kelurahan=number, heads=5 * (number + 1))
    UmkmFactory.create_batch(LITTLE, region=city.kelurahan[2])
    UmkmFactory.create_batch(LITTLE + 1, region=city.kelurahan[1])
    UmkmFactory(region=city.kelurahan[0], status=Umkm.Status.PENDING, category=None)

    assert told(city) == [(0, 5, 0), (2, 15, LITTLE)]


def test_people_count_where_they_live_on_that_day(city: City) -> None:
    people = settle(city, kelurahan=0, heads=5)
    for asn in people:
        asn.homes.update(valid_from=DAY - timedelta(days=10))
        HomeFactory(asn=asn, region=city.kelurahan[1], valid_from=DAY - timedelta(days=1))
        HomeFactory(asn=asn, region=city.kelurahan[2], valid_from=DAY + timedelta(days=1))

    assert told(city) == [(1, 5, 0)]


def test_who_has_left_the_service_is_not_counted(city: City) -> None:
    leaver = settle(city, kelurahan=0, heads=5)[0]
    leaver.left_on = DAY - timedelta(days=1)
    leaver.save(update_fields=["left_on"])

    assert told(city) == []
