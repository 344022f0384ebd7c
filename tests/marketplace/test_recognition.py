"""Thanks by name: only who asked, a name and weeks, in no small place, gone at a press."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from core.models import AuditEntry
from marketplace import closing, consent_texts, consents, erasure, personnel, recognition, releases
from marketplace.errors import ConsentMissing, ConsentTextChanged, NoListToBeNamedIn
from marketplace.models import Agency, Asn, Posting, Purchase, Recognition, Staff, Umkm
from marketplace.purchases import void_purchase
from tests.marketplace.city import City
from tests.marketplace.factories import AgencyFactory, AsnFactory, agree
from tests.marketplace.months import AUGUST, SEPTEMBER, after, on, shop, shops_in

pytestmark = pytest.mark.django_db

API = "/api/v1"
MID_AUGUST = date(2026, 8, 14)


@pytest.fixture
def agency(db: None) -> Agency:
    return AgencyFactory(name="Dinas Pertamanan")


@pytest.fixture
def staff(city: City, agency: Agency) -> list[Asn]:
    """Twenty-one colleagues: twenty who live in one kelurahan, the last in another."""
    homes = [city.kelurahan[0]] * 20 + [city.kelurahan[1]]
    return [
        AsnFactory(home__region=home, posting__agency=agency, name=f"Pegawai {number:02}")
        for number, home in enumerate(homes)
    ]


@pytest.fixture
def shops(city: City) -> list[Umkm]:
    return shops_in(city.kelurahan[0])


@pytest.fixture
def august(staff: list[Asn], shops: list[Umkm]) -> None:
    """Ten of them bought in one week of August, the first in another as well; it is closed."""
    shop(staff[:10], shops, day=MID_AUGUST)
    shop(staff[:1], shops, day=date(2026, 8, 3))
    with after(AUGUST):
        closing.close_month(AUGUST)


def name(asn: Asn, **where: bool) -> None:
    """As they agree themselves, in the days after August was closed."""
    digest = consent_texts.of_recognition().digest
    with after(AUGUST):
        recognition.agree(asn, digest=digest, **({"in_agency": True, "in_place": True} | where))


def named(reader: Asn, *, month: date = AUGUST) -> tuple[list[tuple[str, int]], ...]:
    """What a person reads: the list of their agency, and that of their kelurahan."""
    with after(month):
        return tuple(
            [(person.name, person.weeks) for person in thanks.people]
            for thanks in recognition.lists_for(reader).each
        )


# --- Who is named --------------------------------------------------------------------------------


def test_who_asked_is_named_with_their_weeks_by_name_and_nobody_else(
    august: None, staff: list[Asn]
) -> None:
    for asn in (staff[2], staff[0]):
        name(asn)
    name(staff[1], in_place=False)

    everyone = [("Pegawai 00", 2), ("Pegawai 01", 1), ("Pegawai 02", 1)]
    assert named(staff[5]) == (everyone, [everyone[0], everyone[2]])


def test_who_was_active_in_no_week_is_absent_like_who_did_not_ask(
    august: None, staff: list[Asn]
) -> None:
    name(staff[15])

    assert named(staff[5]) == ([], [])
    with after(AUGUST):
        assert recognition.standing_of(staff[15]).given


def test_others_see_none_of_it(august: None, staff: list[Asn], city: City) -> None:
    name(staff[0])

    assert named(AsnFactory(home__region=city.kelurahan[2])) == ([], [])
    assert named(staff[20]) == ([("Pegawai 00", 2)], [])  # a colleague of another kelurahan


def test_nobody_is_named_where_fewer_than_twenty_are(
    city: City, staff: list[Asn], shops: list[Umkm]
) -> None:
    Asn.objects.filter(pk__in=[staff[18].pk, staff[19].pk]).update(left_on=date(2026, 8, 20))
    shop(staff[:10], shops, day=MID_AUGUST)
    with after(AUGUST):
        closing.close_month(AUGUST)
    name(staff[0])

    # 19 colleagues and 18 neighbours: both lists look as if nobody had asked
    assert named(staff[5]) == ([], [])


def test_a_month_released_before_this_was_counted_names_nobody(
    august: None, staff: list[Asn], agency: Agency
) -> None:
    name(staff[0])
    assert releases.staff(agency, AUGUST) == 20
    assert Staff.objects.count() == 1

    assert releases.staff(agency, SEPTEMBER) is None
    assert recognition._named_in_agency(agency, SEPTEMBER) == ()


# --- When it moves -------------------------------------------------------------------------------


def test_the_open_month_moves_no_list_and_a_closing_does(
    august: None, staff: list[Asn], shops: list[Umkm]
) -> None:
    name(staff[0])
    shop(staff[:10], shops, day=date(2026, 9, 16))
    with on(date(2026, 9, 17)):
        void_purchase(
            asn=staff[0],
            purchase=Purchase.objects.filter(buyer=staff[0].buyer, day=MID_AUGUST).get(),
            reason="Salah ketik",
        )
        before = recognition.lists_for(staff[5]).agency
    assert before
    assert before.people == (recognition.Named("Pegawai 00", 2),)

    with after(SEPTEMBER):
        closing.close_month(SEPTEMBER)

    # 3 August and 16 September stand, within the eight weeks up to 27 September
    assert named(staff[5], month=SEPTEMBER)[0] == [("Pegawai 00", 2)]
    assert Recognition.objects.get().month == SEPTEMBER


@pytest.mark.parametrize(
    ("month", "ends"),
    [(date(2026, 8, 1), date(2026, 8, 30)), (date(2026, 5, 1), date(2026, 5, 31))],
)
def test_weeks_are_whole_ones_that_ended_in_the_month(month: date, ends: date) -> None:
    assert recognition.last_sunday(month) == ends


def test_a_person_sees_exactly_how_they_would_appear(august: None, staff: list[Asn]) -> None:
    with after(AUGUST):
        would = recognition.would_show(staff[0])
    name(staff[0])

    assert (would.name, would.weeks, would.month) == ("Pegawai 00", 2, AUGUST)
    assert named(staff[5])[0] == [(would.name, would.weeks)]


# --- How it ends ---------------------------------------------------------------------------------


def end(asn: Asn) -> None:
    recognition.end(asn)


def leave(asn: Asn) -> None:
    asn.left_on = date(2026, 9, 1)
    asn.save(update_fields=["left_on"])


def take_back_and_agree_anew(asn: Asn) -> None:
    consents.withdraw(asn)
    asn.refresh_from_db()
    agree(asn)


@pytest.mark.parametrize("act", [end, leave, erasure.erase, take_back_and_agree_anew])
@pytest.mark.django_db(transaction=True)
def test_a_name_is_gone_at_once(august: None, staff: list[Asn], act: Any) -> None:
    name(staff[0])

    act(staff[0])

    assert named(staff[5]) == ([], [])


def test_a_move_ends_the_list_of_the_place_that_was_left_for_good(
    august: None, staff: list[Asn], city: City
) -> None:
    name(staff[0])
    there, back = date(2026, 9, 10), date(2026, 9, 20)
    for region, day in ((city.kelurahan[1], there), (city.kelurahan[0], back)):
        with on(day):
            personnel.move_home(staff[0], region=region, rw=None, rt=None, valid_from=day)

    with on(date(2026, 9, 21)):
        lists = recognition.lists_for(staff[5])
        assert lists.agency
        assert lists.place
        assert ([each.name for each in lists.agency.people], lists.place.people) == (
            ["Pegawai 00"],
            (),
        )


def test_who_serves_elsewhere_is_let_go_by_the_next_closing(
    august: None, staff: list[Asn], shops: list[Umkm]
) -> None:
    name(staff[0], in_place=False)
    Posting.objects.create(asn=staff[0], agency=AgencyFactory(), valid_from=date(2026, 9, 8))
    shop(staff[:10], shops, day=date(2026, 9, 16))

    with on(date(2026, 9, 8)):
        assert not recognition.standing_of(staff[0]).given
    with after(SEPTEMBER):
        closing.close_month(SEPTEMBER)
    assert not Recognition.objects.exists()


# --- What is asked for ---------------------------------------------------------------------------


def test_another_text_takes_names_out_until_their_owners_agree_again(
    august: None, staff: list[Asn], settings: Settings, tmp_path: Any
) -> None:
    name(staff[0])
    for language in ("id", "en"):
        (tmp_path / f"2027-01.{language}.txt").write_text("Teks lain\n\nLain.")
    old = consent_texts.of_recognition().digest
    settings.RECOGNITION_TEXTS = tmp_path

    assert named(staff[5]) == ([], [])
    with pytest.raises(ConsentTextChanged):
        recognition.agree(staff[0], digest=old, in_agency=True, in_place=True)


@pytest.mark.parametrize(
    ("outside", "where"), [(False, (False, False)), (True, (True, True)), (True, (False, True))]
)
def test_there_must_be_such_a_list(city: City, outside: bool, where: tuple[bool, bool]) -> None:
    asn = AsnFactory(home__region=city.outside if outside else city.kelurahan[0])
    digest = consent_texts.of_recognition().digest

    with pytest.raises(NoListToBeNamedIn):
        recognition.agree(asn, digest=digest, in_agency=where[0], in_place=where[1])


def test_nobody_is_named_who_does_not_take_part(asn: Asn) -> None:
    consents.withdraw(asn)
    digest = consent_texts.of_recognition().digest

    with pytest.raises(ConsentMissing):
        recognition.agree(asn, digest=digest, in_agency=True, in_place=True)


def test_the_database_holds_one_row_a_person_and_a_place_at_least(
    august: None, staff: list[Asn], agency: Agency, city: City
) -> None:
    name(staff[0])
    text = Recognition.objects.get().text

    for said in (
        {"asn": staff[0], "agency": agency},
        {"asn": staff[1]},
        {"asn": staff[1], "agency": agency, "weeks": 9},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Recognition.objects.create(text=text, **said)


def test_agreeing_and_ending_are_written_down_once_for_oneself_to_read(
    august: None, staff: list[Asn]
) -> None:
    for _twice in range(2):
        name(staff[0])
    for _twice in range(2):
        recognition.end(staff[0])

    about = AuditEntry.objects.filter(subject_user_id=staff[0].user_id).order_by("pk")
    assert list(about.values_list("action", flat=True)) == [
        "asn.recognition_given",
        "asn.recognition_ended",
    ]


# --- Doors ---------------------------------------------------------------------------------------


def test_an_app_asks_agrees_and_ends_it(august: None, staff: list[Asn], city: City) -> None:
    app = APIClient()
    app.force_authenticate(staff[0].user)
    with after(AUGUST):
        asked = app.get(f"{API}/me/recognition").json()
        assert asked["shown_as"] == {
            "name": "Pegawai 00",
            "active_weeks": 2,
            "of_weeks": 8,
            "month": "2026-08",
        }
        body = {"agency": True, "kelurahan": False, "digest": asked["digest"]}
        for _twice in range(2):
            told = app.put(f"{API}/me/recognition", body, format="json").json()
            assert (told["agency"], told["kelurahan"]) == (True, False)
        lists = app.get(f"{API}/recognition")
        assert lists["Cache-Control"] == "no-store"
        assert lists.json() == {
            "month": "2026-08",
            "of_weeks": 8,
            "agency": {
                "where": "Dinas Pertamanan",
                "people": [{"name": "Pegawai 00", "active_weeks": 2}],
            },
            "kelurahan": {"where": city.kelurahan[0].name, "people": []},
        }
        for _twice in range(2):
            assert app.delete(f"{API}/me/recognition").status_code == 204
        assert app.get(f"{API}/recognition").json()["agency"]["people"] == []


def test_on_the_pages_one_looks_agrees_and_ends_it(
    client: Client, august: None, staff: list[Asn]
) -> None:
    at = "/partisipasi/terima-kasih/"
    client.force_login(staff[0].user)
    digest = consent_texts.of_recognition().digest
    with after(AUGUST):
        page = client.get(f"{at}nama-saya/").content.decode()
        assert "aktif 2 dari 8 minggu" in page
        assert client.post(f"{at}nama-saya/", {"digest": digest}).status_code == 400
        assert client.post(f"{at}nama-saya/", {"digest": "x", "agency": "1"}).status_code == 409
        client.post(f"{at}nama-saya/", {"digest": digest, "agency": "1", "kelurahan": "1"})
        shown = client.get(at)
        assert shown.content.decode().count("Pegawai 00") == 2
        assert "no-store" in shown["Cache-Control"]
        client.post(f"{at}nama-saya/", {"end": "1"})
        assert "Pegawai 00" not in client.get(at).content.decode()


def test_strangers_and_who_is_no_asn_read_no_list(client: Client, august: None) -> None:
    assert client.get("/partisipasi/terima-kasih/").status_code == 302
    assert APIClient().get(f"{API}/recognition").status_code == 401
