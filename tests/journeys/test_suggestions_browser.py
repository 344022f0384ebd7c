"""Suggestions in a browser: by keyboard and by hand, read out, and never out of date."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from marketplace.models import Region
from tests.cms.factories import ProductPageFactory, UmkmPageFactory
from tests.journeys.test_accessibility import AXE, SCHEMES, WIDTHS, axe
from tests.journeys.test_pages_browser import Watcher, scriptless, sideways
from tests.marketplace.factories import CategoryFactory, RegionFactory, kecamatan

__all__ = ["scriptless"]

pytestmark = pytest.mark.django_db(transaction=True)

FIELDS = {"/": "Cari toko dan produk", "/umkm/": "Cari di katalog"}
SOURCE = re.compile(r"/umkm/saran\.html")


@pytest.fixture
def kasin() -> Region:
    return RegionFactory(name="Kasin", parent=kecamatan("35.73.02"))


@pytest.fixture
def site(live_server: LiveServer, kasin: Region) -> str:
    """A shop of bakso and one of kopi in Kasin."""
    kuliner = CategoryFactory(slug="kuliner", name="Kuliner", name_en="Ready-to-eat food")
    shop = UmkmPageFactory(
        title="Bakso Cak Man", slug="bakso-cak-man", region=kasin, category=kuliner
    )
    ProductPageFactory(parent=shop, title="Bakso Urat")
    UmkmPageFactory(title="Kopi Merdeka", region=kasin, category=kuliner)
    return live_server.url


@pytest.fixture
def listening(page: Page) -> Page:
    """The page, writing down what a screen reader is told in its polite regions."""
    page.add_init_script(
        """window.heard = [];
        addEventListener("DOMContentLoaded", () => {
          for (const region of document.querySelectorAll("main [role=status]")) {
            const hear = () => heard.push(region.textContent.trim().replace(/\\s+/g, " "));
            new MutationObserver(hear).observe(region, { childList: true, subtree: true });
          }
        });"""
    )
    return page


@pytest.fixture
def touched(browser: Browser) -> Iterator[Page]:
    """A phone that is used by touch."""
    context = browser.new_context(
        viewport={"width": 360, "height": 780}, locale="id-ID", has_touch=True, is_mobile=True
    )
    yield context.new_page()
    context.close()


def type_into(page: Page, address: str, words: str) -> None:
    """Open a page and type into its search field, letter by letter; the results follow, too."""
    page.goto(address, wait_until="networkidle")
    path = urlsplit(address).path
    page.get_by_label(FIELDS[path]).press_sequentially(words)
    if path == "/umkm/":
        expect(page).to_have_url(re.compile(f"q={words}"))


def holding(page: Page, words: str) -> list[Route]:
    """The requests for suggestions to these words, which are held back from now on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(rf"/umkm/saran\.html\?q={words}$"), hold)
    return held


def let_go(page: Page, held: list[Route]) -> None:
    """Let an answer that was held back arrive, and the page have its time to act on it."""
    with page.expect_event("requestfinished", lambda request: request.url == held[0].request.url):
        held[0].continue_()
    page.wait_for_timeout(200)


def field_of(page: Page) -> Locator:
    return page.locator("input[role=combobox]")


def listed(page: Page) -> Locator:
    return page.locator("#suggestions[role=listbox]")


def options(page: Page) -> list[str]:
    return [" ".join(text.split()) for text in listed(page).get_by_role("option").all_inner_texts()]


@pytest.mark.parametrize("path", FIELDS)
def test_a_shop_is_reached_by_the_keyboard_alone(page: Page, site: str, path: str) -> None:
    watcher = Watcher(page, host=site)
    type_into(page, site + path, "baks")
    field = field_of(page)
    expect(field).to_have_attribute("aria-expanded", "true")
    assert options(page) == [
        "bakso",
        "Bakso Cak Man Toko di Kasin",
        "Bakso Urat Produk dari Bakso Cak Man",
    ]

    page.keyboard.press("ArrowUp")
    expect(listed(page).get_by_role("option", selected=True)).to_contain_text("Bakso Urat")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    marked = listed(page).get_by_role("option", selected=True)
    expect(marked).to_contain_text("Bakso Cak Man")
    expect(field).to_have_attribute("aria-activedescendant", str(marked.get_attribute("id")))
    expect(field).to_be_focused()
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{site}/umkm/bakso-cak-man/")
    assert watcher.complaints == watcher.strangers == []


def test_escape_closes_the_list_and_leaves_what_was_typed(page: Page, site: str) -> None:
    type_into(page, f"{site}/", "baks")
    field = field_of(page)
    expect(listed(page)).to_be_visible()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")

    expect(listed(page)).to_be_hidden()
    expect(field).to_have_attribute("aria-expanded", "false")
    assert field.get_attribute("aria-activedescendant") is None
    expect(field).to_have_value("baks")
    page.keyboard.press("ArrowDown")
    expect(listed(page)).to_be_visible()
    page.keyboard.press("Tab")
    expect(listed(page)).to_be_hidden()


def test_enter_without_a_choice_searches_for_what_was_typed(page: Page, site: str) -> None:
    type_into(page, f"{site}/", "baks")
    expect(listed(page)).to_be_visible()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{site}/umkm/?q=baks")


def test_a_word_is_searched_for_on_the_spot_and_other_filters_stay(page: Page, site: str) -> None:
    type_into(page, f"{site}/umkm/?category=kuliner", "baks")
    page.evaluate("document.body.dataset.same = 'yes'")

    listed(page).get_by_role("option", name="bakso", exact=True).click()

    expect(field_of(page)).to_have_value("bakso")
    expect(page).to_have_url(re.compile(r"q=bakso&.*category=kuliner"))
    expect(page.locator("#results article")).to_have_count(1)
    expect(listed(page)).to_be_hidden()
    expect(field_of(page)).to_be_focused()
    assert page.evaluate("document.body.dataset.same") == "yes"


@pytest.mark.parametrize(("words", "filter"), [("kasi", "place"), ("kulin", "category")])
def test_a_place_or_category_becomes_a_filter_instead_of_words(
    page: Page, site: str, kasin: Region, words: str, filter: str
) -> None:
    value = {"place": kasin.code, "category": "kuliner"}[filter]
    for path in FIELDS:
        type_into(page, site + path, words)

        listed(page).get_by_role("option", name=re.compile("Kelurahan|Kategori")).click()

        expect(page).to_have_url(re.compile(f"{filter}={re.escape(value)}"))
        assert f"q={words}" not in page.url
        expect(page.locator(f"[name={filter}]")).to_have_value(value)
        expect(page.locator("#results article")).to_have_count(2)


def test_a_finger_chooses_too(touched: Page, site: str) -> None:
    page = touched
    type_into(page, f"{site}/umkm/", "baks")

    listed(page).get_by_role("option", name="Bakso Cak Man").first.tap()

    expect(page).to_have_url(f"{site}/umkm/bakso-cak-man/")


def test_a_late_answer_never_replaces_a_newer_one(page: Page, site: str) -> None:
    held = holding(page, "kopi")
    page.goto(f"{site}/umkm/", wait_until="networkidle")
    with page.expect_request(SOURCE):
        field_of(page).fill("kopi")
    field_of(page).fill("baks")
    expect(listed(page).get_by_role("option", name="bakso", exact=True)).to_be_visible()

    let_go(page, held)

    assert options(page)[0] == "bakso"
    expect(page).to_have_url(re.compile("q=baks"))


def test_an_answer_that_comes_after_the_field_was_left_opens_nothing(page: Page, site: str) -> None:
    held = holding(page, "baks")
    page.goto(f"{site}/", wait_until="networkidle")
    with page.expect_request(SOURCE):
        field_of(page).fill("baks")
    field_of(page).press("Tab")

    let_go(page, held)

    expect(listed(page)).to_be_hidden()


def test_one_letter_asks_nothing_and_a_word_typed_fast_asks_once(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    type_into(page, f"{site}/", "b")
    page.wait_for_timeout(500)
    assert [url for url in asked if "saran" in url] == []

    field_of(page).press_sequentially("akso", delay=20)
    expect(listed(page)).to_be_visible()

    assert [url for url in asked if "saran" in url] == [f"{site}/umkm/saran.html?q=bakso"]


def test_without_an_answer_the_field_is_a_search_field(page: Page, site: str) -> None:
    page.route(SOURCE, lambda route: route.abort())
    with page.expect_event("requestfailed"):
        type_into(page, f"{site}/", "baks")

    expect(listed(page)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}/umkm/?q=baks")


def test_without_a_script_the_field_is_a_search_field(scriptless: Page, site: str) -> None:
    for path, name in FIELDS.items():
        scriptless.goto(site + path)
        field = scriptless.get_by_label(name)
        assert field.get_attribute("role") is None
        field.fill("bakso")
        field.press("Enter")

        expect(scriptless.locator("#results article")).to_have_count(1)
        expect(listed(scriptless)).to_be_hidden()


def test_how_many_are_suggested_and_found_is_read_out(listening: Page, site: str) -> None:
    page = listening
    type_into(page, f"{site}/umkm/", "baks")
    expect(page.locator("#results article")).to_have_count(1)
    expect(page.locator("#suggestions-said")).to_have_text("3 saran")
    listed(page).get_by_role("option", name="bakso", exact=True).click()
    expect(page).to_have_url(re.compile("q=bakso"))
    field_of(page).fill("zzzz")
    expect(page.locator("#found-said")).to_contain_text("0 toko")

    heard = page.evaluate("heard.filter((said) => said)")

    assert "3 saran" in heard
    assert "1 toko" in heard
    assert heard[-1] == "0 toko"


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("path", FIELDS)
def test_axe_finds_nothing_with_the_list_open(
    page: Page, site: str, path: str, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1_400})
        type_into(page, site + path, "kasi")
        page.keyboard.press("ArrowDown")
        expect(listed(page).get_by_role("option").first).to_be_visible()
        page.evaluate((AXE / "axe.min.js").read_text())

        assert [(each["id"], each["nodes"][0]["html"]) for each in axe(page)] == []
        assert sideways(page) <= 0
