"""Logs are JSON lines that name the request and no person."""

import json
import logging
import sys
import time
from collections.abc import Callable

import pytest
from celery.contrib.testing.worker import start_worker
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client

from celery_app import app
from core import request_id
from core.logs import JsonFormatter, PrivacyFilter, mask
from tests.accounts.factories import UserFactory

NIP = "199008172015041999"


def line(message: str, **extra: object) -> dict[str, object]:
    record = logging.makeLogRecord({"name": "t", "levelname": "INFO", "msg": message, **extra})
    PrivacyFilter().filter(record)
    logged: dict[str, object] = json.loads(JsonFormatter().format(record))
    return logged


@pytest.mark.parametrize("written", [NIP, "19900817 201504 1 999", "19900817.201504.1.999"])
def test_a_nip_is_hidden_however_it_is_written(written: str) -> None:
    assert "1990" not in mask(f"NIP {written} masuk")


def test_the_seconds_a_task_took_stay() -> None:
    assert mask("succeeded in 0.0312345678901234s") == "succeeded in 0.0312345678901234s"


def test_shorter_numbers_stay() -> None:
    assert mask("post 123456789012345") == "post 123456789012345"


def test_what_a_framework_attaches_does_not_reach_the_line() -> None:
    assert "rahasia" not in str(line("x", request="rahasia"))


def test_a_secret_header_in_a_message_is_hidden() -> None:
    assert "abu_" not in str(line("Authorization: Token abu_123"))


def test_a_number_given_as_a_number_is_hidden_too() -> None:
    said = line("x", nip=int(NIP), attempt=3)

    assert NIP not in str(said)
    assert said["attempt"] == 3


@pytest.mark.django_db
def test_a_row_that_the_database_refused_is_not_quoted() -> None:
    name = "".join(["raha", "sia"])  # not in one word: a traceback quotes source lines
    UserFactory(username=name)
    try:
        with transaction.atomic():
            UserFactory(username=name)
    except IntegrityError:
        logged = line("broken", exc_info=sys.exc_info())

    assert "IntegrityError" in logged["exc_info"]
    assert name not in logged["exc_info"]


def test_a_line_says_when_with_its_offset() -> None:
    assert line("x", created=0)["time"] == "1970-01-01T00:00:00.000+00:00"


def test_a_line_names_its_request() -> None:
    token = request_id._current.set("abcdefgh")
    try:
        assert line("x")["request_id"] == "abcdefgh"
    finally:
        request_id._current.reset(token)


@pytest.mark.django_db
def test_a_request_is_logged_by_route_without_query_or_name(client: Client, caplog) -> None:
    caplog.set_level(logging.INFO)
    client.get(f"/api/v1/me?nip={NIP}&nama=rahasia", headers={"X-Request-ID": "pembeli-123"})

    said = [record for record in caplog.records if record.name == "core.request_id"]
    assert said[0].route == "api/v1/me"
    assert "rahasia" not in caplog.text
    assert NIP not in caplog.text


@pytest.mark.django_db
def test_what_django_says_of_a_refusal_names_the_request_too(client: Client, caplog) -> None:
    named: dict[str, str] = {}

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            named[record.name] = request_id.current()

    logging.getLogger("django.request").addHandler(listener := Listener())
    client.get("/api/v1/me", headers={"X-Request-ID": "pembeli-123"})
    logging.getLogger("django.request").removeHandler(listener)

    assert named == {"django.request": "pembeli-123"}


@pytest.mark.django_db
@pytest.mark.parametrize("forged", ["x", "a\tb c d e f", NIP, "x" * 65])
def test_an_ill_formed_request_id_is_replaced(client: Client, forged: str) -> None:
    answer = client.get("/health/live", headers={"X-Request-ID": forged})

    assert answer["X-Request-ID"] != forged


@pytest.mark.django_db
def test_no_personal_datum_of_any_input_reaches_any_line(client: Client, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    client.post(
        f"/api/v1/auth/tokens?nip={NIP}&name=Siti+Rahasia",
        {"username": NIP, "password": "kata-sandi-rahasia", "name": "Siti Rahasia"},
        content_type="application/json",
        headers={"Authorization": "Token abu_rahasia", "Idempotency-Key": "kunci-rahasia"},
    )
    client.get(f"/api/v1/purchases/{NIP}", headers={"Cookie": "sesi=rahasia"})
    client.post("/masuk/", {"username": NIP, "password": "kata-sandi-rahasia"})

    for record in caplog.records:
        PrivacyFilter().filter(record)
    lines = "".join(JsonFormatter().format(record) for record in caplog.records)
    assert "api/v1/auth/tokens" in lines
    assert NIP not in lines
    assert "ahasia" not in lines


OWN_QUEUE = "request-ids"


@app.task(name="tests.tell_request_id")
def tell_request_id(where: str) -> None:
    cache.set(where, request_id.current())


@pytest.mark.django_db(transaction=True)
def test_the_id_of_a_request_reaches_the_task_it_started() -> None:
    token = request_id._current.set("pembeli-123")
    tell_request_id.apply_async(args=["told"], queue=OWN_QUEUE)
    request_id._current.reset(token)

    # A worker process of other tests may serve the usual queue, and it does not know this task.
    with start_worker(app, pool="solo", perform_ping_check=False, queues=OWN_QUEUE):
        assert eventually(lambda: cache.get("told")) == "pembeli-123"


def eventually(look: Callable[[], object], within: float = 20) -> object:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if seen := look():
            return seen
        time.sleep(0.05)
    return None


@pytest.mark.parametrize("name", ["httpx", "wagtail", "django_tasks"])
def test_a_library_that_logs_what_it_was_asked_is_not_heard(name: str) -> None:
    assert not logging.getLogger(name).isEnabledFor(logging.INFO)
