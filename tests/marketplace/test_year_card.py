"""A year on a card: one's own figures, drawn for oneself, without a name."""

from datetime import date, datetime
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from marketplace.errors import NothingThatYear
from marketplace.models import Asn, Umkm
from marketplace.purchases import void_purchase
from marketplace.year_card import YearCard, year_card, years_of
from marketplace.year_card_drawing import draw, words_of
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UmkmFactory

pytestmark = pytest.mark.django_db

CARD = "/api/v1/me/year-card"
PAGE = "/partisipasi/rapor/"
TODAY = date(2026, 11, 24)
WHOLE = YearCard(2025, date(2025, 12, 31), 1_987_654_321, 1_204, 377, 3, 52)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=timezone.get_default_timezone())):
        yield


@pytest.fixture
def shopped(asn: Asn, warung: Umkm, city: City) -> Asn:
    """Three purchases in two weeks and at two shops, one of them elsewhere; and others beside."""
    far = UmkmFactory(region=city.outside)
    PurchaseFactory(asn=asn, umkm=warung, amount=40_000)
    PurchaseFactory(asn=asn, umkm=warung, amount=35_000, day=date(2026, 11, 23))
    PurchaseFactory(asn=asn, umkm=far, amount=25_000, day=date(2026, 11, 1))
    void_purchase(asn=asn, purchase=PurchaseFactory(asn=asn, umkm=far), reason="Salah ketik")
    PurchaseFactory(asn=AsnFactory(), umkm=warung, amount=900_000)
    noon = datetime(2025, 12, 31, 12, tzinfo=timezone.get_default_timezone())
    with time_machine.travel(noon):
        PurchaseFactory(asn=asn, umkm=warung, amount=10_000)
    return asn


@pytest.fixture
def app(asn: Asn) -> APIClient:
    app = APIClient()
    app.force_authenticate(asn.user)
    return app


def size_of(png: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(png), formats=["PNG"]) as image:
        image.load()
        return image.size


def test_a_card_counts_what_stands_of_ones_own_year(
    shopped: Asn, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        card = year_card(shopped, year=2026, today=TODAY)

    assert card == YearCard(
        2026, TODAY, amount=100_000, purchases=3, shops=2, home_share=75, weeks=2
    )
    assert year_card(shopped, year=2025, today=TODAY).until == date(2025, 12, 31)
    assert years_of(shopped, today=TODAY) == [2026, 2025]


@pytest.mark.parametrize("year", [0, 1999, 2024, 2027, 10_000])
def test_a_year_of_nothing_has_no_card(shopped: Asn, year: int) -> None:
    with pytest.raises(NothingThatYear):
        year_card(shopped, year=year, today=TODAY)


def test_the_sum_is_left_out_where_one_likes() -> None:
    shown, hidden = (words_of(WHOLE, with_rupiah=with_it).as_sentence for with_it in (True, False))

    assert "Rp1.987.654.321" in shown
    assert "Rp" not in hidden
    for said in ("1204 kali belanja", "377 UMKM", "52 minggu aktif", "3%", "setahun penuh"):
        assert said in shown
        assert said in hidden


def test_it_is_drawn_tall_and_the_two_differ() -> None:
    shown, hidden = (draw(words_of(WHOLE, with_rupiah=with_it)) for with_it in (True, False))

    assert size_of(shown) == size_of(hidden) == (1080, 1350)
    assert shown != hidden


def test_an_app_gets_the_picture_and_no_cache_keeps_it(app: APIClient, shopped: Asn) -> None:
    answer = app.get(CARD, {"year": "2026", "rupiah": "false"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"] == 'inline; filename="rapor-belanja-2026.png"'
    assert size_of(answer.content) == (1080, 1350)


@pytest.mark.parametrize(
    ("query", "status", "kind"),
    [
        ({"year": "2024"}, 404, "nothing-that-year"),
        ({"year": "2027"}, 404, "nothing-that-year"),
        ({"year": "dua"}, 400, "invalid"),
        ({"year": "123456"}, 400, "invalid"),
        ({"rupiah": "mungkin"}, 400, "invalid"),
        ({"nama": "Sri"}, 400, "invalid"),
    ],
)
def test_what_is_no_year_is_refused(
    app: APIClient, shopped: Asn, query: dict[str, str], status: int, kind: str
) -> None:
    answer = app.get(CARD, query)

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (status, kind)
    assert answer["Content-Type"] == "application/problem+json"


def test_the_page_shows_it_to_oneself_alone(client: Client, shopped: Asn) -> None:
    picture = f"{PAGE}2026.png"
    assert client.get(picture).status_code == 302

    client.force_login(shopped.user)
    page = client.get(PAGE, {"rupiah": "no"}).content.decode()
    drawn = client.get(picture)

    assert f'src="{picture}?rupiah=no"' in page
    assert "Rp" not in page.partition("<img")[2].partition(">")[0]
    assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/png")
    assert "no-store" in drawn["Cache-Control"]
    assert client.get(f"{PAGE}2024.png").status_code == 404
    assert client.get(PAGE, {"year": "2024"}).status_code == 404
    assert client.get(PAGE, {"year": "x" * 5_000}).status_code == 200


def test_without_any_purchase_the_page_says_how_a_card_begins(client: Client, asn: Asn) -> None:
    client.force_login(asn.user)

    assert "memulai rapor" in client.get(PAGE).content.decode()
