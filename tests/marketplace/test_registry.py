"""The registry: what a page writes, and what becomes of a shop that an ASN named."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from wagtail.models import Page

from core.models import OutboxEvent
from marketplace import circulation, registry
from marketplace.errors import (
    AddressIncomplete,
    NameNotAllowed,
    PlaceUnknown,
    UmkmNotMergeable,
    UmkmNotProposed,
    UmkmUnknown,
)
from marketplace.models import Asn, Product, Umkm
from marketplace.registry import ProductFacts, UmkmFacts
from tests.marketplace.city import City
from tests.marketplace.factories import CategoryFactory, PurchaseFactory, UmkmFactory

pytestmark = pytest.mark.django_db


def a_page(title: str = "Warung Bu Tik") -> Page:
    return Page.objects.get(depth=1).add_child(instance=Page(title=title))


def events() -> list[str]:
    return list(
        OutboxEvent.objects.filter(stream="catalogue")
        .order_by("pk")
        .values_list("event", flat=True)
    )


@pytest.fixture
def facts(city: City) -> UmkmFacts:
    return UmkmFacts(
        name="Warung Bu Tik", category=CategoryFactory(), region=city.kelurahan[0], rw=3, rt=2
    )


# --- Pages ---------------------------------------------------------------------------------------


def test_a_live_page_has_one_listed_row(facts: UmkmFacts) -> None:
    page = a_page()

    umkm = registry.register_umkm(page=page, facts=facts)

    assert registry.register_umkm(page=page, facts=facts) == umkm
    assert umkm.status == Umkm.Status.LISTED
    assert (umkm.name, umkm.region, umkm.rw, umkm.rt) == ("Warung Bu Tik", facts.region, 3, 2)


def test_the_catalogue_is_told_of_changes_only(facts: UmkmFacts, city: City) -> None:
    page = a_page()
    registry.register_umkm(page=page, facts=facts)
    registry.register_umkm(page=page, facts=facts)
    moved = UmkmFacts(name=facts.name, category=facts.category, region=city.kelurahan[1])
    umkm = registry.register_umkm(page=page, facts=moved)
    registry.close_umkm(page=page)
    registry.close_umkm(page=page)
    umkm = registry.register_umkm(page=page, facts=moved)

    assert events() == ["umkm.listed", "umkm.changed", "umkm.closed", "umkm.listed"]
    assert umkm.version == 4


def test_a_page_that_never_was_live_closes_nothing() -> None:
    registry.close_umkm(page=a_page())
    registry.withdraw_product(page=a_page("Nasi Pecel"))

    assert events() == []


def test_a_deleted_page_leaves_the_row_and_its_money(facts: UmkmFacts, asn: Asn) -> None:
    page = a_page()
    umkm = registry.register_umkm(page=page, facts=facts)
    purchase = PurchaseFactory(asn=asn, umkm=umkm)
    registry.close_umkm(page=page)

    page.delete()

    umkm.refresh_from_db()
    assert (umkm.page, umkm.status) == (None, Umkm.Status.CLOSED)
    assert umkm.purchases.get() == purchase


def test_a_shop_is_listed_in_a_kelurahan_or_outside(facts: UmkmFacts, city: City) -> None:
    whole_district = UmkmFacts(facts.name, facts.category, city.kecamatan[0])
    rt_only = UmkmFacts(facts.name, facts.category, city.kelurahan[0], rt=2)
    rw_outside = UmkmFacts(facts.name, facts.category, city.outside, rw=3)

    with pytest.raises(PlaceUnknown):
        registry.register_umkm(page=a_page(), facts=whole_district)
    for address in (rt_only, rw_outside):
        with pytest.raises(AddressIncomplete):
            registry.register_umkm(page=a_page(), facts=address)


def test_a_product_page_has_one_row_under_its_shop(facts: UmkmFacts) -> None:
    shop_page, page = a_page(), a_page("Nasi Pecel")
    umkm = registry.register_umkm(page=shop_page, facts=facts)
    pecel = ProductFacts(name="Nasi Pecel", price=14_000, unit="porsi")

    product = registry.register_product(page=page, umkm_page=shop_page, facts=pecel)
    dearer = ProductFacts(name="Nasi Pecel", price=15_000, unit="porsi")
    again = registry.register_product(page=page, umkm_page=shop_page, facts=dearer)
    registry.withdraw_product(page=page)

    product.refresh_from_db()
    assert (again, product.umkm, product.price) == (product, umkm, 15_000)
    assert product.status == Product.Status.WITHDRAWN
    assert events()[1:] == ["product.listed", "product.changed", "product.withdrawn"]


def test_products_of_a_closed_shop_are_not_listed(facts: UmkmFacts) -> None:
    shop_page = a_page()
    registry.register_umkm(page=shop_page, facts=facts)
    registry.register_product(
        page=a_page("Rawon"), umkm_page=shop_page, facts=ProductFacts("Rawon", None)
    )

    registry.close_umkm(page=shop_page)

    assert not Product.objects.listed().exists()


def test_a_product_needs_a_shop_that_was_published() -> None:
    with pytest.raises(UmkmUnknown):
        registry.register_product(
            page=a_page("Rawon"), umkm_page=a_page(), facts=ProductFacts("Rawon", None)
        )


# --- Proposed shops ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again", ["Warung Bu Tik", "  warung   BU tik ", "Warung Bu-Tik!", "WARUNG BU TIK."]
)
def test_the_same_name_in_the_same_place_is_the_same_proposed_shop(city: City, again: str) -> None:
    first = registry.propose_umkm(name="Warung Bu Tik", region=city.kelurahan[0])

    assert registry.propose_umkm(name=again, region=city.kelurahan[0]) == first
    assert first.status == Umkm.Status.PENDING


def test_the_same_name_elsewhere_is_another_shop(city: City) -> None:
    first = registry.propose_umkm(name="Warung Bu Tik", region=city.kelurahan[0])

    assert registry.propose_umkm(name="Warung Bu Tik", region=city.kelurahan[1]) != first


@pytest.mark.parametrize(
    "name",
    [
        "Bu Tik 081234567890",
        "Bu Tik +62 812-3456-7890",
        "Bu Tik (0341) 551 234",
        "Warung RT 3",
        "Warung rt.03/rw 02",
        "Toko RW5",
        "199008172015041999",
        "123",
        "!!!",
        "   ",
    ],
)
def test_a_name_that_tells_of_a_person_is_refused(city: City, name: str) -> None:
    with pytest.raises(NameNotAllowed):
        registry.propose_umkm(name=name, region=city.kelurahan[0])

    assert not Umkm.objects.exists()


@pytest.mark.parametrize(
    "name", ["Toko 88", "Es Teler 77 Art", "Rumah Rtistik", "مطعم", "Café Ö 2024", "Kopi 1998"]
)
def test_a_name_with_a_few_digits_is_a_name(city: City, name: str) -> None:
    assert registry.propose_umkm(name=name, region=city.kelurahan[0]).name == name


def test_what_an_editor_decided_about_a_name_stands(city: City, facts: UmkmFacts) -> None:
    place = city.kelurahan[0]
    listed = UmkmFactory(name="Depot Rawon", region=place)
    merged = registry.propose_umkm(name="Rawon Depot", region=place)
    registry.merge_umkm(umkm=merged, into=listed)
    refused = registry.propose_umkm(name="Minimarket Besar", region=place)
    registry.refuse_umkm(umkm=refused, reason="Bukan UMKM")

    assert registry.propose_umkm(name="Depot Rawon", region=place) == listed
    assert registry.propose_umkm(name="Rawon Depot", region=place).standing == listed
    assert registry.propose_umkm(name="Minimarket Besar", region=place) == refused


def test_a_closed_shop_is_proposed_afresh(city: City) -> None:
    closed = UmkmFactory(name="Depot Rawon", region=city.kelurahan[0], status=Umkm.Status.CLOSED)

    assert registry.propose_umkm(name="Depot Rawon", region=city.kelurahan[0]) != closed


def test_listing_a_proposed_shop_keeps_its_purchases(
    facts: UmkmFacts, asn: Asn, city: City
) -> None:
    proposed = registry.propose_umkm(name="Bu Tik", region=city.kelurahan[1])
    purchase = PurchaseFactory(asn=asn, umkm=proposed)
    page = a_page()

    listed = registry.list_pending(umkm=proposed, page=page, facts=facts)

    purchase.refresh_from_db()
    assert (listed.pk, listed.status, listed.page) == (proposed.pk, Umkm.Status.LISTED, page)
    assert purchase.shop_place == city.kelurahan[1]  # frozen as named
    assert registry.register_umkm(page=page, facts=facts) == listed
    assert events() == ["umkm.listed"]


def test_a_refused_shop_keeps_its_money(asn: Asn, city: City) -> None:
    proposed = registry.propose_umkm(name="Minimarket Besar", region=city.kelurahan[1])
    PurchaseFactory(asn=asn, umkm=proposed, amount=10_000)

    registry.refuse_umkm(umkm=proposed, reason="Bukan UMKM")

    year = timezone.localdate().year
    assert circulation.turnover(city.kelurahan[0], year=year) == 10_000


def test_only_a_proposed_shop_is_decided_on(facts: UmkmFacts) -> None:
    listed = UmkmFactory()

    with pytest.raises(UmkmNotProposed):
        registry.list_pending(umkm=listed, page=a_page(), facts=facts)
    with pytest.raises(UmkmNotProposed):
        registry.refuse_umkm(umkm=listed, reason="Bukan UMKM")


# --- Merging -------------------------------------------------------------------------------------


def test_merging_changes_no_money(asn: Asn, warung: Umkm, city: City) -> None:
    twin = UmkmFactory(region=city.kelurahan[4])
    purchase = PurchaseFactory(asn=asn, umkm=twin)

    registry.merge_umkm(umkm=twin, into=warung)

    purchase.refresh_from_db()
    assert purchase.umkm.standing == warung
    assert purchase.shop_place == city.kelurahan[4]
    assert circulation.differences() == []


def test_one_hop_always_leads_to_the_standing_shop() -> None:
    first, second, third = UmkmFactory(), UmkmFactory(), UmkmFactory()
    registry.merge_umkm(umkm=first, into=second)

    registry.merge_umkm(umkm=second, into=third)

    first.refresh_from_db()
    second.refresh_from_db()
    assert first.merged_into == second.merged_into == third


def test_merging_into_a_merged_shop_leads_on_to_the_standing_one() -> None:
    first, second, third = UmkmFactory(), UmkmFactory(), UmkmFactory()
    registry.merge_umkm(umkm=second, into=third)
    second.refresh_from_db()

    assert registry.merge_umkm(umkm=first, into=second).merged_into == third


def test_what_cannot_be_merged_is_refused() -> None:
    shop, other = UmkmFactory(), UmkmFactory()
    closed = UmkmFactory(status=Umkm.Status.CLOSED)

    for one, into in [(shop, shop), (shop, closed)]:
        with pytest.raises(UmkmNotMergeable):
            registry.merge_umkm(umkm=one, into=into)
    registry.merge_umkm(umkm=shop, into=other)
    for one, into in [(shop, other), (other, shop)]:
        with pytest.raises(UmkmNotMergeable):
            registry.merge_umkm(umkm=one, into=into)


def test_the_page_of_a_merged_shop_may_be_saved_and_the_shop_stays_merged(
    facts: UmkmFacts, warung: Umkm
) -> None:
    page = a_page()
    twin = registry.register_umkm(page=page, facts=facts)
    registry.merge_umkm(umkm=twin, into=warung)

    assert registry.register_umkm(page=page, facts=facts).status == Umkm.Status.MERGED


def test_the_database_refuses_a_second_hop() -> None:
    first, second, third = UmkmFactory(), UmkmFactory(), UmkmFactory()
    registry.merge_umkm(umkm=second, into=third)

    for into in (second, first):
        with pytest.raises(DatabaseError), transaction.atomic():
            Umkm.objects.filter(pk=first.pk).update(status="merged", merged_into=into)
