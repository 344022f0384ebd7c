"""Campaign days: coming or today, on their weekdays, and nobody's duty."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from marketplace import campaigns
from marketplace.models import Asn, CampaignDay
from tests.marketplace.months import on
from tests.marketplace.test_goals import editor as editor

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY = date(2026, 8, 3), date(2026, 8, 4)
ADD = "/admin/belanja-bersama/hari/new/"
SAID = {
    "name": "Selasa Belanja Tetangga",
    "invitation": "Mampir ke warung sebelah, yuk.",
    "first_day": "2026-08-01",
    "last_day": "2026-10-31",
    "weekdays": ["2"],
}


def make_campaign(**facts: Any) -> CampaignDay:
    said = {
        "name": "Selasa Belanja Tetangga",
        "invitation": "Mampir ke warung sebelah, yuk.",
        "first_day": date(2026, 8, 1),
        "last_day": date(2026, 8, 31),
        "weekdays": [2],
    }
    return CampaignDay.objects.create(**{**said, **facts})


def days(today: date) -> list[tuple[date, bool]]:
    with on(today):
        return [(each.day, each.today) for each in campaigns.coming()]


def test_a_weekday_of_a_period_comes_again_until_the_period_is_over() -> None:
    make_campaign()

    assert days(MONDAY) == [(TUESDAY, False)]
    assert days(TUESDAY) == [(TUESDAY, True)]
    assert days(date(2026, 8, 5)) == [(date(2026, 8, 11), False)]
    assert days(date(2026, 8, 26)) == []


def test_without_weekdays_each_day_of_the_period_is_one() -> None:
    make_campaign(weekdays=[], first_day=TUESDAY, last_day=date(2026, 8, 5))

    assert days(MONDAY) == [(TUESDAY, False)]
    assert days(date(2026, 8, 5)) == [(date(2026, 8, 5), True)]
    assert days(date(2026, 8, 6)) == []
    assert days(date(2026, 7, 1)) == []  # more than a month ahead


def test_todays_are_named_first() -> None:
    make_campaign(name="Nanti")
    make_campaign(name="Hari ini", weekdays=[1])

    with on(MONDAY):
        assert [each.campaign.name for each in campaigns.coming()] == ["Hari ini", "Nanti"]


@pytest.mark.parametrize("wrong", [{"weekdays": [0]}, {"last_day": date(2026, 7, 31)}])
def test_the_database_holds_days_in_order_and_weekdays(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_campaign(**wrong)


def test_an_asn_sees_it_beside_their_own_and_the_api_says_it(asn: Asn, client: Client) -> None:
    make_campaign()
    client.force_login(asn.user)

    with on(TUESDAY):
        for page in ("/partisipasi/", "/belanja/"):
            assert "Selasa Belanja Tetangga" in client.get(page).content.decode()
        [said] = APIClient().get("/api/v1/campaigns").json()["results"]

    assert (said["day"], said["today"], said["weekdays"]) == ("2026-08-04", True, [2])
    assert APIClient().get("/api/v1/campaigns", {"day": "2026-08-04"}).status_code == 400


def test_an_editor_announces_one(editor: Client) -> None:
    assert editor.post(ADD, SAID).status_code == 302

    assert CampaignDay.objects.get().weekdays == [2]
    assert "Selasa" in editor.get("/admin/belanja-bersama/hari/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_day": "2026-07-31"},
        {"last_day": "2227-07-31"},
        {"last_day": "besok"},
        {"weekdays": ["8"]},
        {"weekdays": ["1"], "last_day": "2026-08-02"},
        {"invitation": ""},
    ],
)
def test_bad_days_are_told_beside_their_field(editor: Client, wrong: dict[str, Any]) -> None:
    answer = editor.post(ADD, {**SAID, **wrong})

    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() & wrong.keys()
    assert not CampaignDay.objects.exists()
