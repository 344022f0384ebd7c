"""The catalogue's page is drawn once a second for everyone, and is never wrong for longer."""

import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from tests.accounts.factories import UserFactory
from tests.cms.factories import UmkmPageFactory

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
