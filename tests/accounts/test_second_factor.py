"""Who reads or changes what is others' needs a second factor, and gets nothing before it."""

import time
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import second_factor
from accounts.models import User
from accounts.tokens import find_token, make_token
from core import secrets
from core.models import AuditEntry
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

SETUP = "/akun/faktor-kedua/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _required(settings: Settings) -> None:
    settings.MFA_REQUIRED = True


@pytest.fixture
def editor() -> User:
    return UserFactory(role="editor")


def code_now(secret: str = SECRET, *, ahead: int = 0) -> str:
    """What the app shows now, or `ahead` half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def with_app(user: User) -> User:
    """`user` with an app that shows the codes of SECRET, and written codes."""
    sealed = secrets.encrypt(SECRET)
    Authenticator.objects.create(user=user, type="totp", data={"secret": sealed})
    seed = {"seed": secrets.encrypt("0123456789"), "used_mask": 0}
    Authenticator.objects.create(user=user, type="recovery_codes", data=seed)
    return user


def written_codes(user: User) -> list[str]:
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def sign_in(client: Client, user: User, *, then: str = "") -> Any:
    address = f"/masuk/?next={then}" if then else "/masuk/"
    return client.post(address, {"username": user.username, "password": PASSWORD})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def ask_for_token(user: User, **more: str) -> Any:
    body = {"username": user.username, "password": PASSWORD, **more}
    return APIClient().post("/api/v1/auth/tokens", body, format="json")


def set_up(client: Client) -> Any:
    secret = client.get(SETUP).context["form"].secret
    return client.post(SETUP, {"code": code_now(secret)}, follow=True)


@pytest.mark.parametrize("address", ["/admin/", "/akun/", "/", "/api/v1/me", "/admin/account/"])
def test_who_needs_one_and_has_none_gets_nothing_before_it_is_set_up(
    client: Client, editor: User, address: str
) -> None:
    sign_in(client, editor)
    answer = client.get(address)

    if address.startswith("/api/"):
        assert answer.status_code == 403
        assert answer.json()["type"] == "/problems/second-factor-missing"
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith(SETUP)


def test_they_may_leave_again(client: Client, editor: User) -> None:
    sign_in(client, editor)

    assert client.post("/keluar/").status_code == 302
    assert not signed_in(client)


@pytest.mark.parametrize("role", ["asn", "umkm_owner", "integrator"])
def test_three_roles_need_none(client: Client, role: str) -> None:
    sign_in(client, UserFactory(role=role))

    assert client.get("/akun/").status_code == 200


def test_a_second_role_counts(client: Client) -> None:
    user = UserFactory(role="asn")
    user.groups.add(Group.objects.create(name="auditor"))
    sign_in(client, user)

    assert client.get("/akun/").status_code == 302


def test_setting_up_opens_all_and_shows_the_codes_to_write_down(
    client: Client, editor: User
) -> None:
    sign_in(client, editor)
    page = set_up(client)

    assert page.request["PATH_INFO"] == "/akun/kode-cadangan/"
    assert all(code in page.content.decode() for code in written_codes(editor))
    assert client.get("/akun/").status_code == 200
    assert AuditEntry.objects.filter(action="user.second_factor_added").count() == 1


def test_a_wrong_first_code_sets_nothing_up(client: Client, editor: User) -> None:
    sign_in(client, editor)
    client.get(SETUP)
    client.post(SETUP, {"code": "000000"})

    assert not Authenticator.objects.exists()


def test_secrets_are_encrypted_at_rest_also_while_they_are_set_up(
    client: Client, editor: User
) -> None:
    sign_in(client, editor)
    secret = client.get(SETUP).context["form"].secret
    waiting = str(client.session.items())
    client.post(SETUP, {"code": code_now(secret)})

    with connection.cursor() as cursor:
        cursor.execute("select string_agg(data::text, ' ') from mfa_authenticator")
        kept = cursor.fetchone()[0]
    assert secret not in waiting
    assert secret not in kept
    assert "mfa.totp.secret" not in client.session


def test_the_next_sign_in_asks_for_the_code_and_leads_where_one_wanted(
    client: Client, editor: User
) -> None:
    with_app(editor)
    asked = sign_in(client, editor, then="/admin/pages/")

    assert asked["Location"] == "/masuk/kode/"
    assert not signed_in(client)
    passed = client.post("/masuk/kode/", {"code": code_now()})
    assert passed["Location"] == "/admin/pages/"
    assert signed_in(client)


def test_a_wrong_code_signs_nobody_in(client: Client, editor: User) -> None:
    sign_in(client, with_app(editor))
    page = client.post("/masuk/kode/", {"code": "000000"}).content.decode()

    assert 'role="alert"' in page
    assert not signed_in(client)


def test_a_code_opens_once(editor: User) -> None:
    with_app(editor)
    first, second = Client(), Client()
    code = code_now()
    for client in (first, second):
        sign_in(client, editor)
        client.post("/masuk/kode/", {"code": code})

    assert signed_in(first)
    assert not signed_in(second)


def test_the_code_that_set_it_up_opens_nothing_later(client: Client, editor: User) -> None:
    sign_in(client, editor)
    code = code_now(client.get(SETUP).context["form"].secret)
    client.post(SETUP, {"code": code})

    assert ask_for_token(editor, code=code).json()["type"] == "/problems/wrong-code"


def test_a_written_code_opens_once_without_the_phone(editor: User) -> None:
    code = written_codes(with_app(editor))[3]

    assert ask_for_token(editor, code=code).status_code == 201
    assert ask_for_token(editor, code=code).status_code == 401
    assert code not in written_codes(editor)


def test_an_app_needs_the_code_too(editor: User) -> None:
    with_app(editor)

    assert ask_for_token(editor).json()["type"] == "/problems/code-needed"
    assert ask_for_token(editor, code="000000").json()["type"] == "/problems/wrong-code"
    assert ask_for_token(editor, code=code_now()).status_code == 201


def test_an_app_gets_no_token_before_the_second_factor_is_set_up(editor: User) -> None:
    refused = ask_for_token(editor)

    assert refused.status_code == 403
    assert refused.json()["type"] == "/problems/second-factor-missing"


def test_a_token_of_before_is_held_until_the_second_factor_is_set_up(editor: User) -> None:
    _token, text = make_token(editor, name="Ponsel")
    client = APIClient(headers={"Authorization": f"Token {text}"})

    assert client.get("/api/v1/me").json()["type"] == "/problems/second-factor-missing"
    with_app(editor)
    assert client.get("/api/v1/me").status_code == 200


def test_an_asn_may_have_one_and_then_needs_its_codes() -> None:
    asn = with_app(UserFactory(role="asn"))

    assert ask_for_token(asn).json()["type"] == "/problems/code-needed"


def test_trying_codes_is_slowed_down_on_pages_and_api_together(
    client: Client, editor: User
) -> None:
    sign_in(client, with_app(editor))
    for _try in range(13):
        client.post("/masuk/kode/", {"code": "000000"})
    for _try in range(7):
        ask_for_token(editor, code="000000")

    assert ask_for_token(editor, code=code_now()).json()["type"] == "/problems/too-many-codes"
    client.post("/masuk/kode/", {"code": code_now()})
    assert not signed_in(client)


def test_without_the_password_the_step_of_the_code_leads_back(client: Client) -> None:
    assert client.get("/masuk/kode/")["Location"] == "/masuk/"


def test_changing_the_second_factor_asks_for_the_password_again(
    client: Client, editor: User
) -> None:
    client.force_login(with_app(editor))
    asked = client.get("/akun/faktor-kedua/lepas/")

    assert asked["Location"] == "/masuk/lagi/?next=%2Fakun%2Ffaktor-kedua%2Flepas%2F"
    wrong = client.post(asked["Location"], {"password": "wrong"})
    assert wrong.status_code == 200
    client.post(asked["Location"], {"password": PASSWORD})
    client.post("/akun/faktor-kedua/lepas/")
    assert not Authenticator.objects.exists()
    assert client.get("/akun/")["Location"].startswith(SETUP)


def test_new_written_codes_end_the_old_ones(client: Client, editor: User) -> None:
    client.force_login(with_app(editor))
    old = written_codes(editor)
    client.post("/masuk/lagi/?next=/akun/kode-cadangan/baru/", {"password": PASSWORD})
    client.post("/akun/kode-cadangan/baru/")

    assert not set(old) & set(written_codes(editor))


def test_an_administrator_resets_what_was_lost(client: Client, editor: User) -> None:
    client.force_login(with_app(editor))
    _token, text = make_token(editor, name="Ponsel")
    call_command("reset_second_factor", editor.username.upper())

    assert not second_factor.is_set_up(editor)
    assert find_token(text) is None
    assert client.get("/akun/")["Location"] == "/masuk/?next=/akun/"
    assert AuditEntry.objects.get().action == "user.second_factor_reset"


def test_resetting_an_unknown_name_says_so() -> None:
    with pytest.raises(CommandError, match="tidakada"):
        call_command("reset_second_factor", "tidakada")


def test_who_needs_one_is_read_with_the_account(
    editor: User, django_assert_num_queries: Any
) -> None:
    _token, text = make_token(with_app(editor), name="Ponsel")
    find_token(text)

    with django_assert_num_queries(1):
        found = find_token(text)
        assert found is not None
        assert not second_factor.is_lacking(found.user)


def test_a_city_may_do_without(client: Client, editor: User, settings: Settings) -> None:
    settings.MFA_REQUIRED = False
    sign_in(client, editor)

    assert client.get("/akun/").status_code == 200


def test_pages_of_allauth_that_nobody_needs_are_not_there(client: Client) -> None:
    with pytest.raises(Exception, match="account_signup"):
        reverse("account_signup")
    assert client.get("/accounts/signup/").status_code == 404


def test_a_code_of_the_half_minute_before_is_still_taken(editor: User) -> None:
    with_app(editor)

    with time_machine.travel(1_790_000_010, tick=False):
        assert ask_for_token(editor, code=code_now(ahead=-1)).status_code == 201
        assert ask_for_token(editor, code=code_now(ahead=-2)).status_code == 401
