"""A transaction that hangs is ended by PostgreSQL: soon for a request, later for a worker."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import InternalError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import Settings

from core.connections import ENDS_TRANSACTIONS_FROM, limit_transactions
from core.problems import exception_handler

SHOWS = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import config.{door}
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT current_setting('idle_in_transaction_session_timeout'),"
                   " current_setting('transaction_timeout', true)")
    print(*cursor.fetchone())
"""


@pytest.fixture
def another(db: None) -> Iterator[BaseDatabaseWrapper]:
    """A connection that is not open yet."""
    made = connection.copy()
    yield made
    made.close()


def dawdle(connection: BaseDatabaseWrapper) -> None:
    """Many statements, none of which takes long."""
    with connection.cursor() as cursor:
        for _statement in range(100):
            cursor.execute("SELECT pg_sleep(0.05)")


def limits(door: str) -> list[str]:
    """What PostgreSQL allows a process that starts by this module of config."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_TIMEOUT_MS")}
    told = subprocess.run(
        [sys.executable, "-c", SHOWS.format(door=door)],
        cwd=settings.BASE_DIR,
        env=kept,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.split()


@pytest.mark.django_db
def test_a_request_has_less_time_than_a_worker_or_a_command() -> None:
    ends_transactions = connection.pg_version >= ENDS_TRANSACTIONS_FROM

    assert limits("wsgi") == ["10s", *(["15s"] if ends_transactions else [])]
    assert limits("settings") == ["30s", *(["0"] if ends_transactions else [])]


def test_a_transaction_that_lasts_too_long_is_ended(
    settings: Settings, another: BaseDatabaseWrapper
) -> None:
    if connection.pg_version < ENDS_TRANSACTIONS_FROM:
        pytest.skip("PostgreSQL ends transactions from 17 on.")
    settings.TRANSACTION_TIMEOUT_MS = 200

    another.ensure_connection()
    another.set_autocommit(False)
    with pytest.raises((InternalError, OperationalError)):  # told why, or only that it is closed
        dawdle(another)


def test_whoever_asked_for_it_is_told_to_try_again() -> None:
    answer = exception_handler(InternalError("terminating connection"), {})

    assert answer is not None
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")


@pytest.mark.parametrize(
    ("version", "most", "told"),
    [
        (150_000, 15_000, []),
        (169_999, 15_000, []),
        (170_000, 15_000, ["SET transaction_timeout = 15000"]),
        (180_004, 0, []),
    ],
)
def test_an_older_postgresql_is_told_nothing_that_it_does_not_know(
    settings: Settings, version: int, most: int, told: list[str]
) -> None:
    settings.TRANSACTION_TIMEOUT_MS = most
    server = Server(version)

    limit_transactions(server)  # type: ignore[arg-type]

    assert server.told == told


class Server:
    """A connection to a PostgreSQL of some version, which writes down what it is told."""

    def __init__(self, version: int) -> None:
        self.pg_version = version
        self.told: list[str] = []

    def cursor(self) -> "Server":
        return self

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, statement: str) -> None:
        self.told.append(statement)
