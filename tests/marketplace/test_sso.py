"""An ASN signs in with the city's OpenID Connect: a real provider over HTTP, with real keys."""

import copy
import time
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings as original
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from core import secrets
from demo import openid_provider
from demo.openid_provider import CLIENT, SECRET, Provider, new_key
from marketplace import activation, tasks
from marketplace.models import Asn
from tests.marketplace.factories import AsnFactory

pytestmark = pytest.mark.django_db(transaction=True)

DIGITS = "198508172010011001"
STRANGER = "199008172015042002"
SUBJECT = "f3b0-sri"


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    with openid_provider.running() as running:
        providers = copy.deepcopy(original.SOCIALACCOUNT_PROVIDERS)
        [app] = providers["openid_connect"]["APPS"]
        app |= {"client_id": CLIENT, "secret": SECRET}
        app["settings"]["server_url"] = running.address
        settings.SOCIALACCOUNT_PROVIDERS = providers
        settings.OIDC_ISSUER = running.address
        settings.BASE_URL = "http://testserver"
        running.claims = {"sub": SUBJECT, "nip": DIGITS, "email": "sri@sso.contoh.test"}
        yield running


@pytest.fixture
def asn() -> Asn:
    return AsnFactory(digits=DIGITS, email="sri@dinas.contoh.test", user=None)


def go(client: Client, *, then: str = "") -> str:
    """To the provider, which signs in at once: where it leads back to."""
    start = client.get(f"/masuk/sso/?next={then}" if then else "/masuk/sso/")
    assert start.status_code == 302, start.content.decode()
    answer = httpx.get(start["Location"], trust_env=False)
    return str(answer.headers["Location"])


def sign_in(client: Client, **more: Any) -> Any:
    return client.get(go(client, **more))


def signed_in(client: Client) -> str | None:
    found: str | None = client.session.get("_auth_user_id")
    return found


def refused(answer: Any) -> bool:
    return answer.status_code == 403 and "Anda belum masuk" in answer.content.decode()


def test_the_first_sign_in_finds_the_person_by_their_nip(
    provider: Provider, asn: Asn, client: Client
) -> None:
    sign_in(client)

    asn.refresh_from_db()
    assert asn.user is not None
    assert signed_in(client) == str(asn.user.pk)
    assert not asn.user.has_usable_password()
    assert asn.user.email == "sri@dinas.contoh.test"
    assert SocialAccount.objects.get(user=asn.user).uid == SUBJECT


def test_from_then_on_the_subject_is_who_they_are(provider: Provider, asn: Asn) -> None:
    first, second = Client(), Client()
    sign_in(first)
    del provider.claims["nip"]
    provider.userinfo = {"sub": SUBJECT}
    sign_in(second)

    assert signed_in(second) == signed_in(first) is not None
    assert User.objects.count() == 1


def test_somebody_who_activated_by_code_keeps_the_account(
    provider: Provider, client: Client
) -> None:
    asn = AsnFactory(digits=DIGITS)
    sign_in(client)

    assert signed_in(client) == str(asn.user.pk)
    assert User.objects.count() == 1


def test_it_leads_where_one_wanted_and_to_no_other_site(provider: Provider, asn: Asn) -> None:
    assert sign_in(Client(), then="/belanja/")["Location"] == "/belanja/"
    assert "jahat" not in sign_in(Client(), then="https://jahat.test/")["Location"]


def test_the_nip_may_come_with_the_userinfo(provider: Provider, asn: Asn, client: Client) -> None:
    provider.userinfo = {"sub": SUBJECT, "nip": provider.claims.pop("nip")}
    sign_in(client)

    assert signed_in(client)


def test_a_nip_that_the_file_does_not_know_makes_nothing_and_says_what_to_do(
    provider: Provider, asn: Asn, client: Client
) -> None:
    provider.claims["nip"] = STRANGER
    answer = sign_in(client)

    assert refused(answer)
    assert "berkas kepegawaian" in answer.content.decode()
    assert not User.objects.exists()
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("nip", ["", "123", None, [DIGITS]])
def test_a_claim_that_is_no_nip_is_refused(
    provider: Provider, asn: Asn, client: Client, nip: Any
) -> None:
    provider.claims["nip"] = nip

    assert refused(sign_in(client))
    assert not User.objects.exists()


def test_who_left_is_refused_the_first_time_and_later(provider: Provider, asn: Asn) -> None:
    sign_in(Client())
    Asn.objects.update(left_on=date(2020, 1, 1))
    later = Client()
    assert refused(sign_in(later))
    assert not signed_in(later)

    SocialAccount.objects.all().delete()
    Asn.objects.update(user=None)
    assert refused(sign_in(Client()))


def test_an_account_that_is_switched_off_is_not_opened(
    provider: Provider, asn: Asn, client: Client
) -> None:
    sign_in(Client())
    User.objects.update(is_active=False)
    sign_in(client)

    assert not signed_in(client)


LIES = {
    "another issuer": {"iss": "https://jahat.test"},
    "another audience": {"aud": "lain"},
    "another nonce": {"nonce": "dari-tempat-lain"},
    "no nonce": {"nonce": ""},
    "another party": {"aud": [CLIENT, "lain"], "azp": "lain"},
    "too old": {"exp": int(time.time()) - 3_600},
    "no subject": {"sub": ""},
    "a subject too long": {"sub": "x" * 500},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_this_browser_and_site_is_refused(
    provider: Provider, asn: Asn, client: Client, lie: str
) -> None:
    provider.lies = LIES[lie]

    assert refused(sign_in(client))
    assert not User.objects.exists()


def test_a_token_signed_by_somebody_else_is_refused(
    provider: Provider, asn: Asn, client: Client
) -> None:
    provider.signs_with = new_key()

    assert refused(sign_in(client))
    assert not User.objects.exists()


def test_the_userinfo_of_another_subject_is_refused(
    provider: Provider, asn: Asn, client: Client
) -> None:
    provider.userinfo = {"sub": "orang-lain", "nip": provider.claims.pop("nip")}

    assert refused(sign_in(client))


def test_what_comes_back_opens_only_the_browser_that_went_and_once(
    provider: Provider, asn: Asn, client: Client
) -> None:
    back = go(client)
    other = Client()

    assert refused(other.get(back))
    client.get(back)
    assert signed_in(client)
    again = Client()
    again.cookies = client.cookies
    assert refused(again.get(back))


def test_a_cancelled_sign_in_is_told_so(provider: Provider, client: Client) -> None:
    start = client.get("/masuk/sso/")
    [state] = parse_qs(urlsplit(start["Location"]).query)["state"]

    assert refused(client.get(f"/masuk/sso/kembali/?error=access_denied&state={state}"))


def test_the_reader_cannot_change_what_is_asked(provider: Provider, client: Client) -> None:
    start = client.get("/masuk/sso/?scope=admin&auth_params=prompt%3Dnone&process=connect")
    asked = parse_qs(urlsplit(start["Location"]).query)

    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert "prompt" not in asked
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) >= 22


def test_nothing_of_the_nip_or_the_tokens_is_kept_or_logged(
    provider: Provider, asn: Asn, client: Client, caplog: Any, capfd: Any
) -> None:
    sign_in(client)
    provider.claims["nip"] = STRANGER
    provider.claims["sub"] = "lain"
    sign_in(Client())

    [account] = SocialAccount.objects.all()
    assert account.extra_data == {}
    assert not SocialToken.objects.exists()
    kept = str([session.get_decoded() for session in Session.objects.all()])
    said = caplog.text + "".join(capfd.readouterr())
    for number in (DIGITS, STRANGER):
        assert number not in kept + said


def test_the_activation_is_told_to_the_address_in_the_file(
    provider: Provider, asn: Asn, client: Client
) -> None:
    sign_in(client)
    for notice in activation.untold():
        tasks.tell_of_activation(notice)

    assert [sent.to for sent in mail.outbox] == [["sri@dinas.contoh.test"]]


def test_a_second_factor_is_asked_for_here_too(provider: Provider, client: Client) -> None:
    asn = AsnFactory(digits=DIGITS)
    sealed = secrets.encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=asn.user, type="totp", data={"secret": sealed})

    assert sign_in(client)["Location"] == "/masuk/kode/"
    assert not signed_in(client)


def test_the_button_is_there_where_the_city_has_a_provider(
    provider: Provider, client: Client, settings: Settings
) -> None:
    assert "/masuk/sso/?next=/belanja/" in client.get("/masuk/?next=/belanja/").content.decode()
    settings.OIDC_ISSUER = ""
    assert "/masuk/sso/" not in client.get("/masuk/").content.decode()
    assert client.get("/masuk/sso/").status_code == 404


def test_a_provider_that_does_not_answer_is_told_kindly(settings: Settings, client: Client) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:9"

    answer = client.get("/masuk/sso/")
    assert answer.status_code == 503
    assert "Anda belum masuk" in answer.content.decode()
