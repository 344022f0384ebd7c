"""The local multiplier: a range from enough answers, once, and no shop's answer is read back."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from marketplace import multiplier
from marketplace.errors import AnswerNotValid, SurveyClosed
from marketplace.models import LocalSurvey, SurveyAnswer, Umkm
from marketplace.multiplier import Answer, Share, share
from tests.marketplace.city import City
from tests.marketplace.factories import UserFactory
from tests.marketplace.months import shops_in
from tests.marketplace.test_goals import editor as editor

DAY = date(2026, 8, 14)
LIST = "/admin/survei-umkm/"


@pytest.fixture
def clerk(city: City) -> User:
    found: User = UserFactory()
    return found


@pytest.fixture
def shops(city: City) -> list[Umkm]:
    return shops_in(city.kelurahan[0], 12)


@pytest.fixture
def survey(clerk: User) -> LocalSurvey:
    return multiplier.open_survey(2026, by=clerk)


def answers(shops: Sequence[Umkm], near: str = "50", again: str = "40") -> list[Answer]:
    return [
        Answer(umkm=each, near=share(near), again=share(again), answered_on=DAY) for each in shops
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("60", Share(60, 60)),
        (" 60% ", Share(60, 60)),
        ("50-70", Share(50, 70)),
        ("50 % – 70 %", Share(50, 70)),
        ("0-100", Share(0, 100)),
    ],
)
def test_a_share_is_a_percent_or_a_range(text: str, said: Share) -> None:
    assert share(text) == said


@pytest.mark.parametrize("text", ["", "70-50", "101", "-5", "separuh", "50,5", "5-200", "1" * 300])
def test_anything_else_is_no_share(text: str) -> None:
    with pytest.raises(AnswerNotValid):
        share(text)


def test_it_is_one_and_what_stays_near_and_what_stays_again(
    survey: LocalSurvey, shops: list[Umkm], clerk: User
) -> None:
    """New Economics Foundation: (100 + 50 + 20) / 100."""
    multiplier.enter_answers(survey, answers(shops), by=clerk)

    closed = multiplier.close_survey(survey, by=clerk)

    assert (closed.low, closed.high) == (Decimal("1.7"), Decimal("1.7"))
    assert multiplier.latest() == multiplier.Multiplier(2026, Decimal("1.7"), Decimal("1.7"), 10)


def test_the_range_holds_the_middle_half_and_opens_with_the_answers_own_ranges(
    survey: LocalSurvey, shops: list[Umkm], clerk: User
) -> None:
    multiplier.enter_answers(survey, answers(shops[:3], "0-10", "0"), by=clerk)
    multiplier.enter_answers(survey, answers(shops[3:9], "50-60", "40-50"), by=clerk)
    multiplier.enter_answers(survey, answers(shops[9:], "90-100", "100"), by=clerk)

    closed = multiplier.close_survey(survey, by=clerk)

    assert closed.low == Decimal("1.5")  # of 1.525: between 1.0 and 1.7, nearer to this
    assert closed.high == Decimal("2.2")  # of 2.175


def test_with_fewer_than_ten_answers_there_is_no_result(
    survey: LocalSurvey, shops: list[Umkm], clerk: User
) -> None:
    multiplier.enter_answers(survey, answers(shops[:9]), by=clerk)

    closed = multiplier.close_survey(survey, by=clerk)

    assert (closed.answers_counted, closed.low) == (9, None)
    assert multiplier.latest() is None


def test_nothing_shows_before_it_is_closed_and_nothing_moves_after(
    survey: LocalSurvey, shops: list[Umkm], clerk: User
) -> None:
    multiplier.enter_answers(survey, answers(shops), by=clerk)
    assert multiplier.latest() is None
    multiplier.close_survey(survey, by=clerk)
    before = multiplier.latest()

    for act in (
        lambda: multiplier.enter_answers(survey, answers(shops[:1], "0", "0"), by=clerk),
        lambda: multiplier.drop_answer(survey, survey.answers.earliest("pk").pk, by=clerk),
        lambda: multiplier.close_survey(survey, by=clerk),
    ):
        with pytest.raises(SurveyClosed):
            act()
    with pytest.raises(DatabaseError), transaction.atomic():
        LocalSurvey.objects.update(low=Decimal("3.0"))
    with pytest.raises(DatabaseError), transaction.atomic():
        SurveyAnswer.objects.update(near_low=0)
    assert multiplier.latest() == before


def test_a_shop_that_answers_again_has_one_answer(
    survey: LocalSurvey, shops: list[Umkm], clerk: User
) -> None:
    for near in ("10", "20"):
        multiplier.enter_answers(survey, answers(shops[:1], near), by=clerk)

    assert [each.near_low for each in survey.answers.all()] == [20]
    assert multiplier.open_survey(2026, by=clerk) == survey
    wrong = SurveyAnswer.objects.get()
    wrong.near_high = 19
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong.save()


def test_a_year_after_closing_only_the_result_is_left(
    survey: LocalSurvey, shops: list[Umkm], clerk: User
) -> None:
    multiplier.enter_answers(survey, answers(shops), by=clerk)
    LocalSurvey.objects.update(
        closed_at=timezone.now() - timedelta(days=366), answers_counted=12, low="1.7", high="1.7"
    )

    assert multiplier.forget_answers() == 12
    assert not SurveyAnswer.objects.exists()
    assert multiplier.latest() is not None


def test_the_api_says_the_range_and_that_it_is_estimated(
    survey: LocalSurvey, shops: list[Umkm], clerk: User
) -> None:
    address = "/api/v1/circulation/multiplier"
    nothing = {"year": None, "low": None, "high": None, "answers": None, "evidence": "estimated"}
    assert APIClient().get(address).json() == nothing
    multiplier.enter_answers(survey, answers(shops), by=clerk)
    multiplier.close_survey(survey, by=clerk)

    said = {"year": 2026, "low": 1.7, "high": 1.7, "answers": 10, "evidence": "estimated"}
    assert APIClient().get(address).json() == said
    assert APIClient().get(address, {"umkm": "1"}).status_code == 400


# --- The admin -----------------------------------------------------------------------------------


def test_an_editor_walks_through_a_survey(editor: Client, shops: list[Umkm]) -> None:
    assert editor.post(LIST, {"year": "2026"})["Location"] == f"{LIST}2026/"
    page = f"{LIST}2026/"
    first = {"umkm": shops[0].pk, "near": "61", "again": "31-47", "answered_on": "2026-08-14"}
    assert editor.post(page, first).status_code == 302
    assert editor.post(page, {**first, "near": "banyak"}).status_code == 422
    assert editor.post(page, {**first, "answered_on": "2126-08-14"}).status_code == 422

    lines = editor.get(f"{LIST}templat.csv").content.decode("utf-8-sig").splitlines()
    filled = "\n".join([lines[0], *(line.removesuffix(";;;") + ";50;40;" for line in lines[1:])])
    bad = filled.replace(";50;40;", ";500;40;", 1)
    for content, status, count in ((bad, 422, 1), ("", 422, 1), ("a;b", 422, 1), (filled, 302, 12)):
        file = SimpleUploadedFile("jawaban.csv", content.encode())
        assert editor.post(page, {"act": "file", "file": file}).status_code == status
        assert SurveyAnswer.objects.count() == count

    seen = editor.get(page).content.decode()
    assert shops[0].name in seen
    assert not re.search(r"\b61\b", re.sub(r"<[^>]+>", " ", seen.split("<main")[1]))
    editor.post(page, {"act": "drop", "answer": SurveyAnswer.objects.earliest("pk").pk})
    editor.post(page, {"act": "close"})
    assert LocalSurvey.objects.get().closed_at is None
    editor.post(page, {"act": "close", "sure": "1"})
    assert LocalSurvey.objects.get().answers_counted == 11
    assert "1,7" in editor.get(page).content.decode()
    assert editor.get(f"{LIST}2027/").status_code == 404
