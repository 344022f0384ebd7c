"""Figures over the API: released ones for anyone, the rollups for the auditor, each look logged."""

import json
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.response import Response
from rest_framework.test import APIClient

from core.models import AuditEntry
from marketplace import closing
from marketplace.models import Asn, Lens, Region, Umkm
from tests.marketplace.city import City
from tests.marketplace.factories import UserFactory
from tests.marketplace.months import (
    AUGUST,
    SEPTEMBER,
    after,
    draw_purchases,
    neighbours,
    shop,
    shops_in,
)

MID_AUGUST = date(2026, 8, 20)
CITY = "/api/v1/circulation"
AUDIT = "/api/v1/audit/circulation"
PURPOSE = "Pemeriksaan triwulan"
UNDECLARED = [
    {"day": "2026-08-20"},
    {"from": "2026-08-01", "to": "2026-08-19"},
    {"kelurahan": "35.73.01.1001"},
    {"rw": "3"},
    {"ring": "rt"},
    {"agency": "OPD-1"},
    {"shop": "35.73.01.1001"},
    {"month": "2026-08", "agency": "OPD-1"},
    {"lens": "agency"},
    {"lens": "money"},
    {"year": "2026", "quarter": "2026-Q3"},
    {"quarter": "2025-Q3"},
    {"month": "2026-08", "year": "2026"},
    {"month": "2026-09"},
    {"year": "2025"},
]
REFUSED_LOOKS = [
    {},
    {"purpose": " "},
    {"purpose": PURPOSE, "buyer": "1"},
    {"purpose": PURPOSE, "home": "35.73.99.9999"},
    {"purpose": PURPOSE, "home": "\x00"},
    {"purpose": PURPOSE, "ring": "9"},
    {"purpose": PURPOSE, "day": "kemarin"},
]


def place(code: str) -> str:
    return f"{CITY}/regions/{code}"


def get(address: str, client: APIClient | None = None, **query: str) -> Response:
    """As anybody, unless a client is given."""
    return (client or APIClient()).get(address, query)


def problem(response: Response) -> dict[str, Any]:
    assert response["Content-Type"].startswith("application/problem+json")
    said: dict[str, Any] = json.loads(response.content)
    return said


@pytest.fixture
def august(city: City) -> City:
    """Six people of kelurahan 0 and two of kelurahan 3 spent Rp10,000 each; August is closed."""
    shops = shops_in(city.kelurahan[0])
    shop(neighbours(city.kelurahan[0], 6), shops, day=MID_AUGUST)
    shop(neighbours(city.kelurahan[3], 6), shops, day=MID_AUGUST)
    shop(neighbours(city.kelurahan[4], 2), shops, day=MID_AUGUST)
    with after(AUGUST):
        closing.close_month(AUGUST)
    return city


@pytest.fixture
def auditor(db: None) -> APIClient:
    """Someone with the auditor's role and no other."""
    call_command("write_roles", verbosity=0)
    user = UserFactory()
    user.groups.add(Group.objects.get(name="auditor"))
    client = APIClient()
    client.force_authenticate(user)
    return client


# --- Everyone ------------------------------------------------------------------------------------


def test_anyone_reads_the_citys_last_released_month(august: City) -> None:
    response = get(CITY)

    assert response.json() == {
        "lens": "home",
        "month": {
            "place": {"code": august.city.code, "name": august.city.name},
            "first_month": "2026-08",
            "month": "2026-08",
            "amount": 140_000,
            "purchases": 10,
            "buyers": 10,
            "shops": 0,
            "whole": True,
            "places": sorted([*(each.code for each in august.kelurahan), "outside"]),
        },
        "quarter": None,
        "year": None,
        "stayed": None,
    }
    assert response["Cache-Control"] == "public, max-age=300"


def test_a_place_shows_its_own_sum_or_the_joint_one_with_its_places(august: City) -> None:
    own = get(place(august.kecamatan[1].code), month="2026-08").json()["month"]
    joint = get(place(august.kelurahan[4].code), month="2026-08").json()["month"]

    assert (own["amount"], own["whole"]) == (80_000, True)
    assert (joint["amount"], joint["whole"]) == (80_000, False)
    assert august.kelurahan[3].code in joint["places"]


def test_nothing_and_withheld_look_alike_to_a_byte(august: City) -> None:
    withheld, nobody = august.kelurahan[4], august.kelurahan[5]

    def text(asked: str, **query: str) -> str:
        return get(place(asked), **query).content.decode()

    for query in ({}, {"year": "2026"}):
        said = text(withheld.code, **query).replace(withheld.name, nobody.name)
        assert said.replace(f'"code":"{withheld.code}"', f'"code":"{nobody.code}"') == text(
            nobody.code, **query
        )


def test_a_year_says_in_how_many_of_its_months_the_place_stands_alone(august: City) -> None:
    with after(SEPTEMBER):
        shop(neighbours(august.kelurahan[3], 6), Umkm.objects.all(), day=date(2026, 9, 9))
        closing.close_month(SEPTEMBER)

    city = get(CITY, year="2026").json()
    kecamatan = get(place(august.kecamatan[1].code), year="2026").json()["year"]

    assert city["month"] is None
    year = city["year"]
    assert (year["amount"], year["months"], year["closed"]) == (200_000, 2, 2)
    assert (kecamatan["amount"], kecamatan["months"], kecamatan["closed"]) == (80_000, 1, 2)


@pytest.mark.parametrize("of_city", [True, False])
def test_what_is_not_declared_is_refused_with_what_is(august: City, of_city: bool) -> None:
    address = CITY if of_city else place(august.kelurahan[0].code)

    for query in UNDECLARED:
        response = get(address, **query)

        said = problem(response)
        assert (response.status_code, said["type"]) == (400, "/problems/figure-unknown"), query
        assert said["declared"] == {
            "filters": ["lens", "month", "quarter", "year"],
            "lens": ["home", "shop"],
            "parts": list(Lens.values),
            "month": ["2026-08"],
        }


def test_a_place_without_figures_has_no_address(august: City) -> None:
    Region.objects.get_or_create(code="35", defaults={"level": "province", "name": "Jawa Timur"})

    for code in ("35", "35.73.99.9999"):
        assert get(f"{CITY}/regions/{code}").status_code == 404


def test_a_month_that_is_none_is_told_as_such(august: City) -> None:
    for quarter in ["2026", "2026-Q5", "Q3", "2026-3"]:
        assert "quarter" in problem(get(CITY, quarter=quarter))["errors"]
    for month in ["2026", "2026-8", "2026-13", "2026-08-20", "kemarin", "\x00", "9" * 500]:
        response = get(CITY, month=month)

        assert response.status_code == 400, month
        assert "month" in problem(response)["errors"]


def test_a_place_that_is_none_is_not_found(august: City) -> None:
    for code in ["35.73.99.9999", "35", "%00", "outsider"]:
        assert problem(get(place(code)))["type"] == "/problems/not-found", code


def test_the_open_month_shows_nothing_of_itself(august: City) -> None:
    before = [get(CITY).content, get(place(august.kelurahan[0].code), year="2026").content]

    shop(neighbours(august.kelurahan[0], 9), Umkm.objects.all(), day=date(2026, 9, 9))

    assert [
        get(CITY).content,
        get(place(august.kelurahan[0].code), year="2026").content,
    ] == before


@pytest.mark.parametrize("query", [{}, {"year": "2026"}])
def test_a_figure_costs_the_same_however_much_lies_behind_it(
    august: City, query: dict[str, str]
) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert get(place(august.kelurahan[0].code), **query).status_code == 200
        return len(found)

    few = statements()
    shops = [*Umkm.objects.all(), *shops_in(august.kelurahan[3], 5)]
    draw_purchases(august.kelurahan, shops, month=SEPTEMBER, count=400, seed=1)
    with after(SEPTEMBER):
        closing.close_month(SEPTEMBER)

    assert statements() == few <= 8


# --- The auditor ---------------------------------------------------------------------------------


def test_the_auditor_reads_the_rollups_and_the_look_is_logged(
    auditor: APIClient, august: City
) -> None:
    home = august.kelurahan[4].code

    response = get(AUDIT, auditor, home=home, day="2026-08-20", purpose=PURPOSE)

    assert response.json() == {"amount": 20_000, "purchases": 2}
    assert response["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="circulation.read")
    assert entry.purpose == PURPOSE
    assert entry.detail == {"home": home, "day": "2026-08-20"}


def test_each_filter_of_the_auditor_narrows_the_sum(auditor: APIClient, august: City) -> None:
    def amount(**query: str) -> int:
        return int(get(AUDIT, auditor, purpose=PURPOSE, **query).json()["amount"])

    assert amount() == 140_000
    assert amount(month="2026-08") == amount(shop=august.kelurahan[0].code) == 140_000
    assert amount(month="2026-07") == amount(shop=august.kelurahan[1].code) == 0
    assert (amount(ring="city"), amount(ring="outside")) == (80_000, 0)
    assert amount(home=august.kelurahan[0].code) == 60_000


def test_the_auditor_says_why_and_asks_for_what_there_is(auditor: APIClient, city: City) -> None:
    for query in REFUSED_LOOKS:
        assert get(AUDIT, auditor, **query).status_code == 400, query
    assert not AuditEntry.objects.filter(action="circulation.read").exists()


def test_nobody_else_reads_the_rollups(asn: Asn) -> None:
    client = APIClient()
    client.force_authenticate(asn.user)

    assert get(AUDIT, purpose=PURPOSE).status_code == 401
    assert get(AUDIT, client, purpose=PURPOSE).status_code == 403
    assert not AuditEntry.objects.filter(action="circulation.read").exists()
