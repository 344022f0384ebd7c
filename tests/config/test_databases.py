"""The databases of the tests: what a transactional test destroys is there for the next."""

import subprocess

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from wagtail.models import Page, Site

from accounts.models import User
from celery_app import app
from core import audit
from core.models import AuditEntry
from tests import databases


@pytest.mark.django_db(transaction=True)
def test_a_flush_leaves_what_the_migrations_made_and_nothing_else() -> None:
    before = [model.objects.count() for model in (Page, Site, Permission, ContentType)]
    User.objects.create_user("guest", password="a-guest-of-this-test")
    Page.objects.all().delete()

    databases.restore_baseline()

    assert [model.objects.count() for model in (Page, Site, Permission, ContentType)] == before
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_after_a_flush_every_trigger_watches_again() -> None:
    audit.record(actor=None, action="asn.moved")

    databases.restore_baseline()

    assert not AuditEntry.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O'")
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_each_process_has_a_clone_and_never_the_database_it_was_given() -> None:
    assert connection.settings_dict["NAME"].startswith(f"test_{databases.development_name()}_")


@pytest.mark.django_db(transaction=True)
def test_the_worker_of_the_tests_is_a_process_of_its_own_on_the_same_broker(
    celery_worker_process: subprocess.Popen[bytes],
) -> None:
    answers = app.control.inspect(timeout=5).stats()

    assert [answer["pid"] for answer in answers.values()] == [celery_worker_process.pid]


def test_clearing_the_cache_empties_no_queue() -> None:
    with app.connection_for_write() as broker:
        broker.default_channel.client.set("kept", "yes")
        cache.clear()
        assert broker.default_channel.client.get("kept") == b"yes"
        broker.default_channel.client.delete("kept")
