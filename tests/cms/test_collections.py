"""What a curated collection shows: picks first, then the rule, and never what is closed."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from cms.collections import collections, members
from cms.models import Badge, CollectionIndexPage, CollectionPage, HomePage, OpeningHours
from cms.search_entries import renew
from tests.cms.factories import (
    CollectionPageFactory,
    PhotoFactory,
    ProductPageFactory,
    StoryPageFactory,
    UmkmPageFactory,
    collections_index,
)
from tests.cms.forms import no_comments
from tests.cms.test_pages import queries
from tests.marketplace.factories import CategoryFactory, RegionFactory

pytestmark = pytest.mark.django_db

SHOPS, PRODUCTS = CollectionPage.Kind.SHOPS, CollectionPage.Kind.PRODUCTS


def titles(page: CollectionPage) -> list[str]:
    return [member.title for member in members(page)]


def test_picks_stand_in_the_editors_order_shops_and_products_alike(home: HomePage) -> None:
    soto, tempe = UmkmPageFactory(title="Soto"), ProductPageFactory(title="Tempe")

    page = CollectionPageFactory(members=[tempe, soto])

    assert titles(page) == ["Tempe", "Soto"]


def test_a_closed_shop_and_a_withdrawn_product_leave_by_themselves(home: HomePage) -> None:
    shop, product, stays = UmkmPageFactory(), ProductPageFactory(), UmkmPageFactory(title="Tetap")
    page = CollectionPageFactory(members=[shop, product, stays], kind=SHOPS)

    shop.unpublish()
    product.unpublish()
    product.get_parent().specific.unpublish()

    assert titles(page) == ["Tetap"]


def test_the_rule_adds_what_was_not_picked_and_nothing_twice(home: HomePage) -> None:
    old, new = UmkmPageFactory(title="Lama"), UmkmPageFactory(title="Baru")
    page = CollectionPageFactory(members=[old], kind=SHOPS)

    assert titles(page) == ["Lama", "Baru"]
    assert new.title == "Baru"


def test_the_rule_fills_up_to_its_number_and_cuts_no_pick(home: HomePage) -> None:
    picked = [UmkmPageFactory(title=f"Pilihan {n}") for n in range(2)]
    UmkmPageFactory.create_batch(3)

    assert len(members(CollectionPageFactory(members=picked, kind=SHOPS, at_most=4))) == 4
    assert len(members(CollectionPageFactory(members=picked, kind=SHOPS, at_most=1))) == 2
    assert len(members(CollectionPageFactory(members=picked))) == 2


@pytest.mark.parametrize(
    ("kind", "rule", "found"),
    [
        (SHOPS, {"words": "bening"}, ["Depot Soto"]),
        (SHOPS, {"category_id": "kerajinan"}, ["Batik Celaket"]),
        (SHOPS, {"place_id": "35.73.09.1701"}, ["Depot Soto"]),
        (SHOPS, {"place_id": "35.73.09"}, ["Batik Celaket", "Depot Soto"]),
        (SHOPS, {"price_most": 20_000}, ["Depot Soto"]),
        (PRODUCTS, {}, ["Kain Tulis", "Soto Babat"]),
        (PRODUCTS, {"price_most": 20_000}, ["Soto Babat"]),
        (PRODUCTS, {"category_id": "kerajinan", "price_most": 20_000}, []),
    ],
)
def test_a_rule_narrows_by_each_of_its_parts(
    home: HomePage, kind: str, rule: dict[str, Any], found: list[str]
) -> None:
    kasin = RegionFactory(code="35.73.09.1701", name="Kasin")
    crafts = CategoryFactory(slug="kerajinan", name="Kerajinan", name_en="Crafts")
    soto = UmkmPageFactory(title="Depot Soto", summary="Kuah bening.", region=kasin)
    ProductPageFactory(parent=soto, title="Soto Babat", price=18_000)
    batik = UmkmPageFactory(title="Batik Celaket", category=crafts)
    ProductPageFactory(parent=batik, title="Kain Tulis", price=450_000)

    assert titles(CollectionPageFactory(kind=kind, **rule)) == found


@pytest.mark.parametrize("kind", [SHOPS, PRODUCTS])
def test_a_rule_asks_for_a_checked_halal_certificate(home: HomePage, kind: str) -> None:
    for office, day in (("", None), ("Diskopindag", date(2026, 1, 5))):
        shop = UmkmPageFactory(title=f"Soto {office}")
        ProductPageFactory(parent=shop, title=f"Soto {office}")
        checked = {"checked_by_office": office, "checked_on": day}
        Badge.objects.create(page=shop, kind="halal", number="ID35110000123456789", **checked)
        renew([shop.pk])

    page = CollectionPageFactory(kind=kind, halal=True)

    assert titles(page) == ["Soto Diskopindag"]


def test_a_rule_asks_for_shops_that_open_early(home: HomePage) -> None:
    for opens in (time(5, 30), time(9)):
        shop = UmkmPageFactory(title=f"Soto {opens:%H.%M}")
        OpeningHours.objects.create(page=shop, opens=opens, closes=time(13))

    page = CollectionPageFactory(kind=SHOPS, open_from=time(6))

    assert titles(page) == ["Soto 05.30"]


def test_the_nearest_come_first_and_places_without_a_centroid_last(home: HomePage) -> None:
    def place(longitude: str | None) -> Any:
        latitude = Decimal("-7.98") if longitude else None
        return RegionFactory(latitude=latitude, longitude=longitude and Decimal(longitude))

    here = place("112.6340")
    UmkmPageFactory(title="Entah", region=place(None))
    UmkmPageFactory(title="Jauh", region=place("112.7000"))
    UmkmPageFactory(title="Dekat", region=here)
    UmkmPageFactory(title="Sedang", region=place("112.6500"))

    page = CollectionPageFactory(kind=SHOPS, order=CollectionPage.Order.NEAREST, near=here)

    assert titles(page) == ["Dekat", "Sedang", "Jauh", "Entah"]


def test_only_live_collections_are_listed_in_the_order_of_the_tree(home: HomePage) -> None:
    first, second = CollectionPageFactory(), CollectionPageFactory()
    CollectionPageFactory(live=False)

    assert list(collections()) == [first, second]


def test_visitors_meet_collections_on_their_page_and_on_the_front_page(client: Client) -> None:
    shop = UmkmPageFactory(title="Soto Pak Karim")
    page = CollectionPageFactory(title="Sarapan", members=[shop, ProductPageFactory()])

    assert "Sarapan" in client.get("/").content.decode()
    assert "Sarapan" in client.get("/koleksi/").content.decode()
    assert "Soto Pak Karim" in client.get(page.url).content.decode()


def test_a_collection_costs_the_same_however_much_it_holds(client: Client) -> None:
    def stocked() -> list[Any]:
        photo = PhotoFactory()
        shop = UmkmPageFactory(photo=photo)
        return [shop, ProductPageFactory(parent=shop, photo=photo)]

    few = CollectionPageFactory(members=stocked(), kind=SHOPS, photo=PhotoFactory())
    many = CollectionPageFactory(members=[*stocked(), *stocked()], kind=SHOPS, photo=PhotoFactory())

    assert queries(lambda: client.get(few.url)) == queries(lambda: client.get(many.url)) <= 20


def form(**more: Any) -> dict[str, Any]:
    """What the editor's form for a collection sends."""
    fields = {
        "title": "Oleh-oleh",
        "slug": "oleh-oleh",
        "intro": "Untuk dibawa pulang.",
        "kind": "shops",
        "order": "newest",
        "at_most": "12",
        "picks": inline_formset([{"member": UmkmPageFactory(title="Soto Pak Karim").pk}]),
        "comments": no_comments(),
    }
    return nested_form_data({**fields, **more})


def test_an_editor_sees_a_collection_before_it_is_first_saved(desk: Client) -> None:
    address = f"/admin/pages/add/cms/collectionpage/{collections_index().pk}/preview/"

    assert desk.post(address, form()).json()["is_valid"]
    assert "Soto Pak Karim" in desk.get(address).content.decode()


def test_an_editor_publishes_a_collection(desk: Client) -> None:
    address = f"/admin/pages/add/cms/collectionpage/{collections_index().pk}/"

    desk.post(address, {**form(), "action-publish": "1"})

    assert titles(CollectionPage.objects.live().get()) == ["Soto Pak Karim"]


def test_nearest_needs_a_place(desk: Client) -> None:
    address = f"/admin/pages/add/cms/collectionpage/{collections_index().pk}/"

    answer = desk.post(address, {**form(order="nearest"), "action-publish": "1"})

    assert "near" in answer.context["form"].errors
    assert CollectionIndexPage.objects.get().get_children().count() == 0


def test_editors_find_collections_and_stories_in_lists_of_their_own(desk: Client) -> None:
    CollectionPageFactory(title="Sarapan")
    StoryPageFactory(title="Subuh", live=False)

    assert "Sarapan" in desk.get("/admin/collection-pages/").content.decode()
    assert "Subuh" in desk.get("/admin/story-pages/").content.decode()


def test_a_shared_collection_shows_its_photo_and_tells_machines_what_it_holds(
    client: Client,
) -> None:
    page = CollectionPageFactory(members=[UmkmPageFactory()], photo=PhotoFactory())

    shown = client.get(page.url).content.decode()

    assert 'property="og:image" content="http' in shown
    assert '"@type": "ItemList"' in shown
    assert '"@type": "BreadcrumbList"' in shown


def test_a_photo_that_is_gone_breaks_neither_a_collection_nor_how_it_is_shared(
    client: Client,
) -> None:
    photo = PhotoFactory()
    photo.file.storage.delete(photo.file.name)
    page = CollectionPageFactory(members=[UmkmPageFactory()], photo=photo)

    answer = client.get(page.url)

    assert answer.status_code == 200
    shared = client.get(f"/bagikan/{page.translation_key}.jpg")
    assert shared.headers["Content-Type"] == "image/jpeg"
