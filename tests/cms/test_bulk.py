"""Shops by the hundred stand as if each had been published by hand."""

import pytest
from django.test import Client
from wagtail.models import Page, ReferenceIndex

from cms.bulk import ProductText, UmkmText, make_umkm_pages
from cms.digest import page_digest
from cms.models import ProductPage, UmkmIndexPage, UmkmPage, Variant
from core.models import OutboxEvent
from marketplace.models import Product, Umkm
from tests.cms.factories import PhotoFactory, UmkmPageFactory
from tests.marketplace.factories import CategoryFactory, RegionFactory

pytestmark = pytest.mark.django_db


def text(title: str = "Keripik Bu Siti", **more: object) -> UmkmText:
    fields = {
        "summary": "Keripik tempe tipis.",
        "category": CategoryFactory(),
        "region": RegionFactory(),
    }
    return UmkmText(title=title, **{**fields, **more})


def test_each_shop_and_product_has_its_page_and_its_row(catalogue: UmkmIndexPage) -> None:
    products = [ProductText("Keripik Tempe", 12_000, "bungkus"), ProductText("Keripik Usus", None)]

    rows = make_umkm_pages([text("Satu"), text("Dua", products=products)])

    assert [row.name for row in rows] == ["Satu", "Dua"]
    assert [row.page.specific.title for row in rows] == ["Satu", "Dua"]
    assert {row.status for row in rows} == {Umkm.Status.LISTED}
    sold = Product.objects.filter(umkm=rows[1]).order_by("name")
    assert [(row.name, row.price, row.unit) for row in sold] == [
        ("Keripik Tempe", 12_000, "bungkus"),
        ("Keripik Usus", None, ""),
    ]
    assert {row.page.get_parent().pk for row in sold} == {rows[1].page_id}


def test_the_tree_is_sound_and_takes_pages_by_hand_afterwards(catalogue: UmkmIndexPage) -> None:
    UmkmPageFactory(parent=catalogue)
    make_umkm_pages([text(products=[ProductText("A", 1)]), text("Dua")])

    catalogue.refresh_from_db()
    UmkmPageFactory(parent=catalogue)

    assert Page.find_problems() == ([], [], [], [], [])
    assert UmkmPage.objects.child_of(catalogue).count() == 4


def test_the_registry_knows_a_product_as_its_page_reads(catalogue: UmkmIndexPage) -> None:
    variants = [Variant(name="1 kg", price=60_000)]
    product = ProductText("Keripik", 12_000, photo=PhotoFactory(), variants=variants)

    make_umkm_pages([text(products=[product])])

    page = ProductPage.objects.get()
    assert page.product.page_digest == page_digest(page)


def test_shops_of_one_name_get_addresses_of_their_own(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    rows = make_umkm_pages([text(), text()]) + make_umkm_pages([text()])

    addresses = [row.page.url for row in rows]
    assert addresses == [f"/umkm/keripik-bu-siti{end}/" for end in ("", "-2", "-3")]
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200]


def test_they_are_found_by_search_and_their_photos_are_known_to_be_used(
    catalogue: UmkmIndexPage,
) -> None:
    photo = PhotoFactory()
    [row] = make_umkm_pages([text(photo=photo)])

    assert [page.pk for page in UmkmPage.objects.search("keripik")] == [row.page_id]
    used = ReferenceIndex.get_references_to(photo)
    assert [int(reference.object_id) for reference in used] == [row.page_id]


def test_the_story_and_the_moment_of_publishing_are_kept(catalogue: UmkmIndexPage) -> None:
    [row] = make_umkm_pages([text(story=[("order", "Pesan sehari sebelumnya.")])])

    page = UmkmPage.objects.get(pk=row.page_id)
    assert [(block.block_type, str(block.value)) for block in page.story] == [
        ("order", "Pesan sehari sebelumnya.")
    ]
    assert page.live
    assert page.first_published_at is not None


def test_readers_of_the_catalogue_are_told_of_each(catalogue: UmkmIndexPage) -> None:
    rows = make_umkm_pages([text(), text("Dua")])

    told = OutboxEvent.objects.filter(stream="catalogue", event="umkm.listed")
    assert {event.public_id for event in told} == {row.public_id for row in rows}


def test_an_editor_opens_and_publishes_such_a_page(catalogue: UmkmIndexPage) -> None:
    [row] = make_umkm_pages([text(products=[ProductText("A", 1)])])

    page = UmkmPage.objects.get(pk=row.page_id).get_latest_revision_as_object()
    page.title = "Nama Baru"
    page.save_revision().publish()

    row.refresh_from_db()
    assert row.name == "Nama Baru"
    assert ProductPage.objects.get().live
