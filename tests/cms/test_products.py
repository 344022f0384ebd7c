"""What an editor types of a product, and what the registry and apps make of it."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset

from cms.bulk import ProductText, make_umkm_pages
from cms.models import Allergen, ProductPage, UmkmIndexPage, UmkmPage, Variant
from cms.prices import PriceSpan, price_span
from core.models import OutboxEvent
from marketplace.models import Product
from tests.cms.factories import PhotoFactory, ProductPageFactory, UmkmPageFactory
from tests.cms.forms import product_form
from tests.cms.test_bulk import text

pytestmark = pytest.mark.django_db


def publish(page: ProductPage, *variants: Variant, **fields: Any) -> ProductPage:
    """Publish a page with exactly these variants."""
    page = ProductPage.objects.get(pk=page.pk)
    for name, value in fields.items():
        setattr(page, name, value)
    page.variants = list(variants)
    page.save_revision().publish()
    return ProductPage.objects.get(pk=page.pk)


def rows_of(page: ProductPage) -> list[tuple[str, int | None, str]]:
    rows = Product.objects.filter(parent__page=page).order_by("pk")
    return list(rows.values_list("name", "price", "status"))


def events() -> list[str]:
    told = OutboxEvent.objects.filter(stream="catalogue", event__contains="variant")
    return list(told.order_by("pk").values_list("event", flat=True))


def send(desk: Client, shop: UmkmPage, *, allergens: Sequence[str] = (), **fields: Any) -> Any:
    address = reverse("wagtailadmin_pages:add", args=("cms", "productpage", shop.pk))
    form = product_form(**{"action-publish": "1", **fields})
    return desk.post(address, {**form, "allergens": list(allergens)})


# --- Prices --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("price", "price_to", "variants", "span"),
    [
        (None, None, [], PriceSpan()),
        (12_000, None, [], PriceSpan(12_000)),
        (12_000, 18_000, [], PriceSpan(12_000, 18_000)),
        (12_000, 12_000, [], PriceSpan(12_000)),
        (None, None, [15_000, 9_000], PriceSpan(9_000, 15_000)),
        (20_000, None, [15_000, 9_000], PriceSpan(9_000, 15_000)),
        (20_000, None, [15_000, None], PriceSpan(15_000, 20_000)),
        (None, None, [None], PriceSpan()),
    ],
)
def test_a_product_is_sold_from_its_lowest_to_its_highest_price(
    price: int | None, price_to: int | None, variants: list[int | None], span: PriceSpan
) -> None:
    assert price_span(price=price, price_to=price_to, variants=variants) == span


@pytest.mark.parametrize(("price", "price_to"), [(12_000, 11_999), (None, 12_000)])
def test_a_highest_price_needs_a_lower_one(price: int | None, price_to: int) -> None:
    page = ProductPageFactory()

    with pytest.raises(ValidationError) as refusal:
        publish(page, price=price, price_to=price_to)

    assert "price_to" in refusal.value.message_dict
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductPage.objects.filter(pk=page.pk).update(price=price, price_to=price_to)


def test_the_registry_knows_the_whole_span() -> None:
    page = publish(ProductPageFactory(price=15_000), Variant(name="Besar", price=22_000))

    row = Product.objects.get(page=page)
    assert (row.price, row.price_to) == (22_000, None)

    publish(page, Variant(name="Besar", price=22_000), Variant(name="Biasa"))

    row.refresh_from_db()
    assert (row.price, row.price_to) == (15_000, 22_000)


# --- Variants ------------------------------------------------------------------------------------


def test_each_variant_has_a_row_below_its_product() -> None:
    page = publish(
        ProductPageFactory(price=15_000), Variant(name="Biasa"), Variant(name="Besar", price=22_000)
    )

    assert rows_of(page) == [("Biasa", 15_000, "listed"), ("Besar", 22_000, "listed")]
    assert {row.umkm for row in Product.objects.filter(parent__page=page)} == {page.product.umkm}
    assert events() == ["variant.listed", "variant.listed"]


def test_a_variant_keeps_its_row_for_ever() -> None:
    page = publish(ProductPageFactory(), Variant(name="250 gram", price=9_000))
    row = Product.objects.get(parent__page=page)

    publish(page, Variant(name="250 Gram!", price=9_500))
    publish(page)
    publish(page, Variant(name="250 gram", price=9_500))

    assert Product.objects.get(parent__page=page).pk == row.pk
    assert rows_of(page) == [("250 gram", 9_500, "listed")]
    assert events() == [
        "variant.listed", "variant.changed", "variant.withdrawn", "variant.listed",
    ]  # fmt: skip


def test_publishing_the_same_draft_again_tells_nobody() -> None:
    page = ProductPageFactory()
    page.variants = [Variant(name="Biasa", price=9_000)]
    revision = page.save_revision()
    revision.publish()
    told = OutboxEvent.objects.count()

    revision.publish()

    assert OutboxEvent.objects.count() == told


def test_a_draft_with_variants_leaves_the_registry_alone() -> None:
    page = ProductPageFactory()
    page.variants = [Variant(name="Biasa", price=9_000)]

    page.save_revision()

    assert rows_of(page) == []


def test_variants_leave_and_come_back_with_their_product() -> None:
    page = publish(ProductPageFactory(), Variant(name="Biasa", price=9_000))

    page.unpublish()
    assert rows_of(page) == [("Biasa", 9_000, "withdrawn")]

    page.save_revision().publish()
    assert rows_of(page) == [("Biasa", 9_000, "listed")]


def test_variants_move_with_their_product_to_another_shop(desk: Client) -> None:
    page = publish(
        ProductPageFactory(), Variant(name="Biasa", price=9_000), Variant(name="Besar", price=9_500)
    )
    publish(page, Variant(name="Biasa", price=9_000))
    elsewhere = UmkmPageFactory()

    desk.post(reverse("wagtailadmin_pages:move_confirm", args=(page.pk, elsewhere.pk)))

    listed = Product.objects.get(parent__page=page, status="listed")
    assert listed.umkm == elsewhere.specific.umkm


def test_a_copied_product_has_variants_of_its_own() -> None:
    page = publish(ProductPageFactory(), Variant(name="Biasa", price=9_000))

    copy = page.copy(update_attrs={"slug": "salinan", "title": "Salinan"})

    assert rows_of(copy) == rows_of(page)
    assert Product.objects.filter(name="Biasa").count() == 2


def test_two_variants_of_one_name_are_refused_beside_the_second(
    desk: Client, catalogue: UmkmIndexPage
) -> None:
    rows = [{"name": "Pedas", "price": "9000"}, {"name": " PEDAS. ", "price": "9500"}]

    answer = send(desk, UmkmPageFactory(parent=catalogue), variants=inline_formset(rows))

    errors = answer.context["form"].formsets["variants"].errors
    assert [bool(of_row) for of_row in errors] == [False, True]
    assert not ProductPage.objects.exists()


def test_no_way_around_the_form_gives_one_name_twice() -> None:
    with pytest.raises(ValidationError):
        publish(ProductPageFactory(), Variant(name="Pedas"), Variant(name="pedas!"))


# --- What is typed -------------------------------------------------------------------------------


def test_an_editor_types_all_of_it_in_one_form(desk: Client, catalogue: UmkmIndexPage) -> None:
    photo = PhotoFactory()

    send(
        desk,
        UmkmPageFactory(parent=catalogue),
        price="12000",
        price_to="18000",
        preorder_days="2",
        allergens=["milk", "egg"],
        pictures=inline_formset([{"photo": photo.pk}]),
        variants=inline_formset([{"name": "Loyang kecil", "price": "", "available": "on"}]),
    )

    page = ProductPage.objects.get()
    assert (page.price_to, page.preorder_days) == (18_000, 2)
    assert set(page.allergens) == {Allergen.MILK, Allergen.EGG}
    assert page.photos == [photo]
    assert rows_of(page) == [("Loyang kecil", 12_000, "listed")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price_to", "17999"),
        ("preorder_days", "0"),
        ("preorder_days", "91"),
        ("allergens", ["durian"]),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    desk: Client, catalogue: UmkmIndexPage, field: str, value: str
) -> None:
    answer = send(desk, UmkmPageFactory(parent=catalogue), **{field: value})

    assert field in answer.context["form"].errors
    assert not ProductPage.objects.exists()


def test_an_unknown_allergen_is_refused_by_the_database() -> None:
    page = ProductPageFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        ProductPage.objects.filter(pk=page.pk).update(allergens=["durian"])


def test_allergens_come_back_from_a_draft() -> None:
    page = ProductPageFactory(allergens=[])
    page.allergens = [Allergen.SOY, Allergen.PEANUT]
    page.save_revision().publish()

    assert ProductPage.objects.get(pk=page.pk).allergens == ["soy", "peanut"]


# --- In bulk, and for apps -----------------------------------------------------------------------


def test_products_made_in_bulk_have_their_variants_and_pictures(catalogue: UmkmIndexPage) -> None:
    first, second = PhotoFactory(), PhotoFactory()
    product = ProductText(
        "Keripik",
        12_000,
        photo=first,
        pictures=[second],
        variants=[Variant(name="180 gram"), Variant(name="1 kg", price=60_000)],
        preorder_days=1,
        allergens=[Allergen.SOY],
    )

    make_umkm_pages([text(products=[product])])

    page = ProductPage.objects.get()
    assert rows_of(page) == [("180 gram", 12_000, "listed"), ("1 kg", 60_000, "listed")]
    assert page.photos == [first, second]
    assert (page.preorder_days, page.allergens) == (1, ["soy"])
    assert (page.product.price, page.product.price_to) == (12_000, 60_000)


def test_an_app_reads_a_product_with_all_it_is_offered_in(client: Client) -> None:
    photo = PhotoFactory()
    page = ProductPageFactory(photo=photo, preorder_days=2, allergens=["milk"], price=9_000)
    gone = Variant(name="Besar", price=12_000, available=False)
    page = publish(page, Variant(name="Biasa"), gone)

    said = client.get(f"/api/v1/products/{page.product.public_id}").json()

    assert (said["price"], said["price_to"]) == (9_000, 12_000)
    assert (said["preorder_days"], said["allergens"]) == (2, ["milk"])
    assert [picture["alt"] for picture in said["pictures"]] == [photo.alt]
    usual, large = Product.objects.filter(parent__page=page).order_by("pk")
    offered = [(each["id"], each["name"], each["price"]) for each in said["variants"]]
    assert offered == [
        (str(usual.public_id), "Biasa", 9_000),
        (str(large.public_id), "Besar", 12_000),
    ]
    assert [each["available"] for each in said["variants"]] == [True, False]
    assert client.get(f"/api/v1/products/{large.public_id}").json() == said


def test_a_list_costs_no_more_for_variants(client: Client) -> None:
    page = ProductPageFactory()
    client.get("/api/v1/products")  # from now on the site's root is known
    with CaptureQueriesContext(connection) as before:
        client.get("/api/v1/products")
    publish(page, Variant(name="Biasa"), Variant(name="Besar", price=12_000))

    with CaptureQueriesContext(connection) as after:
        answer = client.get("/api/v1/products").json()

    assert [product["price_to"] for product in answer["results"]] == [page.price]
    assert len(after) == len(before)
