"""The catalogue in a browser: what is found follows what is typed and chosen."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from cms import facets
from cms.models import SearchMiss
from core.sql import Sql
from tests.cms.factories import UmkmPageFactory
from tests.marketplace.factories import RegionFactory, kecamatan

pytestmark = pytest.mark.django_db(transaction=True)


def test_results_follow_each_word_and_choice_without_a_new_page(
    page: Page, live_server: LiveServer
) -> None:
    UmkmPageFactory(title="Bakso Cak Man", delivers=True)
    UmkmPageFactory(title="Kopi Merdeka", delivers=False)
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if said.type == "error" else None)
    page.goto(f"{live_server.url}/umkm/")
    page.evaluate("document.body.dataset.same = 'yes'")

    page.get_by_label("Cari di katalog").press_sequentially("baks")
    expect(page.locator("#results article")).to_have_count(1)
    expect(page.locator("#results")).to_contain_text("Bakso Cak Man")
    expect(page).to_have_url(re.compile("q=baks"))

    page.get_by_label("Cari di katalog").fill("")
    expect(page.locator("#results article")).to_have_count(2)
    page.get_by_label("Bisa antar").check()
    expect(page.locator("#results article")).to_have_count(1)
    expect(page.get_by_label("Bisa antar")).to_be_checked()

    assert page.evaluate("document.body.dataset.same") == "yes"
    assert refused == []
    assert not SearchMiss.objects.exists()


def test_a_search_that_takes_too_long_says_what_to_do_and_the_next_one_is_answered(
    page: Page, live_server: LiveServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    UmkmPageFactory(title="Bakso Cak Man")
    page.goto(f"{live_server.url}/umkm/")
    page.evaluate("document.body.dataset.same = 'yes'")
    settings.CATALOGUE_TIMEOUT_MS = 50

    with monkeypatch.context() as slow:
        slow.setattr(facets, "query", lambda *_args, **_kwargs: Sql("SELECT pg_sleep(5)"))
        page.get_by_label("Cari di katalog").press_sequentially("baks")
        expect(page.locator("#found-said")).to_contain_text("terlalu lama")
        expect(page.locator("#results")).to_contain_text("Coba lagi")
        expect(page.locator("#not-answered")).to_be_hidden()

    settings.CATALOGUE_TIMEOUT_MS = 5_000
    page.get_by_label("Cari di katalog").press_sequentially("o")
    expect(page.locator("#results article")).to_have_count(1)
    assert page.evaluate("document.body.dataset.same") == "yes"


def test_without_a_connection_the_list_stays_and_says_that_it_is_not_up_to_date(
    page: Page, live_server: LiveServer
) -> None:
    UmkmPageFactory(title="Bakso Cak Man")
    page.goto(f"{live_server.url}/umkm/")

    page.context.set_offline(True)
    page.get_by_label("Bisa antar").check()
    expect(page.locator("#not-answered")).to_be_visible()
    expect(page.locator("#results article")).to_have_count(1)

    page.context.set_offline(False)
    page.get_by_label("Bisa antar").uncheck()
    expect(page.locator("#not-answered")).to_be_hidden()


def test_a_browser_chooses_the_kelurahan_it_stands_in_and_sends_no_position(
    page: Page, live_server: LiveServer
) -> None:
    klojen = kecamatan("35.73.02")
    kasin = RegionFactory(name="Kasin", parent=klojen, latitude="-7.99", longitude="112.62")
    RegionFactory(name="Jauh", parent=klojen, latitude="-8.04", longitude="112.66")
    UmkmPageFactory(title="Bakso Cak Man", region=kasin)
    page.context.grant_permissions(["geolocation"], origin=live_server.url)
    page.context.set_geolocation({"latitude": -7.9912, "longitude": 112.6234})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/umkm/")

    page.get_by_role("button", name="Dekat saya").click()

    expect(page).to_have_url(re.compile(f"near={kasin.code}"))
    expect(page.locator("#found-said")).to_contain_text("Terdekat dari Kasin dulu")
    assert not any("9912" in url or "112.6" in url for url in asked)
