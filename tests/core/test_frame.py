"""The frame around every answer: health, policies, language, the API's document."""

import json

import pytest
from csp.constants import NONE
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from openapi_spec_validator import validate

from core import csp, health

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(client: Client) -> dict:
    return client.get("/api/v1/schema/").json()


def test_a_live_process_says_so(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "live"}


def test_a_ready_process_says_whether_it_is_a_demo(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(health, "_commits_are_durable", lambda: True)

    assert client.get("/health/ready").json() == {"status": "ready", "demo": settings.DEMO}


def test_a_process_whose_database_is_away_is_not_ready(client: Client, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr("core.health.connection.cursor", refuse)
    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["failing"] == ["database"]


def test_a_process_on_a_database_of_an_older_version_is_not_ready(monkeypatch) -> None:
    MigrationRecorder.Migration.objects.filter(app="core").delete()

    assert "migrations" in health.failing()


def test_a_process_without_its_cache_is_not_ready(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(health, "_commits_are_durable", lambda: True)
    monkeypatch.setattr(health, "_cache_answers", lambda: False)
    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["failing"] == ["cache"]


def test_the_site_runs_no_inline_code_and_asks_nobody_else(client: Client) -> None:
    policy = client.get("/masuk/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_the_admin_has_a_policy_of_its_own_without_inline_scripts(client: Client) -> None:
    policy = client.get("/admin/")["Content-Security-Policy"]

    assert "script-src 'self';" in policy + ";"
    assert "frame-src 'self'" in policy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_every_answer_carries_the_security_headers(client: Client, name: str, value: str) -> None:
    assert client.get("/masuk/")[name] == value


def test_a_browser_in_another_language_gets_indonesian(client: Client) -> None:
    page = client.get("/masuk/", headers={"Accept-Language": "en"})

    assert page["Content-Language"] == "id"
    assert '<html lang="id">' in page.content.decode()


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "id"), ("*", "id"), ("de", "id"), ("en-GB,en;q=0.9", "en"), ("id,en;q=0.5", "id")],
)
def test_the_api_speaks_english_to_who_asks_for_it(
    client: Client, accepted: str, language: str
) -> None:
    answer = client.get("/api/v1/me", headers={"Accept-Language": accepted})

    assert answer["Content-Language"] == language
    assert "Accept-Language" in answer["Vary"]


def test_what_people_uploaded_runs_nothing() -> None:
    assert csp.policy_for("/media/images/x.svg") == {"default-src": [NONE], "sandbox": True}


def test_english_is_chosen_on_the_page(client: Client) -> None:
    client.post("/bahasa/", {"language": "en", "next": "/masuk/"})

    assert '<html lang="en">' in client.get("/masuk/").content.decode()


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/umkm/?kategori=kuliner", "/umkm/?kategori=kuliner"),
        ("https://jahat.test/", "/"),
        ("//jahat.test/", "/"),
        ("/\\jahat.test/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_choosing_a_language_leads_to_no_other_site(
    client: Client, wanted: str, led_to: str
) -> None:
    response = client.post("/bahasa/", {"language": "en", "next": wanted})

    assert response["Location"] == led_to


@pytest.mark.parametrize("asked", ["de", "../en", "x" * 300, ""])
def test_a_language_that_we_do_not_speak_changes_nothing(client: Client, asked: str) -> None:
    response = client.post("/bahasa/", {"language": asked, "next": "/masuk/"})

    assert response.status_code == 302
    assert '<html lang="id">' in client.get("/masuk/").content.decode()


def test_the_api_document_is_valid_openapi_3_1(document: dict) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_the_api_document_holds_our_own_paths_only(document: dict) -> None:
    assert document["paths"]
    assert all(path.startswith("/api/v1/") for path in document["paths"])


def test_the_api_document_is_made_without_a_guess(tmp_path) -> None:
    call_command("spectacular", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_every_list_says_that_its_links_may_be_null_in_the_words_of_3_1(document: dict) -> None:
    assert "nullable" not in json.dumps(document)


def test_a_route_that_takes_a_key_says_so(document: dict) -> None:
    parameters = document["paths"]["/api/v1/purchases"]["post"]["parameters"]

    assert ("Idempotency-Key", True) in [(each["name"], each["required"]) for each in parameters]


def test_every_operation_says_how_it_refuses(document: dict) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]

    assert all("default" in operation["responses"] for operation in operations)


def test_the_browsable_reference_asks_nobody_else(client: Client) -> None:
    page = client.get("/api/v1/docs/")

    assert page.status_code == 200
    assert "https://" not in page.content.decode()
