"""What search engines and those who share an address are told."""

import json
import re
from datetime import time
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cms.models import OpeningHours, ShopLink, UmkmIndexPage
from marketplace.models import Umkm
from tests.cms.factories import ProductPageFactory, UmkmPageFactory

pytestmark = pytest.mark.django_db

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def told(client: Client, address: str) -> dict[str, dict[str, Any]]:
    """The nodes of a page's one data block, by type."""
    (block,) = BLOCK.findall(client.get(address).content.decode())
    document = json.loads(block)
    assert document["@context"] == "https://schema.org"
    return {node["@type"]: node for node in document["@graph"]}


def test_a_shop_is_a_local_business_with_what_its_page_shows(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    shop = UmkmPageFactory(parent=catalogue, title="Soto Pak Karim", whatsapp="0812-3456-7890")

    node = told(client, shop.url)["LocalBusiness"]

    assert node["name"] == "Soto Pak Karim"
    assert node["url"] == shop.full_url
    assert node["telephone"] == "+6281234567890"
    assert node["address"]["addressCountry"] == "ID"
    assert shop.region.name in node["address"]["streetAddress"]
    assert "paymentAccepted" not in node


def test_a_shop_tells_its_week_its_place_on_the_map_and_its_online_shops(client: Client) -> None:
    shop = UmkmPageFactory(latitude=Decimal("-7.966620"), longitude=Decimal("112.632632"))
    shop.hours.add(OpeningHours(first_day=4, last_day=0, opens=time(18), closes=time(2)))
    shop.hours.add(OpeningHours(first_day=2, last_day=2, opens=time(7), closes=time(7)))
    shop.links.add(ShopLink(kind="tokopedia", url="https://example.org/warung"))
    shop.save()

    node = told(client, shop.url)["LocalBusiness"]

    weekend, wednesday = node["openingHoursSpecification"]
    assert weekend["dayOfWeek"] == ["Friday", "Saturday", "Sunday", "Monday"]
    assert (weekend["opens"], weekend["closes"]) == ("18:00", "02:00")
    assert (wednesday["opens"], wednesday["closes"]) == ("00:00", "23:59")
    assert node["geo"]["latitude"] == -7.96662
    assert node["sameAs"] == ["https://example.org/warung"]


def test_a_product_is_offered_in_rupiah_by_its_shop(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    shop = UmkmPageFactory(parent=catalogue)
    ware = ProductPageFactory(parent=shop, price=18_000, unit="porsi", available=False)

    offer = told(client, ware.url)["Product"]["offers"]

    assert (offer["price"], offer["priceCurrency"]) == (18_000, "IDR")
    assert offer["priceSpecification"]["unitText"] == "porsi"
    assert offer["availability"] == "https://schema.org/OutOfStock"
    assert offer["seller"]["@id"] == shop.full_url


def test_a_product_without_a_price_makes_no_offer(client: Client) -> None:
    assert "offers" not in told(client, ProductPageFactory(price=None).url)["Product"]


def test_breadcrumbs_lead_from_the_front_page_to_this_one(client: Client) -> None:
    ware = ProductPageFactory()

    steps = told(client, ware.url)["BreadcrumbList"]["itemListElement"]

    assert [step["position"] for step in steps] == [1, 2, 3, 4]
    assert steps[0]["item"].endswith("/")
    assert steps[-1]["item"] == ware.full_url


def test_no_name_of_a_shop_ends_the_data_block(client: Client) -> None:
    name = "</script><script>alert(1)</script> & <!-- Sari"
    shop = UmkmPageFactory(title=name)
    ware = ProductPageFactory(parent=shop)

    assert told(client, shop.url)["LocalBusiness"]["name"] == name
    assert told(client, ware.url)["Product"]["offers"]["seller"]["name"] == name
    assert "<script>alert" not in client.get(shop.url).content.decode()


def test_a_page_says_all_that_a_shared_link_shows(client: Client) -> None:
    ware = ProductPageFactory(title='Kopi "Ijen"')
    page = client.get(ware.url).content.decode()

    tags = dict(re.findall(r'<meta property="(og:[a-z_:]+)" content="([^"]*)">', page))

    assert tags["og:title"] == "Kopi &quot;Ijen&quot;"
    assert tags["og:description"] == ware.summary
    assert tags["og:url"] == ware.full_url
    assert tags["og:site_name"] == "ASN Belanja UMKM"
    assert tags["og:locale"] == "id_ID"
    assert f"/bagikan/{ware.product.public_id}.jpg?v=" in tags["og:image"]
    assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630")
    assert "Rp15.000 / porsi" in tags["og:image:alt"]
    assert f'<link rel="canonical" href="{ware.full_url}">' in page


def test_what_a_closed_shop_sells_leaves_the_sitemap(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    stays = ProductPageFactory(parent=UmkmPageFactory(parent=catalogue))
    unpublished = ProductPageFactory(parent=UmkmPageFactory(parent=catalogue))
    closed = ProductPageFactory(parent=UmkmPageFactory(parent=catalogue))
    unpublished.get_parent().specific.unpublish()
    Umkm.objects.filter(page=closed.get_parent()).update(status=Umkm.Status.CLOSED)

    named = client.get("/sitemap.xml").content.decode()

    assert stays.url in named
    assert stays.get_parent().url in named
    assert catalogue.url in named
    assert unpublished.url not in named
    assert closed.url not in named
    assert f"<loc>{closed.get_parent().full_url}</loc>" not in named
