"""Every error of the API is a problem document with a type that stays."""

import re
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from accounts.tokens import make_token
from core import views
from tests.accounts.factories import UserFactory

pytestmark = pytest.mark.django_db

TOKENS = "/api/v1/auth/tokens"


@pytest.fixture
def signed_in() -> dict[str, str]:
    _token, text = make_token(UserFactory(), name="test")
    return {"Authorization": f"Token {text}"}


def problem(response: Any, status: int, kind: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["type"] == f"/problems/{kind}"
    assert body["status"] == status
    assert body["title"]
    assert body["instance"].endswith(response["X-Request-ID"])
    return body


def post(client: Client, body: str | bytes, content_type: str = "application/json") -> Any:
    return client.post(TOKENS, body, content_type=content_type)


def test_not_signed_in(client: Client) -> None:
    response = client.get("/api/v1/me")

    problem(response, 401, "not-signed-in")
    assert response["WWW-Authenticate"] == "Token"


def test_a_wrong_token(client: Client) -> None:
    problem(
        client.get("/api/v1/me", headers={"Authorization": "Token abu_x"}), 401, "token-refused"
    )


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/", "/api/v2/umkm", "/api/v1/me/"])
def test_an_address_that_leads_nowhere(client: Client, address: str) -> None:
    problem(client.get(address), 404, "not-found")


@pytest.mark.parametrize("method", ["PUT", "TRACE", "DELETE"])
def test_a_method_that_is_not_for_here(client: Client, method: str, signed_in) -> None:
    response = client.generic(method, "/api/v1/me", headers=signed_in)

    problem(response, 405, "method-not-allowed")
    assert "GET" in response["Allow"]


def test_json_that_is_not_well_formed(client: Client) -> None:
    problem(post(client, "{oops"), 400, "malformed")


def test_json_nested_without_end(client: Client) -> None:
    problem(post(client, "[" * 200_000), 400, "malformed")


@pytest.mark.parametrize("body", ["[1]", '"x"', "null", '{"username": 1, "password": true}'])
def test_json_of_another_shape(client: Client, body: str) -> None:
    problem(post(client, body), 400, "invalid")


@pytest.mark.parametrize("name", ["\\u0000", "\\ud800"])
def test_text_that_no_database_takes(client: Client, name: str) -> None:
    errors = problem(post(client, f'{{"username": "{name}", "password": "b"}}'), 400, "invalid")

    assert "username" in errors["errors"]


def test_a_body_that_is_not_json(client: Client) -> None:
    problem(post(client, "a=1", "application/x-www-form-urlencoded"), 415, "unsupported-media-type")


def test_a_body_that_is_too_large(client: Client) -> None:
    body = b'{"username": "' + b"x" * 3_000_000 + b'"}'

    problem(post(client, body), 413, "too-large")


def test_an_unknown_field_is_named(client: Client) -> None:
    body = '{"username": "a", "password": "b", "nmae": "c"}'

    assert "nmae" in problem(post(client, body), 400, "invalid")["errors"]


def test_an_answer_in_something_else_than_json(client: Client) -> None:
    response = client.get("/api/v1/regions", headers={"Accept": "text/html"})

    problem(response, 406, "not-acceptable")


def test_too_many_requests_say_when_to_come_again(client: Client) -> None:
    for _try in range(11):
        response = post(client, '{"username": "a", "password": "b"}')

    problem(response, 429, "too-many-requests")
    assert int(response["Retry-After"]) > 0
    cache.clear()


def test_what_breaks_says_nothing_of_the_inside(client: Client, signed_in, monkeypatch) -> None:
    def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("rahasia")

    monkeypatch.setattr("accounts.api.tokens.MeSerializer", break_down)
    client.raise_request_exception = False
    response = client.get("/api/v1/me", headers=signed_in)

    problem(response, 500, "internal")
    assert "rahasia" not in response.content.decode()


def test_a_host_that_is_not_ours(client: Client) -> None:
    refused = client.get("/api/v1/me", headers={"Host": "jahat.test", "Accept-Language": "en"})

    assert problem(refused, 400, "bad-request")["title"] == "The request cannot be read."
    assert refused["X-Content-Type-Options"] == "nosniff"


def test_titles_are_indonesian_and_english_on_request(client: Client) -> None:
    indonesian = client.get("/api/v1/me", headers={"Accept-Language": "de"}).json()
    english = client.get("/api/v1/me", headers={"Accept-Language": "en-GB"}).json()

    assert english["title"] == "Please sign in."
    assert indonesian["title"] != english["title"]


def test_a_type_explains_itself(client: Client) -> None:
    assert client.get("/problems/idempotency-key-reused").json()["status"] == 422
    assert client.get("/problems/nonsense").status_code == 404


@pytest.mark.parametrize(
    ("name", "status"), [("internal", 500), ("bad-request", 400), ("not-ready", 503)]
)
def test_a_type_that_no_rule_raises_explains_itself_too(
    client: Client, name: str, status: int
) -> None:
    assert client.get(f"/problems/{name}").json()["status"] == status


def test_a_type_is_explained_in_the_readers_language(client: Client) -> None:
    said = client.get("/problems/not-signed-in", headers={"Accept-Language": "en"}).json()

    assert said["title"] == "Please sign in."


def test_the_api_guide_lists_every_type_with_its_status() -> None:
    guide = (settings.BASE_DIR / "docs/api.md").read_text()
    listed = dict(re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", guide, re.MULTILINE))
    import_module(settings.ROOT_URLCONF)  # what the routes can refuse is imported by them
    released = {name: str(status) for name, (_title, status) in views.known_types().items()}

    assert listed == released
