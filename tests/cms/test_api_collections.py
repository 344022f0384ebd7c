"""Curated collections as apps read them."""

import pytest
from django.test import Client

from tests.cms.factories import (
    CollectionPageFactory,
    PhotoFactory,
    ProductPageFactory,
    UmkmPageFactory,
)

pytestmark = pytest.mark.django_db

COLLECTIONS = "/api/v1/catalog/collections"


def test_the_list_holds_what_is_live_in_the_editors_order(client: Client) -> None:
    for title, live in (("Oleh-oleh", True), ("Naskah", False), ("Sarapan", True)):
        CollectionPageFactory(title=title, live=live, photo=PhotoFactory())

    answer = client.get(COLLECTIONS).json()

    assert [row["name"] for row in answer["results"]] == ["Oleh-oleh", "Sarapan"]
    first = answer["results"][0]
    assert first["slug"] == "oleh-oleh"
    assert first["photo"]["alt"] == "Semangkuk soto di atas meja kayu"
    assert first["url"].endswith("/koleksi/oleh-oleh/")


def test_a_collection_holds_its_members_each_as_the_lists_say_it(client: Client) -> None:
    product = ProductPageFactory(title="Soto Babat")
    shop = UmkmPageFactory(title="Depot Soto")
    CollectionPageFactory(slug="sarapan", members=[product, shop])

    [first, second] = client.get(f"{COLLECTIONS}/sarapan").json()["members"]

    listed = client.get("/api/v1/catalog/products").json()["results"]
    assert first == {"umkm": None, "product": listed[0]}
    assert second["umkm"]["name"] == "Depot Soto"
    assert second["product"] is None


def test_a_closed_shop_leaves_the_collection(client: Client) -> None:
    shop = UmkmPageFactory()
    CollectionPageFactory(slug="sarapan", members=[shop])

    shop.unpublish()

    assert client.get(f"{COLLECTIONS}/sarapan").json()["members"] == []


def test_the_list_is_read_page_by_page(client: Client) -> None:
    for number in range(3):
        CollectionPageFactory(title=f"Koleksi {number}")

    first = client.get(COLLECTIONS, {"page_size": 2}).json()
    second = client.get(first["next"]).json()

    names = [row["name"] for row in [*first["results"], *second["results"]]]
    assert names == ["Koleksi 0", "Koleksi 1", "Koleksi 2"]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "status"),
    [({"kategori": "x"}, 400), ({"page_size": "0"}, 400), ({"cursor": "x"}, 404)],
)
def test_a_bad_query_is_refused(client: Client, query: dict[str, str], status: int) -> None:
    answer = client.get(COLLECTIONS, query)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("slug", ["tidak-ada", "naskah"])
def test_what_is_not_live_is_not_found(client: Client, slug: str) -> None:
    CollectionPageFactory(slug="naskah", live=False)

    assert client.get(f"{COLLECTIONS}/{slug}").status_code == 404


def test_what_an_app_has_is_not_sent_again(client: Client) -> None:
    CollectionPageFactory(slug="sarapan", members=[UmkmPageFactory()])
    address = f"{COLLECTIONS}/sarapan"

    headers = {"If-None-Match": client.get(address)["ETag"]}

    assert client.get(address, headers=headers).status_code == 304
