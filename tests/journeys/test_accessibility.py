"""axe-core finds nothing on the pages people open: on a phone and a desk, by day and by night.

axe reads what a page is; that it can be used without seeing it is tried by hand (docs/asn.md).
"""

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from cms.badge_numbers import BadgeKind
from cms.models import Allergen, ProductPage, ProductPicture, UmkmPage, Variant
from marketplace.models import Asn, Purchase
from tests.cms.details import checked, linked, opened
from tests.cms.factories import (
    CollectionPageFactory,
    PhotoFactory,
    ProductPageFactory,
    StoryPageFactory,
    UmkmPageFactory,
)
from tests.journeys.test_pages_browser import sign_in
from tests.laid_site import lay_site
from tests.marketplace.city import small_city
from tests.marketplace.factories import AsnFactory, PurchaseFactory

pytestmark = pytest.mark.django_db(transaction=True)

AXE = Path(__file__).parents[1] / "vendor/axe-core"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = [360, 1280]
SCHEMES = ["light", "dark"]
PASSWORD = "kata-sandi-contoh-42"


@pytest.fixture
def shop(live_server: LiveServer) -> UmkmPage:
    """A shop with a product, in a collection and in a story, in a city with a map."""
    lay_site()
    region = small_city().kelurahan[0]
    region.latitude, region.longitude = "-7.98", "112.63"
    region.save(update_fields=["latitude", "longitude"])
    photo = PhotoFactory()
    shop = full_shop(photo=photo, region=region)
    UmkmPageFactory(parent=shop.get_parent(), region=region)  # a neighbour, not curated yet
    product = full_product(shop)
    CollectionPageFactory(title="Oleh-oleh", members=[shop, product], photo=photo)
    body = [
        ("text", "<p>Wajan panas.</p><h2>Subuh</h2><p>Dan sesudahnya.</p>"),
        ("quote", {"words": "Jangan ditinggal.", "who": "Juru masak"}),
        ("product", product),
    ]
    StoryPageFactory(title="Subuh", shops=[shop], photo=photo, body=body)
    return shop


def full_shop(**more: Any) -> UmkmPage:
    """A shop whose page holds everything that a shop's page can hold."""
    photo = PhotoFactory()
    story = [
        ("text", "<p>Sejak <b>1987</b>.</p>"),
        ("picture", photo),
        ("gallery", [photo, photo]),
        ("quote", "Kalau habis ya tutup."),
        ("video", {"title": "Dapur kami", "url": "https://video.example/1"}),
        ("order", "Telepon dulu."),
    ]
    place = {"latitude": Decimal("-7.98"), "longitude": Decimal("112.63")}
    shop = UmkmPageFactory(
        logo=photo, story=story, whatsapp="081234567890", delivers=True, **place, **more
    )
    opened(shop, 0, 6, "00:00", "00:00")
    linked(shop, "tokopedia", "https://toko.example/soto")
    for kind in BadgeKind:
        checked(shop, kind, on=timezone.localdate())
    return shop


def full_product(shop: UmkmPage) -> ProductPage:
    """A product whose page holds everything that a product's page can hold."""
    product = ProductPageFactory(
        parent=shop, photo=PhotoFactory(), preorder_days=2, allergens=list(Allergen)
    )
    product.pictures = [ProductPicture(photo=PhotoFactory())]
    product.variants = [Variant(name="Kecil"), Variant(name="Besar", available=False)]
    product.save()
    return product


@pytest.fixture
def asn(shop: UmkmPage) -> Asn:
    """An ASN with one purchase and a password."""
    asn = AsnFactory(home__region=shop.region)
    asn.user.set_password(PASSWORD)
    asn.user.save(update_fields=["password"])
    PurchaseFactory(asn=asn, umkm=shop.umkm)
    return asn


def test_the_public_pages(page: Page, live_server: LiveServer, shop: UmkmPage) -> None:
    addresses = [
        "/",
        "/umkm/",
        "/umkm/?q=zzz",
        shop.url,
        shop.get_children().get().url,
        f"/laporkan/{shop.umkm.public_id}/",
        f"/laporkan/{shop.umkm.public_id}/terima-kasih/",
        "/koleksi/",
        "/koleksi/oleh-oleh/",
        "/cerita/",
        "/cerita/subuh/",
        "/peta/",
        "/perputaran/",
        "/kabar/",
        "/masuk/",
        "/tidak-ada/",
    ]

    assert [
        found for address in addresses for found in complaints(page, live_server, address)
    ] == []


def test_the_asns_pages(page: Page, live_server: LiveServer, asn: Asn) -> None:
    sign_in(page, live_server.url, asn)
    purchase = Purchase.objects.get()
    addresses = [
        "/belanja/catat/",
        "/belanja/catat/?q=warung",
        "/belanja/",
        f"/belanja/{purchase.public_id}/",
        "/partisipasi/",
        "/partisipasi/rapor/",
        "/partisipasi/surel/",
        "/partisipasi/terima-kasih/",
        "/partisipasi/terima-kasih/nama-saya/",
        "/persetujuan/",
        "/data-saya/",
        "/data-saya/rumah/",
        "/data-saya/hapus/",
        "/usulkan/?q=warung",
    ]

    assert [
        found for address in addresses for found in complaints(page, live_server, address)
    ] == []


def complaints(page: Page, site: LiveServer, address: str) -> Iterator[str]:
    """What axe says of a page on each screen: where, by which rule, and of which element."""
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.goto(site.url + address, wait_until="networkidle")
        page.evaluate((AXE / "axe.min.js").read_text())
        for width in WIDTHS:
            as_tall_as_the_page(page, width)
            for violation in axe(page):
                for node in violation["nodes"]:
                    yield f"{address} {width} {scheme} {violation['id']}: {node['html'][:200]}"


def as_tall_as_the_page(page: Page, width: int) -> None:
    """So that nothing lies under the bar at the lower edge, where axe takes it for hidden."""
    page.set_viewport_size({"width": width, "height": 780})
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})


def axe(page: Page) -> list[dict[str, Any]]:
    only = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found: list[dict[str, Any]] = page.evaluate("(only) => axe.run(document, only)", only)[
        "violations"
    ]
    return found


@pytest.mark.parametrize(
    "line", (AXE / "SHA256SUMS").read_text().splitlines(), ids=lambda line: line[66:]
)
def test_axe_is_the_one_that_was_published(line: str) -> None:
    digest, name = line.split()

    assert hashlib.sha256((AXE / name).read_bytes()).hexdigest() == digest
