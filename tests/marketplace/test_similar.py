"""A purchase that is like another one: said, never stopped."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from marketplace.models import Asn, Purchase, Umkm
from marketplace.purchases import similar_to, void_purchase
from marketplace.registry import merge_umkm
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UmkmFactory
from tests.marketplace.test_api_purchases import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def buy(asn: Asn, warung: Umkm) -> Callable[..., Purchase]:
    """A purchase of Rp25,000 at the warung today; a keyword makes it another one."""

    def buy(**changes: Any) -> Purchase:
        return PurchaseFactory(**({"asn": asn, "umkm": warung} | changes))

    return buy


def test_the_same_shop_amount_and_day_are_alike(asn: Asn, buy: Callable[..., Purchase]) -> None:
    first, second = buy(), buy(payment="qris", note="Lagi")

    assert similar_to(asn=asn, purchase=second) == [first]
    assert similar_to(asn=asn, purchase=first) == [second]


def test_another_shop_amount_day_or_person_is_not(
    asn: Asn, buy: Callable[..., Purchase], city: City
) -> None:
    purchase = buy()
    buy(amount=25_001)
    buy(day=timezone.localdate() - timedelta(days=1))
    buy(umkm=UmkmFactory(region=city.kelurahan[0]))
    buy(asn=AsnFactory(home__region=city.kelurahan[0]))

    assert similar_to(asn=asn, purchase=purchase) == []


def test_what_was_taken_back_is_like_nothing(asn: Asn, buy: Callable[..., Purchase]) -> None:
    first, second = buy(), buy()
    void_purchase(asn=asn, purchase=first, reason="Tercatat dua kali")
    first.refresh_from_db()

    assert similar_to(asn=asn, purchase=second) == []
    assert similar_to(asn=asn, purchase=first) == []


def test_merged_shops_are_one(asn: Asn, buy: Callable[..., Purchase], city: City) -> None:
    twin = UmkmFactory(region=city.kelurahan[1])
    first, second = buy(), buy(umkm=twin)
    merge_umkm(umkm=twin, into=first.umkm)

    for one, other in ((first, second), (second, first)):
        found = Purchase.objects.select_related("umkm__merged_into").get(pk=one.pk)
        assert similar_to(asn=asn, purchase=found) == [other]


def test_the_answer_of_recording_names_it_and_records_all_the_same(
    asn: Asn, warung: Umkm, buy: Callable[..., Purchase]
) -> None:
    first, client = buy(), client_of(asn)
    body = {"umkm": str(warung.public_id), "amount": first.amount}

    answer = client.post("/api/v1/purchases", body, format="json", headers={"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()["similar"]) == (201, [str(first.public_id)])
    assert Purchase.objects.standing().count() == 2
    there = client.get(f"/api/v1/purchases/{first.public_id}").json()
    assert there["similar"] == [answer.json()["id"]]


def test_its_page_shows_the_other_and_the_way_to_take_it_back(
    asn: Asn, buy: Callable[..., Purchase]
) -> None:
    first, second = buy(), buy()
    client = Client()
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    client.force_login(asn.user)

    page = client.get(f"/belanja/{second.public_id}/").content.decode()

    assert "Recorded twice?" in page
    assert f'href="/belanja/{first.public_id}/batal/"' in page
    void_purchase(asn=asn, purchase=first, reason="Tercatat dua kali")
    assert "Recorded twice?" not in client.get(f"/belanja/{second.public_id}/").content.decode()
