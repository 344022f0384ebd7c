"""An account gets another e-mail address once a code that was sent there came back."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.tokens import find_token, make_token
from core.models import AuditEntry
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

NEW = "baru@contoh.test"


@pytest.fixture
def user(client: Client) -> User:
    user = UserFactory(email="lama@contoh.test")
    client.force_login(user)
    return user


def ask(client: Client, *, email: str = NEW, password: str = PASSWORD) -> str:
    """The page that follows, and in the mailbox a code."""
    said = {"email": email, "password": password}
    return client.post("/akun/surel/", said, follow=True).content.decode()


def code_of(sent: mail.EmailMessage) -> str:
    [code] = re.findall(r"\b[0-9]{6}\b", str(sent.body))
    return code


def confirm(client: Client, code: str) -> str:
    return client.post("/akun/surel/kode/", {"code": code}, follow=True).content.decode()


def address_of(user: User) -> str:
    user.refresh_from_db()
    return user.email


@pytest.mark.django_db(transaction=True)
def test_the_code_from_the_new_address_changes_it_and_the_old_one_is_told(
    client: Client, user: User
) -> None:
    elsewhere = Client()
    elsewhere.force_login(user)
    _token, text = make_token(user, name="Ponsel")

    assert NEW in ask(client)
    assert address_of(user) == "lama@contoh.test"
    confirm(client, code_of(mail.outbox[0]))

    assert address_of(user) == NEW
    assert [sent.to for sent in mail.outbox] == [[NEW], ["lama@contoh.test"]]
    assert NEW not in str(mail.outbox[1].body)
    assert client.get("/akun/").status_code == 200
    assert elsewhere.get("/akun/").status_code == 302
    assert find_token(text) is None
    [entry] = AuditEntry.objects.filter(action="user.email_changed")
    assert (entry.subject_user_id, entry.detail) == (user.pk, {})


def test_without_the_password_no_code_is_sent(client: Client, user: User) -> None:
    assert 'role="alert"' in ask(client, password="salah")
    assert mail.outbox == []


def test_a_wrong_or_late_code_and_another_browser_change_nothing(
    client: Client, user: User
) -> None:
    ask(client)
    code = code_of(mail.outbox[0])
    other = Client()
    other.force_login(user)

    confirm(client, "000000" if code != "000000" else "000001")
    confirm(other, code)
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        confirm(client, code)

    assert address_of(user) == "lama@contoh.test"


def test_a_mail_server_that_is_down_is_told_kindly(
    client: Client, user: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    assert 'role="alert"' in ask(client)


def test_codes_are_tried_a_few_times_only(client: Client, user: User) -> None:
    ask(client)
    code = code_of(mail.outbox[0])
    for _try in range(20):
        confirm(client, "000000" if code != "000000" else "000001")

    confirm(client, code)
    assert address_of(user) == "lama@contoh.test"


def test_who_has_no_password_is_asked_for_none(client: Client, user: User) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password"])
    client.force_login(user)

    assert 'name="password"' not in client.get("/akun/surel/").content.decode()
    assert NEW in ask(client)


def test_nothing_of_the_address_stands_in_an_address_or_in_the_session(
    client: Client, user: User
) -> None:
    said = {"email": NEW, "password": PASSWORD}

    assert client.post("/akun/surel/", said)["Location"] == "/akun/surel/kode/"
    assert NEW not in str(dict(client.session))
