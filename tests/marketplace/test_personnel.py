"""The personnel office's file, activation, and moving home."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.tokens import find_token, make_token
from core import secrets
from core.models import AuditEntry
from marketplace.errors import AddressIncomplete, AlreadyActivated, MoveInThePast, PlaceUnknown
from marketplace.models import Agency, Asn, Home, Posting, Purchase
from marketplace.nip import parse_nip
from marketplace.personnel import (
    activate,
    activated_asn,
    close_sign_ins,
    find_asn,
    move_home,
    move_workplace,
)
from marketplace.personnel_file.loading import import_people
from marketplace.personnel_file.reading import COLUMNS, Cells
from marketplace.tables import Loaded, TableRefused
from tests.accounts.factories import PASSWORD
from tests.marketplace.city import City
from tests.marketplace.factories import AgencyFactory, AsnFactory, PurchaseFactory, UserFactory

pytestmark = pytest.mark.django_db

NIP = "199008172015041999"


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory(code="DINKES")


def row(line: int = 2, **changes: str) -> Cells:
    cells = {
        "nip": NIP,
        "name": "Sari Dewi",
        "agency_code": "DINKES",
        "email": "sari@contoh.id",
        "phone": "0812-3456-7890",
        "home_kelurahan": "35.73.01.1001",
        "rw": "3",
        "rt": "2",
        "valid_from": "2024-01-01",
    }
    return Cells(line, cells | changes)


def test_a_new_person_gets_a_buyer_a_home_and_a_posting(city: City, agency: Agency) -> None:
    loaded = import_people([row()])

    asn = Asn.objects.get()
    assert loaded == Loaded(created=1)
    assert (asn.name, asn.kind, asn.user) == ("Sari Dewi", Asn.Kind.PNS, None)
    assert asn.phone == "081234567890"
    assert asn.home_on(date(2026, 1, 1)).region == city.kelurahan[0]
    assert asn.posting_on(date(2026, 1, 1)).agency == agency


def test_the_nip_is_encrypted_and_found_by_its_digest(city: City, agency: Agency) -> None:
    import_people([row()])

    asn = Asn.objects.get()
    assert NIP not in f"{asn.nip_encrypted} {asn.nip_digest} {asn}"
    assert secrets.decrypt(asn.nip_encrypted) == NIP
    assert find_asn(parse_nip("19900817 201504 1 999", today=timezone.localdate())) == asn


def test_a_nip_written_under_an_older_key_is_still_found(
    city: City, agency: Agency, settings
) -> None:
    import_people([row()])
    settings.LOOKUP_KEYS = ["a-newer-key", *settings.LOOKUP_KEYS]

    assert import_people([row()]) == Loaded(unchanged=1)


def test_the_same_file_again_changes_nothing(city: City, agency: Agency) -> None:
    import_people([row()])

    assert import_people([row()]) == Loaded(unchanged=1)
    assert (Home.objects.count(), Posting.objects.count()) == (1, 1)


def test_a_move_is_a_new_row_dated_today_or_later(city: City, agency: Agency) -> None:
    import_people([row()])
    today = timezone.localdate()
    other = AgencyFactory()
    moved = row(home_kelurahan="luar kota", rw="", rt="", agency_code=other.code)

    with pytest.raises(TableRefused):
        import_people([moved])
    loaded = import_people([Cells(2, dict(moved.cells) | {"valid_from": today.isoformat()})])

    asn = Asn.objects.get()
    assert loaded == Loaded(changed=1)
    assert asn.home_on(today - timedelta(days=1)).region == city.kelurahan[0]
    assert asn.home_on(today).region == city.outside
    assert asn.posting_on(today).agency == other


@pytest.mark.parametrize(
    "changes",
    [
        {"nip": "199002302015041999"},
        {"name": ""},
        {"agency_code": "DINAS-X"},
        {"email": "bukan surel"},
        {"phone": "satu dua"},
        {"home_kelurahan": "Entah"},
        {"home_kelurahan": ""},
        {"rw": "", "rt": "2"},
        {"rw": "tiga"},
        {"rw": "-3"},
        {"rw": "0"},
        {"home_kelurahan": "outside"},
        {"valid_from": "1 Januari"},
        {"valid_from": "2024-02-30"},
    ],
)
def test_a_bad_row_is_named_and_nobody_is_imported(
    city: City, agency: Agency, changes: dict[str, str]
) -> None:
    good = row(2, nip="198001012010012001")

    with pytest.raises(TableRefused) as refused:
        import_people([good, row(3, **changes)])

    assert [bad.line for bad in refused.value.bad] == [3]
    assert not Asn.objects.exists()


def test_a_bad_row_does_not_repeat_what_a_person_typed(city: City, agency: Agency) -> None:
    with pytest.raises(TableRefused) as refused:
        import_people([row(nip="199002302015041999", name="Sari Rahasia")])

    assert "Sari" not in str(refused.value.bad[0])
    assert "19900230" not in str(refused.value.bad[0])


def test_the_same_person_twice_in_one_file_is_refused(city: City, agency: Agency) -> None:
    with pytest.raises(TableRefused) as refused:
        import_people([row(2), row(3, nip="1990.0817.2015041999")])

    assert refused.value.bad[0].line == 3


@pytest.mark.parametrize("name", ["Kecamatan 1 Kelurahan 1", "kecamatan 1 KELURAHAN 1", "Sehari"])
def test_a_kelurahan_may_be_given_by_its_name_or_daily_spelling(
    city: City, agency: Agency, name: str
) -> None:
    city.kelurahan[0].alias = "Sehari"
    city.kelurahan[0].save(update_fields=["alias"])

    import_people([row(home_kelurahan=name)])

    assert Home.objects.get().region == city.kelurahan[0]


def test_a_name_that_two_kelurahan_share_needs_the_code(city: City, agency: Agency) -> None:
    for kelurahan in city.kelurahan[:2]:
        kelurahan.name = "Kembar"
        kelurahan.save(update_fields=["name"])

    with pytest.raises(TableRefused):
        import_people([row(home_kelurahan="Kembar")])


def test_importing_more_people_takes_no_more_queries(
    city: City, agency: Agency, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    people = [row(n, nip=f"199008172015041{n:03}") for n in range(1, 60)]

    with django_assert_max_num_queries(14):
        import_people(people)
    with django_assert_max_num_queries(14):
        assert import_people(people).unchanged == 59


def test_the_command_reads_the_office_s_file(city: City, agency: Agency, tmp_path: Path) -> None:
    path = tmp_path / "asn.csv"
    cells = row().cells
    path.write_text("\n".join([",".join(COLUMNS), ",".join(cells[name] for name in COLUMNS)]))

    call_command("load_asn", path)

    assert Asn.objects.count() == 1
    path.write_text("nip,name\n1,2\n")
    with pytest.raises(CommandError):
        call_command("load_asn", path)


# --- Activation ----------------------------------------------------------------------------------


def test_activation_links_person_and_user_once_and_is_logged() -> None:
    asn, user = AsnFactory(user=None), UserFactory()

    activate(asn, user)
    activate(asn, user)

    assert activated_asn(user) == asn
    assert AuditEntry.objects.filter(action="asn.activated", subject_user=user).count() == 1


def test_nobody_is_two_people_and_no_person_has_two_users() -> None:
    asn, user = AsnFactory(user=None), UserFactory()
    activate(asn, user)

    with pytest.raises(AlreadyActivated):
        activate(asn, UserFactory())
    with pytest.raises(AlreadyActivated):
        activate(AsnFactory(user=None), user)


def test_who_has_left_is_no_longer_an_activated_asn() -> None:
    today = timezone.localdate()
    on_the_last_day = AsnFactory(left_on=today)
    gone = AsnFactory(left_on=today - timedelta(days=1))

    assert activated_asn(on_the_last_day.user) == on_the_last_day
    assert activated_asn(gone.user) is None


# --- Moving --------------------------------------------------------------------------------------


def test_a_move_holds_from_its_day_on(asn: Asn, city: City) -> None:
    day = timezone.localdate() + timedelta(days=10)

    move_home(asn, region=city.kelurahan[3], rw=1, rt=None, valid_from=day)

    assert asn.home_on(day - timedelta(days=1)).region == city.kelurahan[0]
    assert asn.home_on(day).region == city.kelurahan[3]


def test_a_move_in_the_past_is_refused(asn: Asn, city: City) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)

    with pytest.raises(MoveInThePast):
        move_home(asn, region=city.kelurahan[3], rw=None, rt=None, valid_from=yesterday)


def test_a_move_said_twice_is_said_once(asn: Asn, city: City) -> None:
    today = timezone.localdate()
    for _time in range(2):
        move_home(asn, region=city.kelurahan[3], rw=1, rt=None, valid_from=today)
        move_workplace(asn, region=city.kelurahan[3], valid_from=today)

    moves = AuditEntry.objects.filter(action__in=["asn.moved", "asn.workplace_changed"])
    assert (asn.homes.count(), asn.workplaces.count(), moves.count()) == (2, 1, 2)


def test_a_home_is_a_place_with_a_whole_address(asn: Asn, city: City) -> None:
    today = timezone.localdate()

    with pytest.raises(PlaceUnknown):
        move_home(asn, region=city.city, rw=None, rt=None, valid_from=today)
    for region, rw, rt in [(city.kelurahan[3], None, 2), (city.outside, 1, None)]:
        with pytest.raises(AddressIncomplete):
            move_home(asn, region=region, rw=rw, rt=rt, valid_from=today)


def test_who_left_is_signed_out_everywhere_and_their_past_stays() -> None:
    today = timezone.localdate()
    gone = AsnFactory(left_on=today - timedelta(days=1))
    last_day = AsnFactory(left_on=today)
    bought = PurchaseFactory(asn=gone)
    texts = {asn: make_token(asn.user, name="Ponsel")[1] for asn in (gone, last_day)}
    browser = Client()
    browser.force_login(gone.user)

    assert close_sign_ins() == 1
    assert close_sign_ins() == 0
    assert find_token(texts[gone]) is None
    assert find_token(texts[last_day]) is not None
    assert browser.get("/akun/").status_code == 302
    assert not Client().login(username=gone.user.username, password=PASSWORD)
    assert Purchase.objects.get(pk=bought.pk).buyer == gone.buyer
    assert AuditEntry.objects.get(action="asn.sign_in_closed").subject_user_id == gone.user.pk
