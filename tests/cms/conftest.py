"""The laid site and the people who edit it."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from cms.models import HomePage, UmkmIndexPage
from tests.laid_site import lay_site


@pytest.fixture
def home(db: None) -> HomePage:
    """The front page of a laid site."""
    return lay_site()


@pytest.fixture
def catalogue(home: HomePage) -> UmkmIndexPage:
    return UmkmIndexPage.objects.get()


@pytest.fixture
def editor(home: HomePage) -> User:
    """Someone with the role of an editor, and no other."""
    call_command("write_roles", verbosity=0)
    user = User.objects.create_user("penyunting", "penyunting@contoh.id", "kata-sandi-panjang")
    user.groups.add(Group.objects.get(name="editor"))
    return user


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    """The editor's browser, signed in."""
    client.force_login(editor)
    return client
