"""An app signs in once, its token is kept as a digest only, expires, and is revoked."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
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


def test_the_page_of_ones_apps_shows_own_ones_and_ends_one(user: User, client: Client) -> None:
    lost, lost_text = make_token(user, name="Ponsel lama")
    other, other_text = make_token(UserFactory(), name="Orang lain")
    client.force_login(user)
    page = client.get("/akun/perangkat/").content.decode()
    client.post(f"/akun/perangkat/{lost.public_id}/akhiri/")

    assert "Ponsel lama" in page
    assert "Orang lain" not in page
    assert lost_text not in page
    assert find_token(lost_text) is None
    assert client.post(f"/akun/perangkat/{other.public_id}/akhiri/").status_code == 404
    assert find_token(other_text) is not None


def test_signing_out_everywhere_ends_every_app_and_browser(user: User, client: Client) -> None:
    _token, text = make_token(user, name="Ponsel")
    elsewhere, stranger = Client(), Client()
    for each in (client, elsewhere):
        each.force_login(user)
    stranger.force_login(UserFactory())
    client.post("/akun/perangkat/akhiri-semua/")

    assert find_token(text) is None
    for each in (client, elsewhere):
        assert each.get("/akun/")["Location"] == "/masuk/?next=/akun/"
    assert stranger.get("/akun/").status_code == 200


@pytest.mark.parametrize("address", ["/akun/perangkat/", "/akun/"])
def test_ones_account_is_for_who_is_signed_in(client: Client, address: str) -> None:
    assert client.get(address)["Location"].startswith("/masuk/")


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


def test_a_token_made_for_reading_writes_nothing(user: User) -> None:
    _token, text = make_token(user, name="Layar", scope=ApiToken.Scope.READ)
    client = APIClient(headers={"Authorization": f"Token {text}"})

    assert client.get("/api/v1/me").status_code == 200
    refused = client.delete("/api/v1/auth/tokens/current")
    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/token-only-reads"
    assert find_token(text) is not None


def test_the_location_of_a_new_token_shows_it_without_its_text(user: User) -> None:
    body = {"username": user.username, "password": PASSWORD, "name": "Ponsel"}
    made = APIClient().post("/api/v1/auth/tokens", body, format="json")
    client = APIClient(headers={"Authorization": f"Token {made.json()['token']}"})
    seen = client.get(made["Location"])

    assert seen.json()["id"] == made.json()["id"]
    assert made.json()["token"] not in seen.content.decode()


def test_the_token_of_a_lost_phone_is_ended_and_nobody_elses(user: User) -> None:
    lost, lost_text = make_token(user, name="Ponsel lama")
    other, other_text = make_token(UserFactory(), name="Orang lain")
    _token, text = make_token(user, name="Ponsel")
    client = APIClient(headers={"Authorization": f"Token {text}"})

    assert client.delete(f"/api/v1/auth/tokens/{lost.public_id}").status_code == 204
    assert client.delete(f"/api/v1/auth/tokens/{other.public_id}").status_code == 404
    assert find_token(lost_text) is None
    assert find_token(other_text) is not None


def test_the_use_of_a_token_is_noted_but_not_on_every_request(
    user: User, django_assert_num_queries: Any
) -> None:
    _token, text = make_token(user, name="Ponsel")
    find_token(text)

    with django_assert_num_queries(1):
        found = find_token(text)
    assert found.last_used_at is not None


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE"])
def test_a_method_that_there_is_not_is_told_so_whoever_asks(method: str) -> None:
    assert Client().generic(method, "/api/v1/auth/tokens").status_code == 405


def test_a_personal_answer_is_kept_by_no_cache(user: User) -> None:
    _token, text = make_token(user, name="Ponsel")
    client = APIClient(headers={"Authorization": f"Token {text}"})

    assert client.get("/api/v1/me")["Cache-Control"] == "no-store"
    assert client.get("/api/v1/nothing")["Cache-Control"] == "no-store"


def test_a_colleague_at_the_same_address_may_still_sign_in(user: User) -> None:
    client = APIClient()
    for _try in range(12):
        sign_in(client, User(username="pelupa"), password="wrong")

    assert "token" in sign_in(client, user)


def test_one_password_tried_on_many_names_is_slowed_down() -> None:
    client = APIClient()
    names = [User(username=f"nama{number}") for number in range(61)]
    answers = [sign_in(client, name, password="wrong")["status"] for name in names]

    assert answers[-1] == 429


def test_asking_who_one_is_reads_twice(user: User, django_assert_num_queries: Any) -> None:
    _token, text = make_token(user, name="Ponsel")
    find_token(text)
    client = APIClient(headers={"Authorization": f"Token {text}"})

    with django_assert_num_queries(2):  # the token with its user; the roles
        client.get("/api/v1/me")


def test_listing_tokens_reads_as_often_for_many_as_for_few(
    user: User, django_assert_num_queries: Any
) -> None:
    _token, text = make_token(user, name="Ponsel")
    find_token(text)
    for number in range(5):
        make_token(user, name=f"Ponsel {number}")
    client = APIClient(headers={"Authorization": f"Token {text}"})

    with django_assert_num_queries(2):
        client.get("/api/v1/auth/tokens")


def test_a_refused_sign_in_is_logged_by_account_and_not_by_name(user: User, caplog: Any) -> None:
    sign_in(APIClient(), user, password="wrong")
    sign_in(APIClient(), User(username="rahasia"), password="wrong")

    said = [record for record in caplog.records if record.name == "accounts.journal"]
    assert [record.user for record in said] == [user.pk, None]
    assert "rahasia" not in caplog.text
