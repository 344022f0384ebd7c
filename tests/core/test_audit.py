"""The audit log says who looked at whom and why, and the one it is about may read it."""

import pytest
from django.db import transaction

from core import audit, request_id
from core.models import AuditEntry
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_an_entry_names_actor_subject_purpose_and_request() -> None:
    auditor, person = UserFactory(), UserFactory()
    request_id._current.set("pembeli-123")
    entry = audit.record(
        actor=auditor, action="look", subject=person, subject_user=person, purpose="pengaduan"
    )

    assert (entry.actor_id, entry.subject_user_id) == (auditor.pk, person.pk)
    assert (entry.subject_type, entry.subject_id) == ("accounts.user", str(person.pk))
    assert (entry.purpose, entry.request_id) == ("pengaduan", "pembeli-123")


def test_one_reads_the_entries_about_oneself_only() -> None:
    person, other = UserFactory(), UserFactory()
    mine = audit.record(actor=other, action="look", subject_user=person)
    audit.record(actor=person, action="look", subject_user=other)

    assert list(audit.about(person)) == [mine]


def test_an_entry_is_undone_with_what_it_speaks_of() -> None:
    with transaction.atomic():
        audit.record(actor=None, action="close")
        transaction.set_rollback(True)

    assert not AuditEntry.objects.exists()


def test_an_entry_outlives_the_user_it_speaks_of() -> None:
    person = UserFactory()
    audit.record(actor=None, action="look", subject_user=person)
    gone = person.pk
    person.delete()

    assert AuditEntry.objects.get().subject_user_id == gone
