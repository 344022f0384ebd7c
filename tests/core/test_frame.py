"""The frame around every answer: health, policies, language, the API's document."""

import pytest
from django.conf import settings
from django.test import Client
from openapi_spec_validator import validate

from core import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(client: Client) -> dict:
    return client.get("/api/v1/schema/").json()


def test_a_live_process_says_so(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "live"}


def test_a_ready_process_says_whether_it_is_a_demo(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(health, "_commits_are_durable", lambda: True)

    assert client.get("/health/ready").json() == {"status": "ready", "demo": settings.DEMO}


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


def test_english_is_chosen_on_the_page(client: Client) -> None:
    client.post("/bahasa/", {"language": "en", "next": "/masuk/"})

    assert '<html lang="en">' in client.get("/masuk/").content.decode()


def test_the_api_document_is_valid_openapi_3_1(document: dict) -> None:
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_the_api_document_holds_our_own_paths_only(document: dict) -> None:
    assert document["paths"]
    assert all(path.startswith("/api/v1/") for path in document["paths"])


def test_every_operation_says_how_it_refuses(document: dict) -> None:
    operations = [operation for path in document["paths"].values() for operation in path.values()]

    assert all("default" in operation["responses"] for operation in operations)


def test_the_browsable_reference_asks_nobody_else(client: Client) -> None:
    page = client.get("/api/v1/docs/")

    assert page.status_code == 200
    assert "https://" not in page.content.decode()
