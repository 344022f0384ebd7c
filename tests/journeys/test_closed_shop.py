"""What a closed shop sold is seen nowhere: on no page, in no list, feed, map or search."""

import pytest
from django.test import Client
from django.utils import timezone

from cms.models import Highlight, ProductPage, UmkmPage, Variant
from core import outbox
from core.pagination import seal
from tests.cms.factories import PhotoFactory, ProductPageFactory, UmkmPageFactory

pytestmark = pytest.mark.django_db

SHOP, PRODUCT, VARIANT = "Depot Zaitun Langka", "Jenang Purbasari", "Ukuran Maharaja"
PLACES = (
    "/",
    "/umkm/",
    "/umkm/?q=jenang",
    "/umkm/?q=zaitun",
    "/sitemap.xml",
    "/umkm/baru.atom",
    "/peta/",
    "/peta/toko.json",
    "/koleksi/",
    "/cerita/",
    "/api/v1/umkm",
    "/api/v1/umkm?q=jenang",
    "/api/v1/products",
    "/api/v1/products?q=jenang",
    "/api/v1/promotions",
)
CHANGES = "/api/v1/catalog/changes"


@pytest.fixture
def product() -> ProductPage:
    """A product with a variant, of a shop that is told of on the front page."""
    shop = UmkmPageFactory(title=SHOP, summary="Manis.", photo=PhotoFactory())
    product = ProductPageFactory(parent=shop, title=PRODUCT, summary="Legit.")
    product.variants = [Variant(name=VARIANT)]
    product.save()
    today = timezone.localdate()
    Highlight.objects.create(
        page=shop, label=f"Diskon {SHOP}", source="promotion:1", starts=today, until=today
    )
    return product


def close(product: ProductPage) -> UmkmPage:
    shop: UmkmPage = product.get_parent().specific
    shop.unpublish()
    return shop


def told(client: Client, address: str) -> list[str]:
    """Which of the names an answer says."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    text = b"".join(answer).decode()
    slugs = {SHOP: "depot-zaitun-langka", PRODUCT: "jenang-purbasari", VARIANT: VARIANT}
    return [name for name, slug in slugs.items() if name in text or slug in text]


def test_what_is_sold_is_seen_while_the_shop_is_open(client: Client, product: ProductPage) -> None:
    for address in ("/umkm/?q=jenang", "/sitemap.xml", "/api/v1/products?q=jenang"):
        assert told(client, address) != [], address


def test_nothing_is_left_in_view_once_it_closes(client: Client, product: ProductPage) -> None:
    shop = close(product)

    found = {address: told(client, address) for address in PLACES}

    assert {address: names for address, names in found.items() if names} == {}
    for page in (shop, product):
        assert client.get(page.url).status_code == 404


def test_its_share_pictures_and_its_form_for_reports_go_with_it(
    client: Client, product: ProductPage
) -> None:
    shop = close(product)

    for row in (product.product, shop.umkm):
        for address in (f"/bagikan/{row.public_id}.jpg", f"/laporkan/{row.public_id}/"):
            assert client.get(address).status_code == 404, address


def test_apps_that_kept_an_id_are_told_that_it_is_gone(
    client: Client, product: ProductPage
) -> None:
    row = product.product
    ids = [row.public_id, *row.variants.values_list("public_id", flat=True)]
    close(product)

    for public_id in ids:
        assert client.get(f"/api/v1/products/{public_id}").status_code == 404
    assert client.get(f"/api/v1/umkm/{row.umkm.public_id}").status_code == 404


def test_the_feed_of_changes_tells_of_nothing_but_its_going(
    client: Client, product: ProductPage
) -> None:
    close(product)
    outbox.relay()

    answer = client.get(CHANGES, {"cursor": seal(path=CHANGES, place=[0])}).json()

    assert {change["deleted"] for change in answer["results"]} == {True}
    assert all(change["umkm"] is change["product"] is None for change in answer["results"])


def test_it_all_comes_back_when_the_shop_opens_again(client: Client, product: ProductPage) -> None:
    close(product).save_revision().publish()

    assert PRODUCT in told(client, "/api/v1/products?q=jenang")
    assert client.get(product.url).status_code == 200
