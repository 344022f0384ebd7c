"""A shop with a product on the laid site, channels, and the people around a promotion."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from cms.models import ProductPage, UmkmPage
from promotions.models import Promotion
from social.models import Channel
from tests.cms.factories import PhotoFactory, ProductPageFactory, UmkmPageFactory
from tests.laid_site import lay_site
from tests.promotions.factories import promotion
from tests.social.factories import ByHandChannelFactory, ChannelFactory, person


@pytest.fixture
def editor(db: None) -> User:
    """Someone with the role of an editor, and no other."""
    lay_site()
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
def approver(db: None) -> User:
    return person("penyetuju", "view_desk", "approve_post", is_staff=True)


@pytest.fixture
def shop(editor: User) -> UmkmPage:
    return UmkmPageFactory(title="Pawonira", photo=PhotoFactory(allowed=True))


@pytest.fixture
def product(shop: UmkmPage) -> ProductPage:
    return ProductPageFactory(parent=shop, title="Nasi Pecel", price=14_000)


@pytest.fixture
def channels(db: None) -> list[Channel]:
    """The city's own site, and a channel where a person posts."""
    return [ChannelFactory(slug="situs"), ByHandChannelFactory(slug="saluran-wa")]


@pytest.fixture
def running(editor: User, product: ProductPage, channels: list[Channel]) -> Promotion:
    """A published promotion of the product on both channels."""
    return promotion(by=editor, products=[product], channels=channels)
