"""Drafts that another front end shows: one a token, for minutes, for who may edit the page."""

import re
from datetime import date
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from wagtail.models import Page

from accounts.models import User
from cms import drafts
from cms.badge_numbers import BadgeKind
from cms.models import CollectionPage, ProductPage, StoryPage, UmkmIndexPage, UmkmPage
from tests.cms.details import checked, linked, opened
from tests.cms.factories import (
    CollectionPageFactory,
    PhotoFactory,
    ProductPageFactory,
    StoryPageFactory,
    UmkmPageFactory,
)
from tests.cms.forms import product_form, umkm_form

pytestmark = pytest.mark.django_db

FRONT_END = "https://toko.contoh.id/lihat"
DRAFT = "/api/v1/catalog/draft"


@pytest.fixture(autouse=True)
def _front_end(settings: Settings) -> None:
    settings.HEADLESS_PREVIEW_URL = FRONT_END


def framed(answer: Any) -> str:
    """The address in the frame of a preview."""
    assert answer.status_code == 200, answer.content
    [frame] = re.findall(r'<iframe src="([^"]+)"', answer.content.decode())
    return unescape(frame)


def previewed(desk: Client, page: Page) -> str:
    """Where the editor sees the latest draft."""
    answer = desk.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert "no-store" in answer.headers["Cache-Control"]
    return framed(answer)


def token_in(address: str) -> str:
    [token] = parse_qs(urlsplit(address).query)["token"]
    return token


def told(client: Client, token: str) -> dict[str, Any]:
    answer = client.get(DRAFT, {"token": token})
    assert answer.status_code == 200, answer.content
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()


def refused(client: Client, token: str) -> bool:
    answer = client.get(DRAFT, {"token": token})
    return answer.status_code == 404 and answer.json()["type"] == "/problems/draft-unknown"


# --- What is shown --------------------------------------------------------------------------------


def test_the_other_front_end_is_called_with_nothing_but_a_token(
    desk: Client,
) -> None:
    page = UmkmPageFactory(title="Depot Soto")

    address = previewed(desk, page)

    assert address.startswith(f"{FRONT_END}?token=")
    assert list(parse_qs(urlsplit(address).query)) == ["token"]


def test_an_address_with_a_query_keeps_it(desk: Client, settings: Settings) -> None:
    settings.HEADLESS_PREVIEW_URL = f"{FRONT_END}?toko=1"

    assert previewed(desk, UmkmPageFactory()).startswith(f"{FRONT_END}?toko=1&token=")


def test_a_draft_of_a_shop_is_told_as_its_page_is(desk: Client, client: Client) -> None:
    page = UmkmPageFactory(photo=PhotoFactory(), story=[("order", "Telepon dulu.")])
    ProductPageFactory(parent=page, title="Soto Babat")
    opened(page, 0, 6, "08:00", "20:00")
    linked(page, "shopee", "https://shopee.co.id/depot")
    checked(page, BadgeKind.NIB, on=date(2026, 1, 2))
    published = client.get(f"/api/v1/catalog/umkm/{page.umkm.public_id}").json()
    draft = UmkmPage.objects.get(pk=page.pk)
    draft.summary = "Rawon juga ada."
    draft.save_revision()

    said = told(Client(), token_in(previewed(desk, page)))

    assert said == {
        "umkm": published | {"summary": "Rawon juga ada."},
        "product": None,
        "collection": None,
    }
    assert client.get(f"/api/v1/catalog/umkm/{page.umkm.public_id}").json() == published


def test_a_draft_of_a_product_is_told_as_its_page_is(desk: Client, client: Client) -> None:
    page = ProductPageFactory(price=15_000, photo=PhotoFactory())
    page.variants.create(name="Jumbo", price=20_000)
    page.variants.create(name="Biasa")
    page.pictures.create(photo=PhotoFactory())
    page.save()
    published = client.get(f"/api/v1/catalog/products/{page.product.public_id}").json()
    draft = ProductPage.objects.get(pk=page.pk)
    draft.price = 16_000
    draft.save_revision()

    said = told(client, token_in(previewed(desk, page)))

    changed = {"price": 16_000, "variants": said["product"]["variants"]}
    assert said["product"] == published | changed
    assert len(said["product"]["pictures"]) == 2
    assert [each["price"] for each in said["product"]["variants"]] == [20_000, 16_000]


def test_a_draft_of_a_collection_is_told_as_its_page_is(desk: Client, client: Client) -> None:
    page = CollectionPageFactory(slug="sarapan", members=[ProductPageFactory()])
    published = client.get("/api/v1/catalog/collections/sarapan").json()
    draft = CollectionPage.objects.get(pk=page.pk)
    draft.intro = "Sebelum apel pagi."
    draft.save_revision()

    said = told(client, token_in(previewed(desk, page)))

    assert said["collection"] == published | {"intro": "Sebelum apel pagi."}


@pytest.mark.parametrize("form", [umkm_form, product_form])
def test_a_page_that_was_never_saved_is_shown_without_ids(
    desk: Client, client: Client, form: Any
) -> None:
    model = UmkmPage if form is umkm_form else ProductPage
    parent = UmkmPageFactory(live=False)
    parent = UmkmIndexPage.objects.get() if model is UmkmPage else parent
    view = reverse(
        "wagtailadmin_pages:preview_on_add", args=["cms", model._meta.model_name, parent.pk]
    )
    assert desk.post(view, form()).json()["is_valid"]

    said = told(client, token_in(framed(desk.get(view))))

    shown = said["umkm"] or said["product"]
    assert shown["name"] in ("Soto Pak Karim", "Soto Daging")
    assert shown["id"] is None
    assert not model.objects.filter(title=shown["name"]).exists()


def test_what_was_typed_and_not_saved_is_shown(desk: Client, client: Client) -> None:
    page = UmkmPageFactory()
    view = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert desk.post(view, umkm_form(summary="Baru diketik.")).json()["is_valid"]

    said = told(client, token_in(framed(desk.get(view))))

    assert said["umkm"]["summary"] == "Baru diketik."
    assert UmkmPage.objects.get(pk=page.pk).summary != "Baru diketik."


# --- To whom, and for how long --------------------------------------------------------------------


def test_a_token_is_over_in_ten_minutes(desk: Client, client: Client) -> None:
    token = token_in(previewed(desk, UmkmPageFactory()))
    [key] = cache._cache.get_client().keys("*draft:*")

    assert 0 < cache._cache.get_client().ttl(key) <= drafts.DRAFT_SECONDS == 600
    cache._cache.get_client().pexpire(key, 1)
    while cache._cache.get_client().exists(key):
        pass
    assert refused(client, token)


@pytest.mark.parametrize("altered", ["", "x", "{}A", "A{}", "{}\x00", "\x00", "ü", "x" * 100])
def test_a_token_that_was_altered_opens_nothing(desk: Client, client: Client, altered: str) -> None:
    token = token_in(previewed(desk, UmkmPageFactory()))

    answer = client.get(DRAFT, {"token": altered.format(token)})

    assert answer.status_code in (400, 404)


def test_a_token_opens_the_draft_that_was_looked_at_and_no_other(
    desk: Client, client: Client
) -> None:
    first, other = UmkmPageFactory(title="Satu"), UmkmPageFactory(title="Dua")
    with time_machine.travel("2026-11-27 12:00:00+07:00", tick=False):  # within one second
        before = token_in(previewed(desk, first))
        first.title = "Satu, kemudian"
        first.save_revision()
        after = token_in(previewed(desk, first))
        of_other = token_in(previewed(desk, other))

    names = [told(client, token)["umkm"]["name"] for token in (before, after, of_other)]

    assert names == ["Satu", "Satu, kemudian", "Dua"]


@pytest.mark.parametrize("parameter", ["id", "page", "umkm"])
def test_no_parameter_leads_to_another_page(desk: Client, client: Client, parameter: str) -> None:
    other = UmkmPageFactory(live=False)
    token = token_in(previewed(desk, UmkmPageFactory()))

    assert client.get(DRAFT, {"token": token, parameter: str(other.pk)}).status_code == 400


def test_without_a_token_nothing_is_told(client: Client, catalogue: UmkmIndexPage) -> None:
    assert client.get(DRAFT).status_code == 404


def test_who_may_not_edit_the_page_gets_no_token(client: Client) -> None:
    page = UmkmPageFactory()
    stranger = User.objects.create_user("asing", "asing@contoh.id", "kata-sandi-panjang")
    client.force_login(stranger)

    answer = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))

    assert b"token=" not in answer.content
    assert drafts.address(page, by=stranger) is None
    assert not cache._cache.get_client().keys("*draft:*")


@pytest.mark.parametrize("new", [False, True])
def test_a_token_dies_with_the_right_to_edit(
    desk: Client, editor: User, client: Client, new: bool
) -> None:
    page = UmkmPageFactory()
    if new:
        facts = {"title": "Baru", "category": page.category, "region": page.region}
        page = UmkmPage(depth=page.depth, path=page._inc_path(), **facts)
    token = drafts.keep(page, by=editor)
    assert told(client, token)

    editor.groups.remove(Group.objects.get(name="editor"))

    assert refused(client, token)


@pytest.mark.parametrize("gone", ["switched off", "deleted"])
def test_a_token_dies_with_the_person(
    desk: Client, editor: User, client: Client, gone: str
) -> None:
    token = token_in(previewed(desk, UmkmPageFactory()))

    if gone == "deleted":
        User.objects.filter(pk=editor.pk).delete()
    else:
        User.objects.filter(pk=editor.pk).update(is_active=False)

    assert refused(client, token)


def test_a_token_dies_with_the_page(desk: Client, client: Client) -> None:
    page = UmkmPageFactory()
    token = token_in(previewed(desk, page))

    UmkmPage.objects.get(pk=page.pk).delete()

    assert refused(client, token)


def test_a_new_product_is_gone_with_its_shop(desk: Client, editor: User, client: Client) -> None:
    shop = UmkmPageFactory(live=False)
    product = ProductPage(title="Baru", depth=shop.depth + 1, path=shop.path + "0001")
    token = drafts.keep(product, by=editor)
    assert told(client, token)["product"]["umkm"] is None

    UmkmPage.objects.get(pk=shop.pk).delete()

    assert refused(client, token)


def test_what_a_draft_points_at_may_be_gone(desk: Client, client: Client) -> None:
    photo = PhotoFactory()
    page = UmkmPageFactory(photo=photo)
    token = token_in(previewed(desk, page))

    photo.delete()

    assert told(client, token)["umkm"]["photo"] is None


# --- Where it is not switched on ------------------------------------------------------------------


def test_switched_off_every_token_is_unknown_and_the_preview_is_our_own(
    desk: Client, client: Client, settings: Settings
) -> None:
    page = UmkmPageFactory(title="Depot Soto")
    token = token_in(previewed(desk, page))

    settings.HEADLESS_PREVIEW_URL = ""

    assert refused(client, token)
    for mode in ("", "here", "elsewhere"):
        address = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
        answer = desk.get(address, {"mode": mode})
        assert answer.status_code == 200
        assert "Depot Soto" in answer.content.decode()


def test_it_is_off_unless_an_operator_names_a_front_end() -> None:
    from config import settings as source

    assert source.HEADLESS_PREVIEW_URL == ""


def test_our_own_preview_stays_one_choice_away(desk: Client) -> None:
    page = UmkmPageFactory(title="Depot Soto")

    answer = desk.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]), {"mode": "here"})
    form = desk.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()

    assert answer.status_code == 200
    assert "Depot Soto" in answer.content.decode()
    assert "Tampilan lain" in form
    assert "Situs ini" in form


def test_without_the_cache_the_preview_is_our_own(desk: Client, settings: Settings) -> None:
    page = UmkmPageFactory()
    away = "unix:///nowhere/at/all.sock?db=0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": away}}

    assert drafts.address(page, by=User.objects.get(username="penyunting")) is None


def test_a_story_has_no_place_in_the_api_and_is_previewed_here(desk: Client) -> None:
    story = StoryPageFactory()

    answer = desk.get(reverse("wagtailadmin_pages:view_draft", args=[story.pk]))

    assert isinstance(story, StoryPage)
    assert answer.status_code == 200


def test_the_preview_may_frame_the_front_end_and_nothing_else(desk: Client) -> None:
    page = UmkmPageFactory()
    elsewhere = desk.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))

    policy = elsewhere.headers["Content-Security-Policy"]

    assert "frame-src https://toko.contoh.id;" in policy + ";"
    assert "frame-src" not in desk.get(page.url).headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("", True),
        (FRONT_END, True),
        ("http://localhost:3000/lihat", True),
        ("http://toko.contoh.id/lihat", False),
        ("https://toko.contoh.id/#lihat", False),
        ("toko.contoh.id", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_a_front_end_that_is_called_by_https_may_be_named(
    settings: Settings, address: str, allowed: bool
) -> None:
    settings.HEADLESS_PREVIEW_URL = address

    found = [each for each in run_checks() if each.id == "cms.E001"]

    assert (found == []) is allowed
