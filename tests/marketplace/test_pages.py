"""The ASN's own pages: plain forms, each sent by a browser that runs no script."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from marketplace.models import Asn, Purchase, Umkm
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UmkmFactory

RECORD = "/belanja/catat/"


@pytest.fixture
def client(asn: Asn) -> Client:
    """Signed in as the ASN, reading English."""
    client = Client()
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    client.force_login(asn.user)
    return client


def filled(**changes: Any) -> dict[str, Any]:
    """What a browser sends for a purchase at a listed shop."""
    return {
        "client_key": str(uuid.uuid4()),
        "amount": "25.000",
        "day": timezone.localdate().isoformat(),
        "payment": "cash",
        "note": "Dua mangkuk",
    } | changes


# --- Who may come in -----------------------------------------------------------------------------


@pytest.mark.parametrize("address", [RECORD, "/belanja/", "/partisipasi/"])
def test_a_stranger_is_sent_to_sign_in_and_back(address: str, db: None) -> None:
    answer = Client().get(address)

    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('accounts:sign-in')}?next={address}"


@pytest.mark.parametrize("address", [RECORD, "/belanja/", "/partisipasi/"])
def test_an_account_that_is_no_asn_gets_a_friendly_page(address: str, db: None) -> None:
    client = Client()
    client.force_login(get_user_model().objects.create(username="redaksi"))

    answer = client.get(address)

    assert answer.status_code == 403
    assert "/umkm/" in answer.content.decode()


@pytest.mark.parametrize("address", [RECORD, "/belanja/", "/partisipasi/"])
def test_no_cache_keeps_a_personal_page(client: Client, address: str) -> None:
    assert "no-store" in client.get(address)["Cache-Control"]


# --- Recording -----------------------------------------------------------------------------------


def test_a_purchase_at_a_listed_shop_is_recorded_and_shown(client: Client, warung: Umkm) -> None:
    page = client.get(RECORD, {"umkm": warung.public_id})
    assert "Warung Bu Tik" in page.content.decode()

    answer = client.post(RECORD, filled(umkm=warung.public_id), follow=True)

    purchase = Purchase.objects.get()
    assert answer.redirect_chain == [(f"/belanja/{purchase.public_id}/", 302)]
    assert (purchase.amount, purchase.umkm, purchase.note) == (25_000, warung, "Dua mangkuk")
    assert "Rp25,000" in answer.content.decode()


def test_a_shop_that_is_not_listed_is_named_in_the_same_form(client: Client, city: City) -> None:
    place = city.kelurahan[1]

    client.post(RECORD, filled(name="Warung Pojok", region=place.pk))

    purchase = Purchase.objects.select_related("umkm").get()
    assert (purchase.umkm.name, purchase.umkm.status) == ("Warung Pojok", Umkm.Status.PENDING)
    assert purchase.shop_place == place


def test_a_double_tap_records_once(client: Client, warung: Umkm) -> None:
    sent = filled(umkm=warung.public_id)

    first, second = client.post(RECORD, sent), client.post(RECORD, sent)

    assert first["Location"] == second["Location"]
    assert Purchase.objects.count() == 1


def test_a_form_gone_back_to_and_changed_says_what_stands_and_can_be_sent_again(
    client: Client, warung: Umkm
) -> None:
    sent = filled(umkm=warung.public_id)
    client.post(RECORD, sent)

    answer = client.post(RECORD, sent | {"amount": "30000"})

    assert "This form has already recorded Rp25,000." in answer.content.decode()
    assert Purchase.objects.count() == 1
    key = answer.context["form"]["client_key"].value()
    assert key != sent["client_key"]
    client.post(RECORD, sent | {"amount": "30000", "client_key": key})
    assert Purchase.objects.count() == 2


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("25000", 25_000),
        ("25.000", 25_000),
        ("Rp 25.000", 25_000),
        ("rp25.000,00", 25_000),
        ("1,250,000", 1_250_000),
        ("25 000", 25_000),
        ("7500,-", 7_500),
    ],
)
def test_an_amount_is_read_as_people_type_it(
    client: Client, warung: Umkm, typed: str, meant: int
) -> None:
    client.post(RECORD, filled(umkm=warung.public_id, amount=typed))

    assert Purchase.objects.get().amount == meant


@pytest.mark.parametrize("typed", ["", "0", "-5000", "25,5", "12.5", "dua ribu", "9" * 20])
def test_a_wrong_amount_is_told_and_what_was_typed_stays(
    client: Client, warung: Umkm, typed: str
) -> None:
    answer = client.post(RECORD, filled(umkm=warung.public_id, amount=typed))

    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"amount"}
    assert answer.context["form"]["note"].value() == "Dua mangkuk"
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("days", [-1, 32])
def test_a_day_to_come_or_too_long_ago_is_told_beside_the_day(
    client: Client, warung: Umkm, days: int
) -> None:
    day = timezone.localdate() - timedelta(days=days)

    answer = client.post(RECORD, filled(umkm=warung.public_id, day=day.isoformat()))

    assert answer.context["form"].errors.keys() == {"day"}
    assert not Purchase.objects.exists()


def test_a_name_that_holds_a_phone_number_is_told_beside_the_name(
    client: Client, city: City
) -> None:
    sent = filled(name="Warung 081234567890", region=city.kelurahan[0].pk)

    answer = client.post(RECORD, sent)

    assert answer.context["form"].errors.keys() == {"name"}
    assert not Umkm.objects.exists()


def test_a_closed_shop_leads_back_to_the_search(client: Client) -> None:
    closed = UmkmFactory(status=Umkm.Status.CLOSED)

    answer = client.get(RECORD, {"umkm": closed.public_id})

    assert answer.context["umkm"] is None
    assert "no longer listed" in answer.content.decode()


def test_a_shop_that_closed_meanwhile_is_told_above_the_form(client: Client) -> None:
    closed = UmkmFactory(status=Umkm.Status.CLOSED)

    answer = client.post(RECORD, filled(umkm=closed.public_id))

    assert answer.status_code == 400
    assert "This shop is no longer listed." in answer.content.decode()
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("shop", [uuid.uuid4(), "x", "a\0b"])
def test_a_shop_that_is_none_is_told_above_the_form(client: Client, shop: object) -> None:
    answer = client.post(RECORD, filled(umkm=shop))

    assert answer.status_code == 400
    assert answer.context["form"].non_field_errors()
    assert "the marked fields" not in answer.content.decode()
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("words", ["\0", "soto\0", "%' OR 1=1 --", "\\", "x" * 9_000])
def test_a_hostile_search_finds_nothing_and_breaks_nothing(client: Client, words: str) -> None:
    assert client.get(RECORD, {"q": words}).status_code == 200


@pytest.mark.parametrize("asked", ["x", "00000000-0000-0000-0000-000000000000", "%00"])
def test_a_shop_that_is_no_shop_is_left_aside(client: Client, asked: str) -> None:
    assert client.get(RECORD, {"umkm": asked}).context["umkm"] is None


def test_the_search_finds_by_name_and_place_those_next_door_first(
    client: Client, city: City
) -> None:
    far = UmkmFactory(name="Soto Ayam Adem", region=city.kelurahan[-1])
    near = UmkmFactory(name="Soto Lombok", region=city.kelurahan[0])
    UmkmFactory(name="Bakso Kota", region=city.kelurahan[0])

    found = client.get(RECORD, {"q": "soto"}).context["found"]

    assert found == [near, far]


# --- Reading back, taking back -------------------------------------------------------------------


def test_my_purchases_stand_in_months_and_a_voided_one_does_not_count(
    client: Client, asn: Asn, warung: Umkm
) -> None:
    stands = PurchaseFactory(asn=asn, umkm=warung, amount=10_000)
    gone = PurchaseFactory(asn=asn, umkm=warung, amount=99_000)
    client.post(f"/belanja/{gone.public_id}/batal/", {"reason": "Salah ketik"})

    (month,) = client.get("/belanja/").context["months"]

    assert {purchase.pk for purchase in month.purchases} == {stands.pk, gone.pk}
    assert month.total == 10_000


def test_taking_back_needs_a_reason(client: Client, asn: Asn, warung: Umkm) -> None:
    purchase = PurchaseFactory(asn=asn, umkm=warung)

    answer = client.post(f"/belanja/{purchase.public_id}/batal/", {"reason": " "})

    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"reason"}
    assert Purchase.objects.standing().exists()


def test_taking_back_twice_tells_so(client: Client, asn: Asn, warung: Umkm) -> None:
    purchase = PurchaseFactory(asn=asn, umkm=warung)
    address = f"/belanja/{purchase.public_id}/batal/"
    client.post(address, {"reason": "Salah ketik"})

    answer = client.post(address, {"reason": "Salah ketik"}, follow=True)

    assert "already taken back" in answer.content.decode()


@pytest.mark.parametrize("end", ["", "batal/"])
def test_another_persons_purchase_is_as_unknown_as_none(client: Client, end: str) -> None:
    other = PurchaseFactory(asn=AsnFactory())

    assert client.get(f"/belanja/{other.public_id}/{end}").status_code == 404
    assert client.get(f"/belanja/{uuid.uuid4()}/{end}").status_code == 404


# --- My part -------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", ["", "day", "week", "month", "century"])
def test_my_part_shows_what_i_bought(client: Client, asn: Asn, warung: Umkm, period: str) -> None:
    PurchaseFactory(asn=asn, umkm=warung, amount=42_000)

    answer = client.get("/partisipasi/", {"period": period})

    assert answer.context["mine"].current.amount == 42_000
    assert "Rp42,000" in answer.content.decode()


# --- What pages cost -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "most"), [(RECORD, 12), ("/belanja/", 10), ("/partisipasi/", 13)]
)
def test_a_page_asks_as_many_questions_for_many_purchases_as_for_one(
    client: Client,
    asn: Asn,
    city: City,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    address: str,
    most: int,
) -> None:
    for region in city.kelurahan * 4:
        PurchaseFactory(asn=asn, umkm=UmkmFactory(region=region))

    with django_assert_max_num_queries(most):
        client.get(address)


def test_recording_and_taking_back_cost_the_same_however_much_was_bought(
    client: Client, asn: Asn, warung: Umkm
) -> None:
    def cost(address: str, said: dict[str, Any]) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.post(address, said).status_code == 302
        return len(queries)

    def costs() -> list[int]:
        own = PurchaseFactory(asn=asn, umkm=warung)
        return [
            cost(RECORD, filled(umkm=warung.public_id)),
            cost(RECORD, filled(name="Kios Bu Sum", region=warung.region_id)),
            cost(f"/belanja/{own.public_id}/batal/", {"reason": "Salah"}),
        ]

    costs()
    few = costs()
    for number in range(6):
        PurchaseFactory(asn=asn, umkm=UmkmFactory(region=warung.region), amount=1_000 + number)

    assert costs() == few == [6, 11, 14]
