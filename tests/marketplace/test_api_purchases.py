"""Purchases over the API: recorded once, refused with a stable type, seen by their owner alone."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from core.models import IdempotencyRecord
from marketplace import circulation
from marketplace.models import Asn, Purchase, Umkm
from marketplace.purchases import void_purchase
from tests.marketplace.city import City
from tests.marketplace.factories import (
    AsnFactory,
    ProductFactory,
    PurchaseFactory,
    UmkmFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

URL = "/api/v1/purchases"
RECORDING_QUERIES = 8
KEY = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'


@pytest.fixture
def api(asn: Asn) -> APIClient:
    return client_of(asn)


@pytest.fixture
def post(api: APIClient, warung: Umkm) -> Callable[..., Response]:
    """Posts a purchase at the warung; a keyword changes the body, None takes a field out."""

    def post(*, key: str | None = KEY, path: str = URL, **changes: Any) -> Response:
        body = {"umkm": str(warung.public_id), "amount": 27_000} | changes
        body = {name: value for name, value in body.items() if value is not None}
        headers = {} if key is None else {"Idempotency-Key": key}
        return api.post(path, body, format="json", headers=headers)

    return post


def client_of(asn: Asn) -> APIClient:
    """Signed in afresh: no row is remembered from making it."""
    client = APIClient()
    client.force_authenticate(type(asn.user).objects.get(pk=asn.user.pk))
    return client


def problem(response: Response) -> tuple[int, str]:
    """Status and type of a problem document."""
    assert response["Content-Type"].startswith("application/problem+json")
    body = json.loads(response.content)
    assert body["status"] == response.status_code
    assert body["title"]
    return response.status_code, body["type"].removeprefix("/problems/")


def nothing_was_written() -> bool:
    rows = [Purchase.objects, IdempotencyRecord.objects, Umkm.objects.pending()]
    return not any(found.exists() for found in rows)


# --- Recording -----------------------------------------------------------------------------------


def test_a_purchase_is_recorded_and_says_where_it_is_read(
    post: Callable[..., Response], api: APIClient, warung: Umkm
) -> None:
    day = timezone.localdate()

    response = post(day=day.isoformat(), payment="qris", note="Dua porsi")

    assert response.status_code == 201
    said = response.json()
    assert said["amount"] == 27_000
    assert said["umkm"]["name"] == "Warung Bu Tik"
    assert (said["ring"], said["void"], said["items"]) == ("rt", None, [])
    assert response["Location"] == f"{URL}/{said['id']}"
    assert api.get(response["Location"]).json() == said


def test_the_day_is_today_unless_it_is_said(post: Callable[..., Response]) -> None:
    assert post().json()["day"] == timezone.localdate().isoformat()


def test_personal_answers_are_kept_by_no_cache(
    post: Callable[..., Response], api: APIClient
) -> None:
    answers = [post(), post(), post(key="other", amount=0), api.get(URL)]
    answers.append(api.get(answers[0]["Location"]))

    assert [answer["Cache-Control"] for answer in answers] == ["no-store"] * 5


def test_no_id_and_no_header_counts_the_citys_purchases(
    post: Callable[..., Response], api: APIClient
) -> None:
    response = post()

    assert uuid.UUID(response.json()["id"]).version == 7
    assert "ETag" not in response
    listed = api.get(URL)
    assert set(listed.json()) == {"next", "previous", "results"}
    assert "pk" not in listed.json()["results"][0]


def test_a_shop_that_is_not_listed_is_named_in_the_same_request(
    post: Callable[..., Response], city: City
) -> None:
    there = {"name": "Warung Sinom Pojok", "kelurahan": city.kelurahan[1].code}

    response = post(umkm=None, unlisted=there, amount=12_000)

    assert response.status_code == 201
    shop = response.json()["umkm"]
    assert (shop["name"], shop["status"]) == ("Warung Sinom Pojok", "pending")
    assert shop["kelurahan"] == city.kelurahan[1].code
    assert circulation.turnover(city.kelurahan[0], year=timezone.localdate().year) == 12_000


def test_items_are_recorded_with_it(post: Callable[..., Response], warung: Umkm) -> None:
    product = ProductFactory(umkm=warung, name="Nasi Pecel")
    item = {"product": str(product.public_id), "quantity": 2, "amount": 27_000}

    said = post(items=[item]).json()

    assert said["items"] == [item | {"name": "Nasi Pecel"}]


def test_at_a_merged_shop_it_is_recorded_at_the_standing_one(
    post: Callable[..., Response], warung: Umkm
) -> None:
    twin = UmkmFactory(status=Umkm.Status.MERGED, merged_into=warung)

    assert post(umkm=str(twin.public_id)).json()["umkm"]["id"] == str(warung.public_id)


# --- Once ----------------------------------------------------------------------------------------


def test_the_same_request_again_changes_nothing(post: Callable[..., Response]) -> None:
    first, again = post(), post()

    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Location"] == first["Location"]
    assert Purchase.objects.count() == 1
    assert circulation.differences() == []


def test_a_bare_key_is_the_quoted_one(post: Callable[..., Response]) -> None:
    assert post().json() == post(key=KEY.strip('"')).json()


def test_the_key_is_required(post: Callable[..., Response]) -> None:
    assert problem(post(key=None)) == (400, "idempotency-key-missing")
    assert nothing_was_written()


def test_a_key_with_another_body_is_refused(post: Callable[..., Response]) -> None:
    post()

    assert problem(post(amount=1)) == (422, "idempotency-key-reused")
    assert Purchase.objects.count() == 1


def test_a_retry_after_months_gets_the_present_state(
    post: Callable[..., Response], asn: Asn, settings: Settings
) -> None:
    first = post()
    void_purchase(asn=asn, purchase=Purchase.objects.get(), reason="Salah ketik")
    IdempotencyRecord.objects.all().delete()
    settings.RECORDING_WINDOW_DAYS = 0

    late = post()

    assert (late.status_code, late["Location"]) == (200, first["Location"])
    assert late.json()["void"]["reason"] == "Salah ketik"
    assert problem(post(amount=1)) == (422, "idempotency-key-reused")
    assert Purchase.objects.count() == 1


def test_a_refusal_leaves_the_key_free(post: Callable[..., Response]) -> None:
    post(amount=0)

    assert post().status_code == 201


def test_a_key_is_the_persons_own(post: Callable[..., Response], warung: Umkm, city: City) -> None:
    post()
    other = client_of(AsnFactory(home__region=city.kelurahan[0]))

    body = {"umkm": str(warung.public_id), "amount": 27_000}
    response = other.post(URL, body, format="json", headers={"Idempotency-Key": KEY})

    assert response.status_code == 201
    assert Purchase.objects.count() == 2


# --- Bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "amount", [0, -1, 2_000_000_001, 10**30, 1.5, 27000.0, "27000", "", True, [], {}]
)
def test_an_amount_that_is_no_sum_is_refused(post: Callable[..., Response], amount: Any) -> None:
    assert problem(post(amount=amount)) == (400, "amount-out-of-range")
    assert nothing_was_written()


@pytest.mark.parametrize(("days", "type_"), [(1, "day-not-yet-come"), (-32, "day-too-old")])
def test_a_day_outside_the_window_is_refused(
    post: Callable[..., Response], days: int, type_: str
) -> None:
    day = timezone.localdate() + timedelta(days=days)

    response = post(day=day.isoformat())

    assert problem(response) == (400, type_)
    assert "day" in json.loads(response.content)["errors"]
    assert nothing_was_written()


def test_an_unknown_and_a_closed_shop_are_told_apart(post: Callable[..., Response]) -> None:
    closed = UmkmFactory(status=Umkm.Status.CLOSED)

    assert problem(post(umkm=str(uuid.uuid4()))) == (400, "umkm-unknown")
    assert problem(post(umkm=str(closed.public_id))) == (409, "umkm-closed")
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amuont": 1}, "amuont"),
        ({"status": "listed"}, "status"),
        ({"home": "35.73.01.1001"}, "home"),
        ({"book_month": "2020-01-01"}, "book_month"),
        ({"amount": None}, "amount"),
        ({"umkm": None}, "umkm"),
        ({"unlisted": {"name": "A", "kelurahan": "35.73.01.1001"}}, "unlisted"),
        ({"umkm": None, "unlisted": {"name": "A"}}, "unlisted"),
        ({"umkm": None, "unlisted": {"name": 7, "kelurahan": "35.73.01.1001"}}, "unlisted"),
        ({"umkm": "warung"}, "umkm"),
        ({"day": "24-11-2026"}, "day"),
        ({"day": "2026-02-30"}, "day"),
        ({"payment": "cheque"}, "payment"),
        ({"note": "x" * 201}, "note"),
        ({"note": "a\0b"}, "note"),
        ({"note": 5}, "note"),
        ({"items": [{"product": "x"}]}, "items"),
        ({"items": [{}] * 51}, "items"),
    ],
)
def test_a_body_of_another_shape_is_refused_by_its_field(
    post: Callable[..., Response], changes: Mapping[str, Any], field: str
) -> None:
    response = post(**changes)

    assert problem(response) == (400, "invalid")
    assert field in json.loads(response.content)["errors"]
    assert nothing_was_written()


@pytest.mark.parametrize(
    ("changes", "type_"),
    [
        ({"name": "Bu Tik 0812-3456-7890"}, "shop-name-not-allowed"),
        ({"name": "Warung RT 3"}, "shop-name-not-allowed"),
        ({"kelurahan": "35.73.01"}, "place-unknown"),
        ({"kelurahan": "Kasin"}, "place-unknown"),
    ],
)
def test_a_shop_is_named_without_a_persons_traces_and_in_a_kelurahan(
    post: Callable[..., Response], changes: Mapping[str, Any], type_: str
) -> None:
    there = {"name": "Warung Sinom", "kelurahan": "35.73.01.1001"} | changes

    assert problem(post(umkm=None, unlisted=there)) == (400, type_)
    assert nothing_was_written()


def test_items_of_another_shop_are_refused(post: Callable[..., Response]) -> None:
    for product in (str(ProductFactory().public_id), str(uuid.uuid4())):
        items = [{"product": product, "quantity": 1, "amount": 1_000}]
        assert problem(post(items=items)) == (400, "items-do-not-fit")
    assert nothing_was_written()


@pytest.mark.parametrize("body", ["[]", '"text"', "5", "null"])
def test_a_body_that_is_no_object_is_refused(api: APIClient, body: str) -> None:
    response = api.post(
        URL, body, content_type="application/json", headers={"Idempotency-Key": KEY}
    )

    assert problem(response) == (400, "invalid")


@pytest.mark.parametrize("body", ["{", "", "\x00", '{"amount": NaN}', '{"a": ' + "9" * 5000 + "}"])
def test_a_body_that_is_not_json_is_refused(api: APIClient, body: str) -> None:
    response = api.post(
        URL, body, content_type="application/json", headers={"Idempotency-Key": KEY}
    )

    assert response.status_code == 400
    assert problem(response)[1] in {"malformed", "invalid"}
    assert nothing_was_written()


def test_another_kind_of_body_is_refused(api: APIClient) -> None:
    response = api.post(
        URL, "amount=1", content_type="text/plain", headers={"Idempotency-Key": KEY}
    )

    assert problem(response) == (415, "unsupported-media-type")


def test_a_body_that_is_too_large_is_refused(api: APIClient, settings: Settings) -> None:
    body = json.dumps({"note": "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})

    response = api.post(
        URL, body, content_type="application/json", headers={"Idempotency-Key": KEY}
    )

    assert problem(response) == (413, "too-large")
    assert nothing_was_written()


def test_refusals_are_in_the_readers_language(api: APIClient, warung: Umkm) -> None:
    body = {"umkm": str(warung.public_id), "amount": 1, "day": "2100-01-01"}
    titles = {
        language: api.post(
            URL,
            body,
            format="json",
            headers={"Idempotency-Key": KEY, "Accept-Language": language},
        ).json()["title"]
        for language in ("en", "id")
    }

    assert titles["en"] == "This day has not come yet."


# --- Whose ---------------------------------------------------------------------------------------


def test_a_stranger_is_asked_to_sign_in(warung: Umkm) -> None:
    response = APIClient().get(URL)

    assert problem(response) == (401, "not-signed-in")
    assert "WWW-Authenticate" in response


def test_who_is_no_asn_records_nothing(warung: Umkm) -> None:
    client = APIClient()
    client.force_authenticate(UserFactory())

    assert problem(client.get(URL)) == (403, "not-an-asn")


def test_another_persons_purchase_reads_as_none(post: Callable[..., Response], city: City) -> None:
    where = post()["Location"]
    stranger = client_of(AsnFactory(home__region=city.kelurahan[0]))

    assert problem(stranger.get(where)) == (404, "purchase-unknown")
    voided = stranger.post(f"{where}/void", {"reason": "Bukan saya"}, format="json")
    assert problem(voided) == (404, "purchase-unknown")
    assert stranger.get(URL).json()["results"] == []
    assert problem(stranger.get(f"{URL}/{uuid.uuid4()}")) == (404, "purchase-unknown")


# --- Reading -------------------------------------------------------------------------------------


def test_a_list_pages_from_the_latest_day_on(api: APIClient, asn: Asn, warung: Umkm) -> None:
    today = timezone.localdate()
    for ago in (2, 0, 1):
        PurchaseFactory(asn=asn, umkm=warung, day=today - timedelta(days=ago))

    first = api.get(URL, {"page_size": 2}).json()
    second = api.get(first["next"]).json()

    days = [row["day"] for page in (first, second) for row in page["results"]]
    assert days == [(today - timedelta(days=ago)).isoformat() for ago in (0, 1, 2)]
    assert second["next"] is None


def test_a_broken_cursor_is_refused(api: APIClient) -> None:
    assert problem(api.get(URL, {"cursor": "cj0xJnA9MjAyNg"}))[0] == 404


def test_a_longer_list_takes_no_more_queries(
    asn: Asn, warung: Umkm, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    product = ProductFactory(umkm=warung)
    for number in range(2, 6):
        for _ in range(number):
            purchase = PurchaseFactory(asn=asn, umkm=UmkmFactory(region=warung.region))
            purchase.items.create(product=product, quantity=1, amount=1_000)
        client = client_of(asn)
        with django_assert_num_queries(4):
            client.get(URL)


def test_recording_takes_the_same_queries_however_much_was_bought(asn: Asn, warung: Umkm) -> None:
    counted = []
    for number in range(3):
        body = {"umkm": str(warung.public_id), "amount": 27_000 + number}
        for _ in range(number * 3):
            PurchaseFactory(asn=asn, umkm=warung)
        client, headers = client_of(asn), {"Idempotency-Key": f"key-{number}"}
        with CaptureQueriesContext(connection) as queries:
            client.post(URL, body, format="json", headers=headers)
        counted.append(len(queries))

    assert counted == [RECORDING_QUERIES] * 3


# --- Taking back ---------------------------------------------------------------------------------


def test_a_void_is_answered_with_the_purchase_as_it_is_now(
    post: Callable[..., Response], api: APIClient, city: City
) -> None:
    where = post()["Location"]

    response = api.post(f"{where}/void", {"reason": "Salah ketik"}, format="json")

    assert response.status_code == 200
    assert response.json()["void"]["reason"] == "Salah ketik"
    assert circulation.turnover(city.kelurahan[0], year=timezone.localdate().year) == 0


def test_a_second_void_is_a_conflict_that_says_the_state(
    post: Callable[..., Response], api: APIClient
) -> None:
    where = post()["Location"]
    api.post(f"{where}/void", {"reason": "Salah ketik"}, format="json")

    response = api.post(f"{where}/void", {"reason": "Lagi"}, format="json")

    assert problem(response) == (409, "purchase-voided")
    assert json.loads(response.content)["reason"] == "Salah ketik"


def test_a_void_with_a_key_may_be_repeated(post: Callable[..., Response], api: APIClient) -> None:
    where = post()["Location"]

    first, again = (
        api.post(
            f"{where}/void",
            {"reason": "Salah ketik"},
            format="json",
            headers={"Idempotency-Key": "void-1"},
        )
        for _ in range(2)
    )

    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x" * 201}, {"reason": 5}, []])
def test_a_void_says_why(post: Callable[..., Response], api: APIClient, body: Any) -> None:
    where = post()["Location"]

    assert problem(api.post(f"{where}/void", body, format="json")) == (400, "invalid")


# --- Methods -------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_purchase_is_neither_changed_nor_deleted(
    post: Callable[..., Response], api: APIClient, method: str
) -> None:
    where = post()["Location"]

    assert problem(getattr(api, method)(where)) == (405, "method-not-allowed")
    assert Purchase.objects.count() == 1
