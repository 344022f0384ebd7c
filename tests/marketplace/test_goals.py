"""Goals that people fill together: from public figures alone, and never owed by anyone."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from rest_framework.test import APIClient

from marketplace import closing, goals, releases, tasks
from marketplace.goals import Progress, State
from marketplace.models import Agency, CollectiveGoal, Lens, Region
from tests.marketplace.city import City
from tests.marketplace.factories import UserFactory
from tests.marketplace.months import (
    AUGUST,
    OCTOBER,
    SEPTEMBER,
    after,
    neighbours,
    on,
    shop,
    shops_in,
)

MILLION = 1_000_000
MID_AUGUST, MID_SEPTEMBER = date(2026, 8, 14), date(2026, 9, 14)


def make_goal(region: Region | None = None, **facts: Any) -> CollectiveGoal:
    """Rp10 million from August to October, of the city unless a place is named."""
    said = {"name": "Bersama", "amount": 10 * MILLION, "first_month": AUGUST, "last_month": OCTOBER}
    return CollectiveGoal.objects.create(region=region, **{**said, **facts})


def close(month: date) -> None:
    with after(month):
        closing.close_month(month)


def seen(goal: CollectiveGoal, day: date) -> Progress:
    with on(day):
        [found] = [each for each in goals.shown() if each.goal == goal]
    return found


@pytest.fixture
def august(city: City) -> City:
    """Six people of kelurahan 0 spent Rp6 million, six of 3 and two of 4 together Rp8 million."""
    shops = shops_in(city.kelurahan[0])
    for number, count in ((0, 6), (3, 6), (4, 2)):
        shop(neighbours(city.kelurahan[number], count), shops, day=MID_AUGUST, amount=MILLION)
    close(AUGUST)
    return city


def test_a_places_goal_moves_when_a_month_is_closed_and_not_before(august: City) -> None:
    goal = make_goal(august.kecamatan[1])
    before = seen(goal, date(2026, 9, 5))
    shops = shops_in(august.kelurahan[0])
    for number, count in ((0, 6), (3, 7)):
        people = neighbours(august.kelurahan[number], count)
        shop(people, shops, day=MID_SEPTEMBER, amount=MILLION)
    with on(date(2026, 9, 15)):
        tasks.step_counter()

    meanwhile = seen(goal, date(2026, 9, 16))
    close(SEPTEMBER)
    then = seen(goal, date(2026, 10, 5))

    assert (before.amount, before.percent, before.months) == (8 * MILLION, 80, 1)
    assert meanwhile == before
    assert (then.amount, then.percent, then.months) == (15 * MILLION, 150, 2)
    assert then.filled
    assert not then.at_least
    assert then.state == State.RUNNING


def test_a_month_shown_together_with_neighbours_is_not_counted_and_said_so(august: City) -> None:
    found = seen(make_goal(august.kelurahan[4]), date(2026, 9, 5))

    assert (found.amount, found.months, found.released) == (0, 0, 1)
    assert found.at_least


def test_the_citys_goal_moves_at_night_too(august: City) -> None:
    goal = make_goal(amount=100 * MILLION)
    shop(
        neighbours(august.kelurahan[0], 6),
        shops_in(august.kelurahan[0]),
        day=MID_SEPTEMBER,
        amount=1_300_000,
    )
    assert seen(goal, date(2026, 9, 14)).amount == 14 * MILLION

    with on(date(2026, 9, 15)):
        tasks.step_counter()

    found = seen(goal, date(2026, 9, 15))
    assert (found.amount, found.percent, found.at_least) == (21 * MILLION, 21, True)
    close(SEPTEMBER)
    assert seen(goal, date(2026, 10, 5)).amount == 21_800_000


def test_an_agencys_goal_is_filled_by_its_lens_and_is_a_rough_one(city: City) -> None:
    agencies = [
        Agency.objects.create(code=code, abbreviation=code, name=f"Dinas {code}", kind="dinas")
        for code in ("A", "B")
    ]
    people = neighbours(city.kelurahan[0], 14)
    for number, asn in enumerate(people):
        asn.postings.update(agency=agencies[number >= 6])
    shop(people, shops_in(city.kelurahan[0]), day=MID_AUGUST, amount=1_234_567)
    goal = make_goal(agency=agencies[1])
    before = seen(goal, date(2026, 9, 1))
    close(AUGUST)

    found = seen(goal, date(2026, 9, 5))
    [public] = [part for part in releases.parts(Lens.AGENCY, AUGUST).parts if "B" in part.keys]

    assert (before.amount, before.told) == (0, False)
    assert public.keys == ("B",)
    assert (found.amount, found.months, found.rough) == (public.amount, 1, True)
    assert found.amount == pytest.approx(8 * 1_234_567, abs=200_000)
    assert (found.who.code, found.who.level) == ("B", "agency")
    with on(date(2026, 9, 5)):
        assert goals.shown(city.city) == []
        assert goals.of_the_city_now() is None


def test_a_goal_has_ended_when_its_last_month_is_released(august: City) -> None:
    goal = make_goal(last_month=AUGUST, amount=100 * MILLION)
    coming = make_goal(first_month=OCTOBER)

    assert seen(coming, date(2026, 9, 5)).state == State.COMING
    assert seen(goal, date(2026, 9, 5)).state == State.ENDED
    with on(date(2026, 9, 5)):
        assert [each.state for each in goals.shown()] == [State.COMING, State.ENDED]
    with on(date(2027, 9, 5)):
        assert [each.goal for each in goals.shown()] == [coming]


def test_each_place_shows_its_own_goals(august: City) -> None:
    own, other, whole = (
        make_goal(august.kelurahan[0]),
        make_goal(august.kelurahan[3]),
        make_goal(),
    )

    with on(date(2026, 9, 5)):
        assert [each.goal for each in goals.shown(august.kelurahan[0])] == [own]
        assert [each.goal for each in goals.shown(august.city)] == [whole]
        assert {each.goal for each in goals.shown()} == {own, other, whole}
        now = goals.of_the_city_now()
        assert now is not None
        assert now.goal == whole


@pytest.mark.parametrize(
    "wrong",
    [
        {"first_month": date(2026, 8, 2)},
        {"last_month": date(2026, 7, 1)},
        {"amount": 0},
        {"amount": 10**14 + 1},
    ],
)
def test_the_database_holds_whole_months_and_a_sum(city: City, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_goal(**wrong)


def test_the_api_says_what_is_reached_and_refuses_filters(august: City) -> None:
    make_goal(august.kecamatan[1])

    with on(date(2026, 9, 5)):
        [said] = APIClient().get("/api/v1/goals").json()["results"]

    assert said["place"]["level"] == "kecamatan"
    assert {name: said[name] for name in ("reached", "amount", "percent", "at_least")} == {
        "reached": 8 * MILLION,
        "amount": 10 * MILLION,
        "percent": 80,
        "at_least": False,
    }
    assert APIClient().get("/api/v1/goals", {"day": "2026-08-14"}).status_code == 400


# --- The form ------------------------------------------------------------------------------------

ADD = "/admin/belanja-bersama/target/new/"
SAID = {
    "name": "Dinoyo bersama",
    "place": "",
    "amount": "Rp20.000.000",
    "first_month": "2026-09",
    "last_month": "2026-12",
}


@pytest.fixture
def editor(city: City) -> Client:
    call_command("write_roles")
    user = UserFactory()
    user.groups.add(Group.objects.get(name="editor"))
    client = Client()
    client.force_login(user)
    return client


def test_an_editor_sets_a_goal_and_mends_it(editor: Client, city: City) -> None:
    place = city.kelurahan[0].code

    assert editor.post(ADD, {**SAID, "place": place}).status_code == 302

    goal = CollectiveGoal.objects.get()
    assert (goal.region_id, goal.amount) == (place, 20 * MILLION)
    assert (goal.first_month, goal.last_month) == (SEPTEMBER, date(2026, 12, 1))
    edit = f"/admin/belanja-bersama/target/edit/{goal.pk}/"
    assert 'value="2026-09"' in editor.get(edit).content.decode()
    agency = Agency.objects.create(code="A", abbreviation="A", name="Dinas A", kind="dinas")
    editor.post(edit, {**SAID, "place": "opd:A"})
    goal.refresh_from_db()
    assert (goal.region, goal.agency) == (None, agency)
    assert '<option value="opd:A" selected>' in editor.get(edit).content.decode()
    editor.post(edit, SAID)
    goal.refresh_from_db()
    assert (goal.region, goal.agency) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "dua juta"},
        {"amount": "999.999"},
        {"amount": "100.000.000.000.001"},
        {"first_month": "2026-13"},
        {"first_month": "September"},
        {"last_month": "2026-08"},
        {"last_month": "2226-08"},
        {"last_month": "2029-09"},
        {"place": "35.73"},
        {"place": "outside"},
        {"place": "opd:X"},
        {"name": ""},
    ],
)
def test_bad_input_is_told_beside_its_field(editor: Client, wrong: dict[str, str]) -> None:
    answer = editor.post(ADD, {**SAID, **wrong})

    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() & wrong.keys()
    assert not CollectiveGoal.objects.exists()
