"""The catalogue's page is drawn once a second for everyone, and is never wrong for longer."""

import time
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from cms.models import HomePage
from marketplace import closing
from tests.accounts.factories import UserFactory
from tests.cms.factories import UmkmPageFactory
from tests.marketplace.city import City, small_city
from tests.marketplace.months import AUGUST, SEPTEMBER, after, neighbours, shop, shops_in

pytestmark = pytest.mark.django_db

ADDRESS = "/umkm/"


def queries(client: Client, address: str = ADDRESS) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def shows(client: Client, words: str, address: str = ADDRESS) -> bool:
    return words in client.get(address).content.decode()


@pytest.fixture
def visitor() -> User:
    return UserFactory()


def test_a_second_visitor_costs_no_drawing(client: Client) -> None:
    UmkmPageFactory(title="Depot Soto")
    first = queries(client)

    assert queries(Client()) <= 6 < first
    assert shows(Client(), "Depot Soto")


def test_what_an_editor_changes_is_seen_within_two_seconds(client: Client) -> None:
    page = UmkmPageFactory(title="Depot Soto")
    assert shows(client, "Depot Soto")

    page.title = "Depot Rawon"
    page.save_revision().publish()
    time.sleep(1.1)

    assert shows(client, "Depot Rawon")
    page.unpublish()
    time.sleep(1.1)
    assert not shows(client, "Depot Rawon")


def test_each_language_and_each_address_has_its_own(client: Client) -> None:
    UmkmPageFactory()
    english = Client()
    english.cookies["bahasa"] = "en"

    assert '<html lang="id"' in client.get(ADDRESS).content.decode()
    assert '<html lang="en"' in english.get(ADDRESS).content.decode()
    assert shows(client, 'value="/umkm/?page=1"', f"{ADDRESS}?page=1")
    assert not shows(client, 'value="/umkm/?page=1"')


def test_who_is_signed_in_is_shown_their_own_page_and_leaves_none_to_others(
    client: Client, visitor: User
) -> None:
    UmkmPageFactory()
    client.force_login(visitor)

    assert shows(client, "/keluar/")
    assert not shows(Client(), "/keluar/")
    assert shows(client, "/keluar/")


def test_no_visitor_is_given_a_cookie(client: Client) -> None:
    UmkmPageFactory()

    assert not client.get(ADDRESS).cookies
    assert not client.get("/").cookies


def test_words_that_are_searched_for_are_answered_afresh(client: Client) -> None:
    UmkmPageFactory()
    address = f"{ADDRESS}?q=soto"

    queries(client, address)
    assert queries(client, address) > 2


def test_it_can_be_turned_off(client: Client, settings) -> None:
    settings.CATALOGUE_CACHE_SECONDS = 0
    UmkmPageFactory()

    queries(client)
    assert queries(client) > 2


# --- Pages that say when they are another --------------------------------------------------------

FIGURES = "/perputaran/"


@pytest.fixture(autouse=True)
def site(home: HomePage) -> None:
    """Every page stands below the home page."""


def fill_and_close(city: City, month: date) -> None:
    """Six people of one kelurahan buy there in a month, which is closed then."""
    buyers = neighbours(city.kelurahan[0], 6)
    shop(buyers, shops_in(city.kelurahan[0]), day=month.replace(day=14))
    with after(month):
        closing.close_month(month)


def test_a_page_of_figures_is_drawn_once_until_a_month_is_released(client: Client) -> None:
    city = small_city()
    fill_and_close(city, AUGUST)
    first = queries(client, FIGURES)

    assert queries(Client(), FIGURES) < 15 < first
    assert shows(client, "Agustus 2026", FIGURES)

    fill_and_close(city, SEPTEMBER)

    assert shows(client, "September 2026", FIGURES)
    assert "2026-09" in client.get("/data/rumah.csv").content.decode()


def test_a_file_is_kept_with_its_name(client: Client) -> None:
    fill_and_close(small_city(), AUGUST)
    drawn, kept = (client.get("/data/rumah.csv") for _turn in range(2))

    assert kept.content == drawn.content
    for header in ("Content-Type", "Content-Disposition", "Cache-Control", "Vary"):
        assert kept.get(header) == drawn.get(header), header
    assert "perputaran-rumah.csv" in kept["Content-Disposition"]


def test_a_page_of_figures_is_drawn_anew_after_any_edit(client: Client, home: HomePage) -> None:
    fill_and_close(small_city(), AUGUST)
    client.get(FIGURES)
    kept = queries(client, FIGURES)

    home.save_revision(log_action=True)

    assert queries(client, FIGURES) > kept


def test_who_is_signed_in_has_a_page_of_figures_of_their_own(client: Client, visitor: User) -> None:
    fill_and_close(small_city(), AUGUST)
    client.force_login(visitor)

    assert shows(client, "/keluar/", FIGURES)
    assert not shows(Client(), "/keluar/", FIGURES)
