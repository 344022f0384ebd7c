"""Settings: each explained, secrets without defaults, safe where people use it."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings

SOURCE = settings.BASE_DIR / "config" / "settings.py"
TABLE = settings.BASE_DIR / "docs" / "settings.md"

WANTED = [
    "CSRF_COOKIE_NAME",
    "CSRF_COOKIE_SECURE",
    "CSRF_TRUSTED_ORIGINS",
    "DEBUG",
    "DEMO",
    "LANGUAGE_COOKIE_SECURE",
    "SECURE_HSTS_SECONDS",
    "SECURE_SSL_REDIRECT",
    "SESSION_COOKIE_NAME",
    "SESSION_COOKIE_SECURE",
]
SECRETS = ["SECRET_KEY", "FIELD_KEYS", "LOOKUP_KEYS", "DATABASE_URL", "REDIS_URL"]


def read_settings(**environment: str | None) -> subprocess.CompletedProcess[str]:
    """The settings as a process with another environment reads them."""
    kept = {name: value for name, value in os.environ.items() if name not in environment}
    given = {name: value for name, value in environment.items() if value is not None}
    program = (
        f"import json; from config import settings as s; WANTED = {WANTED};"
        "print(json.dumps({n: v for n, v in vars(s).items() if n in WANTED}))"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env=kept | given,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_variable_is_explained_and_nothing_else_is() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', SOURCE.read_text()))
    rows = [line.split("|")[1] for line in TABLE.read_text().splitlines() if line[:3] == "| `"]
    explained = {name for row in rows for name in re.findall(r"`(\w+)`", row)}

    assert read == explained


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_has_no_default(name: str) -> None:
    refused = read_settings(**{name: None})

    assert refused.returncode != 0
    assert name in refused.stderr


def test_where_people_use_it_cookies_and_transport_are_safe() -> None:
    said = json.loads(read_settings(BASE_URL="https://belanja.contoh.test", HTTPS=None).stdout)

    assert said["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert said["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert all(said[f"{cookie}_COOKIE_SECURE"] for cookie in ("SESSION", "CSRF", "LANGUAGE"))
    assert said["SECURE_SSL_REDIRECT"]
    assert said["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert said["CSRF_TRUSTED_ORIGINS"] == ["https://belanja.contoh.test"]


def test_debugging_and_demo_are_off_unless_asked_for() -> None:
    said = json.loads(read_settings(DEMO=None, DEBUG=None).stdout)

    assert said["DEMO"] is False
    assert said["DEBUG"] is False


def test_statements_and_locks_end_in_time() -> None:
    options = settings.DATABASES["default"]["OPTIONS"]["options"]

    assert "statement_timeout" in options
    assert "lock_timeout" in options
    assert "idle_in_transaction_session_timeout" in options


def test_an_access_from_another_site_brings_no_cookie_along() -> None:
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_SAMESITE == "Lax"
