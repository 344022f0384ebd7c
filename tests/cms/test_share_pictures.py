"""The picture by which a page is seen where its address is shared."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from pytest_django import Settings
from wagtail.models import Page

from cms import share_pictures
from cms.models import ProductPage, UmkmPage
from cms.share_drawing import Words, draw
from tests.cms.factories import (
    CollectionPageFactory,
    PhotoFactory,
    ProductPageFactory,
    StoryPageFactory,
    UmkmPageFactory,
)

pytestmark = pytest.mark.django_db

LONG = "Rumah Produksi Keripik Tempe Sanan Bersaudara " * 2


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where the pictures of this test are kept."""
    settings.STATE_DIR = tmp_path
    return tmp_path / "share-pictures"


def address_of(page: UmkmPage | ProductPage) -> str:
    row = page.umkm if isinstance(page, UmkmPage) else page.product
    assert row is not None
    return f"/bagikan/{row.public_id}.jpg"


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(content)) as image:
        assert image.format == "JPEG"
        return image.size


def test_a_shop_and_a_product_have_a_picture_of_the_shared_size(client: Client) -> None:
    ware = ProductPageFactory(photo=PhotoFactory())
    shop = ware.get_parent().specific

    for page in (shop, ware):
        answer = client.get(address_of(page))

        assert answer.headers["Content-Type"] == "image/jpeg"
        assert size_of(answer.content) == (1200, 630)
        assert len(answer.content) < 200_000


@pytest.mark.parametrize("make", [CollectionPageFactory, StoryPageFactory])
def test_a_collection_and_a_story_have_one_too_while_they_are_live(
    client: Client, make: Callable[..., Page]
) -> None:
    page = make(photo=PhotoFactory(), title="Oleh-oleh dari Sanan")
    address = f"/bagikan/{page.translation_key}.jpg"

    assert f'content="http://localhost:8000{address}?v=' in client.get(page.url).content.decode()
    assert size_of(client.get(address).content) == (1200, 630)
    page.unpublish()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["", "A", LONG, "a" * 120, "🍜", "ꦱꦺꦴꦠꦺꦴ", "Ṣoto\n\tĐua"])
def test_any_name_can_be_drawn(name: str) -> None:
    drawn = draw(Words(name=name, above=name, below=name, price=name), None)

    assert size_of(drawn) == (1200, 630)


def test_a_picture_is_drawn_once_until_the_page_says_something_else(
    client: Client, folder: Path
) -> None:
    ware = ProductPageFactory(price=15_000)
    first = client.get(address_of(ware))
    (kept,) = folder.iterdir()
    drawn_at = kept.stat().st_mtime_ns
    client.get(address_of(ware))
    assert kept.stat().st_mtime_ns == drawn_at

    ware.price = 16_000
    ware.save()
    second = client.get(address_of(ware))

    assert second.headers["ETag"] != first.headers["ETag"]
    assert second.content != first.content
    assert [file.name for file in folder.iterdir()] != [kept.name]
    assert len(list(folder.iterdir())) == 1


def test_the_address_with_its_version_is_kept_for_a_week_and_asked_for_by_its_etag(
    client: Client,
) -> None:
    shop = UmkmPageFactory()
    picture = share_pictures.of_shop(shop)
    assert picture is not None
    answer = client.get(address_of(shop), {"v": picture.version})

    again = client.get(address_of(shop), headers={"if-none-match": answer.headers["ETag"]})

    assert answer.headers["Cache-Control"] == "public, max-age=604800"
    assert client.get(address_of(shop)).headers["Cache-Control"] == "public, max-age=300"
    assert again.status_code == 304
    assert again.content == b""


def test_a_shop_out_of_view_has_no_picture_and_neither_has_what_it_sells(client: Client) -> None:
    ware = ProductPageFactory()
    shop = ware.get_parent().specific
    addresses = [address_of(shop), address_of(ware)]
    assert [client.get(each).status_code for each in addresses] == [200, 200]

    shop.unpublish()

    assert [client.get(each).status_code for each in addresses] == [404, 404]


def test_nobody_elses_id_has_a_picture(client: Client) -> None:
    assert client.get("/bagikan/019a0000-0000-7000-8000-000000000000.jpg").status_code == 404
    assert client.get("/bagikan/bukan-id.jpg").status_code == 404


def test_a_photo_whose_file_is_gone_does_not_break_the_picture(client: Client) -> None:
    photo = PhotoFactory()
    shop = UmkmPageFactory(photo=photo)
    photo.file.storage.delete(photo.file.name)

    assert size_of(client.get(address_of(shop)).content) == (1200, 630)


def test_a_folder_that_takes_no_file_only_costs_the_drawing(client: Client, folder: Path) -> None:
    folder.write_text("a file where the folder should be")

    assert size_of(client.get(address_of(UmkmPageFactory())).content) == (1200, 630)


def test_a_kept_picture_costs_few_queries(client: Client) -> None:
    ware = ProductPageFactory(photo=PhotoFactory())
    client.get(address_of(ware))

    with CaptureQueriesContext(connection) as captured:
        client.get(address_of(ware))

    assert len(captured) <= 12
