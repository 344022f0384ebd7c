"""The pages in a real browser: on a small phone, without a script, and without calling anyone."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from marketplace.models import Asn, Purchase
from tests.marketplace.city import small_city
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UmkmFactory

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "kata-sandi-contoh-42"
PUBLIC = [
    "/",
    "/umkm/",
    "/umkm/?q=zzz",
    "/koleksi/",
    "/cerita/",
    "/peta/",
    "/perputaran/",
    "/kabar/",
    "/masuk/",
    "/tidak-ada/",
]
PERSONAL = ["/belanja/catat/", "/belanja/catat/?q=warung", "/belanja/", "/partisipasi/"]


class Watcher:
    """Writes down what a page complains of and whom it calls."""

    def __init__(self, page: Page, *, host: str) -> None:
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self.host = urlsplit(host).netloc
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and "404 (Not Found)" not in text:
            self.complaints.append(text)

    def _request(self, url: str) -> None:
        if urlsplit(url).netloc not in ("", self.host):
            self.strangers.append(url)


@pytest.fixture
def asn() -> Asn:
    """An ASN with a home, a few purchases and a password."""
    city = small_city()
    asn = AsnFactory(home__region=city.kelurahan[0])
    asn.user.set_password(PASSWORD)
    asn.user.save(update_fields=["password"])
    for region in city.kelurahan:
        umkm = UmkmFactory(region=region, name=f"Warung Pojok {region.name} Sari Rasa Malangan")
        PurchaseFactory(asn=asn, umkm=umkm)
    return asn


@pytest.fixture
def site(live_server: LiveServer) -> str:
    """The address of the running site with its first pages."""
    call_command("lay_site")
    return live_server.url


@pytest.fixture
def scriptless(browser: Browser) -> Iterator[Page]:
    """A phone that runs no script."""
    context = browser.new_context(
        viewport={"width": 360, "height": 780}, java_script_enabled=False, locale="id-ID"
    )
    yield context.new_page()
    context.close()


def sign_in(page: Page, site: str, asn: Asn) -> None:
    """Through the form, as a person does."""
    page.goto(f"{site}/masuk/")
    page.fill("[name=username]", asn.user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page).to_have_url(f"{site}/partisipasi/")


def sideways(page: Page) -> int:
    """How many pixels the page is wider than the screen."""
    found: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return found


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_page_fits_a_small_phone_and_keeps_to_itself(
    page: Page, site: str, address: str
) -> None:
    watcher = Watcher(page, host=site)

    page.goto(site + address, wait_until="networkidle")

    assert sideways(page) <= 0
    assert watcher.complaints == []
    assert watcher.strangers == []
    expect(page.locator("h1")).to_have_count(1)


def test_the_asns_pages_fit_a_small_phone_and_keep_to_themselves(
    page: Page, site: str, asn: Asn
) -> None:
    watcher = Watcher(page, host=site)
    sign_in(page, site, asn)
    one = Purchase.objects.filter(buyer=asn.buyer).latest("pk")

    for address in [*PERSONAL, f"/belanja/{one.public_id}/"]:
        page.goto(site + address, wait_until="networkidle")
        assert sideways(page) <= 0, address

    assert watcher.complaints == []
    assert watcher.strangers == []


def test_icons_and_fonts_arrive_under_the_strict_policy(page: Page, site: str) -> None:
    page.goto(site, wait_until="networkidle")

    loaded = page.evaluate("document.fonts.check('700 20px Bricolage')")
    drawn = page.evaluate("document.querySelector('.hero .icon use').getBBox().width > 0")

    assert loaded
    assert drawn


def test_an_asn_records_and_takes_back_without_a_script(
    scriptless: Page, site: str, asn: Asn
) -> None:
    page = scriptless
    sign_in(page, site, asn)

    page.goto(f"{site}/belanja/catat/?q=warung")
    page.locator(".shop-list a").first.click()
    page.fill("[name=amount]", "37.500")
    page.get_by_text("QRIS").click()
    page.click("main button[type=submit]")

    expect(page.locator(".receipt__amount")).to_have_text("Rp37.500")
    purchase = Purchase.objects.get(amount=37_500)
    taking_back = page.locator("details.disclose", has_text="Batalkan belanja ini")
    taking_back.locator("summary").click()
    taking_back.locator("[name=reason]").fill("Salah ketik")
    taking_back.locator("button[type=submit]").click()
    expect(page.locator(".receipt__amount.struck")).to_be_visible()
    assert not Purchase.objects.standing().filter(pk=purchase.pk).exists()


def test_a_shop_that_is_not_listed_is_named_without_a_script(
    scriptless: Page, site: str, asn: Asn
) -> None:
    page = scriptless
    sign_in(page, site, asn)

    page.goto(f"{site}/belanja/catat/")
    page.locator("#unlisted summary").click()
    page.fill("#unlisted [name=name]", "Bakso Gang Buntu")
    page.select_option("#unlisted [name=region]", index=1)
    page.fill("#unlisted [name=amount]", "15000")
    page.click("#unlisted button[type=submit]")

    expect(page.locator(".receipt")).to_contain_text("Bakso Gang Buntu")


def test_the_menu_and_the_language_work_without_a_script(scriptless: Page, site: str) -> None:
    page = scriptless
    page.goto(site)
    expect(page.locator("html")).to_have_attribute("lang", "id")

    page.locator(".menu summary").click()
    page.locator(".menu__sheet a[href='/umkm/']").click()
    page.locator(".languages button[value=en]").click()

    expect(page).to_have_url(f"{site}/umkm/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_keyboard_reaches_the_content_first(page: Page, site: str) -> None:
    page.goto(site)

    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()
