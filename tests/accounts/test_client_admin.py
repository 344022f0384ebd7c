"""Administrators add programs of other offices, change them, give new secrets and revoke."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import clients
from accounts.models import ApiClient, User
from core.models import AuditEntry
from tests.accounts.factories import UserFactory, a_client, an_integrator

pytestmark = pytest.mark.django_db

SECRET = re.compile(r"abk_[\w-]{43}")
RIGHTS = ["access_admin", "add_apiclient", "change_apiclient", "view_apiclient"]


@pytest.fixture
def administrator(client: Client) -> User:
    user = UserFactory(username="pengelola")
    user.user_permissions.set(Permission.objects.filter(codename__in=RIGHTS))
    client.force_login(user)
    return user


def given(owner: User, **facts: Any) -> dict[str, Any]:
    return {
        "name": "Papan harga",
        "organisation": "Dinas Kominfo",
        "contact": "papan@kominfo.test",
        "owner": owner.pk,
        "scopes": ["catalog:read", "figures:read"],
        "requests_per_minute": 300,
        "last_day": timezone.localdate() + timedelta(days=30),
    } | facts


def actions() -> list[str]:
    """What the audit log holds of clients, the first first."""
    entries = AuditEntry.objects.filter(action__startswith="client.").order_by("pk")
    return [entry.action for entry in entries]


def test_an_administrator_adds_a_client_and_sees_its_secret_once(
    client: Client, administrator: User
) -> None:
    shown = client.post(reverse("clients:add"), given(an_integrator()))
    made = ApiClient.objects.get()
    [secret] = SECRET.findall(shown.content.decode())

    assert "no-store" in shown["Cache-Control"]
    assert clients.find_client(secret) == made
    assert made.scopes == ["catalog:read", "figures:read"]
    expiry = timezone.localtime(made.expires_at)
    assert (expiry.date(), expiry.hour) == (timezone.localdate() + timedelta(days=31), 0)
    for name in ("secrets", "edit"):
        page = client.get(reverse(f"clients:{name}", args=[made.pk])).content.decode()
        assert secret[:12] in page or name == "edit"
        assert not SECRET.findall(page)
    assert "Papan harga" in client.get(reverse("clients:index")).content.decode()
    [entry] = AuditEntry.objects.filter(action="client.added")
    assert entry.actor_id == administrator.pk


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("last_day", timezone.localdate() + timedelta(days=400)),
        ("last_day", timezone.localdate() - timedelta(days=2)),
        ("last_day", ""),
        ("scopes", []),
        ("scopes", ["purchases:read"]),
        ("requests_per_minute", 0),
        ("requests_per_minute", 10_001),
        ("contact", "bukan surel"),
    ],
)
def test_a_form_that_asks_too_much_is_shown_again(
    client: Client, administrator: User, field: str, value: Any
) -> None:
    shown = client.post(reverse("clients:add"), given(an_integrator(), **{field: value}))

    assert field in shown.context["form"].errors
    assert not ApiClient.objects.exists()


def test_only_an_integrator_who_may_sign_in_answers_for_a_client(
    client: Client, administrator: User
) -> None:
    for nobody in (UserFactory(), an_integrator(is_active=False)):
        shown = client.post(reverse("clients:add"), given(nobody))
        assert "owner" in shown.context["form"].errors


def test_a_change_writes_what_was_changed_and_no_more(client: Client, administrator: User) -> None:
    made, _secret = a_client()
    at = reverse("clients:edit", args=[made.pk])
    last_day = client.get(at).context["form"]["last_day"].initial
    before = made.expires_at
    clients.revoke(made, by=administrator)
    client.post(at, given(made.owner, scopes=made.scopes, last_day=last_day))
    made.refresh_from_db()

    assert made.requests_per_minute == 300
    assert made.expires_at == before
    assert made.revoked_at is not None
    [entry] = AuditEntry.objects.filter(action="client.changed")
    assert entry.detail == {"fields": ["requests_per_minute"]}


def test_an_administrator_replaces_secrets_and_revokes_and_it_is_written_down(
    client: Client, administrator: User
) -> None:
    made, before = a_client()
    shown = client.post(reverse("clients:replace", args=[made.pk]))
    [new] = SECRET.findall(shown.content.decode())
    client.post(reverse("clients:end-old", args=[made.pk]))

    assert clients.find_client(new) == made
    with pytest.raises(clients.ClientUnknown):
        clients.find_client(before)
    client.post(reverse("clients:revoke", args=[made.pk]))
    with pytest.raises(clients.ClientRevoked):
        clients.find_client(new)
    assert client.post(reverse("clients:replace", args=[made.pk])).status_code == 404
    assert actions() == [
        "client.added",
        "client.secret-replaced",
        "client.old-secrets-ended",
        "client.revoked",
    ]
