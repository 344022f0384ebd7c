"""Redis may be away: reading goes on, signing in says when to come again, readiness tells."""

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.tokens import make_token
from core import health
from tests.accounts.factories import PASSWORD, UserFactory, a_client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_redis(settings: Settings, _clean_cache: None) -> None:
    away = "unix:///nowhere/at/all.sock?db=0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": away}}


def test_the_api_goes_on_uncounted() -> None:
    _token, text = make_token(UserFactory(), name="Ponsel")
    _client, secret = a_client()
    answer = APIClient(headers={"Authorization": f"Token {text}"}).get("/api/v1/me")
    to_client = APIClient(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/regions")

    assert answer.status_code == to_client.status_code == 200


def test_signing_in_waits_because_tries_cannot_be_counted() -> None:
    body = {"username": UserFactory().username, "password": PASSWORD}
    answer = APIClient().post("/api/v1/auth/tokens", body, format="json")

    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/busy"
    assert answer["Retry-After"] == "2"


def test_readiness_names_the_cache(client: Client) -> None:
    assert "cache" in health.failing()
    assert client.get("/health/live").status_code == 200
