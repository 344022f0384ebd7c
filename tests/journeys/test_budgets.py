"""What the pages people open first may cost a cheap phone and the database; marks are for benches.

Bytes are those before compression, pictures apart: those depend on what editors upload.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from cms.models import UmkmPage
from marketplace.models import Region
from tests.cms.factories import PhotoFactory, ProductPageFactory, UmkmPageFactory
from tests.marketplace.city import small_city

MOST_BYTES = {"page": 70_000, ".css": 70_000, ".js": 90_000, ".woff2": 110_000, ".svg": 20_000}
"""What a page may load of each kind."""
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".avif"}
MOST_REQUESTS = 12
"""Everything but pictures."""
MOST_QUERIES = {"front": 32, "catalogue": 24, "umkm": 25, "product": 24}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def kelurahan() -> list[Region]:
    return list(small_city().kelurahan)


def fill(kelurahan: list[Region], *, shops: int) -> None:
    """So many shops, each with a picture and two products."""
    for number in range(shops):
        shop = UmkmPageFactory(
            title=f"Warung Sari Rasa {number}",
            photo=PhotoFactory(),
            region=kelurahan[number % len(kelurahan)],
        )
        ProductPageFactory(parent=shop, title=f"Soto {number}")
        ProductPageFactory(parent=shop, title=f"Pecel {number}")


def addresses() -> dict[str, str]:
    shop = UmkmPage.objects.live().order_by("pk")[0]
    product = shop.get_children().live()[0]
    return {"front": "/", "catalogue": "/umkm/", "umkm": shop.url, "product": product.url}


def queries(address: str) -> int:
    """Of a second visit: pictures are drawn and the site's root is known."""
    Client().get(address)
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert Client().get(address).status_code == 200
    return len(found)


def loaded_by(page: Page, address: str) -> list[tuple[str, int]]:
    """What a page loads, pictures apart: the end of each name, and its bytes unpacked."""
    page.goto(address, wait_until="networkidle")
    found = page.evaluate(
        """[...performance.getEntriesByType("navigation"),
            ...performance.getEntriesByType("resource")]
           .map((entry) => [new URL(entry.name).pathname, entry.decodedBodySize])"""
    )
    ends = [(PurePath(path).suffix or "page", size) for path, size in found]
    return [(end, size) for end, size in ends if end not in PICTURES]


def test_a_page_asks_the_database_little_and_no_more_in_a_large_catalogue(
    kelurahan: list[Region],
) -> None:
    fill(kelurahan, shops=3)
    few = {name: queries(address) for name, address in addresses().items()}
    fill(kelurahan, shops=27)
    many = {name: queries(address) for name, address in addresses().items()}

    assert {name: cost for name, cost in few.items() if cost > MOST_QUERIES[name]} == {}
    assert {name: many[name] - few[name] for name in few if many[name] > few[name]} == {}


def test_a_page_brings_a_phone_few_and_small_files(
    page: Page, live_server: LiveServer, kelurahan: list[Region]
) -> None:
    fill(kelurahan, shops=26)
    for name, address in addresses().items():
        loaded = loaded_by(page, live_server.url + address)

        weight: Counter[str] = Counter()
        for end, size in loaded:
            weight[end] += size
        assert {end: size for end, size in weight.items() if size > MOST_BYTES.get(end, 0)} == {}
        assert len(loaded) <= MOST_REQUESTS, name
