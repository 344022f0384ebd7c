"""Places, kinds of shops and one's own participation, over the API."""

import json
from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from marketplace.models import Asn, Umkm
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, CategoryFactory, PurchaseFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_everyone_reads_the_whole_tree_of_the_city(
    city: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        places = APIClient().get("/api/v1/regions").json()["results"]

    codes = {place["code"]: place for place in places}
    assert len(codes) == 10
    assert codes["35.73.01.1001"]["parent"] == "35.73.01"
    assert codes["outside"]["level"] == "outside"


def test_categories_are_named_in_the_readers_language(db: None) -> None:
    CategoryFactory()

    def names(language: str) -> list[str]:
        answer = APIClient().get("/api/v1/categories", headers={"Accept-Language": language})
        return [category["name"] for category in answer.json()["results"]]

    assert names("id") == ["Kuliner"]
    assert names("en") == ["Ready-to-eat food"]


def test_participation_is_ones_own_exact_and_live(asn: Asn, warung: Umkm, city: City) -> None:
    client = APIClient()
    client.force_authenticate(asn.user)
    PurchaseFactory(asn=AsnFactory(home__region=city.kelurahan[0]), umkm=warung)

    before = client.get("/api/v1/me/participation").json()
    PurchaseFactory(asn=asn, umkm=warung, amount=27_000)
    after = client.get("/api/v1/me/participation")

    assert before["year"] == {"amount": 0, "purchases": 0}
    mine = after.json()
    assert mine["period"] == "month"
    assert mine["year"] == {"amount": 27_000, "purchases": 1}
    assert mine["current"]["amount"] == 27_000
    assert mine["band"]["place"] == "starting"
    assert mine["rings"][0] == {"ring": "rt", "amount": 27_000, "purchases": 1, "share": 100}
    assert len(mine["periods"]) == 12
    assert after["Cache-Control"] == "no-store"


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_a_period_is_chosen(asn: Asn, period: str) -> None:
    client = APIClient()
    client.force_authenticate(asn.user)

    mine = client.get("/api/v1/me/participation", {"period": period}).json()

    assert mine["period"] == period
    starts = [date.fromisoformat(one["starts"]) for one in mine["periods"]]
    assert starts == sorted(starts)


@pytest.mark.parametrize("query", [{"period": "year"}, {"from": "2020-01-01"}])
def test_what_cannot_be_asked_is_refused(asn: Asn, query: dict[str, str]) -> None:
    client = APIClient()
    client.force_authenticate(asn.user)

    response = client.get("/api/v1/me/participation", query)

    assert response.status_code == 400
    assert json.loads(response.content)["type"] == "/problems/invalid"


def test_participation_is_for_asn_who_signed_in(db: None) -> None:
    client = APIClient()
    assert client.get("/api/v1/me/participation").status_code == 401
    client.force_authenticate(UserFactory())
    assert client.get("/api/v1/me/participation").status_code == 403
