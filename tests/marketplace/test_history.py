"""Looking back: narrowed down, summed by month, as a file, and one purchase's story."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from marketplace.diary import Wanted, month_totals
from marketplace.models import Asn, Purchase, Umkm
from marketplace.purchases import correct_purchase, void_purchase
from marketplace.registry import merge_umkm
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, ProductFactory, PurchaseFactory, UmkmFactory
from tests.marketplace.test_api_purchases import client_of, problem
from tests.marketplace.test_void import noon

pytestmark = pytest.mark.django_db

URL = "/api/v1/purchases"
Buy = Callable[..., Purchase]


@pytest.fixture
def buy(asn: Asn, warung: Umkm) -> Buy:
    """A purchase at the warung, recorded on its day."""

    def buy(day: date, **changes: Any) -> Purchase:
        with time_machine.travel(noon(day)):
            return PurchaseFactory(**({"asn": asn, "umkm": warung, "day": day} | changes))

    return buy


@pytest.fixture
def api(asn: Asn) -> APIClient:
    return client_of(asn)


@pytest.fixture
def browser(asn: Asn) -> Client:
    """Signed in as the ASN, reading English, running no script."""
    client = Client()
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    client.force_login(asn.user)
    return client


OCTOBER, NOVEMBER = date(2026, 10, 20), date(2026, 11, 3)


def ids(answer: Any) -> list[str]:
    return [row["id"] for row in answer.json()["results"]]


# --- Narrowed down -------------------------------------------------------------------------------


def test_a_list_is_narrowed_by_days_shop_payment_and_state(
    api: APIClient, buy: Buy, asn: Asn, city: City
) -> None:
    twin = UmkmFactory(region=city.kelurahan[1])
    early = buy(OCTOBER, payment="qris")
    late = buy(NOVEMBER, umkm=twin)
    gone = buy(NOVEMBER)
    void_purchase(asn=asn, purchase=gone, reason="Salah ketik")

    def listed(**asked: Any) -> set[str]:
        return set(ids(api.get(URL, asked)))

    one, two, three = (str(each.public_id) for each in (early, late, gone))
    assert listed() == {one, two, three}
    assert listed(**{"from": "2026-11-03"}) == {two, three}
    assert listed(until="2026-11-02") == {one}
    assert listed(**{"from": "2026-10-20", "until": "2026-10-20"}) == {one}
    assert listed(payment="qris") == {one}
    assert listed(status="voided") == {three}
    assert listed(status="recorded") == {one, two}
    assert listed(umkm=str(twin.public_id)) == {two}
    merge_umkm(umkm=twin, into=early.umkm)
    for shop in (twin, early.umkm):
        assert listed(umkm=str(shop.public_id)) == {one, two, three}


def test_the_next_page_is_narrowed_too(api: APIClient, buy: Buy) -> None:
    for _ in range(3):
        buy(NOVEMBER, payment="qris")
        buy(NOVEMBER)

    first = api.get(URL, {"payment": "qris", "page_size": 2})
    second = api.get(first.json()["next"])

    assert (len(ids(first)), len(ids(second)), second.json()["next"]) == (2, 1, None)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "3-11-2026"}, "from"),
        ({"from": "2026-11-03", "until": "2026-11-02"}, "until"),
        ({"status": "gone"}, "status"),
        ({"payment": "cheque"}, "payment"),
        ({"umkm": "warung"}, "umkm"),
        ({"shop": "x"}, "shop"),
    ],
)
@pytest.mark.parametrize("path", [URL, f"{URL}/months"])
def test_what_is_not_understood_is_refused_by_its_name(
    api: APIClient, path: str, asked: dict[str, str], field: str
) -> None:
    answer = api.get(path, asked)

    assert problem(answer) == (400, "invalid")
    assert field in answer.json()["errors"]


def test_a_shop_that_there_is_not_means_nothing_rather_than_all(api: APIClient) -> None:
    asked = {"umkm": "01890a5d-ac96-774b-bcce-b302099a8057"}

    assert problem(api.get(URL, asked)) == (400, "umkm-unknown")


# --- By month ------------------------------------------------------------------------------------


def test_months_sum_what_stands_of_ones_own(
    api: APIClient, buy: Buy, asn: Asn, warung: Umkm
) -> None:
    buy(OCTOBER, amount=10_000)
    buy(OCTOBER, amount=5_000, payment="qris")
    void_purchase(asn=asn, purchase=buy(NOVEMBER), reason="Salah ketik")
    buy(NOVEMBER, amount=7_000)
    buy(NOVEMBER, asn=AsnFactory(home__region=warung.region))

    assert api.get(f"{URL}/months").json()["results"] == [
        {"month": "2026-11", "amount": 7_000, "purchases": 1},
        {"month": "2026-10", "amount": 15_000, "purchases": 2},
    ]
    qris = api.get(f"{URL}/months", {"payment": "qris"}).json()["results"]
    assert qris == [{"month": "2026-10", "amount": 5_000, "purchases": 1}]
    assert month_totals(asn, Wanted(since=date(2026, 12, 1))) == []


# --- The story of one ----------------------------------------------------------------------------


def test_a_story_tells_every_step_and_leads_to_the_others(
    api: APIClient, asn: Asn, warung: Umkm
) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung)
    right = correct_purchase(
        asn=asn,
        purchase=wrong,
        umkm=warung,
        amount=27_000,
        reason="Salah ketik",
        client_key="k",
        fingerprint="f",
    )

    def story(purchase: Purchase) -> list[tuple[str, Any]]:
        events = api.get(f"{URL}/{purchase.public_id}/story").json()["events"]
        assert [event["at"] for event in events] == sorted(event["at"] for event in events)
        return [
            (event["what"], event["evidence"] or event["reason"] or event["purchase"])
            for event in events
        ]

    assert story(wrong) == [
        ("recorded", None),
        ("evidence", "declared"),
        ("voided", "Salah ketik"),
        ("replaced-by", str(right.public_id)),
    ]
    assert story(right) == [
        ("replaces", str(wrong.public_id)),
        ("recorded", None),
        ("evidence", "declared"),
    ]


def test_another_persons_story_is_as_unknown_as_none(api: APIClient) -> None:
    other = PurchaseFactory(asn=AsnFactory())

    assert problem(api.get(f"{URL}/{other.public_id}/story")) == (404, "purchase-unknown")


# --- On pages ------------------------------------------------------------------------------------


def test_the_page_is_narrowed_by_a_plain_form(browser: Client, buy: Buy) -> None:
    early, late = buy(OCTOBER, payment="qris"), buy(NOVEMBER)

    def shown(**asked: str) -> list[Purchase]:
        months = browser.get("/belanja/", asked).context["months"]
        return [purchase for month in months for purchase in month.purchases]

    assert shown() == [late, early]
    assert shown(bayar="qris") == [early]
    assert shown(dari="2026-11-01", sampai="2026-11-30") == [late]
    assert shown(toko=str(early.umkm.public_id)) == [late, early]
    assert shown(status="voided") == []


@pytest.mark.parametrize(
    "asked",
    [{"dari": "kemarin"}, {"dari": "2026-11-03", "sampai": "2026-11-01"}, {"toko": "x\0"}],
)
def test_what_cannot_be_is_told_and_narrows_nothing(
    browser: Client, buy: Buy, asked: dict[str, str]
) -> None:
    buy(NOVEMBER)

    answer = browser.get("/belanja/", asked)

    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert len(answer.context["months"]) == 1


def test_its_page_tells_its_story(browser: Client, asn: Asn, warung: Umkm) -> None:
    gone = PurchaseFactory(asn=asn, umkm=warung)
    void_purchase(asn=asn, purchase=gone, reason="Tercatat dua kali")

    answer = browser.get(f"/belanja/{gone.public_id}/")

    assert [event.what for event in answer.context["story"]] == ["recorded", "evidence", "voided"]


# --- As a file -----------------------------------------------------------------------------------


def csv_of(browser: Client, **asked: str) -> list[dict[str, str]]:
    answer = browser.get("/belanja/belanja-saya.csv", asked)
    assert answer.streaming
    assert answer["Content-Disposition"] == 'attachment; filename="belanja-saya.csv"'
    assert "no-store" in answer["Cache-Control"]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_csv_holds_ones_own_and_no_formula(
    browser: Client, asn: Asn, buy: Buy, warung: Umkm
) -> None:
    evil = '=HYPERLINK("http://x")'
    bought = buy(NOVEMBER, amount=27_000, note=evil)
    pecel = ProductFactory(umkm=warung, name="Nasi Pecel")
    bought.items.create(product=pecel, quantity=2, amount=20_000)
    void_purchase(asn=asn, purchase=bought, reason="+salah")
    buy(NOVEMBER, asn=AsnFactory(home__region=warung.region))

    [row] = csv_of(browser)

    assert (row["tanggal"], row["rupiah"], row["toko"]) == ("2026-11-03", "27000", "Warung Bu Tik")
    assert (row["catatan"], row["alasan_batal"]) == (f"'{evil}", "'+salah")
    assert (row["produk"], row["id"]) == ("2 × Nasi Pecel", str(bought.public_id))
    assert row["dibatalkan"]


def test_a_workbook_holds_the_same_as_text_and_numbers(browser: Client, buy: Buy) -> None:
    buy(NOVEMBER, amount=27_000, note="=1+1\x0b")

    answer = browser.get("/belanja/belanja-saya.xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    head, row = sheet.iter_rows()
    cells = dict(zip([cell.value for cell in head], row, strict=True))
    assert (cells["rupiah"].value, cells["tanggal"].value.date()) == (27_000, NOVEMBER)
    assert (cells["catatan"].value, cells["catatan"].data_type) == ("=1+1", "s")
    assert answer["Content-Disposition"] == 'attachment; filename="belanja-saya.xlsx"'


def test_a_file_holds_what_the_page_shows_and_without_a_filter_everything(
    browser: Client, buy: Buy
) -> None:
    buy(date(2025, 12, 30))
    buy(OCTOBER, payment="qris")
    buy(NOVEMBER)

    page = browser.get("/belanja/", {"bayar": "qris"})
    shown = dict(pair.split("=") for pair in page.context["query"].split("&"))

    assert [row["tanggal"] for row in csv_of(browser, **shown)] == ["2026-10-20"]
    assert len(csv_of(browser)) == 3


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_is_for_who_signed_in(form: str, db: None) -> None:
    assert Client().get(f"/belanja/belanja-saya.{form}").status_code == 302


def test_many_rows_take_no_more_queries(
    browser: Client, buy: Buy, django_assert_max_num_queries: Any
) -> None:
    for ago in range(12):
        buy(timezone.localdate() - timedelta(days=ago))

    with django_assert_max_num_queries(12):
        assert len(csv_of(browser)) == 12
