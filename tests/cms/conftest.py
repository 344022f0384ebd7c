"""The laid site, the people who edit it, and what the rows of files speak of."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from accounts.models import User
from cms.models import HomePage, UmkmIndexPage
from marketplace.models import Region
from tests.laid_site import lay_site
from tests.marketplace.factories import CategoryFactory, RegionFactory, kecamatan


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


@pytest.fixture
def place(catalogue: UmkmIndexPage) -> Region:
    """The kelurahan and the category that the rows of an import name."""
    CategoryFactory()
    return RegionFactory(name="Sukun", parent=kecamatan("35.73.04"))


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield
