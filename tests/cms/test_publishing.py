"""Whatever way a page goes live or leaves, the registry follows in the same moment."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Workflow

from accounts.models import User
from cms.models import ProductPage, UmkmIndexPage, UmkmPage
from cms.tasks import publish_scheduled
from core.models import OutboxEvent
from marketplace.models import Product, Region, Umkm
from tests.cms.factories import ProductPageFactory, UmkmPageFactory
from tests.cms.forms import product_form, umkm_form

pytestmark = pytest.mark.django_db


def add(desk: Client, parent: Page, model: str, form: dict[str, Any]) -> Any:
    address = reverse("wagtailadmin_pages:add", args=("cms", model, parent.pk))
    return desk.post(address, form)


def row_of(page: Page) -> Umkm:
    return Umkm.objects.get(page_id=page.pk)


# --- The form ------------------------------------------------------------------------------------


def test_publishing_by_the_form_registers_shop_and_product(
    desk: Client, catalogue: UmkmIndexPage
) -> None:
    add(desk, catalogue, "umkmpage", umkm_form(**{"action-publish": "1"}))
    shop = UmkmPage.objects.get()
    add(desk, shop, "productpage", product_form(**{"action-publish": "1"}))

    row = row_of(shop)
    assert (row.name, row.rw, row.rt, row.status) == ("Soto Pak Karim", 3, 2, "listed")
    sold = Product.objects.get()
    assert (sold.umkm, sold.name, sold.price, sold.unit) == (row, "Soto Daging", 18_000, "porsi")


def test_a_draft_is_in_nobodys_view(desk: Client, catalogue: UmkmIndexPage) -> None:
    add(desk, catalogue, "umkmpage", umkm_form())

    assert not UmkmPage.objects.get().live
    assert not Umkm.objects.exists()


def test_a_draft_over_a_live_page_leaves_the_registry_alone(desk: Client) -> None:
    page = UmkmPageFactory(title="Nama Terbit")

    address = reverse("wagtailadmin_pages:edit", args=(page.pk,))
    desk.post(address, umkm_form(title="Nama Rancangan", slug=page.slug))

    page.refresh_from_db()
    assert page.draft_title == "Nama Rancangan"
    assert row_of(page).name == "Nama Terbit"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "x" * 121),
        ("rw", ""),
        ("rt", "-1"),
        ("whatsapp", "+1 202 555 0100"),
        ("region", ""),
        ("category", "tidak-ada"),
    ],
)
def test_what_the_registry_could_not_hold_is_said_beside_its_field(
    desk: Client, catalogue: UmkmIndexPage, field: str, value: str
) -> None:
    form = umkm_form(**{field: value, "action-publish": "1"})

    answer = add(desk, catalogue, "umkmpage", form)

    assert field in answer.context["form"].errors
    assert not UmkmPage.objects.exists()


@pytest.mark.parametrize("price", ["0", "-1", "2000000001", "1.5", "seribu"])
def test_a_price_is_whole_rupiah(desk: Client, catalogue: UmkmIndexPage, price: str) -> None:
    shop = UmkmPageFactory(parent=catalogue)

    form = product_form(**{"price": price, "action-publish": "1"})
    answer = add(desk, shop, "productpage", form)

    assert "price" in answer.context["form"].errors
    assert not ProductPage.objects.exists()


def test_a_shop_lies_in_a_kelurahan(desk: Client, catalogue: UmkmIndexPage) -> None:
    kecamatan = Region.objects.create(code="35.73.08", level="kecamatan", name="Kecamatan")

    form = umkm_form(**{"region": kecamatan.pk, "action-publish": "1"})
    answer = add(desk, catalogue, "umkmpage", form)

    assert "region" in answer.context["form"].errors


# --- Again, back, away ---------------------------------------------------------------------------


def test_the_same_page_saved_twice_is_one_row_and_one_event(catalogue: UmkmIndexPage) -> None:
    page = UmkmPageFactory(parent=catalogue)
    page.save()
    page.save_revision().publish()

    assert Umkm.objects.count() == 1
    assert OutboxEvent.objects.filter(stream="catalogue").count() == 1


def test_a_new_address_is_the_same_shop(client: Client, catalogue: UmkmIndexPage) -> None:
    page = UmkmPageFactory(parent=catalogue, slug="lama")
    before = row_of(page)

    page.slug = "baru"
    page.save_revision().publish()

    assert row_of(page).pk == before.pk
    assert client.get("/umkm/baru/").status_code == 200


def test_unpublishing_closes_and_publishing_again_reopens_the_same_row() -> None:
    page = UmkmPageFactory()
    row = row_of(page)

    page.unpublish()
    row.refresh_from_db()
    assert row.status == Umkm.Status.CLOSED

    page.save_revision().publish()
    row.refresh_from_db()
    assert row.status == Umkm.Status.LISTED


def test_the_unpublish_button_closes_the_row(desk: Client) -> None:
    page = UmkmPageFactory()

    desk.post(reverse("wagtailadmin_pages:unpublish", args=(page.pk,)))

    assert row_of(page).status == Umkm.Status.CLOSED


def test_unpublishing_many_at_once_closes_each(desk: Client) -> None:
    pages = [UmkmPageFactory(), UmkmPageFactory()]

    address = reverse("wagtail_bulk_action", args=("wagtailcore", "page", "unpublish"))
    desk.post(f"{address}?id={pages[0].pk}&id={pages[1].pk}")

    assert [row_of(page).status for page in pages] == [Umkm.Status.CLOSED] * 2


def test_unpublishing_a_product_withdraws_it() -> None:
    page = ProductPageFactory()

    page.unpublish()

    assert Product.objects.get(page=page).status == Product.Status.WITHDRAWN


def test_going_back_to_an_older_revision_takes_its_facts_back() -> None:
    page = UmkmPageFactory(title="Pertama")
    first = page.save_revision()
    page.title = "Kedua"
    page.save_revision().publish()
    assert row_of(page).name == "Kedua"

    first.publish()

    assert row_of(page).name == "Pertama"


def test_a_page_goes_live_and_expires_at_its_hour(catalogue: UmkmIndexPage) -> None:
    page = UmkmPageFactory(parent=catalogue, live=False)
    now = timezone.now()
    page.go_live_at, page.expire_at = now + timedelta(hours=1), now + timedelta(hours=3)
    page.save_revision().publish()
    assert not Umkm.objects.exists()

    with time_machine.travel(now + timedelta(hours=2)):
        publish_scheduled()
    assert row_of(page).status == Umkm.Status.LISTED

    with time_machine.travel(now + timedelta(hours=4)):
        publish_scheduled()
    assert row_of(page).status == Umkm.Status.CLOSED


def test_a_page_passed_by_moderation_is_registered(catalogue: UmkmIndexPage, editor: User) -> None:
    colleague = User.objects.create_user("rekan", "rekan@contoh.id", "kata-sandi-panjang")
    colleague.groups.add(Group.objects.get(name="editor"))
    page = UmkmPageFactory(parent=catalogue, live=False)
    page.save_revision()
    state = Workflow.objects.get().start(page, editor)
    assert not Umkm.objects.exists()

    task = state.current_task_state.task.specific
    assert "approve" in [action[0] for action in task.get_actions(page, colleague)]
    state.current_task_state.approve(user=colleague)

    assert row_of(page).status == Umkm.Status.LISTED


# --- Copies, moves, deletion ---------------------------------------------------------------------


def test_a_copy_is_a_shop_of_its_own() -> None:
    product = ProductPageFactory()
    shop = product.get_parent().specific
    row = row_of(shop)

    copy = shop.copy(recursive=True, update_attrs={"slug": "salinan", "title": "Salinan"})

    assert row_of(shop) == row
    assert row_of(copy) != row
    copied = Product.objects.get(umkm=row_of(copy))
    assert copied.page_id != product.pk


def test_a_copy_kept_as_a_draft_is_not_registered() -> None:
    page = UmkmPageFactory()

    page.copy(update_attrs={"slug": "salinan"}, keep_live=False)

    assert Umkm.objects.count() == 1


def test_an_alias_is_no_second_shop() -> None:
    page = UmkmPageFactory()

    page.create_alias(update_slug="alias")

    assert Umkm.objects.count() == 1


def test_deleting_a_shop_closes_its_row_and_keeps_it() -> None:
    product = ProductPageFactory()

    product.get_parent().delete()

    row, sold = Umkm.objects.get(), Product.objects.get()
    assert (row.status, row.page) == (Umkm.Status.CLOSED, None)
    assert (sold.status, sold.page) == (Product.Status.WITHDRAWN, None)


def test_the_delete_button_closes_the_row_too(desk: Client) -> None:
    page = UmkmPageFactory()

    desk.post(reverse("wagtailadmin_pages:delete", args=(page.pk,)))

    assert not UmkmPage.objects.exists()
    assert Umkm.objects.get().status == Umkm.Status.CLOSED


def test_a_product_moved_to_another_shop_is_sold_there(desk: Client) -> None:
    product = ProductPageFactory()
    elsewhere = UmkmPageFactory()

    address = reverse("wagtailadmin_pages:move_confirm", args=(product.pk, elsewhere.pk))
    desk.post(address)

    assert Product.objects.get(page_id=product.pk).umkm == row_of(elsewhere)


# --- Products follow their shop ------------------------------------------------------------------


def test_a_product_of_a_draft_shop_waits_for_it() -> None:
    shop = UmkmPageFactory(live=False)
    product = ProductPageFactory(parent=shop)
    assert not Product.objects.exists()

    shop.save_revision().publish()

    assert Product.objects.get().page_id == product.pk


def test_a_product_is_out_of_view_while_its_shop_is(client: Client) -> None:
    product = ProductPageFactory()
    address = product.url
    assert client.get(address).status_code == 200

    product.get_parent().specific.unpublish()

    assert client.get(address).status_code == 404
    assert not Product.objects.listed().exists()


# --- All or nothing ------------------------------------------------------------------------------


def test_a_page_that_the_registry_refuses_is_not_published(catalogue: UmkmIndexPage) -> None:
    page = UmkmPageFactory(parent=catalogue)
    page.rw, page.rt = None, 4

    with pytest.raises(ValidationError):
        page.save()

    page.refresh_from_db()
    assert page.rt is None
