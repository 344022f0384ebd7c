"""How complete a shop's page is, wherever editors see it: one rule, and what to add next."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import Page

from cms.completeness import COMPLETE, STEPS, completeness_of, with_completeness
from cms.models import Badge, OpeningHours, UmkmPage
from tests.cms.factories import PhotoFactory, ProductPageFactory, UmkmPageFactory
from tests.marketplace.factories import UserFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
SHOPS = "/admin/umkm-pages/"
LEAST = "/admin/katalog/laporan-editor/kelengkapan/"


def told(page: UmkmPage) -> Any:
    pages = with_completeness(UmkmPage.objects.filter(pk=page.pk), day=TODAY)
    return completeness_of(pages.get())


def full_page(**facts: Any) -> UmkmPage:
    page = UmkmPageFactory(
        photo=PhotoFactory(),
        logo=PhotoFactory(),
        story=[("quote", "Dari dapur ibu.")],
        address="Jalan Kawi",
        latitude="-7.97",
        longitude="112.63",
        whatsapp="081234567890",
        payment_ways="Tunai",
        **facts,
    )
    page.hours = [OpeningHours(first_day=0, last_day=6, opens="07:00", closes="15:00")]
    page.badges = [
        Badge(kind="nib", number="1234567890123", checked_on=TODAY, checked_by_office="DPMPTSP")
    ]
    page.save()
    ProductPageFactory(parent=page, photo=PhotoFactory())
    return page


def names(answer: Any) -> list[str]:
    return [page.title for page in answer.context["page_obj"].object_list]


def test_the_points_of_all_steps_are_a_hundred() -> None:
    assert sum(step.points for step in STEPS) == COMPLETE


def test_a_bare_page_has_none_and_is_asked_for_the_weightiest_first() -> None:
    bare = told(UmkmPageFactory())

    assert bare.points == 0
    assert bare.next.key == "photo"
    weights = [step.points for step in bare.missing]
    assert weights == sorted(weights, reverse=True)


def test_a_full_page_has_all_and_lacks_nothing() -> None:
    full = told(full_page())

    assert [step.key for step in full.missing] == []
    assert (full.points, full.next) == (COMPLETE, None)


def test_list_and_page_count_the_same() -> None:
    pages = [UmkmPageFactory(), full_page(), UmkmPageFactory(whatsapp="081234567890")]

    for page in with_completeness(UmkmPage.objects.all(), day=TODAY):
        assert page.completeness == completeness_of(page).points
    assert len(pages) == UmkmPage.objects.count()


def test_a_product_that_was_withdrawn_or_has_no_photo_does_not_count() -> None:
    shop = UmkmPageFactory()
    product = ProductPageFactory(parent=shop)
    assert {"pictured"} == {step.key for step in told(shop).missing} & {"products", "pictured"}

    product.unpublish()

    assert {"products", "pictured"} <= {step.key for step in told(shop).missing}


def test_the_editor_of_a_page_is_told_what_to_add(desk: Client) -> None:
    shop = UmkmPageFactory(whatsapp="081234567890")

    html = desk.get(f"/admin/pages/{shop.pk}/edit/").content.decode()

    panel = html[html.index('class="completeness"') :]
    assert 'value="10"' in panel
    assert "+15" in panel


def test_a_page_that_is_not_there_yet_has_no_panel(desk: Client) -> None:
    index = UmkmPageFactory().get_parent()

    html = desk.get(f"/admin/pages/add/cms/umkmpage/{index.pk}/").content.decode()

    assert 'class="completeness"' not in html


def test_shops_are_narrowed_by_what_is_still_to_be_done(desk: Client) -> None:
    bare = UmkmPageFactory(title="Polos")
    full = full_page(title="Lengkap")
    closed = UmkmPageFactory(title="Tutup", live=False)
    long_ago = timezone.now() - timedelta(days=200)
    Page.objects.filter(pk=bare.pk).update(latest_revision_created_at=long_ago)
    Page.objects.filter(pk=full.pk).update(latest_revision_created_at=timezone.now())

    def found(**query: str) -> set[str]:
        return set(names(desk.get(SHOPS, query)))

    assert found(complete="low") == {"Polos", "Tutup"}
    assert found(complete="high") == {"Lengkap"}
    assert found(curated="yes") == {"Lengkap"}
    assert found(curated="no") == {"Polos", "Tutup"}
    assert found(live="draft") == {"Tutup"}
    assert found(age="old") == {"Polos"}
    assert found(region=full.region_id, live="live") == {"Lengkap"}
    assert found(category=closed.category_id) >= {"Tutup"}
    assert desk.get(SHOPS, {"complete": "x\0", "region": "x", "age": "'"}).status_code == 200


def test_shops_are_sorted_by_completeness(desk: Client) -> None:
    full_page(title="Lengkap")
    UmkmPageFactory(title="Polos")

    assert names(desk.get(SHOPS, {"ordering": "completeness"})) == ["Polos", "Lengkap"]
    assert names(desk.get(SHOPS, {"ordering": "-completeness"})) == ["Lengkap", "Polos"]


def test_products_are_narrowed_by_shop_and_by_what_they_lack(desk: Client) -> None:
    one = ProductPageFactory(title="Tanpa Harga", price=None)
    ProductPageFactory(title="Berharga", photo=PhotoFactory())

    def found(**query: Any) -> set[str]:
        return set(names(desk.get("/admin/product-pages/", query)))

    assert found(lacks="price") == {"Tanpa Harga"}
    assert found(lacks="photo") == {"Tanpa Harga"}
    assert found(region=one.get_parent().specific.region_id) == {"Tanpa Harga"}
    assert found(category=one.get_parent().specific.category_id) >= {"Tanpa Harga"}


@pytest.mark.parametrize("address", [SHOPS, "/admin/product-pages/", LEAST])
def test_lists_are_exported_and_no_cell_is_a_formula(desk: Client, address: str) -> None:
    name = "=HYPERLINK(1)"
    ProductPageFactory(title=name, parent=UmkmPageFactory(title=name))

    csv = b"".join(desk.get(address, {"export": "csv"}).streaming_content).decode()
    xlsx = b"".join(desk.get(address, {"export": "xlsx"}).streaming_content)

    assert f"'{name}" in csv
    assert f"\n{name}" not in csv
    first = load_workbook(BytesIO(xlsx)).active["A2"]
    assert (first.value, first.data_type) == (name, "s")


def test_the_thinnest_pages_come_first_in_the_report(desk: Client) -> None:
    full_page(title="Lengkap")
    UmkmPageFactory(title="Polos")
    UmkmPageFactory(title="Konsep", live=False)

    assert [page.title for page in desk.get(LEAST).context["object_list"]] == ["Polos", "Lengkap"]


def test_a_longer_report_takes_no_more_queries(desk: Client) -> None:
    counted = []
    for _round in range(2):
        UmkmPageFactory()
        desk.get(LEAST)
        with CaptureQueriesContext(connection) as queries:
            desk.get(LEAST)
        counted.append(len(queries))

    assert counted[0] == counted[1]


def test_the_reports_are_for_editors(client: Client, desk: Client) -> None:
    call_command("write_roles", verbosity=0)
    approver = UserFactory()
    approver.groups.add(Group.objects.get(name="social_approver"))
    other = Client()
    other.force_login(approver)

    for address in (LEAST, "/admin/katalog/laporan-editor/rekrut/"):
        assert desk.get(address).status_code == 200
        assert other.get(address).status_code == 302
