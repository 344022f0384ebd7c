"""The page of a product: what a visitor reads before they order."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from cms.models import Allergen, ProductPage, ProductPicture, UmkmPage, Variant
from core.money import rupiah
from tests.cms.factories import PhotoFactory, ProductPageFactory, UmkmPageFactory

pytestmark = pytest.mark.django_db


def read(client: Client, page: ProductPage | UmkmPage) -> str:
    """The words and tags of a page, with single spaces."""
    return " ".join(client.get(page.url).content.decode().split())


def with_variants(page: ProductPage, *variants: Variant) -> ProductPage:
    page = ProductPage.objects.get(pk=page.pk)
    page.variants = list(variants)
    page.save()
    return page


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


@pytest.mark.parametrize(
    ("price", "price_to", "said"),
    [
        (12_000, None, "Rp12.000 / porsi"),
        (12_000, 18_000, "Rp12.000–Rp18.000 / porsi"),
        (None, None, "tanya penjual"),
    ],
)
def test_it_says_what_it_costs(
    client: Client, price: int | None, price_to: int | None, said: str
) -> None:
    page = ProductPageFactory(price=price, price_to=price_to)

    assert said in words(read(client, page))
    assert said in words(read(client, page.get_parent()))


def test_each_variant_has_its_price_and_whether_it_is_there(client: Client) -> None:
    small, large = Variant(name="Kecil"), Variant(name="Besar", price=22_000, available=False)
    page = with_variants(ProductPageFactory(price=15_000), small, large)

    said = words(read(client, page))

    assert "Rp15.000–Rp22.000 / porsi" in said
    assert "Kecil Rp15.000" in said
    assert "Besar habis Rp22.000" in said


def test_it_says_how_long_before_it_is_ordered_and_what_is_in_it(client: Client) -> None:
    page = ProductPageFactory(preorder_days=2, allergens=[Allergen.MILK, Allergen.EGG])

    said = words(read(client, page))

    assert "pesan 2 hari sebelumnya" in said
    assert "Alergen: telur, susu" in said
    assert "pre-order" in words(read(client, page.get_parent()))


def test_what_is_sold_out_says_so_everywhere(client: Client) -> None:
    page = with_variants(ProductPageFactory(available=False), Variant(name="Kecil"))

    assert "sedang habis" in words(read(client, page))
    assert "Kecil habis" in words(read(client, page))
    assert "sedang habis" in words(read(client, page.get_parent()))


def test_a_chat_begins_with_the_product_and_the_shop(client: Client) -> None:
    shop = UmkmPageFactory(title="Depot Soto", whatsapp="0812 3456 7890")
    page = ProductPageFactory(parent=shop, title="Soto Babat")

    [link] = re.findall(r'href="(https://wa\.me/[^"]+)"', read(client, page))

    address = urlsplit(link.replace("&amp;", "&"))
    [text] = parse_qs(address.query)["text"]
    assert address.path == "/6281234567890"
    assert text.startswith("Halo Depot Soto, saya mau pesan Soto Babat. Apakah tersedia?")
    assert text.endswith(page.full_url)


def test_a_purchase_is_one_press_away(client: Client) -> None:
    page = ProductPageFactory()

    address = f"{reverse('marketplace:record')}?umkm={page.product.umkm.public_id}"
    assert f'href="{address}"' in read(client, page)


def test_its_pictures_are_swiped_and_reached_by_links_without_a_script(client: Client) -> None:
    first, second = PhotoFactory(alt="Dari depan"), PhotoFactory(alt="Dari dalam")
    page = ProductPageFactory(photo=first)
    ProductPicture.objects.create(page=page, photo=second)

    html = read(client, page)

    assert html.index("Dari depan") < html.index("Dari dalam")
    assert html.count('href="#gambar-') == 2
    assert 'id="gambar-2"' in html


def test_one_picture_or_none_needs_no_gallery(client: Client) -> None:
    for photo in (None, PhotoFactory()):
        assert "#gambar-" not in read(client, ProductPageFactory(photo=photo))


def test_search_engines_read_the_span(client: Client) -> None:
    page = ProductPageFactory(price=12_000, price_to=18_000)

    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', read(client, page))

    offer = json.loads(data)["@graph"][0]["offers"]
    assert offer["@type"] == "AggregateOffer"
    assert (offer["lowPrice"], offer["highPrice"]) == (12_000, 18_000)


def test_a_preview_shows_variants_that_no_registry_knows_yet() -> None:
    page = ProductPageFactory(live=False, price=9_000)
    page.variants = [Variant(name="Kecil", price=7_000)]

    said = words(page.make_preview_request().render().content.decode())

    assert f"Kecil {rupiah(7_000)}" in said
