"""A search that forgives, and the order in which it finds."""

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from wagtail.models import Page

from cms import facets, known, search_entries, search_misses
from cms.bulk_removal import remove_pages
from cms.models import (
    Badge,
    OpeningHours,
    ProductPage,
    SearchEntry,
    SearchMiss,
    UmkmIndexPage,
    UmkmPage,
)
from cms.search import bands_of
from core import throttling
from core.sql import Sql
from marketplace import registry
from marketplace.models import Region, Umkm
from tests.cms.factories import HighlightFactory, ProductPageFactory, UmkmPageFactory
from tests.marketplace.factories import AsnFactory, CategoryFactory, RegionFactory, kecamatan

pytestmark = pytest.mark.django_db


@pytest.fixture
def klojen() -> Region:
    """A kecamatan that lies in Kota Malang."""
    city = Region.objects.create(code="35.73", level=Region.Level.CITY, name="Kota Malang")
    return Region.objects.create(
        code="35.73.02", level=Region.Level.KECAMATAN, name="Klojen", parent=city
    )


@pytest.fixture
def stock(catalogue: UmkmIndexPage, klojen: Region) -> None:
    """Three shops: one of keripik tempe, one of bakso, one of coffee."""
    oro = RegionFactory(name="Oro-oro Dowo", alias="Oro Oro Dowo", parent=klojen)
    rampal = RegionFactory(name="Rampalcelaket", alias="Rampal Celaket", parent=klojen)
    snacks = CategoryFactory(slug="camilan", name="Camilan", name_en="Snacks")
    crisps = UmkmPageFactory(
        title="Dapur Bu Ning", summary="Renyah.", category=snacks, region=rampal
    )
    ProductPageFactory(parent=crisps, title="Keripik Tempe Sanan", summary="")
    UmkmPageFactory(title="Bakso Cak Man", summary="Kuah bening.", region=oro)
    UmkmPageFactory(
        title="Kafé Merdeka", summary="Kopi susu.", region=RegionFactory(name="Madyopuro")
    )


def ask(client: Client, **query: str) -> Any:
    return client.get("/umkm/", query).context


def shown(client: Client, **query: str) -> list[str]:
    return [shop.title for shop in ask(client, **query)["found"]]


# --- Words ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stock")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("kripik tempe", "Dapur Bu Ning"),
        ("keripk tmepe", "Dapur Bu Ning"),
        ("kerip temp", "Dapur Bu Ning"),
        ("snack", "Dapur Bu Ning"),
        ("rampal celaket", "Dapur Bu Ning"),
        ("rampalcelakt", "Dapur Bu Ning"),
        ("bakso malnag", "Bakso Cak Man"),
        ("bakso di malang", "Bakso Cak Man"),
        ("Oro Oro Dowo", "Bakso Cak Man"),
        ("oro-oro dowo", "Bakso Cak Man"),
        ("kafe", "Kafé Merdeka"),
        ("KAFÉ", "Kafé Merdeka"),
        ("kafe\u0301 merdka", "Kafé Merdeka"),
    ],
)
def test_half_words_slips_and_daily_spellings_are_forgiven(
    client: Client, words: str, found: str
) -> None:
    assert shown(client, q=words) == [found]


@pytest.mark.usefixtures("stock")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("bakso malnag", "bakso malang"),
        ("kripik tempe", "keripik tempe"),
        ("bakso malang", ""),
        ("kerip temp", ""),
        ("kafe", ""),
        ("xylofon", ""),
        ("", ""),
    ],
)
def test_a_corrected_search_is_said(client: Client, words: str, said: str) -> None:
    answer = client.get("/umkm/", {"q": words})

    assert answer.context["corrected"] == said
    assert ("Menampilkan hasil untuk" in answer.content.decode()) == bool(said)


@pytest.mark.usefixtures("stock")
def test_what_was_typed_is_found_along_with_what_it_is_read_as(client: Client) -> None:
    UmkmPageFactory(title="Kripik Tempe Mas Kriwil")

    assert set(shown(client, q="kripik tempe")) == {"Dapur Bu Ning", "Kripik Tempe Mas Kriwil"}


@pytest.mark.usefixtures("stock")
@pytest.mark.parametrize("words", ["es", "sot", "warung 4711"])
def test_a_short_word_or_a_number_is_never_guessed(client: Client, words: str) -> None:
    assert ask(client, q=words)["corrected"] == ""


@pytest.mark.usefixtures("stock")
def test_the_words_of_a_new_shop_are_known_within_a_second(client: Client) -> None:
    assert shown(client, q="gudeg") == []

    UmkmPageFactory(title="Gudeg Bu Tjitro")
    known.forget()  # as a second does
    assert shown(client, q="gudge") == ["Gudeg Bu Tjitro"]


# --- Order ---------------------------------------------------------------------------------------


@pytest.fixture
def neighbours(catalogue: UmkmIndexPage) -> Region:
    """A home kelurahan, with shops named by how near they are; the nearest is the oldest."""
    klojen, sukun = kecamatan("35.73.02"), kecamatan("35.73.04")
    home = RegionFactory(name="Kasin", parent=klojen, latitude="-7.99", longitude="112.62")
    beside = RegionFactory(parent=klojen, latitude="-7.90", longitude="112.70")
    close = RegionFactory(parent=sukun, latitude="-8.00", longitude="112.61")
    far = RegionFactory(parent=sukun, latitude="-8.04", longitude="112.66")
    unknown = RegionFactory(parent=sukun)
    for name, region in [("1", home), ("2", beside), ("3", close), ("4", far), ("5", unknown)]:
        UmkmPageFactory(title=f"Warung {name}", region=region)
    return home


NEAREST = [f"Warung {number}" for number in (1, 2, 3, 4, 5)]


def test_an_asn_sees_the_shops_next_door_first(client: Client, neighbours: Region) -> None:
    client.force_login(AsnFactory(home__region=neighbours).user)

    assert shown(client) == shown(client, q="warung") == NEAREST
    assert shown(client, sort="newest") == NEAREST[::-1]


def test_nearness_starts_at_a_chosen_kelurahan(client: Client, neighbours: Region) -> None:
    assert shown(client) == NEAREST[::-1]
    assert shown(client, near=neighbours.code) == NEAREST
    assert shown(client, near=neighbours.code, sort="nearest") == NEAREST


def test_nearest_to_nowhere_is_the_newest(client: Client, neighbours: Region) -> None:
    assert shown(client, sort="nearest") == NEAREST[::-1]


def test_a_shop_that_is_named_so_comes_before_one_that_sells_it(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    UmkmPageFactory(title="Depot Rawon", summary="Sedap.")
    ProductPageFactory(parent__title="Warung Sari", parent__summary="Sedap.", title="Rawon")

    assert shown(client, q="rawon") == ["Depot Rawon", "Warung Sari"]
    assert shown(client, q="rawon", sort="newest") == ["Warung Sari", "Depot Rawon"]


@pytest.mark.parametrize("wish", [{"sort": "tidak"}, {"near": "tidak-ada"}, {"sort": "\x00"}])
def test_an_order_that_does_not_exist_is_no_wish(
    client: Client, neighbours: Region, wish: dict[str, str]
) -> None:
    assert shown(client, **wish) == NEAREST[::-1]


# --- Nothing found -------------------------------------------------------------------------------


def test_where_nothing_is_found_what_is_near_is_offered(client: Client, neighbours: Region) -> None:
    context = ask(client, q="xylofon", near=neighbours.code)

    assert list(context["found"]) == []
    assert [shop.title for shop in context["alternatives"]] == NEAREST[:4]


def test_what_some_of_the_words_speak_of_is_offered_first(
    client: Client, neighbours: Region
) -> None:
    UmkmPageFactory(title="Toko Xylofon")

    context = ask(client, q="xylofon", place=neighbours.code)

    assert context["alternatives"][0].title == "Toko Xylofon"


def test_where_something_is_found_nothing_else_is_offered(
    client: Client, neighbours: Region
) -> None:
    assert "alternatives" not in ask(client, q="warung")


# --- The API -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stock")
def test_the_api_forgives_too(client: Client) -> None:
    shops = client.get("/api/v1/umkm", {"q": "kripik tempe"}).json()["results"]
    wares = client.get("/api/v1/products", {"q": "kripik tmepe"}).json()["results"]

    assert [row["name"] for row in shops] == ["Dapur Bu Ning"]
    assert [row["name"] for row in wares] == ["Keripik Tempe Sanan"]


# --- Products ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stock")
def test_products_are_found_like_shops(client: Client) -> None:
    assert shown(client, q="kripik tempe", show="product") == ["Keripik Tempe Sanan"]
    assert shown(client, q="dapur ning camilan", show="product") == ["Keripik Tempe Sanan"]
    assert shown(client, q="bakso", show="product") == []


def test_the_cheapest_come_first_and_what_has_no_price_last(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    shop = UmkmPageFactory(title="Warung Murah")
    for title, price in [("Mahal", 90_000), ("Tanya", None), ("Murah", 5_000)]:
        ProductPageFactory(parent=shop, title=title, price=price)
    ProductPageFactory(parent__title="Warung Mahal", title="Sedang", price=20_000)

    wares = shown(client, sort="price", show="product")
    assert wares == ["Murah", "Sedang", "Mahal", "Tanya"]
    assert shown(client, sort="price") == ["Warung Murah", "Warung Mahal"]


# --- What is found follows what is listed --------------------------------------------------------


@pytest.mark.usefixtures("stock")
def test_what_leaves_the_view_is_found_no_more(client: Client) -> None:
    ProductPage.objects.get(title="Keripik Tempe Sanan").unpublish()
    assert shown(client, q="tempe") == []

    UmkmPage.objects.get(title="Dapur Bu Ning").unpublish()
    assert shown(client, q="dapur") == shown(client, q="dapur", show="product") == []


@pytest.mark.usefixtures("stock")
def test_what_wagtail_takes_down_by_itself_is_found_no_more(client: Client) -> None:
    for page in (
        ProductPage.objects.get(title="Keripik Tempe Sanan"),
        UmkmPage.objects.get(title="Dapur Bu Ning"),
    ):
        Page.objects.get(pk=page.pk).unpublish()  # as when it expires

        assert not SearchEntry.objects.filter(page=page.pk).exists()
    assert shown(client, q="tempe") == shown(client, q="dapur") == []


def elsewhere(product: ProductPage) -> None:
    product.move(UmkmPageFactory(title="Toko Lain"), pos="last-child")


@pytest.mark.parametrize(
    "leaves",
    [
        pytest.param(lambda product: product.unpublish(), id="unpublished"),
        pytest.param(lambda product: Page.objects.get(pk=product.pk).unpublish(), id="expired"),
        pytest.param(lambda product: product.delete(), id="deleted"),
        pytest.param(lambda product: remove_pages([product], by=None), id="deleted by the hundred"),
        pytest.param(elsewhere, id="moved"),
    ],
)
def test_a_shop_whose_cheapest_product_is_gone_costs_what_is_left(
    client: Client, catalogue: UmkmIndexPage, leaves: Callable[[ProductPage], object]
) -> None:
    shop = UmkmPageFactory(title="Warung Dua Harga")
    ProductPageFactory(parent=shop, title="Mahal", price=90_000)
    cheapest = ProductPageFactory(parent=shop, title="Cendol", price=5_000)

    leaves(cheapest)

    entry = SearchEntry.objects.get(page=shop)
    assert (entry.price, entry.bands) == (90_000, bands_of(90_000))
    assert "Warung Dua Harga" not in shown(client, q="cendol")


@pytest.mark.usefixtures("stock")
def test_a_merged_shop_is_found_no_more(client: Client) -> None:
    ning, man = (Umkm.objects.get(name=name) for name in ("Dapur Bu Ning", "Bakso Cak Man"))
    registry.merge_umkm(umkm=ning, into=man)

    assert shown(client, q="dapur") == shown(client, q="tempe", show="product") == []


@pytest.mark.usefixtures("stock")
def test_a_new_name_is_found_with_all_that_the_shop_sells(client: Client) -> None:
    shop = UmkmPage.objects.get(title="Dapur Bu Ning")
    shop.title = "Pawon Bu Ning"
    shop.save_revision().publish()

    assert shown(client, q="pawon", show="product") == ["Keripik Tempe Sanan"]
    assert shown(client, q="dapur") == []


@pytest.mark.usefixtures("stock")
def test_what_is_found_can_be_written_anew(client: Client) -> None:
    SearchEntry.objects.all().delete()
    assert shown(client, q="bakso") == []

    assert search_entries.rebuild() == 4
    assert shown(client, q="bakso") == ["Bakso Cak Man"]


# --- Filters and their counts --------------------------------------------------------------------


@pytest.fixture
def mixed(catalogue: UmkmIndexPage) -> Region:
    """Four shops of one kelurahan; each has one thing that the others have not."""
    region = RegionFactory(name="Kasin", parent=kecamatan("35.73.02"))
    today = timezone.localdate()
    shops = {
        name: UmkmPageFactory(title=name, region=region, delivers=name == "Antar")
        for name in ("Antar", "Buka", "Halal", "Promo")
    }
    OpeningHours.objects.create(page=shops["Buka"], opens=time(0), closes=time(0))
    Badge.objects.create(
        page=shops["Halal"],
        kind="halal",
        number="ID35410000000010122",
        checked_by_office="Diskopindag",
        checked_on=today,
    )
    HighlightFactory(page=shops["Promo"], starts=today, until=today)
    for name, price in [("Antar", 10_000), ("Buka", 15_001), ("Halal", 60_000), ("Promo", 151_000)]:
        ProductPageFactory(parent=shops[name], price=price)
    return region


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"delivers": "on"}, ["Antar"]),
        ({"open": "on"}, ["Buka"]),
        ({"halal": "on"}, ["Halal"]),
        ({"promo": "on"}, ["Promo"]),
        ({"promo": "on", "open": "on"}, []),
        ({"price": "sampai-15000"}, ["Antar"]),
        ({"price": "15000-50000"}, ["Buka"]),
        ({"price": "50000-150000"}, ["Halal"]),
        ({"price": "di-atas-150000"}, ["Promo"]),
    ],
)
def test_a_filter_leaves_what_has_it(
    client: Client, mixed: Region, query: dict[str, str], found: list[str]
) -> None:
    assert shown(client, **query) == found
    assert len(shown(client, show="product", **query)) == len(found)


def test_a_shop_is_in_every_band_in_which_it_sells(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    shop = UmkmPageFactory(title="Serba Ada")
    ProductPageFactory(parent=shop, title="Murah", price=9_000)
    ProductPageFactory(parent=shop, title="Dari kecil ke besar", price=40_000, price_to=60_000)

    bands = ["sampai-15000", "15000-50000", "50000-150000", "di-atas-150000"]
    assert [len(shown(client, price=band)) for band in bands] == [1, 1, 1, 0]
    assert [len(shown(client, price=band, show="product")) for band in bands] == [1, 1, 1, 0]


def test_each_filter_says_how_much_it_would_leave(client: Client, mixed: Region) -> None:
    form = ask(client)["form"]

    assert form.counts == {"open": 1, "delivers": 1, "halal": 1, "promo": 1}
    assert [label for _, label in form.fields["price"].choices][1] == "Sampai Rp15.000 (1)"


def test_a_filter_narrows_the_counts_of_all_but_itself(client: Client, mixed: Region) -> None:
    UmkmPageFactory(title="Jauh", delivers=True)
    form = ask(client, place=mixed.code, price="sampai-15000")["form"]

    assert form.counts == {"open": 0, "delivers": 1, "halal": 0, "promo": 0}
    assert [label[-3:] for _, label in form.fields["price"].choices][1:] == ["(1)"] * 4
    places = dict(pair for _, group in form.fields["place"].choices[1:] for pair in group)
    assert places[mixed.code] == "Kasin (1)"


def test_the_count_is_the_length_of_the_list(client: Client, mixed: Region) -> None:
    for query in ({}, {"open": "on"}, {"price": "50000-150000"}, {"place": mixed.code}):
        found = ask(client, **query)["found"]
        assert found.paginator.count == len(found.object_list)


def test_what_is_chosen_is_shown_with_a_way_back(client: Client, mixed: Region) -> None:
    chosen = ask(client, q="promo", promo="on", place=mixed.code, page="1")["form"].chosen

    assert [each.label for each in chosen] == ["“promo”", "Kasin", "Sedang promo"]
    assert chosen[2].without == f"?q=promo&place={mixed.code}"


# --- Searches in vain ----------------------------------------------------------------------------


def test_a_search_in_vain_is_counted_by_words_place_and_day(
    client: Client, neighbours: Region
) -> None:
    for words in ("Gudeg Yogya!", "gudeg  yogya", "warung"):
        ask(client, q=words, place=neighbours.code)
    ask(client, q="gudeg yogya")

    rows = SearchMiss.objects.order_by("count").values_list("words", "place", "count")
    assert list(rows) == [("gudeg yogya", None, 1), ("gudeg yogya", neighbours.code, 2)]


@pytest.mark.parametrize(
    "words", ["0812 3456 7890", "197001011990031001", "budi@contoh.id", "x", "", "RT3", "9"]
)
def test_what_may_point_at_a_person_is_not_kept(
    client: Client, catalogue: UmkmIndexPage, words: str
) -> None:
    ask(client, q=words)

    assert not SearchMiss.objects.exists()


def test_half_words_of_somebody_still_typing_are_not_counted(
    client: Client, catalogue: UmkmIndexPage
) -> None:
    client.get("/umkm/", {"q": "gud"}, headers={"HX-Request": "true"})

    assert not SearchMiss.objects.exists()


def test_a_filter_that_leaves_nothing_is_no_missing_shop(
    client: Client, neighbours: Region
) -> None:
    ask(client, q="gudeg", halal="on")

    assert not SearchMiss.objects.exists()


def test_one_address_counts_only_so_often(
    client: Client, catalogue: UmkmIndexPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttling.SearchCountThrottle, "rate", "2/hour", raising=False)
    cache.clear()

    for words in ("gudeg", "empal", "lumpia"):
        assert client.get("/umkm/", {"q": words}).status_code == 200

    assert SearchMiss.objects.count() == 2


def test_old_searches_in_vain_are_forgotten(db: None, settings: Settings) -> None:
    settings.SEARCH_MISS_DAYS = 30
    today = timezone.localdate()
    for age in (30, 31):
        SearchMiss.objects.create(words="gudeg", day=today - timedelta(age), count=1)

    assert search_misses.forget() == 1


# --- Bad input -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("stock")
@pytest.mark.parametrize(
    "query",
    [
        {"q": "' | ! & ( :* <-> \\"},
        {"q": "x" * 10_000},
        {"q": "a " * 50},
        {"q": "\x00"},
        {"q": "\u202e\ud7ff\U0001f35c"},
        {"place": "\x00", "category": "'", "price": "-1", "near": "%", "show": "?"},
        {"page": "-9"},
        {"page": "9" * 400},
        {"open": "'; drop table"},
        {"unknown": "facet"},
    ],
)
def test_a_hostile_search_is_answered_by_a_page(client: Client, query: dict[str, str]) -> None:
    assert client.get("/umkm/", query).status_code == 200


def test_a_search_that_takes_too_long_is_stopped_and_said(
    client: Client, catalogue: UmkmIndexPage, settings: Settings, monkeypatch: Any
) -> None:
    settings.CATALOGUE_TIMEOUT_MS = 50
    monkeypatch.setattr(facets, "query", lambda *_args, **_kwargs: Sql("SELECT pg_sleep(5)"))
    answer = client.get("/umkm/", {"q": "soto"})

    assert answer.status_code == 503
    assert "terlalu lama" in answer.content.decode()


# --- The cost ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "query", "most"),
    [
        ("/umkm/", {"q": "kripik tempe", "sort": "nearest"}, 25),
        ("/umkm/", {"q": "xylofon"}, 29),
        ("/api/v1/umkm", {"q": "kripik tempe"}, 7),
    ],
)
def test_a_search_costs_the_same_however_much_there_is(
    client: Client, neighbours: Region, address: str, query: dict[str, str], most: int
) -> None:
    client.force_login(AsnFactory(home__region=neighbours).user)

    def queries() -> int:
        client.get(address, query)  # draws, and gathers the words
        with CaptureQueriesContext(connection) as captured:
            client.get(address, query)
        return len(captured)

    ProductPageFactory(title="Keripik Tempe")
    few = queries()
    for _ in range(3):
        ProductPageFactory(title="Keripik Tempe")

    assert queries() == few <= most
