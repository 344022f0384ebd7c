"""Keys of the NIP are changed while people sign in and files are imported."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Event

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from core import secrets
from marketplace import activation, nip_keys
from marketplace.models import Asn, FormerNip
from marketplace.nip import Nip, parse_nip
from marketplace.personnel import find_asn
from marketplace.personnel_file.loading import import_people
from marketplace.personnel_file.reading import Cells
from marketplace.tables import Loaded
from tests.accounts.factories import UserFactory
from tests.marketplace.city import City
from tests.marketplace.factories import AgencyFactory

pytestmark = pytest.mark.django_db(transaction=True)

OLD_FIELD = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
NEW_FIELD = "MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OLD_LOOKUP, NEW_LOOKUP = "kunci-lama-" * 4, "kunci-baru-" * 4
PEOPLE = 30
PASSWORD = "soto-koya-gurih-2026"


@pytest.fixture
def rows(transactional_db: None, city: City, settings: Settings) -> list[Cells]:
    """People who were imported under the old keys; the new ones have just been put before them."""
    settings.FIELD_KEYS, settings.LOOKUP_KEYS = [OLD_FIELD], [OLD_LOOKUP]
    AgencyFactory(code="DINKES")
    rows = [_row(line) for line in range(1, PEOPLE + 1)]
    import_people(rows)
    settings.FIELD_KEYS = [NEW_FIELD, OLD_FIELD]
    settings.LOOKUP_KEYS = [NEW_LOOKUP, OLD_LOOKUP]
    return rows


def _row(line: int, **changes: str) -> Cells:
    cells = {
        "nip": f"199008172015041{line:03}",
        "name": f"Pegawai {line}",
        "agency_code": "DINKES",
        "home_kelurahan": "35.73.01.1001",
        "rw": "3",
        "rt": "2",
        "valid_from": "2024-01-01",
    }
    return Cells(line, cells | changes)


def number(row: Cells) -> Nip:
    return parse_nip(row["nip"], today=timezone.localdate())


def without_the_old_keys(settings: Settings) -> None:
    settings.FIELD_KEYS, settings.LOOKUP_KEYS = [NEW_FIELD], [NEW_LOOKUP]


def renewed() -> int:
    *_before, last = nip_keys.renew(batch=7)
    return last.renewed


def test_after_the_renewal_the_older_keys_may_go(rows: list[Cells], settings: Settings) -> None:
    assert nip_keys.remaining().looked_up == nip_keys.remaining().encrypted == PEOPLE

    assert renewed() == PEOPLE
    assert renewed() == 0

    left = nip_keys.remaining()
    assert left.lookup_key_is_free
    assert left.field_key_is_free
    without_the_old_keys(settings)
    assert all(find_asn(number(row)) for row in rows)
    assert import_people(rows) == Loaded(unchanged=PEOPLE)


def test_keys_are_changed_while_people_come_and_a_file_is_imported(
    rows: list[Cells], settings: Settings
) -> None:
    admin, over, waiting = UserFactory(), Event(), iter(rows[::3])

    def look_up() -> int:
        return sum(find_asn(number(row)) is None for row in rows)

    def bring_the_file() -> int:
        return 0 if import_people(rows) == Loaded(unchanged=PEOPLE) else 1

    def activate() -> int:
        row = next(waiting, None)
        if row is None:
            return 0
        code = activation.print_code(number(row), by=admin).code
        name = f"pegawai-{row.row}"
        user = activation.activate(number=number(row), code=code, username=name, password=PASSWORD)
        return user.asn.name != row["name"]

    def until_it_is_over(act: Callable[[], int]) -> tuple[int, int]:
        times = wrong = 0
        try:
            while not over.is_set() or times < PEOPLE / 3:
                wrong += act()
                times += 1
        finally:
            connection.close()
        return times, wrong

    with ThreadPoolExecutor(4) as pool:
        work = [pool.submit(until_it_is_over, act) for act in (look_up, bring_the_file, activate)]
        try:
            killed = pool.submit(_killed_in_the_middle).result()
            while any(done.held for done in nip_keys.renew(batch=3)):
                pass
        finally:
            over.set()
        done = [each.result() for each in work]

    assert killed
    assert [wrong for _times, wrong in done] == [0, 0, 0]
    assert Asn.objects.count() == PEOPLE
    renewed()
    assert nip_keys.remaining() == nip_keys.Remaining()
    without_the_old_keys(settings)
    assert look_up() == 0
    assert Asn.objects.exclude(user=None).count() == len(rows[::3])


def _killed_in_the_middle() -> bool:
    """PostgreSQL ends the connection of a renewal that has some of its batches behind it."""
    renewal = nip_keys.renew(batch=3)
    for _batch in range(4):
        next(renewal)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (ours,) = cursor.fetchone()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_end, ours).result()
    try:
        for _batch in renewal:
            pass
    except OperationalError:
        return 0 < nip_keys_left() < PEOPLE
    finally:
        connection.close()
    return False


def nip_keys_left() -> int:
    connection.close()
    present = secrets.key_version(NEW_LOOKUP)
    return Asn.objects.exclude(nip_key_version=present).count()


def _end(backend: int) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [backend])
    finally:
        connection.close()


def test_a_row_that_somebody_holds_is_gone_back_to(rows: list[Cells]) -> None:
    held, free = Event(), Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Asn.objects.select_for_update(no_key=True).get(pk=Asn.objects.first().pk)
                held.set()
                free.wait(20)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        held.wait(20)
        first_round = nip_keys.renew(batch=PEOPLE)
        assert next(first_round).held == 1
        free.set()
        holding.result()
        assert [done.renewed for done in first_round][-1] == PEOPLE


def test_former_numbers_go_along(rows: list[Cells], settings: Settings) -> None:
    right = "199008172015042777"
    import_people([_row(2, nip=right, former_nip=rows[1]["nip"])])
    renewed()

    without_the_old_keys(settings)
    assert secrets.decrypt(FormerNip.objects.get().nip_encrypted) == rows[1]["nip"]
    again = _row(2, nip=rows[1]["nip"])
    assert import_people([again]) == Loaded(unchanged=1)


def test_the_command_says_what_still_needs_the_older_keys(
    rows: list[Cells], settings: Settings
) -> None:
    settings.LOOKUP_KEYS = [OLD_LOOKUP]
    activation.print_code(number(rows[0]), by=UserFactory())
    settings.LOOKUP_KEYS = [NEW_LOOKUP, OLD_LOOKUP]
    said = StringIO()

    with pytest.raises(CommandError):
        call_command("rotate_nip_keys", "--check", stdout=said)
    assert f"{PEOPLE} numbers are looked up by an older of LOOKUP_KEYS." in said.getvalue()
    said.truncate(0)
    with pytest.raises(CommandError):
        call_command("rotate_nip_keys", stdout=said)

    assert f"{PEOPLE} written anew: done" in said.getvalue()
    assert "1 activation codes are of an older of LOOKUP_KEYS" in said.getvalue()
    assert "No NIP needs any key of FIELD_KEYS but the first" in said.getvalue()
    assert rows[0]["nip"] not in said.getvalue()


def test_a_person_who_was_entered_twice_is_named_and_left_to_a_human(
    rows: list[Cells], settings: Settings
) -> None:
    settings.LOOKUP_KEYS = [NEW_LOOKUP]  # a process that did not know the older key
    import_people([rows[0]])
    settings.LOOKUP_KEYS = [NEW_LOOKUP, OLD_LOOKUP]

    assert renewed() == PEOPLE - 1

    left = nip_keys.remaining()
    assert left.looked_up == len(left.doubled) == 1
    assert not left.lookup_key_is_free


def test_a_number_that_no_key_opens_is_named(rows: list[Cells], settings: Settings) -> None:
    settings.FIELD_KEYS = [NEW_FIELD]

    assert renewed() == 0
    assert len(nip_keys.remaining().unreadable) == PEOPLE
