"""A shop that a search did not find is named without a purchase, and nobody is written down."""

import pytest
from django.core.cache import cache
from django.test import Client

from core.models import AuditEntry
from marketplace.models import Asn, Umkm
from tests.marketplace.city import City, small_city
from tests.marketplace.factories import AsnFactory, UmkmFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_counted_yet() -> None:
    cache.clear()


@pytest.fixture
def city(db: None) -> City:
    return small_city()


@pytest.fixture
def asn(city: City, client: Client) -> Asn:
    """An ASN who is signed in."""
    asn: Asn = AsnFactory(home__region=city.kelurahan[0])
    client.force_login(asn.user)
    return asn


def test_what_was_searched_for_is_filled_in_and_waits_for_an_editor(
    client: Client, asn: Asn, city: City
) -> None:
    place = city.kelurahan[1]
    form = client.get("/usulkan/", {"q": "Warung Sinom\0", "place": place.pk}).context["form"]
    assert form["name"].value() == "Warung Sinom"
    assert form["region"].value() == place.pk

    answer = client.post("/usulkan/", {"name": "Warung  Sinom", "region": place.pk})

    assert "Warung Sinom" in answer.content.decode()
    row = Umkm.objects.get()
    assert (row.name, row.region, row.status) == ("Warung Sinom", place, "pending")
    assert not AuditEntry.objects.filter(subject_type="marketplace.umkm").exists()


def test_a_shop_that_is_listed_already_is_said_so(client: Client, asn: Asn, city: City) -> None:
    UmkmFactory(name="Warung Sinom", region=city.kelurahan[0])

    answer = client.post("/usulkan/", {"name": "warung sinom", "region": city.kelurahan[0].pk})

    assert answer.context["umkm"].status == "listed"
    assert Umkm.objects.count() == 1


@pytest.mark.parametrize("name", ["Bu Sri 081234567890", "Soto RT 3", "12345", ""])
def test_a_name_that_holds_a_number_or_an_rt_is_refused(
    client: Client, asn: Asn, city: City, name: str
) -> None:
    answer = client.post("/usulkan/", {"name": name, "region": city.kelurahan[0].pk})

    assert answer.status_code == 400
    assert answer.context["form"].errors["name"]
    assert not Umkm.objects.exists()


def test_all_that_is_wrong_is_said_at_once(client: Client, asn: Asn) -> None:
    answer = client.post("/usulkan/", {"name": "Bu Sri 081234567890"})

    assert set(answer.context["form"].errors) == {"name", "region"}


def test_who_named_a_shop_can_record_there_right_away(client: Client, asn: Asn, city: City) -> None:
    answer = client.post("/usulkan/", {"name": "Warung Sinom", "region": city.kelurahan[0].pk})
    address = f"/belanja/catat/?umkm={Umkm.objects.get().public_id}"

    assert address in answer.content.decode()
    assert "Warung Sinom" in client.get(address).content.decode()


def test_many_at_once_are_stopped(
    client: Client, asn: Asn, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.throttling.ReportThrottle.rate", "1/hour", raising=False)
    answers = [
        client.post("/usulkan/", {"name": f"Kios {letter}", "region": city.kelurahan[0].pk})
        for letter in "AB"
    ]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert Umkm.objects.count() == 1


def test_strangers_sign_in_first_and_others_are_told_kindly(client: Client, city: City) -> None:
    assert "/masuk/" in client.get("/usulkan/?q=soto")["Location"]

    client.force_login(UserFactory())

    assert client.post("/usulkan/", {"name": "Kios"}).status_code == 403
