"""Secrets at rest go from one of FIELD_KEYS to the next, and stay readable all the while."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts import field_keys
from core import secrets, webhooks
from core.models import WebhookEndpoint
from social.credentials import keep_credentials, read_credentials
from tests.accounts.factories import UserFactory
from tests.social.factories import ChannelFactory

pytestmark = pytest.mark.django_db

OLD = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
NEW = "MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def test_after_it_no_older_key_is_needed(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]
    person, channel = UserFactory(), ChannelFactory()
    keep_credentials(channel, {"token": "rahasia"})
    endpoint = WebhookEndpoint(url="https://contoh.id/kabar", stream="catalog")
    secret = webhooks.add_endpoint(endpoint, by=person)
    passkey = {"credential": {"id": "gambar"}, "name": "Ponsel"}
    factor = {"secret": secrets.encrypt("JBSWY3DP"), "codes": [secrets.encrypt("12345678")]}
    for kind, data in (("totp", factor), ("webauthn", passkey)):
        Authenticator.objects.create(user=person, type=kind, data=data)
    settings.FIELD_KEYS = [NEW, OLD]
    said = StringIO()

    call_command("rotate_field_keys", stdout=said)

    settings.FIELD_KEYS = [NEW]
    assert "3 rows written anew" in said.getvalue()
    channel.refresh_from_db()
    endpoint.refresh_from_db()
    assert read_credentials(channel) == {"token": "rahasia"}
    assert secrets.decrypt(endpoint.secret) == secret
    sealed = Authenticator.objects.get(type="totp").data
    assert secrets.decrypt(sealed["secret"]) == "JBSWY3DP"
    assert secrets.decrypt(sealed["codes"][0]) == "12345678"
    assert Authenticator.objects.get(type="webauthn").data == passkey
    assert field_keys.renew().renewed == 0


def test_what_no_key_opens_is_named_and_left_alone(settings: Settings) -> None:
    settings.FIELD_KEYS = [OLD]
    channel = ChannelFactory()
    keep_credentials(channel, {"token": "rahasia"})
    settings.FIELD_KEYS = [NEW]

    with pytest.raises(CommandError, match=f"social.Channel {channel.pk}"):
        call_command("rotate_field_keys", stdout=StringIO())
