"""A user is a sign-in name and an e-mail address, also in Wagtail's admin."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tokens import find_token, make_token
from tests.accounts.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Client) -> User:
    user = UserFactory(is_superuser=True)
    client.force_login(user)
    return user


def test_a_user_has_no_place_for_a_nip_or_a_name() -> None:
    names = {field.name for field in User._meta.get_fields() if field.concrete}

    assert not names & {"nip", "name", "first_name", "last_name", "home", "agency"}


@pytest.mark.parametrize("name", ["199008172015041999", "asn.3573011990081701"])
def test_a_sign_in_name_that_holds_a_personal_number_is_refused(name: str) -> None:
    with pytest.raises(ValidationError, match="username"):
        User(username=name, password="x").full_clean()


def test_one_name_in_two_cases_of_letters_is_taken_once() -> None:
    UserFactory(username="sri.wahyuni")

    with pytest.raises(IntegrityError):
        UserFactory(username="Sri.Wahyuni")


def test_an_administrator_makes_a_user_with_a_role(client: Client, administrator: User) -> None:
    group = Group.objects.create(name="penyunting")
    given = {
        "username": "penyunting1",
        "email": "penyunting1@contoh.test",
        "password1": "soto-koya-gurih-2026",
        "password2": "soto-koya-gurih-2026",
        "groups": [group.pk],
    }
    response = client.post(reverse("wagtailusers_users:add"), given)

    assert response.status_code == 302
    made = User.objects.get(username="penyunting1")
    assert made.check_password("soto-koya-gurih-2026")
    assert list(made.groups.all()) == [group]


def test_an_administrator_switches_a_user_off(client: Client, administrator: User) -> None:
    user = UserFactory()
    _token, text = make_token(user, name="Ponsel")
    given = {"username": user.username, "email": user.email}
    response = client.post(reverse("wagtailusers_users:edit", args=[user.pk]), given)

    assert response.status_code == 302
    user.refresh_from_db()
    assert not user.is_active
    assert not client.login(username=user.username, password=PASSWORD)
    assert not user.tokens.filter(revoked_at=None).exists()
    assert find_token(text) is None


@pytest.mark.parametrize("name", ["index", "add"])
def test_the_users_admin_asks_for_no_names(client: Client, administrator: User, name: str) -> None:
    page = client.get(reverse(f"wagtailusers_users:{name}"))

    assert page.status_code == 200
    assert "first_name" not in page.content.decode()


def test_ones_own_account_in_the_admin_takes_neither_a_name_nor_an_address(
    client: Client, administrator: User
) -> None:
    page = client.get("/admin/account/").content.decode()

    assert "name_email" not in page


def test_the_users_admin_is_for_administrators_only(client: Client) -> None:
    client.force_login(UserFactory())

    assert client.get(reverse("wagtailusers_users:index")).status_code == 302
