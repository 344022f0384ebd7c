"""How many take part: counted at closing, rounded, and per agency for who looks after people."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from rest_framework.test import APIClient

from marketplace import closing, releases
from marketplace.models import Agency, Asn, Posting
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UserFactory
from tests.marketplace.months import AUGUST, SEPTEMBER, after, on, shop, shops_in

MID_AUGUST, MID_SEPTEMBER = date(2026, 8, 14), date(2026, 9, 14)
CITY, AGENCIES = "/api/v1/turnout", "/api/v1/turnout/agencies"


def serving(agency: Agency, count: int, city: City, *, left_on: date | None = None) -> list[Asn]:
    found = [AsnFactory(home__region=city.kelurahan[0], left_on=left_on) for _ in range(count)]
    Posting.objects.filter(asn__in=found).delete()
    Posting.objects.bulk_create(
        Posting(asn=asn, agency=agency, valid_from=date(2026, 1, 1)) for asn in found
    )
    return found


def agency(code: str) -> Agency:
    return Agency.objects.create(code=code, abbreviation=code, name=code, kind="dinas")


@pytest.fixture
def august(city: City) -> City:
    """Of 20 in one agency 12 buy, 3 of them for Rp400,000; of 9 in another 2 buy; it is closed."""
    large, small = agency("SETDA"), agency("DISKOP")
    people, few = serving(large, 20, city), serving(small, 9, city)
    shops = shops_in(city.kelurahan[0], 4)
    shop(people[:3], shops, day=MID_AUGUST, amount=400_000)
    shop(people[3:12], shops, day=MID_AUGUST, amount=100_000)
    shop(few[:2], shops, day=MID_AUGUST, amount=100_000)
    close(AUGUST)
    return city


def close(month: date) -> None:
    with after(month):
        closing.close_month(month)


def test_the_city_says_how_many_of_how_many_took_part(august: City) -> None:
    city, *_agencies = releases.turnouts(AUGUST)

    assert (city.employed, city.buyers, city.rate) == (29, 10, 34)
    assert (city.reached, city.first_timers) == (0, 10)  # three who reached are no five
    assert city.quartiles is None  # of a hundred buyers at least
    assert city.year_buyers == 10
    assert city.closed_on == date(2026, 9, 3)


def test_an_agency_with_too_few_is_shown_with_another(august: City) -> None:
    _city, *agencies = releases.turnouts(AUGUST)

    [joint] = agencies
    assert {"SETDA", "DISKOP"} <= set(joint.agencies)
    assert (joint.employed, joint.buyers) == (29, 10)


def test_who_left_counts_for_the_days_they_served(city: City) -> None:
    people = serving(agency("SETDA"), 10, city)
    serving(agency("DISKOP"), 10, city, left_on=date(2026, 8, 15))
    shop(people, shops_in(city.kelurahan[0]), day=MID_AUGUST)
    close(AUGUST)

    found = releases.turnouts(AUGUST)[0]

    assert found.employed == 15  # ten, and ten for 15 days of 31


def test_a_month_stands_beside_the_one_before(august: City) -> None:
    shop(list(Asn.objects.order_by("pk")[:15]), shops_in(august.kelurahan[0]), day=MID_SEPTEMBER)
    close(SEPTEMBER)

    said = APIClient().get(CITY).json()

    assert said["now"]["month"] == "2026-09"
    assert said["month_before"]["buyers"] == 10
    assert said["year_before"] is None
    assert said["now"]["first_timers"] == 0  # three new ones are no five


def test_who_bought_first_late_counts_where_that_is_booked(august: City) -> None:
    """On a day of August, written down in September: in August they were not counted."""
    late = list(Asn.objects.filter(buyer__purchases=None).order_by("pk")[:7])
    shops = shops_in(august.kelurahan[0])
    with on(MID_SEPTEMBER):
        for number, asn in enumerate(late):
            PurchaseFactory(asn=asn, umkm=shops[number % 3], amount=10_000, day=MID_AUGUST)
    close(SEPTEMBER)

    found = releases.turnouts(SEPTEMBER)[0]

    assert (found.buyers, found.first_timers) == (5, 5)


def test_rates_of_agencies_are_for_who_looks_after_people(august: City) -> None:
    coordinator = UserFactory()
    coordinator.user_permissions.add(Permission.objects.get(codename="view_turnout"))
    client = APIClient()
    assert client.get(AGENCIES).status_code in (401, 403)
    client.force_authenticate(UserFactory())
    assert client.get(AGENCIES).status_code == 403
    client.force_authenticate(coordinator)

    [joint] = client.get(AGENCIES).json()["agencies"]

    assert joint["rate"] == 34
    assert not {"amount", "quartiles", "names"} & set(joint)


def test_nothing_and_everybody_are_no_rates() -> None:
    assert releases._rate(0, 400) is None
    assert releases._rate(5, 0) is None
    assert releases._rate(40, 40) == 95
