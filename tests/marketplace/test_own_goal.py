"""A goal of one's own: chosen, changed, dropped, and told to nobody else."""

from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from marketplace import consents, own_goal
from marketplace.models import Asn, OwnGoal, Umkm
from marketplace.participation import GoalReached, Period, participation
from tests.marketplace.factories import AsnFactory, PurchaseFactory

pytestmark = pytest.mark.django_db

ME = "/api/v1/me"
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())):
        yield


@pytest.fixture
def app(asn: Asn) -> APIClient:
    app = APIClient()
    app.force_authenticate(asn.user)
    return app


@pytest.mark.parametrize(
    ("period", "reached"),
    [
        (Period.MONTH, GoalReached(300_000, 300_000, 50)),
        (Period.WEEK, GoalReached(300_000, 69_000, 217)),
    ],
)
def test_progress_is_that_of_the_period_asked_for(
    asn: Asn, warung: Umkm, period: Period, reached: GoalReached
) -> None:
    own_goal.set_goal(asn, amount=300_000)
    PurchaseFactory(asn=asn, umkm=warung, amount=150_000)

    assert participation(asn, period=period, today=TODAY).goal == reached


def test_an_app_chooses_changes_and_drops_it(app: APIClient, asn: Asn) -> None:
    assert app.get(f"{ME}/participation").json()["goal"] is None

    for amount in (200_000, 250_000, 250_000):
        answer = app.put(f"{ME}/goal", {"amount": amount}, format="json")
        assert (answer.status_code, answer.json()) == (200, {"amount": amount})
    assert app.get(f"{ME}/participation").json()["goal"]["monthly"] == 250_000
    assert app.get(f"{ME}/data").json()["goal"] == 250_000

    for _twice in range(2):
        assert app.delete(f"{ME}/goal").status_code == 204
    assert not OwnGoal.objects.exists()


@pytest.mark.parametrize("amount", [0, -1, 2_000_000_001, "300000", 3.5, True, None])
def test_what_is_no_amount_is_refused(app: APIClient, amount: Any) -> None:
    answer = app.put(f"{ME}/goal", {"amount": amount}, format="json")

    assert answer.status_code == 400
    assert not OwnGoal.objects.exists()


def test_the_database_takes_no_other_amount_either(asn: Asn) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        OwnGoal.objects.create(asn=asn, amount=0)


def test_nothing_is_noted_without_consent(app: APIClient, asn: Asn) -> None:
    consents.withdraw(asn)

    answer = app.put(f"{ME}/goal", {"amount": 100_000}, format="json")

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (
        403,
        "consent-missing",
    )


def test_nobody_else_reads_it(app: APIClient, asn: Asn) -> None:
    own_goal.set_goal(AsnFactory(), amount=777_000)

    assert app.get(f"{ME}/participation").json()["goal"] is None


def test_it_is_chosen_and_dropped_on_the_page(client: Client, asn: Asn) -> None:
    client.force_login(asn.user)

    wrong = client.post("/partisipasi/tujuan/", {"amount": "banyak"})
    assert wrong.status_code == 400
    assert "rupiah bulat" in wrong.content.decode()
    client.post("/partisipasi/tujuan/", {"amount": "Rp350.000"})
    assert OwnGoal.objects.get().amount == 350_000
    page = client.get("/partisipasi/")
    assert "350.000" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    client.post("/partisipasi/tujuan/", {"amount": "350.000", "drop": "1"})
    assert not OwnGoal.objects.exists()
