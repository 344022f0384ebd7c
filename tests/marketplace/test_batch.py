"""A batch kept offline: each item for itself, sent as often as one likes."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIClient

from core.models import IdempotencyRecord
from marketplace import circulation
from marketplace.api import batch
from marketplace.models import Asn, Purchase, Umkm
from marketplace.purchases import void_purchase
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, UmkmFactory, UserFactory
from tests.marketplace.test_api_purchases import client_of, problem

pytestmark = pytest.mark.django_db

URL = "/api/v1/purchases/batch"


@pytest.fixture
def item(warung: Umkm) -> Callable[..., dict[str, Any]]:
    """A purchase of today as a phone keeps it; None takes a field out."""

    def item(client_id: Any = None, **changes: Any) -> dict[str, Any]:
        said = {
            "client_id": client_id or str(uuid.uuid4()),
            "umkm": str(warung.public_id),
            "amount": 27_000,
            "day": timezone.localdate().isoformat(),
        } | changes
        return {name: value for name, value in said.items() if value is not None}

    return item


@pytest.fixture
def send(asn: Asn) -> Callable[..., list[dict[str, Any]]]:
    client = client_of(asn)

    def send(*items: Any) -> list[dict[str, Any]]:
        answer = client.post(URL, {"purchases": list(items)}, format="json")
        assert answer.status_code == 200, answer.content
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    return send


Item = Callable[..., dict[str, Any]]
Send = Callable[..., list[dict[str, Any]]]


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    return [result["outcome"] for result in results]


def types(results: list[dict[str, Any]]) -> list[str | None]:
    return [
        result["problem"]["type"].removeprefix("/problems/") if result["problem"] else None
        for result in results
    ]


def test_every_item_is_recorded_and_told_in_its_order(send: Send, item: Item) -> None:
    items = [item(f"k{number}", amount=1_000 + number) for number in range(3)]

    results = send(*items)

    assert outcomes(results) == ["recorded"] * 3
    assert [result["client_id"] for result in results] == ["k0", "k1", "k2"]
    assert [result["purchase"]["amount"] for result in results] == [1_000, 1_001, 1_002]
    assert Purchase.objects.count() == 3
    assert circulation.differences() == []


def test_a_batch_sent_again_records_nothing_and_tells_the_present_state(
    send: Send, item: Item, asn: Asn
) -> None:
    items = [item("k0"), item("k1")]
    first = send(*items)
    gone = Purchase.objects.get(client_key="k0")
    void_purchase(asn=asn, purchase=gone, reason="Salah ketik")

    again = send(*items)

    assert outcomes(again) == ["recorded-before"] * 2
    assert [one["purchase"]["id"] for one in again] == [one["purchase"]["id"] for one in first]
    assert again[0]["purchase"]["void"]["reason"] == "Salah ketik"
    assert Purchase.objects.count() == 2


def test_a_bad_item_is_refused_by_itself_with_its_code_and_fields(
    send: Send, item: Item, warung: Umkm
) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    closed = UmkmFactory(status=Umkm.Status.CLOSED)
    bad = [
        (item(amount=0), "amount-out-of-range", "amount"),
        (item(amount="27000"), "amount-out-of-range", "amount"),
        (item(day=tomorrow), "day-not-yet-come", "day"),
        (item(day=None), "invalid", "day"),
        (item(umkm=str(uuid.uuid4())), "umkm-unknown", "umkm"),
        (item(umkm=str(closed.public_id)), "umkm-closed", "umkm"),
        (item(amuont=1), "invalid", "amuont"),
        (item(" spasi"), "invalid", "client_id"),
        (item("x" * 256), "invalid", "client_id"),
        ({"amount": 5}, "invalid", "client_id"),
        (None, "invalid", "non_field_errors"),
        ([], "invalid", "non_field_errors"),
        ("teks", "invalid", "non_field_errors"),
    ]
    good = [item(amount=1_000), item(amount=2_000)]

    results = send(good[0], *(each for each, _type, _field in bad), good[1])

    assert outcomes(results) == ["recorded", *["refused"] * len(bad), "recorded"]
    assert types(results[1:-1]) == [type_ for _item, type_, _field in bad]
    for result, (_item, _type, field) in zip(results[1:-1], bad, strict=True):
        assert field in result["problem"]["errors"]
        assert result["purchase"] is None
    assert Purchase.objects.count() == 2
    assert circulation.differences() == []


def test_what_nobody_foresaw_holds_up_none_of_the_others(
    send: Send, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = batch.told

    def fail_on_two(purchase: Purchase, *, asn: Asn) -> dict[str, Any]:
        if purchase.amount == 2:
            raise ZeroDivisionError
        return told(purchase, asn=asn)

    monkeypatch.setattr(batch, "told", fail_on_two)

    results = send(item(amount=1), item(amount=2), item(amount=3))

    assert outcomes(results) == ["recorded", "refused", "recorded"]
    assert types(results)[1] == "internal"
    assert set(Purchase.objects.values_list("amount", flat=True)) == {1, 3}


def test_a_shop_that_is_not_listed_is_proposed_once(send: Send, item: Item, city: City) -> None:
    there = {"name": "Warung Sinom Pojok", "kelurahan": city.kelurahan[1].code}
    items = [item(umkm=None, unlisted=there, amount=amount) for amount in (1_000, 2_000)]

    assert outcomes(send(*items)) == ["recorded"] * 2
    assert Umkm.objects.pending().count() == 1


def test_the_same_id_twice_is_one_purchase_and_with_other_content_a_mistake(
    send: Send, item: Item
) -> None:
    results = send(item("k"), item("k"), item("k", amount=1))

    assert outcomes(results) == ["recorded", "recorded-before", "refused"]
    assert types(results)[2] == "idempotency-key-reused"
    assert Purchase.objects.count() == 1


def test_an_id_and_the_key_of_a_single_request_are_one(send: Send, item: Item, asn: Asn) -> None:
    client = client_of(asn)

    def alone(key: str, said: dict[str, Any]) -> Response:
        body = {name: value for name, value in said.items() if name != "client_id"}
        headers = {"Idempotency-Key": key}
        return client.post("/api/v1/purchases", body, format="json", headers=headers)

    first, second = item("k0"), item("k1", amount=5_000)
    alone("k0", first)
    assert outcomes(send(first, second)) == ["recorded-before", "recorded"]
    assert alone("k1", second).status_code == 200
    assert problem(alone("k1", first)) == (422, "idempotency-key-reused")
    IdempotencyRecord.objects.all().delete()
    assert outcomes(send(first, second)) == ["recorded-before"] * 2
    assert Purchase.objects.count() == 2


def test_what_is_like_another_is_said_and_recorded(send: Send, item: Item) -> None:
    one, two = send(item(), item())

    assert one["purchase"]["similar"] == []
    assert two["purchase"]["similar"] == [one["purchase"]["id"]]


def test_what_no_time_is_left_for_is_told_to_come_again(
    send: Send, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MOST_SECONDS", -1)
    items = [item(), item()]

    results = send(*items)

    assert [(one["problem"]["type"], one["problem"]["status"]) for one in results] == [
        ("/problems/busy", 503)
    ] * 2
    monkeypatch.undo()
    assert outcomes(send(*items)) == ["recorded"] * 2


@pytest.mark.parametrize(
    "body", [{}, {"purchases": []}, {"purchases": {}}, {"purchases": [{}] * 101}, [], {"x": 1}]
)
def test_a_batch_of_another_shape_is_refused_whole(asn: Asn, body: Any) -> None:
    answer = client_of(asn).post(URL, body, format="json")

    assert problem(answer) == (400, "invalid")


def test_a_hundred_are_taken_and_the_answer_is_kept_by_no_cache(
    asn: Asn, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MOST_SECONDS", 600)
    body = {"purchases": [item(amount=1 + number) for number in range(100)]}

    answer = client_of(asn).post(URL, body, format="json")

    assert set(outcomes(answer.json()["results"])) == {"recorded"}
    assert answer["Cache-Control"] == "no-store"
    assert Purchase.objects.count() == 100


def test_whose_it_is_who_sends_it(item: Item, city: City) -> None:
    assert problem(APIClient().post(URL, {}, format="json")) == (401, "not-signed-in")
    nobody = APIClient()
    nobody.force_authenticate(UserFactory())
    assert problem(nobody.post(URL, {}, format="json")) == (403, "not-an-asn")
    people = [client_of(AsnFactory(home__region=city.kelurahan[0])) for _ in range(2)]
    for person in people:
        sent = person.post(URL, {"purchases": [item("k")]}, format="json")
        assert outcomes(sent.json()["results"]) == ["recorded"]
