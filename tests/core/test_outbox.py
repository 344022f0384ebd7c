"""Changes are numbered after their commit, per stream, without gaps, and never change."""

import uuid

import pytest
from django.db import DatabaseError, transaction

from core import outbox
from core.models import AuditEntry, OutboxEvent

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
