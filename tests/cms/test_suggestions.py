"""What is suggested to somebody who is typing, to apps and on the catalogue's page."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from cms import suggestions
from cms.models import ProductPage, UmkmPage
from marketplace import registry
from marketplace.models import Region, Umkm
from tests.cms.factories import ProductPageFactory, UmkmPageFactory
from tests.marketplace.factories import CategoryFactory, RegionFactory

pytestmark = pytest.mark.django_db

API = "/api/v1/catalog/suggest"
PAGE = "/umkm/saran.html"


@pytest.fixture
def city(db: None) -> Region:
    """Kota Malang with a kecamatan Klojen, and in it a kelurahan of the same name."""
    city = Region.objects.create(code="35.73", level=Region.Level.CITY, name="Kota Malang")
    klojen = Region.objects.create(
        code="35.73.02", level=Region.Level.KECAMATAN, name="Klojen", parent=city
    )
    return RegionFactory(code="35.73.02.1001", name="Klojen", parent=klojen)


@pytest.fixture
def ning(city: Region) -> UmkmPage:
    """A shop of keripik tempe in Rampalcelaket."""
    rampal = RegionFactory(name="Rampalcelaket", alias="Rampal Celaket", parent=city.parent)
    snacks = CategoryFactory(slug="camilan", name="Camilan", name_en="Snacks")
    shop = UmkmPageFactory(title="Dapur Bu Ning", summary="Renyah.", category=snacks, region=rampal)
    ProductPageFactory(parent=shop, title="Keripik Tempe Sanan", summary="")
    return shop


@pytest.fixture
def man(city: Region) -> UmkmPage:
    """A shop of bakso in Klojen."""
    shop = UmkmPageFactory(title="Bakso Cak Man", summary="Kuah bening.", region=city)
    ProductPageFactory(parent=shop, title="Bakso Urat", summary="")
    ProductPageFactory(parent=shop, title="Mie Bakso", summary="")
    return shop


def suggested(text: str) -> list[tuple[str, str]]:
    return [(each.kind, each.text) for each in suggestions.suggest(text)]


def read(client: Client, **query: str) -> list[dict[str, Any]]:
    answer = client.get(API, query)
    assert answer.status_code == 200, answer.content
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


# --- What is meant -------------------------------------------------------------------------------


@pytest.mark.usefixtures("ning", "man")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("renyah ker", "renyah keripik"),
        ("kripik", "keripik"),
        ("bakso malnag", "bakso malang"),
        ("baksso mal", "bakso malang"),
        ("bakso di mal", "bakso di malang"),
        ("KERIPÍK TEM", "keripik tempe"),
    ],
)
def test_words_are_completed_and_mended(typed: str, meant: str) -> None:
    assert suggested(typed)[0] == ("word", meant)


@pytest.mark.usefixtures("ning", "man")
def test_words_that_lead_nowhere_together_are_not_suggested() -> None:
    assert "word" in dict(suggested("renyah tem"))
    assert "word" not in dict(suggested("bakso tem"))


def test_names_that_begin_as_was_typed_come_first(man: UmkmPage) -> None:
    UmkmPageFactory(title="Aneka Bakso", region=man.region)

    assert suggested("bakso")[-4:] == [
        ("umkm", "Bakso Cak Man"),
        ("umkm", "Aneka Bakso"),
        ("product", "Bakso Urat"),
        ("product", "Mie Bakso"),
    ]


@pytest.mark.usefixtures("ning")
@pytest.mark.parametrize("typed", ["kripik sanan", "keripk tmepe", "sanan temp"])
def test_a_name_is_found_by_half_words_slips_and_daily_spelling(typed: str) -> None:
    assert ("product", "Keripik Tempe Sanan") in suggested(typed)


@pytest.mark.usefixtures("ning")
def test_a_place_is_known_by_its_daily_spelling_and_a_category_in_both_languages() -> None:
    assert ("place", "Rampalcelaket") in suggested("rampal cel")
    assert ("category", "Camilan") in suggested("snac")


@pytest.mark.usefixtures("ning", "man")
def test_a_kecamatan_and_a_kelurahan_of_one_name_are_told_apart() -> None:
    places = [each for each in suggestions.suggest("klojen") if each.kind == "place"]

    assert [(each.detail, each.path) for each in places] == [
        ("Kecamatan", "/umkm/?place=35.73.02"),
        ("Kelurahan di Kecamatan Klojen", "/umkm/?place=35.73.02.1001"),
    ]


def test_every_kind_has_its_turn_among_eight(city: Region) -> None:
    batik = CategoryFactory(slug="batik", name="Batik", name_en="Batik")
    RegionFactory(name="Batikan", parent=city.parent)
    for number in range(9):
        shop = UmkmPageFactory(title=f"Batik Tulis {number}", category=batik, region=city)
        ProductPageFactory(parent=shop, title=f"Batik Cap {number}")

    found = suggestions.suggest("batik")

    assert len(found) == suggestions.MOST
    assert [each.kind for each in found if each.kind != "word"] == [
        "category",
        "place",
        *["umkm"] * 3,
        *["product"] * 3,
    ]


@pytest.mark.usefixtures("ning", "man")
def test_what_is_listed_no_more_is_not_suggested() -> None:
    ning, man = (Umkm.objects.get(name=name) for name in ("Dapur Bu Ning", "Bakso Cak Man"))
    registry.merge_umkm(umkm=ning, into=man)
    ProductPage.objects.get(title="Bakso Urat").unpublish()

    assert suggested("dapur") == suggested("keripik") == []
    assert ("product", "Bakso Urat") not in suggested("bakso")


@pytest.mark.usefixtures("ning")
@pytest.mark.parametrize("typed", ["", "k", "  k ", "-- !!", "\x00", "' | ! & ( :* <->", "k" * 101])
def test_too_little_and_too_much_suggest_nothing(typed: str) -> None:
    assert suggested(typed) == []


# --- Apps ----------------------------------------------------------------------------------------


def test_an_app_learns_what_each_is_and_where_it_leads(client: Client, man: UmkmPage) -> None:
    product = ProductPage.objects.get(title="Mie Bakso")

    word, shop, _urat, mie = read(client, q="baks")

    assert word == {
        "kind": "word",
        "text": "bakso",
        "detail": "",
        "id": None,
        "url": "http://localhost:8000/umkm/?q=bakso",
    }
    assert shop == {
        "kind": "umkm",
        "text": "Bakso Cak Man",
        "detail": "Toko di Klojen",
        "id": str(man.umkm.public_id),
        "url": man.full_url,
    }
    assert (mie["id"], mie["url"]) == (str(product.product.public_id), product.full_url)
    assert mie["detail"] == "Produk dari Bakso Cak Man"


def test_what_is_suggested_is_told_in_the_readers_language(client: Client, ning: UmkmPage) -> None:
    [category] = client.get(API, {"q": "camil"}, headers={"Accept-Language": "en"}).json()[
        "results"
    ][1:2]

    assert category == {
        "kind": "category",
        "text": "Snacks",
        "detail": "Category",
        "id": "camilan",
        "url": "http://localhost:8000/umkm/?category=camilan",
    }


@pytest.mark.usefixtures("man")
def test_an_answer_that_is_still_right_is_not_sent_again(client: Client) -> None:
    etag = client.get(API, {"q": "bakso"}).headers["ETag"]

    again = client.get(API, {"q": "bakso"}, headers={"If-None-Match": etag})

    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("man")
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 200),
        ({"q": ""}, 200),
        ({"q": "?!"}, 200),
        ({"q": "' | ! & ( :* <-> \\"}, 200),
        ({"q": "\u202e\ud7ff\U0001f35c"}, 200),
        ({"q": "x" * 10_000}, 400),
        ({"q": "\x00"}, 400),
        ({"limit": "9"}, 400),
    ],
)
def test_hostile_words_are_refused_or_lead_nowhere(
    client: Client, query: dict[str, str], status: int
) -> None:
    answer = client.get(API, query)

    assert answer.status_code == status
    if status == 200:
        assert answer.json() == {"results": []}


@pytest.fixture
def slow(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that takes its time."""
    settings.CATALOGUE_TIMEOUT_MS = 50

    def sleep() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(suggestions, "known_words", sleep)


@pytest.mark.usefixtures("man", "slow")
@pytest.mark.parametrize("address", [API, PAGE])
def test_what_takes_too_long_is_stopped(client: Client, address: str) -> None:
    assert client.get(address, {"q": "bakso"}).status_code == 503


@pytest.mark.parametrize("address", [API, PAGE])
def test_one_query_answers_however_much_there_is(
    client: Client, man: UmkmPage, address: str
) -> None:
    def queries(typed: str) -> list[str]:
        client.get(address, {"q": typed})  # gathers the words, the places and the categories
        with CaptureQueriesContext(connection) as captured:
            client.get(address, {"q": typed})
        return [query["sql"] for query in captured if query["sql"].startswith(("SELECT", "("))]

    assert len(queries("bakso")) == 1
    for number in range(4):
        ProductPageFactory(title=f"Bakso {number}", parent__title=f"Baksoan {number}")
    assert len(queries("baksoo kla")) == len(queries("bak")) == 1


# --- The page ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("ning")
def test_the_options_of_the_list_are_links_and_say_which_filter_they_set(client: Client) -> None:
    answer = client.get(PAGE, {"q": "camil"})

    said = " ".join(answer.content.decode().split())
    assert 'data-said="2 saran"' in said
    assert 'href="/umkm/?category=camilan" data-filter="category" data-value="camilan"' in said
    assert 'href="/umkm/?q=camilan" data-filter="q" data-value="camilan"' in said
    assert said.count('role="option"') == 2


@pytest.mark.parametrize("query", [{}, {"q": "\x00"}, {"q": "x" * 10_000}, {"tidak": "ada"}])
def test_hostile_words_on_the_page_suggest_nothing(client: Client, query: dict[str, str]) -> None:
    answer = client.get(PAGE, query)

    assert answer.status_code == 200
    assert "option" not in answer.content.decode()


def test_a_name_is_text_and_never_markup(client: Client, city: Region) -> None:
    UmkmPageFactory(title='Bakso <b>"Cak"</b>', region=city)

    said = client.get(PAGE, {"q": "bakso"}).content.decode()

    assert "Bakso &lt;b&gt;&quot;Cak&quot;&lt;/b&gt;" in said
