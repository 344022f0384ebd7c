"""The editor's pages: the form, the choosers, the posts; and who is kept out."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from cms.models import ProductPage
from promotions.models import Promotion
from social.models import Channel, Post
from tests.promotions.factories import promotion
from tests.social.factories import person

pytestmark = pytest.mark.django_db


def form(product: ProductPage, channels: list[Channel], **changes: Any) -> dict[str, Any]:
    """What the browser sends of a filled-in form."""
    today = timezone.localdate()
    management = {
        f"{rows}-{name}": value
        for rows in ("promoted_umkm", "promoted_products")
        for name, value in (("INITIAL_FORMS", 0), ("MIN_NUM_FORMS", 0), ("MAX_NUM_FORMS", 1000))
    }
    return {
        **management,
        "title": "Sarapan di Klojen",
        "message": "Mampir ke warung tetangga.",
        "starts": today.isoformat(),
        "ends": (today + timedelta(days=3)).isoformat(),
        "channels": [channel.pk for channel in channels],
        "promoted_umkm-TOTAL_FORMS": 0,
        "promoted_products-TOTAL_FORMS": 1,
        "promoted_products-0-product": product.product.pk,
        "promoted_products-0-ORDER": 1,
        "action-publish": "action-publish",
        **changes,
    }


def test_an_editor_publishes_a_promotion(
    desk: Client, product: ProductPage, channels: list[Channel]
) -> None:
    answer = desk.post("/admin/promosi/add/", form(product, channels))

    assert answer.status_code == 302
    made = Promotion.objects.get()
    assert made.live
    assert made.products == [product.product]
    assert list(made.channels.all()) == channels


def test_a_last_day_before_the_first_is_told_beside_the_form(
    desk: Client, product: ProductPage, channels: list[Channel]
) -> None:
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()

    answer = desk.post("/admin/promosi/add/", form(product, channels, ends=yesterday))

    assert answer.status_code == 200
    assert not Promotion.objects.exists()


def test_the_choosers_offer_what_is_listed_by_name_and_place(
    desk: Client, product: ProductPage
) -> None:
    place = product.product.umkm.region.name
    found = desk.get("/admin/promosi/pilih-umkm/results/", {"q": f"pawon {place}"})
    assert "Pawonira" in found.content.decode()

    product.get_parent().specific.unpublish()

    gone = desk.get("/admin/promosi/pilih-umkm/results/", {"q": "pawon"})
    assert "Pawonira" not in gone.content.decode()
    products = desk.get("/admin/promosi/pilih-produk/results/", {"q": "pecel"})
    assert "Nasi Pecel" not in products.content.decode()


def test_the_button_makes_the_posts_once(desk: Client, running: Promotion) -> None:
    address = f"/admin/promosi/{running.pk}/posting/"

    desk.post(address)
    shown = desk.post(address, follow=True).content.decode()

    assert Post.objects.count() == 2
    assert shown.count("data-post=") == 2


def test_what_is_in_the_way_is_said(desk: Client, running: Promotion, editor: User) -> None:
    running.unpublish(user=editor)

    page = desk.get(f"/admin/promosi/{running.pk}/posting/").content.decode()

    assert "disabled" in page


@pytest.mark.parametrize("path", ["", "add/", "{pk}/posting/", "edit/{pk}/"])
def test_who_may_not_change_promotions_is_kept_out(
    client: Client, running: Promotion, path: str
) -> None:
    client.force_login(person("tamu", is_staff=True))

    answer = client.get(f"/admin/promosi/{path.format(pk=running.pk)}")

    assert answer.status_code in (302, 403)


def test_the_preview_shows_the_captions(desk: Client, running: Promotion) -> None:
    answer = desk.get(f"/admin/promosi/history/{running.pk}/")
    assert answer.status_code == 200

    shown = running.make_preview_request()
    assert "Nasi Pecel" in shown.content.decode()


def test_a_published_promotions_form_leads_to_its_posts(desk: Client, running: Promotion) -> None:
    page = desk.get(f"/admin/promosi/edit/{running.pk}/").content.decode()

    assert page.count(f"/admin/promosi/{running.pk}/posting/") >= 2


def test_an_empty_form_leads_nowhere(desk: Client, editor: User) -> None:
    page = desk.get("/admin/promosi/add/")

    assert page.status_code == 200
    assert "/posting/" not in page.content.decode()


def test_the_list_shows_the_days(desk: Client, running: Promotion) -> None:
    page = desk.get("/admin/promosi/").content.decode()

    assert date_format(running.starts, "j M Y") in page
    assert date_format(running.ends, "j M Y") in page


def test_the_desk_costs_the_same_however_many_promotions_there_are(
    desk: Client, editor: User, product: ProductPage, channels: list[Channel]
) -> None:
    def cost(method: str, address: str, said: dict[str, Any] | None = None) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert getattr(desk, method)(address, said).status_code in (200, 302)
        return len(queries)

    def costs() -> dict[str, int]:
        made = promotion(by=editor, products=[product], channels=channels)
        return {
            "list": cost("get", "/admin/promosi/"),
            "publish": cost("post", "/admin/promosi/add/", form(product, channels)),
            "make posts": cost("post", f"/admin/promosi/{made.pk}/posting/"),
        }

    costs()
    few = costs()
    for number in range(4):
        promotion(by=editor, products=[product], channels=channels, title=f"Pekan {number}")

    assert costs() == few
    assert few == {"list": 12, "publish": 114, "make posts": 113}
