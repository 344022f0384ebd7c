"""An administrator brings a personnel file, looks, and lets it be carried over; nobody else may."""

import json
import logging
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from core.sheets import read_sheet
from marketplace import tasks
from marketplace.models import Agency, Asn, PersonnelLine, PersonnelRun
from marketplace.personnel import activate
from marketplace.personnel_file import runs
from marketplace.personnel_file.loading import import_people
from marketplace.personnel_file.reading import COLUMNS, OPTIONAL, Cells, table_of
from tests.accounts.factories import UserFactory
from tests.cms.spreadsheets import csv_file
from tests.marketplace.city import City
from tests.marketplace.factories import AgencyFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/pegawai/"
NIP, OTHER = "199008172015041999", "199008172015042777"
HOME = "35.73.01.1001"
State = PersonnelRun.State


@pytest.fixture
def agency(city: City) -> Agency:
    return AgencyFactory(code="DINKES")


@pytest.fixture
def administrator(agency: Agency) -> User:
    return person("administrator")


@pytest.fixture
def desk(client: Client, administrator: User) -> Client:
    client.force_login(administrator)
    return client


def person(role: str) -> User:
    call_command("write_roles", verbosity=0)
    user = UserFactory(username=f"seorang-{role}")
    user.groups.add(Group.objects.get(name=role))
    return user


def row(**changes: str) -> dict[str, str]:
    cells = {
        "nip": NIP,
        "name": "Sari Dewi",
        "agency_code": "DINKES",
        "home_kelurahan": HOME,
        "rw": "3",
        "rt": "2",
    }
    return cells | changes


def file_of(*rows: dict[str, str]) -> bytes:
    headings = [*COLUMNS, *OPTIONAL]
    return csv_file([headings, *([row.get(name, "") for name in headings] for row in rows)])


def brought(by: User, *rows: dict[str, str]) -> PersonnelRun:
    """A file whose dry run is done."""
    run = runs.bring_file(content=file_of(*rows), file_name="pegawai.csv", by=by)
    runs.check_file(run.pk)
    run.refresh_from_db()
    return run


def carried(run: PersonnelRun, by: User) -> PersonnelRun:
    runs.start(run, by=by)
    while runs.carry(run.pk, seconds=60):
        pass
    run.refresh_from_db()
    return run


def at_once() -> Any:
    """A worker that has nothing else to do."""
    return mock.patch.object(tasks.carry_personnel, "delay", tasks.carry_personnel)


@pytest.fixture
def sari(agency: Agency) -> Asn:
    """A person whom an earlier file brought, with an account."""
    import_people([Cells(2, row())])
    asn = Asn.objects.get()
    activate(asn, UserFactory(username="sari"))
    asn.refresh_from_db()
    return asn


def test_a_file_is_brought_shown_and_carried_over(
    desk: Client, administrator: User, sari: Asn, django_capture_on_commit_callbacks
) -> None:
    AgencyFactory(code="DISDIK", abbreviation="Disdik")
    moved = row(agency_code="DISDIK", rw="4", phone="081234567890")
    content = file_of(moved, row(nip=OTHER, name="Budi"), row(nip="1", name="Tono"))
    file = SimpleUploadedFile("pegawai.csv", content)
    with at_once(), django_capture_on_commit_callbacks(execute=True):
        desk.post(PAGE, {"file": file})
    run = PersonnelRun.objects.get()

    shown = desk.get(f"{PAGE}{run.pk}/").content.decode()
    assert "Disdik" in shown
    assert "RW 4, RT 2" in shown
    assert "nip: NIP terdiri atas 18 angka." in shown
    assert "• 999" in shown
    assert not any(number in shown for number in (NIP, OTHER, sari.nip_digest))
    assert Asn.objects.count() == 1

    with at_once(), django_capture_on_commit_callbacks(execute=True):
        desk.post(f"{PAGE}{run.pk}/mulai/")
    run.refresh_from_db()
    assert run.state == State.DONE
    assert run.counts == {
        "rows": 3, "posted": 1, "moved": 1, "changed": 1, "created": 1, "refused": 1
    }  # fmt: skip
    sari.refresh_from_db()
    assert sari.phone == "081234567890"
    assert sari.posting_on(timezone.localdate()).agency.code == "DISDIK"
    assert Asn.objects.filter(name="Budi").exists()


def test_the_same_file_again_changes_nothing(administrator: User, sari: Asn) -> None:
    run = brought(administrator, row())

    assert run.counts == {"rows": 1, "same": 1}
    assert not run.lines.filter(is_waiting=True).exists()


def test_each_look_at_a_row_is_told_to_the_person(desk: Client, sari: Asn) -> None:
    run = brought(User.objects.get(username="seorang-administrator"), row(rw="4"))

    desk.get(f"{PAGE}{run.pk}/")

    entry = AuditEntry.objects.get(action="asn.row_seen")
    assert (entry.subject_user_id, entry.actor_roles) == (sari.user_id, "administrator")
    desk.get(f"{PAGE}{run.pk}/", {"leads": "refused"})
    assert AuditEntry.objects.filter(action="asn.row_seen").count() == 1


def test_no_number_or_name_lies_open_and_nothing_is_left_afterwards(
    administrator: User, sari: Asn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    content = file_of(row(rw="4"), row(nip=OTHER, name="Budi", rw="x"))
    run = runs.bring_file(content=content, file_name=f"{NIP}.csv", by=administrator)
    assert NIP.encode() not in bytes(run.content)
    assert NIP not in run.file_name

    runs.check_file(run.pk)
    run.refresh_from_db()
    assert run.content is None
    everything = json.dumps(list(PersonnelLine.objects.values()))
    assert not any(said in everything for said in (NIP, OTHER, "Sari", "Budi", HOME))

    carried(run, administrator)
    (left,) = run.lines.all()
    assert (left.row, left.sealed) == (3, "")
    assert left.reasons[0]["column"] == "rw"
    audited = json.dumps(list(AuditEntry.objects.values()), default=str)
    for said in (NIP, OTHER, "Sari", "Budi"):
        assert said not in caplog.text
        assert said not in audited


def test_a_file_is_dropped_by_hand_or_after_a_day(desk: Client, administrator: User) -> None:
    by_hand, forgotten = brought(administrator, row()), brought(administrator, row())

    desk.post(f"{PAGE}{by_hand.pk}/buang/")
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        tasks.carry_stale_personnel()

    states = PersonnelRun.objects.values_list("state", flat=True)
    assert list(states) == [State.DROPPED, State.DROPPED]
    assert not PersonnelLine.objects.exists()
    assert forgotten.state == State.CHECKED


def test_what_is_written_is_what_was_shown(administrator: User, sari: Asn) -> None:
    run = brought(administrator, row(rw="4"), row(nip=OTHER, name="Budi"))
    import_people([Cells(2, row(rw="5"))])

    carried(run, administrator)

    assert sari.home_on(timezone.localdate()).rw == 5
    assert run.lines.get().reasons[0]["reason"] == "meanwhile"
    assert (run.counts["created"], run.counts["refused"]) == (1, 1)


def test_a_worker_that_dies_is_followed_by_another(administrator: User, sari: Asn) -> None:
    people = [row(nip=f"199008172015041{n:03}", name=f"Pegawai {n}") for n in range(1, 8)]
    run = brought(administrator, *people)
    runs.start(run, by=administrator)

    with mock.patch.object(runs, "PIECE", 3):
        assert runs.carry(run.pk, seconds=0) is True
        runs._carry_piece(run.pk)
        dies = mock.patch.object(runs, "write_plans", side_effect=KeyboardInterrupt)
        with dies, pytest.raises(KeyboardInterrupt):
            runs._carry_piece(run.pk)
        assert Asn.objects.count() == 1 + 3
    PersonnelRun.objects.update(touched_at=timezone.now() - timedelta(minutes=1))
    assert list(runs.stale_runs()) == [run.pk]
    assert not runs.carry(run.pk, seconds=60)

    assert Asn.objects.count() == 1 + 7
    run.refresh_from_db()
    assert run.state == State.DONE


def test_a_run_is_not_started_twice(desk: Client, administrator: User) -> None:
    run = carried(brought(administrator, row()), administrator)

    answer = desk.post(f"{PAGE}{run.pk}/mulai/", follow=True)

    assert "sudah berjalan lebih jauh" in answer.content.decode()


def test_a_file_that_is_no_table_says_why(desk: Client, administrator: User) -> None:
    run = runs.bring_file(content=b"%PDF-1.7\0\1", file_name="x.csv", by=administrator)
    runs.check_file(run.pk)

    assert "Ini bukan lembar kerja." in desk.get(f"{PAGE}{run.pk}/").content.decode()


def test_no_cache_keeps_a_page_with_people_on_it(desk: Client, administrator: User) -> None:
    run = brought(administrator, row())

    assert "no-store" in desk.get(f"{PAGE}{run.pk}/")["Cache-Control"]


@pytest.mark.parametrize("role", ["editor", "social_author"])
def test_nobody_but_an_administrator_may(client: Client, administrator: User, role: str) -> None:
    run = brought(administrator, row())
    client.force_login(person(role))

    for address in (PAGE, f"{PAGE}{run.pk}/", f"{PAGE}templat.csv"):
        assert client.get(address).status_code in (302, 403)
    client.post(f"{PAGE}{run.pk}/mulai/")
    run.refresh_from_db()
    assert run.state == State.CHECKED
    assert PAGE not in client.get("/admin/").content.decode()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_filled_template_is_taken(desk: Client, form: str) -> None:
    answer = desk.get(f"{PAGE}templat.{form}")

    assert "attachment" in answer["Content-Disposition"]
    headings, help_line = read_sheet(answer.content).lines
    assert headings.cells == [*COLUMNS, *OPTIONAL]
    assert help_line.cells[0].startswith("#")
    assert desk.get(f"{PAGE}templat.exe").status_code == 404
    with pytest.raises(Exception, match="no-rows"):
        table_of(read_sheet(answer.content))
