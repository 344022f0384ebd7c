"""What stands in the audit log stays as it was written, and a change of it is found."""

import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from core import audit, audit_chain
from core.models import AuditEntry, AuditSeal
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


def forge(sql: str) -> None:
    """What somebody with every right on the database might do."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no trigger fires
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.fixture
def sealed() -> list[AuditSeal]:
    """Two seals: of two entries, then of one."""
    seals = []
    for count in (2, 1):
        for _each in range(count):
            audit.record(actor=UserFactory(), action="look", detail={"fields": ["b", "a"]})
        seals.append(audit_chain.seal())
    return seals


def test_a_chain_that_nobody_touched_holds(sealed: list[AuditSeal]) -> None:
    found = audit_chain.verify()

    assert (found.seals, found.entries, found.breaks) == (2, 3, ())
    assert found.head == sealed[-1].digest


def test_nothing_new_makes_no_seal(sealed: list[AuditSeal]) -> None:
    assert audit_chain.seal() is None


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("UPDATE core_auditentry SET purpose = 'lain' WHERE seal_id = 1", "seal 1"),
        ("UPDATE core_auditentry SET at = at + interval '1 s' WHERE seal_id = 2", "seal 2"),
        ("DELETE FROM core_auditentry WHERE seal_id = 2", "seal 2: 0 entries of 1"),
        ("UPDATE core_auditentry SET seal_id = 2 WHERE seal_id = 1", "seal 1: 0 entries of 2"),
        (
            "DELETE FROM core_auditentry WHERE seal_id = 1;"
            " DELETE FROM core_auditseal WHERE number = 1",
            "seal 1: missing",
        ),
        ("UPDATE core_auditseal SET digest = repeat('0', 64) WHERE number = 1", "seal 1"),
    ],
)
def test_a_forgery_is_found(sealed: list[AuditSeal], sql: str, broken: str) -> None:
    forge(sql)

    assert audit_chain.verify().breaks[0].startswith(broken)


def test_an_entry_slipped_in_later_is_found(sealed: list[AuditSeal]) -> None:
    audit.record(actor=None, action="look")
    forge("UPDATE core_auditentry SET at = at - interval '2 h' WHERE seal_id IS NULL")

    assert "not sealed" in audit_chain.verify().breaks[0]


def test_a_chain_cut_at_its_end_is_found_by_a_link_that_was_noted(sealed: list[AuditSeal]) -> None:
    forge("DELETE FROM core_auditentry WHERE seal_id = 2")
    forge("DELETE FROM core_auditseal WHERE number = 2")

    assert audit_chain.verify().breaks == ()
    with pytest.raises(CommandError):
        call_command("verify_audit", link=sealed[1].digest, stdout=StringIO())


def test_the_command_says_that_the_log_holds(sealed: list[AuditSeal]) -> None:
    said = StringIO()
    call_command("verify_audit", link=sealed[0].digest, stdout=said)

    assert sealed[1].digest in said.getvalue()


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(purpose="lain"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).update(seal=None),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda _entry: AuditSeal.objects.update(entries=9),
        lambda _entry: AuditSeal.objects.filter(number=2)._raw_delete(using="default"),
    ],
)
def test_postgresql_refuses_a_change(sealed: list[AuditSeal], change) -> None:
    entry = AuditEntry.objects.order_by("pk")[0]

    with pytest.raises(ProgrammingError), transaction.atomic():
        change(entry)


@pytest.mark.django_db(transaction=True)
def test_an_entry_committed_late_is_bound_by_the_next_seal() -> None:
    waits, written = threading.Event(), threading.Event()

    def record_and_linger() -> None:
        with transaction.atomic():
            audit.record(actor=None, action="early id")
            written.set()
            waits.wait(30)
        connection.close()

    slow = threading.Thread(target=record_and_linger)
    slow.start()
    written.wait(30)
    audit.record(actor=None, action="late id")
    first = audit_chain.seal()
    waits.set()
    slow.join()
    second = audit_chain.seal()

    assert first
    assert second
    assert (first.entries, second.entries) == (1, 1)
    assert audit_chain.verify().breaks == ()


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_one_seal() -> None:
    audit.record(actor=None, action="look")
    together = threading.Barrier(2)

    def seal() -> None:
        together.wait(30)
        audit_chain.seal()
        connection.close()

    beats = [threading.Thread(target=seal) for _each in range(2)]
    for beat in beats:
        beat.start()
    for beat in beats:
        beat.join()

    assert AuditSeal.objects.count() == 1
    assert audit_chain.verify().breaks == ()


def test_an_entry_says_what_its_actor_was_then() -> None:
    auditor = UserFactory()
    auditor.groups.create(name="auditor")
    entry = audit.record(actor=auditor, action="look")
    auditor.groups.clear()

    assert AuditEntry.objects.get(pk=entry.pk).actor_roles == "auditor"
