"""The feed of new products."""

from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.models import UmkmIndexPage
from tests.cms.factories import ProductPageFactory, UmkmPageFactory

pytestmark = pytest.mark.django_db

ADDRESS = "/umkm/baru.atom"
ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client: Client) -> list[ElementTree.Element]:
    return ElementTree.fromstring(client.get(ADDRESS).content).findall(f"{ATOM}entry")


def titles(client: Client) -> list[str | None]:
    return [entry.findtext(f"{ATOM}title") for entry in entries(client)]


def test_the_newest_product_comes_first(client: Client, catalogue: UmkmIndexPage) -> None:
    shop = UmkmPageFactory(parent=catalogue)
    for name in ("Soto Babat", "Soto Ayam"):
        ProductPageFactory(parent=shop, title=name)

    assert titles(client) == ["Soto Ayam", "Soto Babat"]
    assert client.get(ADDRESS).headers["Content-Type"] == "application/atom+xml"
    assert client.get(ADDRESS).headers["Cache-Control"] == "public, max-age=60"


def test_an_entry_names_the_shop_the_price_and_the_page(client: Client) -> None:
    shop = UmkmPageFactory(title="Warung <Bu> & Anak")
    ware = ProductPageFactory(parent=shop, price=18_000)

    (entry,) = entries(client)

    assert entry.findtext(f"{ATOM}id") == ware.product.public_id.urn
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Warung <Bu> & Anak"
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == ware.full_url
    summary = entry.findtext(f"{ATOM}summary") or ""
    assert "Rp18.000 / porsi" in summary
    assert "Warung &lt;Bu&gt; &amp; Anak" in summary


def test_only_listed_products_of_listed_shops_are_told(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    shop = UmkmPageFactory(parent=catalogue)
    ProductPageFactory(parent=shop, title="Dijual")
    ProductPageFactory(parent=shop, title="Rancangan", live=False)
    ProductPageFactory(parent=shop, title="Ditarik").unpublish()
    closed = UmkmPageFactory(parent=catalogue)
    ProductPageFactory(parent=closed, title="Tutup")
    closed.unpublish()

    assert titles(client) == ["Dijual"]


def test_the_catalogue_tells_readers_of_the_feed(client: Client, catalogue: UmkmIndexPage) -> None:
    page = client.get(catalogue.url).content.decode()

    assert f'<link rel="alternate" type="application/atom+xml" href="{ADDRESS}"' in page
    assert f'<link rel="canonical" href="{catalogue.full_url}">' in page


def test_the_feed_costs_the_same_however_much_is_new(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(ADDRESS)
        return len(captured)

    ProductPageFactory(parent=UmkmPageFactory(parent=catalogue))
    client.get(ADDRESS)
    few = cost()
    for _ in range(3):
        ProductPageFactory(parent=UmkmPageFactory(parent=catalogue))

    assert cost() == few <= 6
