"""An address that was once printed on a banner leads to the shop for ever."""

from collections.abc import Callable

import pytest
from django.test import Client
from wagtail.contrib.redirects.models import Redirect

from cms.models import UmkmIndexPage, UmkmPage
from tests.cms.factories import ProductPageFactory, UmkmPageFactory

pytestmark = pytest.mark.django_db

Rename = Callable[[UmkmPage, str], None]


@pytest.fixture
def rename(django_capture_on_commit_callbacks) -> Rename:  # type: ignore[no-untyped-def]
    """Publish a page at another address; Wagtail keeps the old one once that is committed."""

    def publish(page: UmkmPage, slug: str) -> None:
        page.slug = slug
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()

    return publish


def test_a_renamed_shop_and_its_products_are_found_at_their_old_addresses(
    client: Client, catalogue: UmkmIndexPage, rename: Rename
) -> None:
    shop = UmkmPageFactory(parent=catalogue, slug="lama")
    ProductPageFactory(parent=shop, slug="soto")

    rename(shop, "baru")
    rename(shop, "terbaru")

    for old in ("/umkm/lama/", "/umkm/baru/"):
        assert client.get(old).status_code == 301
        assert client.get(old).headers["Location"] == "/umkm/terbaru/"
        assert client.get(f"{old}soto/").headers["Location"] == "/umkm/terbaru/soto/"


def test_an_old_address_is_found_with_what_a_message_hung_on_it(
    client: Client, catalogue: UmkmIndexPage, rename: Rename
) -> None:
    rename(UmkmPageFactory(parent=catalogue, slug="lama"), "baru")

    assert client.get("/umkm/lama/?utm_source=wa").headers["Location"] == "/umkm/baru/"


def test_a_moved_product_is_found_at_its_old_address(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    old_shop, new_shop = (UmkmPageFactory(parent=catalogue) for _ in range(2))
    product = ProductPageFactory(parent=old_shop)
    old_address = product.url

    product.move(new_shop, pos="last-child")

    product.refresh_from_db()
    assert client.get(old_address).headers["Location"] == product.url != old_address


def test_a_shop_that_takes_an_old_address_is_what_is_shown_there(
    client: Client, catalogue: UmkmIndexPage, rename: Rename
) -> None:
    rename(UmkmPageFactory(parent=catalogue, slug="lama"), "baru")

    UmkmPageFactory(parent=catalogue, slug="lama", title="Penerus")

    assert "Penerus" in client.get("/umkm/lama/").content.decode()


def test_editors_keep_the_old_addresses(desk: Client) -> None:
    Redirect.add_redirect("/warung", "/umkm/")

    assert "/warung" in desk.get("/admin/redirects/").content.decode()
    assert desk.get("/warung").headers["Location"] == "/umkm/"
