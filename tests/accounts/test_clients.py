"""A program of another office is let in by its secret: where its scopes reach, until it ends."""

import logging
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts import clients, forgetting
from accounts.models import ApiClient, ApiClientSecret
from accounts.scopes import Scope
from core.logs import JsonFormatter
from core.models import AuditEntry
from tests.accounts.factories import UserFactory, a_client, an_integrator

pytestmark = pytest.mark.django_db

REGIONS = "/api/v1/regions"


def ask(secret: str, path: str = REGIONS, **more: Any) -> Any:
    """What the route answers to a program."""
    return Client().get(path, headers={"Authorization": f"Bearer {secret}"}, **more)


def kind(answer: Any) -> tuple[int, str]:
    """Status and problem of a refusal."""
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


UNKNOWN = (401, "client-unknown")


def test_a_secret_lets_a_program_in_and_its_use_is_noted() -> None:
    client, secret = a_client()

    assert ask(secret).status_code == 200
    client.refresh_from_db()
    assert client.last_used_at is not None


def test_a_program_that_was_here_lately_is_found_by_one_query(
    django_assert_num_queries: Any,
) -> None:
    _client, secret = a_client()
    clients.find_client(secret)

    with django_assert_num_queries(1):
        clients.find_client(secret)


@pytest.mark.parametrize("secret", ["", "abk_x", "abk_x y", "\xff"])
def test_what_is_no_secret_opens_nothing(secret: str) -> None:
    answer = ask(secret)

    assert kind(answer) == UNKNOWN
    assert answer["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_secret_is_kept_as_a_digest_and_stands_in_no_log(caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    client, first = a_client(scopes=[Scope.CATALOG])
    second = clients.replace_secret(client, by=client.owner)
    for secret in (first, second):
        ask(secret)
        ask(secret, "/api/v1/circulation")
        ask(f"{secret}x")
    clients.revoke(client, by=client.owner)
    ask(second)

    kept = str([*ApiClient.objects.values(), *ApiClientSecret.objects.values()])
    kept += str(list(AuditEntry.objects.values()))
    lines = [JsonFormatter().format(record) for record in caplog.records]
    for secret in (first, second):
        assert secret.startswith(clients.MARK)
        assert secret[12:] not in kept + "".join(lines)


def test_a_client_is_let_in_up_to_the_very_second_of_its_expiry() -> None:
    client, secret = a_client()

    with time_machine.travel(client.expires_at - timedelta(seconds=1), tick=False):
        assert ask(secret).status_code == 200
    with time_machine.travel(client.expires_at, tick=False):
        assert kind(ask(secret)) == (401, "client-expired")


def test_a_client_is_made_for_no_longer_than_the_setting_says(settings: Any) -> None:
    settings.CLIENT_LIFETIME = timedelta(days=90)
    client, _secret = a_client(expires_at=timezone.now() + timedelta(days=89))
    client.expires_at = timezone.now() + timedelta(days=91)

    with pytest.raises(ValueError, match="CLIENT_DAYS"):
        clients.change_client(client, fields=["expires_at"], by=client.owner)
    with pytest.raises(ValueError, match="CLIENT_DAYS"):
        a_client(expires_at=client.expires_at)
    client.refresh_from_db()
    assert client.expires_at < clients.latest_expiry()


def test_a_client_without_a_scope_or_a_limit_is_none() -> None:
    owner = an_integrator()
    for facts in ({"scopes": []}, {"requests_per_minute": 0}):
        with pytest.raises(IntegrityError), clients.transaction.atomic():
            a_client(owner, **facts)


def test_the_secret_before_works_for_24_hours_beside_the_new_one() -> None:
    client, before = a_client()
    with time_machine.travel(timezone.now(), tick=False):
        new = clients.replace_secret(client, by=client.owner)
        over = timezone.now() + timedelta(hours=24)

    with time_machine.travel(over - timedelta(seconds=1), tick=False):
        assert ask(before).status_code == ask(new).status_code == 200
    with time_machine.travel(over, tick=False):
        assert kind(ask(before)) == UNKNOWN
        assert ask(new).status_code == 200


def test_a_new_secret_asked_for_twice_does_not_end_the_one_in_use() -> None:
    client, in_use = a_client()
    for _press in range(2):
        new = clients.replace_secret(client, by=client.owner)

    assert ask(in_use).status_code == ask(new).status_code == 200
    assert client.secrets.filter(ends_at=None).count() == 1


def test_after_a_leak_the_old_secrets_end_at_once() -> None:
    client, leaked = a_client()
    new = clients.replace_secret(client, by=client.owner)

    assert clients.end_old_secrets(client, by=client.owner) == 1
    assert kind(ask(leaked)) == UNKNOWN
    assert ask(new).status_code == 200


def test_a_revoked_client_is_let_in_no_more_and_gets_no_new_secret() -> None:
    client, secret = a_client()
    clients.revoke(client, by=client.owner)
    clients.revoke(client, by=client.owner)

    assert kind(ask(secret)) == (401, "client-revoked")
    with pytest.raises(clients.ClientRevoked):
        clients.replace_secret(client, by=client.owner)
    assert AuditEntry.objects.filter(action="client.revoked").count() == 1


def test_a_client_stops_when_its_owner_may_not_sign_in_or_lost_the_role() -> None:
    leaves, moves = an_integrator(is_active=False), an_integrator()
    moves.groups.clear()

    for owner in (leaves, moves):
        _client, secret = a_client(owner)
        assert kind(ask(secret)) == (401, "client-without-owner")


def test_out_of_its_scopes_a_client_is_told_which_one_it_lacks() -> None:
    _client, secret = a_client(scopes=[Scope.CATALOG, Scope.POSTS])
    answer = ask(secret, "/api/v1/circulation")

    assert kind(answer) == (403, "client-scope-missing")
    assert answer.json()["scope"] == "figures:read"
    assert answer["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="figures:read"'


def test_a_view_that_names_no_scope_lets_no_client_in() -> None:
    class New(APIView):
        permission_classes = [AllowAny]

        def get(self, request: Any) -> Response:
            return Response({})

    class Writes(New):
        client_scope = Scope.CATALOG
        post = New.get

    _client, secret = a_client()
    factory = APIRequestFactory(headers={"Authorization": f"Bearer {secret}"})

    assert New.as_view()(factory.get("/")).data["type"] == "/problems/client-not-here"
    assert Writes.as_view()(factory.get("/")).status_code == 200
    assert Writes.as_view()(factory.post("/")).data["type"] == "/problems/client-not-here"


def test_a_signed_in_browser_does_not_help_a_client_out() -> None:
    client, secret = a_client()
    browser = Client()
    browser.force_login(client.owner)
    answer = browser.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})

    assert kind(answer) == (403, "client-not-here")


def test_a_client_is_slowed_down_by_its_own_limit_from_whatever_address() -> None:
    owner = an_integrator()
    _slow, secret = a_client(owner, requests_per_minute=2)
    _other, of_other = a_client(owner)
    answers = [ask(secret, REMOTE_ADDR=f"192.0.2.{number}") for number in (1, 2, 3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert kind(answers[-1]) == (429, "too-many-requests")
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert ask(of_other, REMOTE_ADDR="192.0.2.3").status_code == 200
    assert Client().get(REGIONS, REMOTE_ADDR="192.0.2.3").status_code == 200


def test_the_limit_of_an_address_does_not_bind_a_client(monkeypatch: Any) -> None:
    monkeypatch.setattr("core.throttling.AnonymousThrottle.rate", "1/min", raising=False)
    _client, secret = a_client()
    strangers = [Client().get(REGIONS).status_code for _ask in range(2)]

    assert strangers == [200, 429]
    assert [ask(secret).status_code for _ask in range(3)] == [200, 200, 200]


def test_what_ended_long_ago_is_forgotten() -> None:
    owner = an_integrator()
    client, _secret = a_client(owner, name="Tetap")
    clients.replace_secret(client, by=owner)
    clients.revoke(a_client(owner, name="Dicabut")[0], by=owner)
    with time_machine.travel(timezone.now() + timedelta(days=32)):
        forgetting.forget_sign_ins()
        assert client.secrets.count() == 1
        assert owner.clients.count() == 2
    client.expires_at = timezone.now() + timedelta(days=60)
    clients.change_client(client, fields=["expires_at"], by=owner)
    with time_machine.travel(timezone.now() + timedelta(days=366)):
        forgetting.forget_sign_ins()
        assert [kept.name for kept in owner.clients.all()] == ["Tetap"]


def test_an_integrator_sees_own_clients_only_and_replaces_and_revokes_them(client: Client) -> None:
    mine, before = a_client(name="Papan harga")
    other, of_other = a_client(an_integrator(), name="Milik lain")
    client.force_login(mine.owner)
    at = f"/akun/klien/{mine.public_id}"
    shown = client.post(f"{at}/rahasia/")
    [new] = [
        secret.rpartition("abk_")[2]
        for secret in shown.content.decode().split("<")
        if "abk_" in secret
    ]
    page = client.get("/akun/klien/").content.decode()
    client.post(f"{at}/akhiri-lama/")

    assert "no-store" in shown["Cache-Control"]
    assert ask(f"abk_{new}").status_code == 200
    assert kind(ask(before)) == UNKNOWN
    assert "Papan harga" in page
    assert "Milik lain" not in page
    assert new not in page
    client.post(f"{at}/cabut/")
    assert kind(ask(f"abk_{new}")) == (401, "client-revoked")
    for act in ("rahasia", "akhiri-lama", "cabut"):
        assert client.post(f"/akun/klien/{other.public_id}/{act}/").status_code == 404
        assert client.post(f"{at}/{act}/").status_code == 404
    assert ask(of_other).status_code == 200


def test_the_page_of_ones_clients_is_for_integrators(client: Client) -> None:
    assert client.get("/akun/klien/")["Location"].startswith("/masuk/")
    client.force_login(UserFactory())
    assert client.get("/akun/klien/").status_code == 403
