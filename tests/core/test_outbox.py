"""Changes are numbered after their commit, per stream, without gaps, and never change."""

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from core import outbox
from core.models import AuditEntry, OutboxEvent, OutboxPosition

pytestmark = pytest.mark.django_db


def emit(stream: str = "catalogue") -> OutboxEvent:
    return outbox.emit(stream=stream, event="umkm.changed", public_id=uuid.uuid4(), version=1)


def test_the_relay_numbers_each_stream_without_gaps() -> None:
    for stream in ["catalogue", "posts", "catalogue"]:
        emit(stream)
    outbox.relay()
    emit()
    outbox.relay()

    assert [event.number for event in outbox.read_on(stream="catalogue", after=0)] == [1, 2, 3]
    assert [event.number for event in outbox.read_on(stream="posts", after=0)] == [1]


def test_a_reader_sees_only_what_is_numbered_and_after_its_position() -> None:
    emit()
    assert outbox.read_on(stream="catalogue", after=0) == []

    outbox.relay()
    emit()
    outbox.relay()
    assert [event.number for event in outbox.read_on(stream="catalogue", after=1)] == [2]


def test_an_event_of_a_change_that_was_undone_is_not_there() -> None:
    with transaction.atomic():
        emit()
        transaction.set_rollback(True)

    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize("change", [{"event": "x"}, {"number": 9}])
def test_a_numbered_event_cannot_be_changed(change: dict) -> None:
    emit()
    outbox.relay()

    with pytest.raises(DatabaseError), transaction.atomic():
        OutboxEvent.objects.update(**change)


def test_the_audit_log_cannot_be_changed_or_shortened() -> None:
    AuditEntry.objects.create(action="look")

    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.update(action="nothing")
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all().delete()


# --- Forgetting ----------------------------------------------------------------------------------


def age(*, days: int) -> None:
    """Make every event so much older; the trigger that forbids it is off for this statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE core_outboxevent SET created_at = created_at - %s", [timedelta(days=days)]
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def numbers() -> list[int | None]:
    return [event.number for event in outbox.read_on(stream="catalogue", after=0)]


def test_what_is_old_and_read_by_all_is_forgotten_except_the_last() -> None:
    for _each in range(3):
        emit()
    outbox.relay()
    age(days=91)

    assert outbox.prune() == 2
    assert numbers() == [3]
    emit()
    outbox.relay()
    assert numbers() == [3, 4]


def test_what_one_reader_has_not_read_is_kept() -> None:
    OutboxPosition.objects.create(reader="lambat", stream="catalogue", number=1)
    for _each in range(3):
        emit()
    outbox.relay()
    age(days=91)

    outbox.prune()

    assert numbers() == [2, 3]


def test_what_is_younger_is_kept_even_from_a_direct_delete() -> None:
    for _each in range(2):
        emit()
    outbox.relay()
    age(days=89)

    assert outbox.prune() == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        OutboxEvent.objects.all().delete()


def test_a_gap_is_never_left_between_what_is_kept() -> None:
    emit()
    outbox.relay()
    age(days=91)
    emit()
    outbox.relay()

    outbox.prune()

    found = outbox.reach("catalogue")
    assert (found.first, found.last) == (2, 2)
    assert found.holds_all_after(1)
    assert not found.holds_all_after(0)
