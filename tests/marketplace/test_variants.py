"""A variant stands below one product, once per name, and money may name it."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from wagtail.models import Page

from marketplace import registry
from marketplace.errors import VariantNamedTwice
from marketplace.models import Asn, Product, Umkm
from marketplace.models.registry import Category, folded, folded_names
from marketplace.purchases import purchases_of
from marketplace.recording import Item
from marketplace.registry import ProductFacts, UmkmFacts, VariantFacts
from tests.marketplace.city import City
from tests.marketplace.factories import (
    CategoryFactory,
    ProductFactory,
    PurchaseFactory,
    UmkmFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(city: City) -> tuple[Page, Page]:
    """The pages of a registered shop and of a product below it."""
    shop_page, page = a_page("Depot"), a_page("Keripik")
    facts = UmkmFacts(name="Depot", category=CategoryFactory(), region=city.kelurahan[0])
    registry.register_umkm(page=shop_page, facts=facts)
    return shop_page, page


def a_page(title: str) -> Page:
    return Page.objects.get(depth=1).add_child(instance=Page(title=title))


def register(sold: tuple[Page, Page], *names: str) -> Product:
    facts = ProductFacts(
        name="Keripik", price=9_000, unit="bungkus", variants=tuple(VariantFacts(n) for n in names)
    )
    return registry.register_product(page=sold[1], umkm_page=sold[0], facts=facts)


def test_names_are_compared_as_the_database_folds_them() -> None:
    names = ["  Pedas-Manis! ", "CAFÉ 250 gr", "", "---", "مطعم", "a_b"]
    rows = Category.objects.filter(pk=CategoryFactory().pk)

    by_expression = [rows.annotate(f=folded(name)).values_list("f", flat=True)[0] for name in names]

    assert folded_names(names) == by_expression


def test_a_name_given_twice_is_refused_and_nothing_is_left(sold: tuple[Page, Page]) -> None:
    with pytest.raises(VariantNamedTwice):
        register(sold, "Pedas", "PEDAS ")

    assert not Product.objects.exists()


def test_registering_again_changes_nothing(sold: tuple[Page, Page]) -> None:
    register(sold, "Pedas", "Manis")
    before = list(Product.objects.order_by("pk").values())

    register(sold, "Pedas", "Manis")

    assert list(Product.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    "facts",
    [
        lambda top, low: {"parent": low, "umkm": top.umkm},
        lambda top, low: {"parent": top, "umkm": UmkmFactory()},
        lambda top, low: {"parent": top, "umkm": top.umkm, "name": "PEDAS!"},
        lambda top, low: {"parent": top, "umkm": top.umkm, "page": a_page("Halaman")},
    ],
    ids=["two hops", "another shop", "the same name", "a page"],
)
def test_the_database_refuses_a_variant_that_cannot_be(facts: Any) -> None:
    top = ProductFactory()
    low = ProductFactory(parent=top, umkm=top.umkm, name="Pedas")

    with pytest.raises(DatabaseError), transaction.atomic():
        ProductFactory(**facts(top, low))


def test_a_product_with_variants_becomes_no_variant() -> None:
    top, other = ProductFactory(), ProductFactory()
    ProductFactory(parent=top, umkm=top.umkm)

    with pytest.raises(DatabaseError), transaction.atomic():
        Product.objects.filter(pk=top.pk).update(parent=other)


def test_a_purchase_may_name_a_variant_and_reads_it_with_its_product(
    asn: Asn, warung: Umkm
) -> None:
    product = ProductFactory(umkm=warung, name="Keripik Tempe")
    variant = ProductFactory(umkm=warung, parent=product, name="500 gram")

    PurchaseFactory(
        asn=asn,
        umkm=warung,
        amount=40_000,
        items=[Item(product, 1, 9_000), Item(variant, 1, 23_000)],
    )

    [purchase] = purchases_of(asn)
    names = [item.product.full_name for item in purchase.items.all()]
    assert names == ["Keripik Tempe", "Keripik Tempe, 500 gram"]
