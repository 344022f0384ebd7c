"""What a visitor sees, and what it costs."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from cms.models import HomePage, UmkmIndexPage, UmkmPage
from tests.cms.factories import (
    HighlightFactory,
    PhotoFactory,
    ProductPageFactory,
    UmkmPageFactory,
)
from tests.cms.forms import product_form, umkm_form
from tests.marketplace.factories import (
    AsnFactory,
    CategoryFactory,
    RegionFactory,
    UserFactory,
    kecamatan,
)

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 10)


def shown(client: Client, **query: str) -> list[str]:
    """The names of the shops in the catalogue's answer to a query."""
    return [shop.title for shop in client.get("/umkm/", query).context["found"]]


def queries(do: Callable[[], Any]) -> int:
    """How many queries it takes once its pictures are drawn and the site is known."""
    do()
    with CaptureQueriesContext(connection) as captured:
        do()
    return len(captured)


# --- The pages -----------------------------------------------------------------------------------


def test_each_page_is_rendered_for_anyone(client: Client, catalogue: UmkmIndexPage) -> None:
    shop = UmkmPageFactory(
        parent=catalogue,
        title="Soto Pak Karim",
        photo=PhotoFactory(),
        whatsapp="0812-3456-7890",
        story=[("text", "<p>Sejak <b>1987</b>.</p>"), ("order", "Telepon dulu.")],
    )
    product = ProductPageFactory(parent=shop, title="Soto Daging", price=18_000)

    front = client.get("/").content.decode()
    window = client.get(shop.url).content.decode()
    ware = client.get(product.url).content.decode()

    assert "Soto Pak Karim" in front
    assert "Sejak <b>1987</b>." in window
    assert "Telepon dulu." in window
    assert "Soto Daging" in window
    assert "https://wa.me/6281234567890" in window
    assert f"?umkm={shop.umkm.public_id}" in window
    assert "Rp18.000" in ware
    assert 'alt="Semangkuk soto di atas meja kayu"' in window


@pytest.mark.parametrize("live", [False, True])
def test_only_live_pages_are_shown(client: Client, catalogue: UmkmIndexPage, live: bool) -> None:
    UmkmPageFactory(parent=catalogue, title="Satu", slug="satu", live=live)

    assert shown(client) == (["Satu"] if live else [])
    assert client.get("/umkm/satu/").status_code == (200 if live else 404)


def test_the_whatsapp_link_is_international_however_the_number_is_written() -> None:
    numbers = ["081234567890", "+62 812 3456 7890", "6281234567890"]

    opened = {UmkmPage(whatsapp=number).whatsapp_link.partition("?")[0] for number in numbers}

    assert opened == {"https://wa.me/6281234567890"}
    assert UmkmPage().whatsapp_link == ""


def test_the_editors_preview_shows_what_is_not_published(
    desk: Client, catalogue: UmkmIndexPage
) -> None:
    page = UmkmPageFactory(parent=catalogue, title="Rancangan", live=False)
    page.save_revision()

    answer = desk.get(f"/admin/pages/{page.pk}/view_draft/")

    assert answer.status_code == 200
    assert "Rancangan" in answer.content.decode()


def test_the_editor_sees_a_page_before_it_is_first_saved(
    desk: Client, catalogue: UmkmIndexPage
) -> None:
    shop = UmkmPageFactory(parent=catalogue)
    addresses = {
        f"/admin/pages/add/cms/umkmpage/{catalogue.pk}/preview/": umkm_form(title="Belum Ada"),
        f"/admin/pages/add/cms/productpage/{shop.pk}/preview/": product_form(title="Belum Ada"),
        f"/admin/pages/{shop.pk}/edit/preview/": umkm_form(title="Belum Ada"),
    }

    for address, form in addresses.items():
        assert desk.post(address, form).json()["is_valid"]
        assert "Belum Ada" in desk.get(address).content.decode()


# --- Finding -------------------------------------------------------------------------------------


@pytest.fixture
def stock(catalogue: UmkmIndexPage) -> None:
    """Two shops that differ in everything."""
    klojen, sukun = kecamatan("35.73.02"), kecamatan("35.73.04")
    kasin = RegionFactory(name="Kasin", parent=klojen)
    bandungrejosari = RegionFactory(name="Bandungrejosari", alias="Bandung Rejosari", parent=sukun)
    soto = UmkmPageFactory(
        parent=catalogue, title="Depot Soto", summary="Kuah bening.", region=kasin
    )
    ProductPageFactory(parent=soto, title="Soto Babat")
    UmkmPageFactory(
        parent=catalogue,
        title="Batik Celaket",
        summary="Kain tulis.",
        category=CategoryFactory(slug="kerajinan", name="Kerajinan", name_en="Crafts"),
        region=bandungrejosari,
    )


@pytest.mark.usefixtures("stock")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "DEPOT"}, ["Depot Soto"]),
        ({"q": "bening"}, ["Depot Soto"]),
        ({"q": "babat"}, ["Depot Soto"]),
        ({"q": "soto kasin"}, ["Depot Soto"]),
        ({"q": "kerajinan"}, ["Batik Celaket"]),
        ({"q": "bandungrejosari"}, ["Batik Celaket"]),
        ({"q": "bandung rejosari"}, ["Batik Celaket"]),
        ({"q": "soto celaket"}, []),
        ({"category": "kerajinan"}, ["Batik Celaket"]),
        ({"place": "35.73.04"}, ["Batik Celaket"]),
        ({"place": "35.73.02", "q": "batik"}, []),
    ],
)
def test_the_catalogue_finds_by_word_kind_and_place(
    client: Client, query: dict[str, str], found: list[str]
) -> None:
    assert shown(client, **query) == found


@pytest.mark.usefixtures("stock")
@pytest.mark.parametrize(
    "query",
    [
        {"q": "x" * 10_000},
        {"q": "\x00"},
        {"q": "%_'\\"},
        {"category": "tidak-ada"},
        {"place": "tidak-ada"},
        {"page": "-1"},
        {"page": "9999999999999999999999"},
        {"tidak": "ada"},
    ],
)
def test_a_hostile_query_is_answered_by_a_page(client: Client, query: dict[str, str]) -> None:
    assert client.get("/umkm/", query).status_code == 200


@pytest.mark.usefixtures("stock")
def test_filters_say_how_many_shops_they_lead_to(client: Client) -> None:
    form = client.get("/umkm/").context["form"]

    kinds = dict(form.fields["category"].choices)
    assert kinds["kerajinan"] == "Kerajinan (1)"
    places = {code: name for _, group in form.fields["place"].choices[1:] for code, name in group}
    assert "Kasin (1)" in places.values()


# --- The front page ------------------------------------------------------------------------------


def test_a_card_that_was_drawn_before_says_what_has_changed_since(
    client: Client, catalogue: UmkmIndexPage, settings: Settings
) -> None:
    settings.CATALOGUE_CACHE_SECONDS = 0
    shop = UmkmPageFactory(parent=catalogue, title="Soto Pak Karim")
    first = client.get("/umkm/").content.decode()
    shop.title, shop.photo = "Soto Bu Karim", PhotoFactory()
    shop.save_revision().publish()

    second = client.get("/umkm/").content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = client.get("/umkm/").content.decode()

    assert "Soto Pak Karim" in first
    assert "<picture>" not in first
    assert "Soto Bu Karim" in second
    assert "Soto Pak Karim" not in second
    assert "<picture>" in second
    assert "belum terkurasi" in second
    assert "not curated yet" in english


def test_shops_in_the_kelurahan_of_a_signed_in_asn_come_first(
    client: Client, home: HomePage
) -> None:
    near, far = UmkmPageFactory(), UmkmPageFactory()
    asn = AsnFactory(home__region=near.region)
    client.force_login(asn.user)

    assert [shop.title for shop in client.get("/").context["nearest"]] == [near.title]
    assert far.region != near.region


def test_what_runs_is_shown_on_its_days_only(client: Client) -> None:
    today = timezone.localdate()
    page = UmkmPageFactory()
    runs = {"starts": today, "until": today}
    HighlightFactory(page=page, label="hari ini saja", **runs)
    HighlightFactory(page=page, label="kemarin", starts=TODAY, until=today - timedelta(1))
    HighlightFactory(
        page=page, label="besok", starts=today + timedelta(1), until=today + timedelta(9)
    )

    for address in ("/", page.url):
        labels = [each.label for each in client.get(address).context["highlights"]]
        assert labels == ["hari ini saja"]


def test_what_runs_at_a_closed_shop_is_not_shown(client: Client) -> None:
    today = timezone.localdate()
    page = UmkmPageFactory()
    HighlightFactory(page=page, starts=today, until=today)

    page.unpublish()

    assert client.get("/").context["highlights"] == []


# --- The cost ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "most"), [("/", 20), ("/umkm/", 14)])
def test_a_list_of_shops_costs_the_same_however_long_it_is(
    client: Client, catalogue: UmkmIndexPage, address: str, most: int
) -> None:
    today = timezone.localdate()

    def open_shop() -> None:
        shop = UmkmPageFactory(parent=catalogue, photo=PhotoFactory())
        HighlightFactory(page=shop, starts=today, until=today)

    open_shop()
    few = queries(lambda: client.get(address))
    for _ in range(2):
        open_shop()

    assert queries(lambda: client.get(address)) == few <= most


def test_a_shops_page_costs_the_same_however_much_it_sells(client: Client) -> None:
    shop = UmkmPageFactory(photo=PhotoFactory())
    ProductPageFactory(parent=shop, photo=PhotoFactory())
    address = shop.url
    few = queries(lambda: client.get(address))
    for _ in range(2):
        ProductPageFactory(parent=shop, photo=PhotoFactory())

    assert queries(lambda: client.get(address)) == few <= 21


# --- For machines --------------------------------------------------------------------------------


def test_the_sitemap_names_what_is_live(client: Client, catalogue: UmkmIndexPage) -> None:
    shop = UmkmPageFactory(parent=catalogue)
    draft = UmkmPageFactory(parent=catalogue, live=False)

    named = client.get("/sitemap.xml").content.decode()

    assert shop.url in named
    assert draft.url not in named


def test_robots_are_told_where_the_sitemap_is_and_keep_out_of_peoples_own_pages(
    client: Client,
) -> None:
    answer = client.get("/robots.txt")

    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "Sitemap: http://testserver/sitemap.xml" in answer.content.decode()
    assert "Disallow: /belanja/" in answer.content.decode()


# --- The desk ------------------------------------------------------------------------------------


def test_an_editor_edits_the_catalogue_but_neither_people_nor_posts(
    desk: Client, home: HomePage, editor: User
) -> None:
    page = UmkmPageFactory()

    assert desk.get(f"/admin/pages/{page.pk}/edit/").status_code == 200
    assert desk.get("/admin/images/add/").status_code == 200
    assert desk.get("/admin/users/").status_code == 302
    assert not editor.has_perm("social.approve_post")
    assert not home.permissions_for_user(editor).can_delete()


def test_an_asn_does_not_enter_the_admin(client: Client, catalogue: UmkmIndexPage) -> None:
    client.force_login(AsnFactory().user)

    assert client.get(f"/admin/pages/{catalogue.pk}/").status_code in (302, 403)


def test_a_picture_without_words_for_it_is_not_taken(desk: Client) -> None:
    answer = desk.get("/admin/images/add/")

    form = answer.context["form"]
    assert form.fields["alt"].required
    assert "description" not in form.fields


@pytest.mark.parametrize("address", ["/admin/umkm-pages/", "/admin/product-pages/"])
def test_the_desks_lists_cost_the_same_however_long_they_are(desk: Client, address: str) -> None:
    ProductPageFactory()
    few = queries(lambda: desk.get(address))
    for _ in range(2):
        ProductPageFactory()

    answer = desk.get(address)

    assert len(answer.context["page_obj"].object_list) == 3
    assert queries(lambda: desk.get(address)) == few <= 30


def test_the_desks_lists_are_for_who_works_on_pages(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    call_command("write_roles", verbosity=0)
    approver = UserFactory()
    approver.groups.add(Group.objects.get(name="social_approver"))
    client.force_login(approver)

    assert "/admin/umkm-pages/" not in client.get("/admin/").content.decode()
    assert client.get("/admin/umkm-pages/").status_code == 302


def test_kelurahan_are_offered_by_name_with_their_kecamatan(
    desk: Client, catalogue: UmkmIndexPage
) -> None:
    for name in ("Sukun", "Kasin"):
        RegionFactory(name=name)

    form = desk.get(f"/admin/pages/add/cms/umkmpage/{catalogue.pk}/").context["form"]

    offered = [label for _code, label in form.fields["region"].choices][1:]
    assert offered == ["Kasin (Kecamatan 35.73.09)", "Sukun (Kecamatan 35.73.09)"]
