"""Signing in on the pages, and a lost password."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.forms import NewPasswordForm
from accounts.models import User
from accounts.tokens import find_token, make_token
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return UserFactory()


def post_sign_in(client: Client, user: User, password: str = PASSWORD) -> object:
    return client.post("/masuk/", {"username": user.username, "password": password})


def test_the_right_password_signs_in_with_a_new_session(client: Client, user: User) -> None:
    client.get("/masuk/")
    response = post_sign_in(client, user)

    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_name_is_the_same_in_any_case_of_letters(client: Client, user: User) -> None:
    client.post("/masuk/", {"username": user.username.upper(), "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(user.pk)


def test_who_works_in_the_admin_begins_there(client: Client) -> None:
    administrator = UserFactory(is_superuser=True)

    assert post_sign_in(client, administrator)["Location"] == "/admin/"


def test_signing_in_leads_to_no_other_site(client: Client, user: User) -> None:
    response = client.post(
        "/masuk/?next=https://jahat.test/", {"username": user.username, "password": PASSWORD}
    )

    assert "jahat" not in response["Location"]


def test_a_wrong_password_says_so_and_keeps_the_name(client: Client, user: User) -> None:
    page = post_sign_in(client, user, password="wrong").content.decode()

    assert user.username in page
    assert 'role="alert"' in page


def test_trying_passwords_on_the_page_is_slowed_down(client: Client, user: User) -> None:
    for _try in range(10):
        post_sign_in(client, user, password="wrong")
    post_sign_in(client, user)

    assert "_auth_user_id" not in client.session


def test_wagtails_own_sign_in_leads_to_ours(client: Client) -> None:
    response = client.get("/admin/login/?next=/admin/pages/")

    assert response.status_code == 302
    assert response["Location"] == "/masuk/?next=/admin/pages/"


def test_wagtail_resets_no_password(client: Client) -> None:
    assert client.get("/admin/password_reset/")["Location"] == "/sandi/lupa/"
    assert client.get("/admin/password_reset/confirm/MQ/x-y/").status_code == 404


def test_the_admin_asks_at_our_door(client: Client) -> None:
    assert client.get("/admin/")["Location"] == "/masuk/?next=/admin/"


def test_a_lost_password_is_mended_by_a_link_in_a_mail(client: Client, user: User) -> None:
    client.post("/sandi/lupa/", {"email": user.email})
    link = re.search(r"/sandi/\S+/", mail.outbox[0].body).group()
    form = client.get(link, follow=True)
    new = {"new_password1": "soto-koya-gurih-2026", "new_password2": "soto-koya-gurih-2026"}
    client.post(form.request["PATH_INFO"], new)

    user.refresh_from_db()
    assert user.check_password("soto-koya-gurih-2026")


def test_a_new_password_ends_the_tokens_of_the_old_one(user: User) -> None:
    _token, text = make_token(user, name="Ponsel")
    new = {"new_password1": "soto-koya-gurih-2026", "new_password2": "soto-koya-gurih-2026"}
    form = NewPasswordForm(user, new)
    assert form.is_valid()
    form.save()

    assert find_token(text) is None


def test_a_mailbox_is_not_flooded_by_asking_for_links(client: Client, user: User) -> None:
    for _ask in range(12):
        client.post("/sandi/lupa/", {"email": user.email})

    assert len(mail.outbox) == 10


def test_an_unknown_address_gets_the_same_page_and_no_mail(client: Client, user: User) -> None:
    known = client.post("/sandi/lupa/", {"email": user.email}, follow=True)
    unknown = client.post("/sandi/lupa/", {"email": "nobody@contoh.test"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert len(mail.outbox) == 1


def test_the_mailbox_shows_a_mail_as_its_reader_sees_it(client: Client, settings, tmp_path) -> None:
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    mail.send_mail("Sandi baru", "Buka tautan ini.", None, ["sri@contoh.test"])
    page = client.get("/kotak-surat/").content.decode()

    assert "Sandi baru" in page
    assert "Buka tautan ini." in page
    assert "sri@contoh.test" in page


def test_the_mailbox_exists_in_the_demo_only(client: Client, settings) -> None:
    settings.DEMO = False

    assert client.get("/kotak-surat/").status_code == 404
