"""Wagtail's own API is off; where it is on it reads public pages and nothing else."""

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from cms.badge_numbers import BadgeKind
from cms.models import CollectionPage, ProductPage, ProductPicture, StoryPage, UmkmPage, Variant
from cms.models.photos import AllowedUse
from tests.cms.details import NUMBERS, checked, linked, opened
from tests.cms.factories import (
    CollectionPageFactory,
    PhotoFactory,
    ProductPageFactory,
    StoryPageFactory,
    UmkmPageFactory,
)

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v3-preview/pages/"
ON = override_settings(ROOT_URLCONF="tests.config.v3_urls")


def test_it_is_off_unless_an_operator_turns_it_on(client: Client) -> None:
    assert settings.API_V3_PREVIEW is False
    assert client.get(ADDRESS).status_code == 404


@ON
def test_it_reads_pages_that_are_live(client: Client) -> None:
    UmkmPageFactory(title="Depot Soto")
    UmkmPageFactory(title="Belum Terbit", live=False)

    answer = client.get(ADDRESS, {"type": "cms.UmkmPage"})

    assert answer.status_code == 200, answer.content
    said = answer.content.decode()
    assert "Depot Soto" in said
    assert "Belum Terbit" not in said
    assert "owner" not in said


@ON
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_writes_nothing(client: Client, method: str) -> None:
    page = UmkmPageFactory()

    for address in (ADDRESS, f"{ADDRESS}{page.pk}/"):
        assert getattr(client, method)(address).status_code in (404, 405)


@ON
def test_it_says_nothing_of_people(client: Client) -> None:
    assert client.get("/api/v3-preview/whoami/").status_code == 404
    assert client.get("/api/v3-preview/sites/").status_code in (401, 403, 404)


def whole(client: Client, page: Page) -> dict[str, Any]:
    """All that the API says of a page."""
    answer = client.get(f"{ADDRESS}{page.pk}/")
    assert answer.status_code == 200, answer.content
    return answer.json()


@ON
def test_a_shop_is_told_so_that_its_page_can_be_drawn(client: Client) -> None:
    photo = PhotoFactory(focal_point_x=180, focal_point_y=240, credit="Dinas Kominfo")
    page = UmkmPageFactory(
        photo=photo,
        rw=3,
        rt=2,
        whatsapp="081234567890",
        story=[
            ("text", "<p>Sejak <b>1987</b>.</p>"),
            ("picture", photo),
            ("gallery", [photo, photo]),
            ("quote", "Kuahnya rahasia."),
            ("video", {"title": "Di dapur", "url": "https://video.contoh.id/1"}),
            ("order", "Telepon dulu."),
        ],
    )
    opened(page, 0, 6, "08:00", "20:00")
    linked(page, "shopee", "https://shopee.co.id/depot")
    checked(page, BadgeKind.NIB, on=date(2026, 1, 2))
    checked(page, BadgeKind.HALAL, on=date(2020, 1, 2), until=date(2021, 1, 2))

    said = whole(client, page)

    assert said["public_id"] == str(page.umkm.public_id)
    assert said["category"] == {"key": "kuliner", "name": "Kuliner"}
    assert said["kelurahan"] == {"key": page.region.code, "name": page.region.name}
    assert said["photo"]["alt"] == photo.alt
    assert said["photo"]["credit"] == "Dinas Kominfo"
    assert said["photo"]["focal_point"] == {"x": 0.25, "y": 0.5}
    assert said["photo"]["renditions"][-1]["type"] == "image/jpeg"
    assert said["photo"]["renditions"][-1]["url"].startswith("http://localhost:8000/media/")
    assert said["week"][0]["opens"] == "08:00:00"
    assert said["online_shops"] == [{"kind": "shopee", "url": "https://shopee.co.id/depot"}]
    assert [badge["kind"] for badge in said["valid_badges"]] == ["nib"]
    assert [each["type"] for each in said["story"]] == [
        "text",
        "picture",
        "gallery",
        "quote",
        "video",
        "order",
    ]
    told = {each["type"]: each["value"] for each in said["story"]}
    assert "<b>1987</b>" in told["text"]
    assert told["picture"]["renditions"]
    assert len(told["gallery"]) == 2
    assert told["video"]["url"] == "https://video.contoh.id/1"


@ON
def test_a_product_is_told_with_its_variants_and_pictures(client: Client) -> None:
    page = ProductPageFactory(price=15_000, photo=PhotoFactory(), allergens=["egg"])
    page.variants.create(name="Jumbo", price=20_000)
    page.pictures.create(photo=PhotoFactory())
    page.save()

    said = whole(client, page)

    assert (said["price"], said["unit"], said["contained_allergens"]) == (15_000, "porsi", ["egg"])
    assert said["offered_variants"] == [{"name": "Jumbo", "price": 20_000, "available": True}]
    assert len(said["all_pictures"]) == 2


@ON
def test_collections_and_stories_name_what_visitors_see_and_no_more(client: Client) -> None:
    shop, closed = UmkmPageFactory(title="Depot Soto"), UmkmPageFactory(title="Sudah Tutup")
    collection = CollectionPageFactory(members=[shop, closed], photo=PhotoFactory())
    body = [("quote", {"words": "Enak.", "who": "Seorang tamu"}), ("shop", shop), ("shop", closed)]
    story = StoryPageFactory(shops=[shop, closed], body=body)
    closed.unpublish()

    of_collection, of_story = whole(client, collection), whole(client, story)

    link = {"id": shop.pk, "type": "cms.UmkmPage", "title": "Depot Soto", "url": shop.full_url}
    assert of_collection["members"] == [link]
    assert of_story["shops"] == [link]
    assert [each["type"] for each in of_story["parts"]] == ["quote", "shop"]
    assert of_story["parts"][0]["value"] == {"words": "Enak.", "who": "Seorang tamu"}
    assert "Sudah Tutup" not in str(of_collection) + str(of_story)


@ON
def test_what_editors_keep_for_themselves_is_not_told(client: Client) -> None:
    photo = PhotoFactory(
        allowed_by="Pemilik Toko Rahasia",
        allowed_use=AllowedUse.SITE,
        allowed_on=date(2026, 1, 2),
        consent_note="Map hijau di lemari",
    )
    page = UmkmPageFactory(photo=photo, rw=3, rt=2)
    checked(page, BadgeKind.NIB, on=date(2026, 1, 2))
    draft = UmkmPage.objects.get(pk=page.pk)
    draft.summary = "Masih naskah."
    draft.save_revision()

    said = client.get(f"{ADDRESS}{page.pk}/", {"version": "draft"}).content.decode()

    for kept in ("Rahasia", "Map hijau", NUMBERS[BadgeKind.NIB], "Masih naskah", '"rw"', '"rt"'):
        assert kept not in said


@ON
def test_a_product_is_out_of_view_while_its_shop_is(client: Client) -> None:
    product = ProductPageFactory(title="Soto Babat")
    product.get_parent().specific.unpublish()
    assert ProductPage.objects.get(pk=product.pk).live

    listed = client.get(ADDRESS, {"type": "cms.ProductPage"}).json()

    assert listed == {"items": [], "count": 0}
    assert client.get(f"{ADDRESS}{product.pk}/").status_code == 404
    assert client.get(f"{ADDRESS}find/", {"id": product.pk}).status_code == 404


NAMED = [
    (model._meta.label, field.name)
    for model in (UmkmPage, ProductPage, CollectionPage, StoryPage)
    for field in model.api_fields
]


@ON
@pytest.mark.parametrize(("model", "name"), NAMED)
def test_no_filter_and_no_order_breaks_it(client: Client, model: str, name: str) -> None:
    StoryPageFactory(shops=[ProductPageFactory().get_parent().specific])
    hostile = ["", "x", "-1", "9" * 40, "\x00", "x" * 10_000]

    for query in [*({name: value} for value in hostile), {"order": name}]:
        answer = client.get(ADDRESS, {"type": model, **query})
        assert answer.status_code in (200, 400, 422), (query, answer.content)


@ON
def test_the_list_costs_the_same_however_long_it_is_and_a_page_however_much_it_holds(
    client: Client,
) -> None:
    page = ProductPageFactory(photo=PhotoFactory())
    ProductPicture.objects.create(page=page, photo=PhotoFactory())
    Variant.objects.create(page=page, name="Biasa")

    def costs() -> list[int]:
        counted = []
        for address in (f"{ADDRESS}?type=cms.ProductPage", f"{ADDRESS}{page.pk}/"):
            assert client.get(address).status_code == 200
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counted.append(len(queries))
        return counted

    few = costs()
    for number in range(3):
        ProductPageFactory(parent=page.get_parent().specific)
        ProductPicture.objects.create(page=page, photo=PhotoFactory())
        Variant.objects.create(page=page, name=f"Ukuran {number}")

    assert costs() == few


@ON
def test_a_shop_with_many_pictures_costs_as_many_queries_as_with_one(client: Client) -> None:
    def cost(pictures: int) -> int:
        page = UmkmPageFactory(story=[("picture", PhotoFactory()) for _ in range(pictures)])
        whole(client, page)
        with CaptureQueriesContext(connection) as queries:
            whole(client, page)
        return len(queries)

    assert cost(1) == cost(4)
