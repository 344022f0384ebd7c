"""Signing in on the pages, and a lost password."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
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


def test_a_lost_password_is_mended_by_a_link_in_a_mail(client: Client, user: User) -> None:
    client.post("/sandi/lupa/", {"email": user.email})
    link = re.search(r"/sandi/\S+/", mail.outbox[0].body).group()
    form = client.get(link, follow=True)
    new = {"new_password1": "soto-koya-gurih-2026", "new_password2": "soto-koya-gurih-2026"}
    client.post(form.request["PATH_INFO"], new)

    user.refresh_from_db()
    assert user.check_password("soto-koya-gurih-2026")


def test_an_unknown_address_gets_the_same_page_and_no_mail(client: Client, user: User) -> None:
    known = client.post("/sandi/lupa/", {"email": user.email}, follow=True)
    unknown = client.post("/sandi/lupa/", {"email": "nobody@contoh.test"}, follow=True)

    assert known.redirect_chain == unknown.redirect_chain
    assert len(mail.outbox) == 1


def test_the_mailbox_exists_in_the_demo_only(client: Client, settings) -> None:
    settings.DEMO = False

    assert client.get("/kotak-surat/").status_code == 404
