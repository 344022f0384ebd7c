"""The map in a real browser: it asks nobody else, breaks no policy, and is used by keyboard."""

from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.cms.factories import UmkmPageFactory
from tests.journeys.test_pages_browser import Watcher, sideways
from tests.laid_site import lay_site
from tests.marketplace.factories import RegionFactory, kecamatan

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def city(live_server: LiveServer) -> str:
    """A site with two kelurahan: three shops in one, and one with its own position in the other."""
    lay_site()
    kasin = region("Kasin", "-7.990", "112.620")
    for number in range(3):
        UmkmPageFactory(title=f"Warung {number}", region=kasin)
    UmkmPageFactory(
        title="Soto Pak Karim",
        slug="soto-pak-karim",
        region=region("Dinoyo", "-7.940", "112.610"),
        latitude=Decimal("-7.9402"),
        longitude=Decimal("112.6101"),
    )
    return live_server.url


def region(name: str, latitude: str, longitude: str) -> object:
    return RegionFactory(name=name, latitude=Decimal(latitude), longitude=Decimal(longitude))


def test_from_a_bubble_to_a_point_to_the_shops_page_by_keyboard(page: Page, city: str) -> None:
    watcher = Watcher(page, host=city)
    page.goto(f"{city}/peta/", wait_until="networkidle")

    expect(page.locator(".map-bubble")).to_have_count(2)
    page.locator(".map-bubble-box[aria-label^=Dinoyo]").press("Enter")
    page.get_by_label("Soto Pak Karim, Dinoyo").press("Enter")
    link = page.locator(".map-card__name")
    expect(link).to_be_focused()
    link.press("Enter")

    expect(page).to_have_url(f"{city}/umkm/soto-pak-karim/")
    assert watcher.complaints == []
    assert watcher.strangers == []


def test_what_would_overlap_is_one_bubble_until_one_comes_closer(page: Page, city: str) -> None:
    UmkmPageFactory(region=region("Ketawanggede", "-7.9405", "112.6110"))
    page.goto(f"{city}/peta/", wait_until="networkidle")

    expect(page.locator(".map-bubble")).to_have_count(2)
    page.locator(".map-bubble-box[aria-label^=Dinoyo]").press("Enter")

    expect(page.locator(".map-bubble-box[aria-label^='Dinoyo +1']")).to_have_count(0)
    expect(page.locator(".map-point, .map-bubble")).not_to_have_count(0)


def test_the_map_fits_a_small_phone_and_every_shop_stands_in_the_list(
    page: Page, city: str
) -> None:
    page.goto(f"{city}/peta/", wait_until="networkidle")
    page.get_by_text("Kasin", exact=False).last.click()

    expect(page.locator(".map-place a", has_text="Warung 2")).to_be_visible()
    assert sideways(page) <= 0


def test_an_address_with_a_kelurahans_code_begins_there(page: Page, city: str) -> None:
    page.goto(f"{city}/peta/", wait_until="networkidle")
    code = page.evaluate("fetch('/peta/toko.json').then(a => a.json()).then(c => c.places[0][0])")

    page.goto(f"{city}/umkm/")
    page.goto(f"{city}/peta/#{code}", wait_until="networkidle")

    expect(page.locator(".map-point").first).to_be_visible()


def test_the_names_of_the_kecamatan_cover_no_bubble_and_not_each_other(
    page: Page, live_server: LiveServer
) -> None:
    lay_site()
    for number, area in enumerate([kecamatan("35.73.01"), kecamatan("35.73.02")]):
        for step in range(16):
            latitude = Decimal("-7.95") - Decimal("0.03") * (step // 4)
            longitude = Decimal("112.60") + Decimal("0.03") * (step % 4 + number)
            kelurahan = RegionFactory(parent=area, latitude=latitude, longitude=longitude)
            UmkmPageFactory(region=kelurahan)

    page.emulate_media(reduced_motion="reduce")  # else a click while it moves is lost
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{live_server.url}/peta/", wait_until="networkidle")
        expect(page.locator(".map-area-name span").first).to_be_visible()
        assert page.evaluate(OVERLAPS, ".map-area-name span") == []
        page.locator(".leaflet-control-zoom-in").click()
        page.locator(".leaflet-control-zoom-in").click()
        expect(page.locator(".map--near")).to_be_visible()
        assert page.evaluate(OVERLAPS, ".map-bubble__name:not([class*=left-out])") == []


OVERLAPS = """(named) => {
  const boxes = (selector) => [...document.querySelectorAll(selector)].map(
    (each) => [each.textContent, each.getBoundingClientRect()]);
  const names = boxes(named);
  const others = [...names, ...boxes(".map-bubble__count")];
  return names.flatMap(([name, a]) => others
    .filter(([other, b]) => other !== name)
    .filter(([, b]) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
    .map(([other]) => `${name} ${other}`));
}"""


def test_without_points_the_map_stays_away(page: Page, live_server: LiveServer) -> None:
    lay_site()

    page.goto(f"{live_server.url}/peta/", wait_until="networkidle")

    expect(page.locator(".map")).to_be_hidden()
