"""Figures over the API: released ones for everyone, the rollups for the auditor only."""

from datetime import date

import pytest
from django.contrib.auth.models import Permission
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from core.models import AuditEntry
from marketplace import closing
from marketplace.models import Asn, Umkm
from marketplace.purchases import void_purchase
from tests.marketplace.city import City
from tests.marketplace.factories import PurchaseFactory, UserFactory
from tests.marketplace.months import AUGUST, after, neighbours, shop, shops_in

CITY = "/api/v1/circulation"
REGIONS = "/api/v1/circulation/regions"
AUDIT = "/api/v1/audit/circulation"

pytestmark = pytest.mark.django_db


@pytest.fixture
def released(city: City) -> City:
    """August: six people of kelurahan 0 and two of kelurahan 1, Rp10,000 each; closed."""
    shops = shops_in(city.kelurahan[0])
    shop(neighbours(city.kelurahan[0], 6), shops, day=date(2026, 8, 14))
    shop(neighbours(city.kelurahan[1], 2), shops, day=date(2026, 8, 14))
    with after(AUGUST):
        closing.close_month(AUGUST)
    return city


@pytest.fixture
def auditor(db: None) -> APIClient:
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="view_circulationcell"))
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_everyone_reads_the_citys_last_closed_month(released: City) -> None:
    answer = APIClient().get(CITY)

    month = answer.json()["month"]
    assert answer.status_code == 200
    assert (month["month"], month["amount"], month["buyers"]) == ("2026-08", 80_000, 5)
    assert answer["Cache-Control"] == "public, max-age=300"


def test_a_year_says_how_many_of_its_months_are_in_it(released: City) -> None:
    year = APIClient().get(CITY, {"year": 2026}).json()["year"]

    assert (year["amount"], year["months"], year["closed"]) == (80_000, 1, 1)


def test_a_place_that_is_not_safe_answers_with_its_joint_sum(released: City) -> None:
    code = released.kelurahan[1].code

    month = (
        APIClient().get(f"{REGIONS}/{code}", {"month": "2026-08", "lens": "home"}).json()["month"]
    )

    assert month["whole"] is False
    assert month["amount"] == 80_000
    assert released.kelurahan[0].code in month["places"]


def test_a_place_of_nobody_and_a_withheld_one_answer_alike(released: City) -> None:
    def answer(number: int) -> dict[str, object]:
        found = APIClient().get(f"{REGIONS}/{released.kelurahan[number].code}").json()["month"]
        return {**found, "place": None}

    assert answer(1) == answer(2)


@pytest.mark.parametrize(
    "query",
    [
        {"ring": "rt"},
        {"from": "2026-08-01", "to": "2026-08-14"},
        {"day": "2026-08-14"},
        {"lens": "shop"},
        {"month": "2026-09"},
        {"month": "2026-08", "home": "35.73.01.1001"},
        {"year": "2031"},
    ],
)
def test_what_is_not_declared_is_refused_and_the_declared_is_listed(
    released: City, query: dict[str, str]
) -> None:
    for address in (CITY, f"{REGIONS}/{released.kelurahan[0].code}"):
        answer = APIClient().get(address, query)

        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"] == "/problems/figure-unknown"
        assert answer.json()["declared"] == {
            "filters": ["lens", "month", "year"],
            "lens": ["home"],
            "month": ["2026-08"],
        }


@pytest.mark.parametrize(
    "query",
    [{"month": "2026"}, {"month": "2026-13"}, {"year": "x"}, {"month": "2026-08", "year": "2026"}],
)
def test_what_is_badly_written_is_refused(released: City, query: dict[str, str]) -> None:
    answer = APIClient().get(CITY, query)

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/invalid"


@pytest.mark.parametrize("code", ["35.73.99", "35-73", "%00", "x" * 500])
def test_an_unknown_place_is_refused(released: City, code: str) -> None:
    answer = APIClient().get(f"{REGIONS}/{code}")

    assert answer.status_code == 400
    assert answer.json()["type"] == "/problems/figure-unknown"


def test_before_the_first_month_is_closed_there_is_no_figure(city: City) -> None:
    answer = APIClient().get(CITY)

    assert answer.status_code == 400
    assert answer.json()["declared"]["month"] == []


def test_a_figure_costs_the_same_reads_for_any_place(
    released: City, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for code in (released.city.code, released.kecamatan[0].code, released.kelurahan[1].code):
        with django_assert_num_queries(6):
            APIClient().get(f"{REGIONS}/{code}")


def test_the_auditors_sum_moves_by_exactly_the_purchase_and_back_while_the_public_stands(
    released: City, auditor: APIClient, asn: Asn, warung: Umkm
) -> None:
    public = [APIClient().get(f"{REGIONS}/{place.code}").content for place in released.kelurahan]
    asked = {"home": released.kelurahan[0].code, "shop": warung.region_id, "purpose": "Uji"}

    def sum_now(**more: str) -> int:
        return int(auditor.get(AUDIT, {**asked, **more}).json()["amount"])

    before = sum_now()
    purchase = PurchaseFactory(asn=asn, umkm=warung, amount=27_500)
    day = purchase.day
    assert sum_now() - before == 27_500
    assert sum_now(day=f"{day}") == sum_now(month=f"{day:%Y-%m}", ring="rt") == 27_500
    assert sum_now(day=f"{day}", ring="city") == 0
    void_purchase(asn=asn, purchase=purchase, reason="Salah ketik")
    assert sum_now() == before

    now = [APIClient().get(f"{REGIONS}/{place.code}").content for place in released.kelurahan]
    assert now == public


def test_each_look_of_the_auditor_is_logged_with_its_purpose(
    city: City, auditor: APIClient
) -> None:
    code = city.kelurahan[0].code

    answer = auditor.get(AUDIT, {"home": code, "month": "2026-08", "purpose": "Pemeriksaan"})

    look = AuditEntry.objects.get(action="circulation.read")
    assert answer["Cache-Control"] == "no-store"
    assert look.purpose == "Pemeriksaan"
    assert look.detail == {"home": code, "month": "2026-08-01"}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"purpose": " "},
        {"purpose": "Uji", "buyer": "1"},
        {"purpose": "Uji", "home": "35.73.99.9999"},
        {"purpose": "Uji", "shop": "\x00"},
        {"purpose": "Uji", "ring": "near"},
        {"purpose": "Uji", "day": "yesterday"},
    ],
)
def test_a_look_that_is_not_declared_is_refused_and_not_logged(
    city: City, auditor: APIClient, query: dict[str, str]
) -> None:
    answer = auditor.get(AUDIT, query)

    assert answer.status_code == 400
    assert not AuditEntry.objects.filter(action="circulation.read").exists()


def test_nobody_but_the_auditor_reads_the_rollups(asn: Asn) -> None:
    client = APIClient()
    assert client.get(AUDIT).status_code == 401
    client.force_authenticate(asn.user)
    assert client.get(AUDIT).status_code == 403
