"""The catalogue as apps read it."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.models import UmkmIndexPage
from marketplace.models import Umkm
from marketplace.registry import merge_umkm
from tests.cms.factories import PhotoFactory, ProductPageFactory, UmkmPageFactory
from tests.marketplace.factories import CategoryFactory, RegionFactory

pytestmark = pytest.mark.django_db

LISTS = ["/api/v1/umkm", "/api/v1/products"]


def read(client: Client, address: str, **query: str) -> dict[str, Any]:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def names(client: Client, address: str, **query: str) -> list[str]:
    return [row["name"] for row in read(client, address, **query)["results"]]


def test_a_shop_in_a_list_says_what_a_card_needs(client: Client) -> None:
    page = UmkmPageFactory(title="Depot Soto", photo=PhotoFactory())

    [row] = read(client, "/api/v1/umkm")["results"]

    photo = row.pop("photo")
    assert (photo["width"], photo["height"]) == (720, 480)
    assert photo["alt"] == "Semangkuk soto di atas meja kayu"
    assert photo["url"].startswith("http://localhost:8000/media/images/")
    assert row == {
        "id": str(page.umkm.public_id),
        "name": "Depot Soto",
        "summary": page.summary,
        "category": {"slug": "kuliner", "name": "Kuliner"},
        "kelurahan": {
            "code": page.region.code,
            "name": page.region.name,
            "kecamatan": page.region.parent.name,
        },
        "url": page.full_url,
    }


def test_one_shop_says_all_that_its_page_says(client: Client) -> None:
    page = UmkmPageFactory(whatsapp="081234567890", story=[("order", "Telepon dulu.")])
    product = ProductPageFactory(parent=page, title="Soto Babat", price=17_000)

    shop = read(client, f"/api/v1/umkm/{page.umkm.public_id}")

    assert shop["whatsapp"] == "081234567890"
    assert [block["kind"] for block in shop["story"]] == ["order"]
    assert "Telepon dulu." in shop["story"][0]["html"]
    [sold] = shop["products"]
    assert (sold["name"], sold["price"], sold["photo"]) == ("Soto Babat", 17_000, None)
    alone = read(client, f"/api/v1/products/{product.product.public_id}")
    assert alone == sold | {"variants": [], "pictures": []}


def test_names_come_in_the_readers_language(client: Client) -> None:
    UmkmPageFactory()

    answer = client.get("/api/v1/umkm", headers={"Accept-Language": "en"})

    assert answer.json()["results"][0]["category"]["name"] == "Ready-to-eat food"


def test_lists_narrow_by_kind_place_and_words(client: Client) -> None:
    crafts = CategoryFactory(slug="kerajinan", name="Kerajinan", name_en="Crafts")
    kasin = RegionFactory(name="Kasin")
    ProductPageFactory(parent__title="Depot Soto", parent__region=kasin, title="Soto Babat")
    ProductPageFactory(parent__title="Batik Celaket", parent__category=crafts, title="Selendang")

    assert names(client, "/api/v1/umkm", category="kerajinan") == ["Batik Celaket"]
    assert names(client, "/api/v1/umkm", kelurahan=kasin.code) == ["Depot Soto"]
    assert names(client, "/api/v1/umkm", q="babat") == ["Depot Soto"]
    assert names(client, "/api/v1/products", category="kerajinan") == ["Selendang"]
    assert names(client, "/api/v1/products", kelurahan=kasin.code) == ["Soto Babat"]
    assert names(client, "/api/v1/products", q="celaket selen") == ["Selendang"]
    assert names(client, "/api/v1/products", q="tidak ada") == []


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_read_to_its_end_by_cursors(client: Client, address: str) -> None:
    made = [ProductPageFactory() for _ in range(5)]

    seen: list[str] = []
    page = read(client, address, page_size="2")
    seen += [row["id"] for row in page["results"]]
    while page["next"]:
        page = read(client, page["next"])
        seen += [row["id"] for row in page["results"]]

    assert len(seen) == len(set(seen)) == len(made)


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"tidak": "ada"}, 400),
        ({"q": "x" * 101}, 400),
        ({"q": "\x00"}, 400),
        ({"category": "\x00"}, 400),
        ({"page_size": "0"}, 400),
        ({"page_size": "101"}, 400),
        ({"cursor": "karangan"}, 404),
        ({"category": "tidak-ada"}, 200),
    ],
)
def test_what_a_list_does_not_know_is_said(
    client: Client, address: str, query: dict[str, str], status: int
) -> None:
    answer = client.get(address, query)

    assert answer.status_code == status
    if status != 200:
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_closed_shop_and_its_products_are_gone(client: Client) -> None:
    product = ProductPageFactory()
    shop = product.get_parent().specific
    addresses = [
        f"/api/v1/umkm/{shop.umkm.public_id}",
        f"/api/v1/products/{product.product.public_id}",
    ]

    shop.unpublish()

    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert names(client, "/api/v1/umkm") == names(client, "/api/v1/products") == []


def test_a_merged_shop_is_read_as_the_one_it_was_merged_into(client: Client) -> None:
    old, new = UmkmPageFactory(), UmkmPageFactory(title="Yang Berdiri")
    old_row = old.umkm
    merge_umkm(umkm=old_row, into=new.umkm)

    shop = read(client, f"/api/v1/umkm/{old_row.public_id}")

    assert shop["id"] == str(new.umkm.public_id)
    assert names(client, "/api/v1/umkm") == ["Yang Berdiri"]


def test_an_id_of_nothing_is_a_404(client: Client) -> None:
    assert client.get(f"/api/v1/umkm/{uuid.uuid4()}").status_code == 404
    assert client.get(f"/api/v1/products/{uuid.uuid4()}").status_code == 404


def test_a_pending_shop_is_not_in_the_catalogue(client: Client, catalogue: UmkmIndexPage) -> None:
    pending = Umkm.objects.create(name="Warung Usulan", region=RegionFactory())

    assert names(client, "/api/v1/umkm") == []
    assert client.get(f"/api/v1/umkm/{pending.public_id}").status_code == 404


@pytest.mark.parametrize(("address", "most"), [("/api/v1/umkm", 4), ("/api/v1/products", 4)])
def test_a_list_costs_the_same_however_long_it_is(client: Client, address: str, most: int) -> None:
    def sell() -> None:
        ProductPageFactory(photo=PhotoFactory(), parent__photo=PhotoFactory())

    def queries() -> int:
        read(client, address)
        with CaptureQueriesContext(connection) as captured:
            read(client, address)
        return len(captured)

    sell()
    few = queries()
    for _ in range(2):
        sell()

    assert queries() == few <= most


@pytest.mark.parametrize("address", ["/api/v1/catalog/umkm", "/api/v1/catalog/products"])
def test_a_list_says_of_a_thing_what_its_own_address_says(client: Client, address: str) -> None:
    photo = PhotoFactory(focal_point_x=180, focal_point_y=240)
    ProductPageFactory(photo=photo, price=17_000, parent__photo=photo)

    [row] = read(client, address)["results"]
    alone = read(client, f"{address}/{row['id']}")

    assert row == {name: alone[name] for name in row}
    assert row["photo"]["focal_point"] == {"x": 0.25, "y": 0.5}


def test_a_parameter_that_does_not_exist_is_refused_with_those_that_do(client: Client) -> None:
    answer = client.get(
        "/api/v1/catalog/umkm", {"warna": "merah"}, headers={"Accept-Language": "en"}
    )

    assert answer.status_code == 400
    [said] = answer.json()["errors"]["warna"]
    assert "category" in said
    assert "page_size" in said


def test_a_cursor_is_good_for_its_own_search_alone(client: Client) -> None:
    for _each in range(3):
        ProductPageFactory()
    onward = read(client, "/api/v1/catalog/products", page_size="1")["next"]

    assert client.get(onward).status_code == 200
    assert client.get(f"{onward}&category=kuliner").status_code == 404


def test_a_list_that_is_still_right_is_not_sent_again(client: Client) -> None:
    page = UmkmPageFactory()
    tag = client.get("/api/v1/catalog/umkm").headers["ETag"]

    again = {"If-None-Match": tag}
    assert client.get("/api/v1/catalog/umkm", headers=again).status_code == 304

    page.summary = "Rawon juga ada."
    page.save_revision().publish()
    assert client.get("/api/v1/catalog/umkm", headers=again).status_code == 200


def test_a_list_is_sorted_and_read_to_its_end_in_every_order(client: Client) -> None:
    near = RegionFactory()
    for price in (9_000, None, 3_000, 3_000):
        ProductPageFactory(price=price, title=f"Soto {price}", parent__region=near)

    for query in ("sort=price", "q=soto", f"sort=nearest&near={near.code}"):
        page = read(client, f"/api/v1/catalog/products?page_size=1&{query}")
        seen = page["results"]
        while page["next"]:
            page = read(client, page["next"])
            seen += page["results"]
        assert len({row["id"] for row in seen}) == len(seen) == 4, query
        if query == "sort=price":
            assert [row["price"] for row in seen] == [3_000, 3_000, 9_000, None]


def test_facets_are_counted_where_they_are_asked_for(client: Client) -> None:
    crafts = CategoryFactory(slug="kerajinan", name="Kerajinan", name_en="Crafts")
    UmkmPageFactory(delivers=True)
    UmkmPageFactory(category=crafts)

    said = read(client, "/api/v1/catalog/umkm", facets="true")

    assert said["facets"]["total"] == 2
    assert said["facets"]["category"] == {"kuliner": 1, "kerajinan": 1}
    assert said["facets"]["delivers"] == 1
    assert "facets" not in read(client, "/api/v1/catalog/umkm")
    assert len(names(client, "/api/v1/catalog/umkm", delivers="true")) == 1


@pytest.mark.parametrize("query", ["sort=acak", "price=murah", "near=99", "open=mungkin"])
def test_a_value_that_does_not_exist_is_a_clean_400(client: Client, query: str) -> None:
    assert client.get(f"/api/v1/catalog/products?{query}").status_code == 400


def test_a_photo_whose_file_is_gone_is_none_and_breaks_no_list(client: Client) -> None:
    shop = UmkmPageFactory(photo=PhotoFactory())
    shop.photo.file.storage.delete(shop.photo.file.name)

    [said] = read(client, "/api/v1/catalog/umkm")["results"]
    assert said["photo"] is None
    assert read(client, f"/api/v1/catalog/umkm/{shop.umkm.public_id}")["photo"] is None
