"""An app signs in once, its token is kept as a digest only, expires, and is revoked."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiToken, User
from accounts.tokens import find_token, make_token, revoke_token
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return UserFactory()


def sign_in(client: APIClient, user: User, password: str = PASSWORD) -> dict[str, str]:
    body = {"username": user.username, "password": password, "name": "Ponsel"}
    response = client.post("/api/v1/auth/tokens", body, format="json")
    return {"status": response.status_code, **response.json()}


def test_signing_in_gives_a_token_that_opens_the_api(user: User) -> None:
    made = sign_in(APIClient(), user)

    client = APIClient(headers={"Authorization": f"Token {made['token']}"})
    assert client.get("/api/v1/me").json()["username"] == user.username


def test_the_text_of_a_token_is_nowhere_in_the_database(user: User) -> None:
    _token, text = make_token(user, name="Ponsel")

    row = ApiToken.objects.values().get()
    assert text not in str(row)
    assert row["prefix"] == text[:12]


@pytest.mark.parametrize("name", ["someone-else", ""])
def test_a_wrong_password_and_an_unknown_name_look_the_same(user: User, name: str) -> None:
    known = sign_in(APIClient(), user, password="wrong")
    body = {"username": name or "nobody", "password": "wrong", "name": "x"}
    unknown = APIClient().post("/api/v1/auth/tokens", body, format="json").json()

    assert known["status"] == 401
    assert known["type"] == unknown["type"] == "/problems/wrong-password"
    assert known["title"] == unknown["title"]


def test_an_expired_token_is_refused(user: User) -> None:
    _token, text = make_token(user, name="Ponsel")

    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert find_token(text) is None


def test_a_token_of_someone_who_may_not_sign_in_any_more_is_refused(user: User) -> None:
    _token, text = make_token(user, name="Ponsel")
    user.is_active = False
    user.save(update_fields=["is_active"])

    assert find_token(text) is None


def test_its_owner_revokes_the_token_the_request_came_with(user: User) -> None:
    made = sign_in(APIClient(), user)
    client = APIClient(headers={"Authorization": f"Token {made['token']}"})

    assert client.delete("/api/v1/auth/tokens/current").status_code == 204
    refused = client.get("/api/v1/me")
    assert refused.status_code == 401
    assert refused.json()["type"] == "/problems/token-refused"


def test_one_sees_only_own_tokens_that_still_work(user: User) -> None:
    kept, text = make_token(user, name="Ponsel")
    revoke_token(make_token(user, name="Lama")[0])
    make_token(UserFactory(), name="Orang lain")

    client = APIClient(headers={"Authorization": f"Token {text}"})
    assert [row["name"] for row in client.get("/api/v1/auth/tokens").json()["results"]] == [
        kept.name
    ]


def test_trying_passwords_is_slowed_down(user: User) -> None:
    client = APIClient()
    answers = [sign_in(client, user, password="wrong")["status"] for _try in range(12)]

    assert answers.count(401) == 10
    assert answers[-1] == 429
