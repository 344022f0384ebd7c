"""Who leaves, comes back, gets another number or chose another home, as the office's file says."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.tokens import find_token, make_token
from core import secrets
from core.models import AuditEntry
from core.sheets import read_sheet
from marketplace.circulation import differences
from marketplace.models import Agency, Asn, CirculationCell, FormerNip, Home
from marketplace.nip import parse_nip
from marketplace.personnel import activate, close_sign_ins, find_asn, move_home
from marketplace.personnel_file.loading import import_people
from marketplace.personnel_file.reading import Cells, table_of
from marketplace.tables import Loaded, TableRefused
from tests.accounts.factories import PASSWORD, UserFactory
from tests.cms.spreadsheets import csv_file, xlsx_file
from tests.marketplace.city import City
from tests.marketplace.factories import AgencyFactory, PurchaseFactory, agree

pytestmark = pytest.mark.django_db

NIP, RIGHT = "199008172015041999", "199008172015042777"
HOME = "35.73.01.1001"


@pytest.fixture
def agency(city: City) -> Agency:
    return AgencyFactory(code="DINKES")


@pytest.fixture
def sari(agency: Agency) -> Asn:
    """A person whom an earlier file brought, with an account."""
    import_people([row()])
    asn = Asn.objects.get()
    return agree(activate(asn, UserFactory(username="sari")))


def row(line: int = 2, **changes: str) -> Cells:
    cells = {
        "nip": NIP,
        "name": "Sari Dewi",
        "agency_code": "DINKES",
        "email": "sari@contoh.id",
        "home_kelurahan": HOME,
        "rw": "3",
        "rt": "2",
    }
    return Cells(line, cells | changes)


def refusal(*rows: Cells) -> str:
    with pytest.raises(TableRefused) as refused:
        import_people(rows)
    return " ".join(str(bad) for bad in refused.value.bad)


def today() -> date:
    return timezone.localdate()


def day(after: int) -> str:
    return (today() + timedelta(days=after)).isoformat()


# --- Leaving and coming back ---------------------------------------------------------------------


def test_who_leaves_loses_the_sign_in_the_day_after_and_keeps_the_past(sari: Asn) -> None:
    PurchaseFactory(asn=sari)
    before = list(CirculationCell.objects.order_by("pk").values())
    token = make_token(sari.user, name="Ponsel")[1]

    assert import_people([row(left_on=day(0))]) == Loaded(changed=1)
    assert import_people([row(left_on=day(0))]) == Loaded(unchanged=1)
    assert close_sign_ins() == 0
    import_people([row(left_on=day(-1))])

    assert close_sign_ins() == 1
    assert find_token(token) is None
    assert not Client().login(username="sari", password=PASSWORD)
    assert list(CirculationCell.objects.order_by("pk").values()) == before
    assert differences() == []


def test_who_is_missing_from_a_file_stays(sari: Asn) -> None:
    import_people([row(nip=RIGHT, name="Budi", email="")])

    sari.refresh_from_db()
    assert sari.left_on is None


def test_a_file_that_says_nothing_of_it_brings_nobody_back(sari: Asn) -> None:
    import_people([row(left_on=day(-1))])

    assert "left_on" in refusal(row())
    assert import_people([row(left_on="-")]) == Loaded(changed=1)
    assert import_people([row(left_on="-")]) == Loaded(unchanged=1)

    sari.refresh_from_db()
    assert sari.left_on is None


def test_coming_back_opens_the_sign_in_that_leaving_closed_and_no_other(sari: Asn) -> None:
    import_people([row(left_on=day(-1))])
    close_sign_ins()
    import_people([row(left_on="-")])
    sari.user.refresh_from_db()
    assert sari.user.is_active
    assert AuditEntry.objects.filter(action="asn.sign_in_reopened").count() == 1

    sari.user.is_active = False  # by an administrator
    sari.user.save(update_fields=["is_active"])
    import_people([row(left_on=day(-1))])
    close_sign_ins()
    import_people([row(left_on="-")])

    sari.user.refresh_from_db()
    assert not sari.user.is_active


def test_nobody_is_entered_whose_last_day_is_over(agency: Agency) -> None:
    assert "left_on" in refusal(row(left_on=day(-1)))
    assert import_people([row(left_on=day(30))]) == Loaded(created=1)


# --- Another number ------------------------------------------------------------------------------


def test_a_corrected_number_keeps_the_person_and_is_remembered(sari: Asn) -> None:
    corrected = row(nip=RIGHT, former_nip=NIP)

    assert import_people([corrected]) == Loaded(changed=1)
    assert import_people([corrected]) == Loaded(unchanged=1)

    asn = Asn.objects.get()
    assert (asn.pk, asn.user) == (sari.pk, sari.user)
    assert find_asn(parse_nip(RIGHT, today=today())) == asn
    former = FormerNip.objects.get()
    assert secrets.decrypt(former.nip_encrypted) == NIP
    assert NIP not in f"{former.nip_encrypted} {former.nip_digest} {former}"
    assert "nip" in AuditEntry.objects.get(action="asn.renewed_from_file").detail["what"]


def test_an_old_number_finds_the_person_in_a_file_and_nobody_at_a_sign_in(sari: Asn) -> None:
    import_people([row(nip=RIGHT, former_nip=NIP)])

    assert import_people([row()]) == Loaded(unchanged=1)
    assert find_asn(parse_nip(NIP, today=today())) is None
    assert Asn.objects.count() == 1


def test_the_old_number_of_another_name_is_given_to_a_new_person_only_if_said(sari: Asn) -> None:
    import_people([row(nip=RIGHT, former_nip=NIP)])
    budi = {"name": "Budi Santoso", "email": ""}

    assert "former_nip" in refusal(row(**budi))
    assert import_people([row(**budi, former_nip="-")]) == Loaded(created=1)
    assert import_people([row(**budi, former_nip="-")]) == Loaded(unchanged=1)

    assert find_asn(parse_nip(NIP, today=today())).name == "Budi Santoso"
    assert not FormerNip.objects.exists()


def test_a_correction_may_be_taken_back(sari: Asn) -> None:
    import_people([row(nip=RIGHT, former_nip=NIP)])

    assert import_people([row(nip=NIP, former_nip=RIGHT)]) == Loaded(changed=1)
    assert secrets.decrypt(FormerNip.objects.get().nip_encrypted) == RIGHT


def test_a_correction_makes_no_two_people_one(sari: Asn) -> None:
    import_people([row(nip=RIGHT, name="Budi", email="")])

    assert "former_nip" in refusal(row(nip=RIGHT, former_nip=NIP))
    assert "former_nip" in refusal(row(nip="199008172015041888", former_nip="199008172015041887"))


# --- Homes ---------------------------------------------------------------------------------------


def test_a_home_that_the_person_chose_stands_until_the_office_hears_of_another(
    sari: Asn, city: City
) -> None:
    move_home(sari, region=city.kelurahan[3], rw=1, rt=None, valid_from=today())

    assert import_people([row()]) == Loaded(unchanged=1)
    assert sari.home_on(today()).region == city.kelurahan[3]

    assert import_people([row(rw="4", valid_from=day(1))]) == Loaded(changed=1)
    assert sari.home_on(today()).region == city.kelurahan[3]
    assert sari.home_on(today() + timedelta(days=1)).rw == 4
    assert Home.objects.count() == 2


def test_who_has_no_home_gets_the_one_that_the_file_says(sari: Asn) -> None:
    Home.objects.all().delete()  # their own word was all there was, and it was erased

    assert import_people([row(valid_from="2024-01-01")]) == Loaded(changed=1)
    assert sari.home_on(today()).rw == 3


# --- The table -----------------------------------------------------------------------------------


def test_a_workbook_a_csv_and_another_order_of_columns_say_the_same(agency: Agency) -> None:
    headings = [
        "Name",
        "NIP",
        *["agency_code", "email", "phone", "home_kelurahan", "rw", "rt", "valid_from"],
    ]
    said = ["Sari Dewi", NIP, "DINKES", "", "", HOME, 3, 2, date(2024, 1, 1)]
    files = [
        xlsx_file([headings, ["# contoh"], said]),
        csv_file([headings, said[:-1] + ["1/1/2024"]]),
    ]

    first, second = (table_of(read_sheet(content)) for content in files)

    assert import_people(first) == Loaded(created=1)
    assert import_people(second) == Loaded(unchanged=1)


def test_all_that_is_wrong_in_a_row_is_told_at_once_and_repeats_no_cell(agency: Agency) -> None:
    said = refusal(row(nip="1.99008E+17", rw="tiga", email="sari-rahasia", left_on="besok"))

    for column in ("nip", "rw", "email", "left_on"):
        assert f"{column}:" in said
    assert "rahasia" not in said


def test_a_number_that_a_spreadsheet_cut_is_no_number(agency: Agency) -> None:
    assert "nip:" in refusal(row(nip="199008172015041000"))


@pytest.mark.parametrize("missing", ["nip", "valid_from"])
def test_a_file_without_a_column_is_refused(agency: Agency, missing: str) -> None:
    headings = [
        "nip",
        "name",
        "agency_code",
        "email",
        "phone",
        "home_kelurahan",
        "rw",
        "rt",
        "valid_from",
    ]
    content = csv_file([[each for each in headings if each != missing], ["x"]])

    with pytest.raises(Exception, match="no-headings"):
        table_of(read_sheet(content))
