"""Correcting a purchase: taken back and replaced in one step, or neither."""

import json
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.response import Response

from core.models import IdempotencyRecord, OutboxEvent
from marketplace import circulation
from marketplace.errors import (
    AmountOutOfRange,
    CorrectionTooLate,
    ItemsDoNotFit,
    PurchaseKeyReused,
    PurchaseUnknown,
    PurchaseVoided,
    UmkmClosed,
)
from marketplace.models import Asn, BookMonth, Evidence, Purchase, Umkm, Void
from marketplace.models.purchases import Ring
from marketplace.personnel import move_home
from marketplace.purchases import (
    Item,
    Unlisted,
    correct_purchase,
    record_purchase,
    void_purchase,
)
from marketplace.registry import merge_umkm
from tests.marketplace.city import City
from tests.marketplace.factories import (
    AsnFactory,
    ProductFactory,
    PurchaseFactory,
    UmkmFactory,
)
from tests.marketplace.test_api_purchases import client_of, problem

pytestmark = pytest.mark.django_db


def corrected(asn: Asn, purchase: Purchase, **changes: Any) -> Purchase:
    """Correct a purchase to Rp27,000 at the same shop, under a key of its own."""
    values: dict[str, Any] = {
        "umkm": purchase.umkm,
        "amount": 27_000,
        "reason": "Salah ketik",
        "client_key": str(uuid.uuid4()),
        "fingerprint": "f",
    }
    return correct_purchase(asn=asn, purchase=purchase, **(values | changes))


def noon(day: date) -> datetime:
    """Noon of a calendar day in TIME_ZONE."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())


def test_a_correction_takes_back_and_records_in_one_step(asn: Asn, warung: Umkm) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung, amount=270_000)

    right = corrected(asn, wrong, payment="qris", note="Dua mangkuk")

    wrong.refresh_from_db()
    assert wrong.void.reason == "Salah ketik"
    assert wrong.replacement == right
    assert (right.amount, right.payment, right.note) == (27_000, "qris", "Dua mangkuk")
    assert list(Purchase.objects.standing()) == [right]
    assert circulation.turnover(right.home, year=right.day.year) == 27_000
    assert circulation.differences() == []


def test_a_replacement_is_declared_and_the_outbox_hears_both_lines(asn: Asn, warung: Umkm) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung)

    right = corrected(asn, wrong)

    assert Evidence.objects.get(purchase=right).kind == Evidence.Kind.DECLARED
    told = OutboxEvent.objects.order_by("pk").values_list("event", "public_id")
    assert list(told)[-2:] == [
        ("purchase.voided", wrong.public_id),
        ("purchase.recorded", right.public_id),
    ]


def test_day_home_and_agency_stay_though_the_buyer_has_moved(
    asn: Asn, warung: Umkm, city: City
) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung)
    today = timezone.localdate()
    move_home(asn, region=city.kelurahan[4], rw=None, rt=None, valid_from=today)

    same = corrected(asn, wrong)
    elsewhere = corrected(asn, same, umkm=UmkmFactory(region=city.kelurahan[1]))

    for right in (same, elsewhere):
        assert (right.day, right.home, right.agency) == (wrong.day, wrong.home, wrong.agency)
    assert (same.ring, elsewhere.ring) == (Ring.RT, Ring.KECAMATAN)
    assert circulation.differences() == []


def test_the_same_shop_keeps_its_place_also_when_it_has_moved_merged_or_closed(
    asn: Asn, warung: Umkm, city: City
) -> None:
    twin, closed = UmkmFactory(region=city.kelurahan[5]), UmkmFactory(region=city.kelurahan[2])
    at_twin, at_closed = (PurchaseFactory(asn=asn, umkm=shop) for shop in (twin, closed))
    merge_umkm(umkm=twin, into=warung)
    Umkm.objects.filter(pk=closed.pk).update(
        status=Umkm.Status.CLOSED, region=city.kelurahan[4], rw=None, rt=None
    )

    merged = corrected(asn, at_twin, umkm=warung)
    gone = corrected(asn, at_closed, umkm=Umkm.objects.get(pk=closed.pk))

    assert (merged.umkm, merged.shop_place, merged.ring) == (
        warung,
        city.kelurahan[5],
        at_twin.ring,
    )
    assert (gone.shop_place, gone.ring) == (city.kelurahan[2], at_closed.ring)


def test_another_shop_counts_where_it_stands_and_as_near_as_it_is(
    asn: Asn, warung: Umkm, city: City
) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=UmkmFactory(region=city.kelurahan[5]))

    right = corrected(asn, wrong, umkm=warung)

    assert (right.shop_place, right.ring) == (city.kelurahan[0], Ring.RT)
    assert circulation.differences() == []


def test_it_may_have_been_at_a_shop_that_is_not_listed(asn: Asn, warung: Umkm, city: City) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung)

    right = corrected(asn, wrong, umkm=Unlisted("Kios Bu Sum", city.kelurahan[1]))

    assert (right.umkm.name, right.umkm.status) == ("Kios Bu Sum", Umkm.Status.PENDING)
    assert right.shop_place == city.kelurahan[1]


def test_both_lines_fall_in_the_first_open_month(asn: Asn, warung: Umkm) -> None:
    with time_machine.travel(noon(date(2026, 9, 10))):
        wrong = PurchaseFactory(asn=asn, umkm=warung)
    BookMonth.objects.create(month=date(2026, 9, 1))

    with time_machine.travel(noon(date(2026, 11, 5))):  # long after the window of recording
        right = corrected(asn, wrong)

    assert right.day == wrong.day
    assert {right.book_month, Void.objects.get().book_month} == {date(2026, 10, 1)}


def test_a_purchase_can_be_corrected_for_twelve_months(asn: Asn, warung: Umkm) -> None:
    with time_machine.travel(noon(date(2025, 11, 24))):
        one, other = (PurchaseFactory(asn=asn, umkm=warung) for _ in range(2))

    with time_machine.travel(noon(date(2026, 11, 24))):
        replacement = corrected(asn, one)
    with time_machine.travel(noon(date(2026, 11, 25))):
        for late in (other, replacement):
            with pytest.raises(CorrectionTooLate):
                corrected(asn, late)

    assert Purchase.objects.count() == 3


def test_one_taken_back_before_is_not_corrected(asn: Asn, warung: Umkm) -> None:
    voided, wrong = (PurchaseFactory(asn=asn, umkm=warung) for _ in range(2))
    void_purchase(asn=asn, purchase=voided, reason="Tercatat dua kali")
    right = corrected(asn, wrong)

    for purchase, state in (
        (voided, {"reason": "Tercatat dua kali"}),
        (wrong, {"reason": "Salah ketik", "replaced_by": str(right.public_id)}),
    ):
        with pytest.raises(PurchaseVoided) as refused:
            corrected(asn, purchase)
        said = {name: said for name, said in refused.value.extra.items() if name != "voided_at"}
        assert said == state
    assert list(Purchase.objects.standing()) == [right]


def test_another_persons_purchase_is_unknown(asn: Asn, warung: Umkm) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung)

    with pytest.raises(PurchaseUnknown):
        corrected(AsnFactory(home__region=warung.region), wrong)

    assert not Void.objects.exists()


def test_a_correction_that_is_refused_leaves_all_as_it_was(asn: Asn, warung: Umkm) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung)
    strange = [Item(ProductFactory(), quantity=1, amount=1_000)]

    for kind, changes in (
        (AmountOutOfRange, {"amount": 0}),
        (ItemsDoNotFit, {"items": strange}),
        (UmkmClosed, {"umkm": UmkmFactory(status=Umkm.Status.CLOSED)}),
    ):
        with pytest.raises(kind):
            corrected(asn, wrong, **changes)

    assert Purchase.objects.standing().get() == wrong
    assert not Void.objects.exists()
    assert circulation.differences() == []


# --- Once ----------------------------------------------------------------------------------------


def test_the_same_key_again_gives_the_same_replacement(asn: Asn, warung: Umkm) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung)

    assert corrected(asn, wrong, client_key="k") == corrected(asn, wrong, client_key="k")
    with pytest.raises(PurchaseKeyReused):
        corrected(asn, wrong, client_key="k", fingerprint="other")
    assert Purchase.objects.count() == 2


def test_a_resync_of_the_old_key_gives_the_old_purchase_as_taken_back(
    asn: Asn, warung: Umkm
) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung, client_key="ponsel")
    right = corrected(asn, wrong)

    again = record_purchase(
        asn=asn,
        umkm=warung,
        amount=wrong.amount,
        day=wrong.day,
        client_key="ponsel",
        fingerprint=wrong.fingerprint,
    )

    assert again == wrong
    assert (again.void.reason, again.replacement) == ("Salah ketik", right)
    assert Purchase.objects.count() == 2


def test_the_database_refuses_two_replacements_of_one(asn: Asn, warung: Umkm) -> None:
    right = corrected(asn, PurchaseFactory(asn=asn, umkm=warung))
    right.pk, right.public_id, right.client_key = None, uuid.uuid4(), "other"

    with pytest.raises(DatabaseError), transaction.atomic():
        right.save(force_insert=True)


# --- Over the API --------------------------------------------------------------------------------


@pytest.fixture
def wrong(asn: Asn, warung: Umkm) -> Purchase:
    return PurchaseFactory(asn=asn, umkm=warung, amount=270_000)


@pytest.fixture
def post(asn: Asn, wrong: Purchase) -> Callable[..., Response]:
    """Corrects to Rp27,000; a keyword changes the body, None takes a field out."""
    client = client_of(asn)

    def post(*, key: str | None = "k", by: Any = client, **changes: Any) -> Response:
        body = {"umkm": str(wrong.umkm.public_id), "amount": 27_000, "reason": "Salah ketik"}
        body = {name: value for name, value in (body | changes).items() if value is not None}
        headers = {} if key is None else {"Idempotency-Key": key}
        path = f"/api/v1/purchases/{wrong.public_id}/correct"
        return by.post(path, body, format="json", headers=headers)

    return post


def test_the_answer_is_the_replacement_and_names_what_it_replaces(
    post: Callable[..., Response], wrong: Purchase, asn: Asn
) -> None:
    response = post()

    said = response.json()
    assert response.status_code == 201
    assert response["Location"] == f"/api/v1/purchases/{said['id']}"
    assert (said["replaces"], said["replaced_by"]) == (str(wrong.public_id), None)
    assert (said["amount"], said["void"]) == (27_000, None)
    client = client_of(asn)
    assert client.get(response["Location"]).json() == said
    old = client.get(f"/api/v1/purchases/{wrong.public_id}").json()
    assert (old["replaced_by"], old["void"]["reason"]) == (said["id"], "Salah ketik")


def test_a_correction_repeated_changes_nothing_also_after_months(
    post: Callable[..., Response],
) -> None:
    first, again = post(), post()
    IdempotencyRecord.objects.all().delete()
    late = post()

    assert (again.status_code, again.json()) == (201, first.json())
    assert (late.status_code, late.json()["id"]) == (200, first.json()["id"])
    assert problem(post(amount=1)) == (422, "idempotency-key-reused")
    assert Purchase.objects.count() == 2


def test_a_second_correction_is_a_conflict_that_says_the_state(
    post: Callable[..., Response],
) -> None:
    first = post()

    second = post(key="other")

    assert problem(second) == (409, "purchase-voided")
    said = json.loads(second.content)
    assert (said["reason"], said["replaced_by"]) == ("Salah ketik", first.json()["id"])


def test_another_persons_purchase_reads_as_none(post: Callable[..., Response], city: City) -> None:
    stranger = client_of(AsnFactory(home__region=city.kelurahan[0]))

    assert problem(post(by=stranger)) == (404, "purchase-unknown")


@pytest.mark.parametrize(
    ("changes", "type_"),
    [
        ({"key": None}, "idempotency-key-missing"),
        ({"reason": None}, "invalid"),
        ({"reason": ""}, "invalid"),
        ({"reason": "x" * 201}, "invalid"),
        ({"umkm": None}, "invalid"),
        ({"day": "2026-11-24"}, "invalid"),
        ({"replaces": "x"}, "invalid"),
        ({"amount": 0}, "amount-out-of-range"),
        ({"umkm": str(uuid.uuid4())}, "umkm-unknown"),
    ],
)
def test_a_body_of_another_shape_is_refused(
    post: Callable[..., Response], changes: dict[str, Any], type_: str
) -> None:
    assert problem(post(**changes)) == (400, type_)
    assert not Void.objects.exists()


def test_the_window_of_recording_does_not_bind(asn: Asn, warung: Umkm, settings: Settings) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung, day=timezone.localdate() - timedelta(days=9))
    settings.RECORDING_WINDOW_DAYS = 3

    assert corrected(asn, wrong).day == wrong.day


# --- On its page ---------------------------------------------------------------------------------


@pytest.fixture
def browser(asn: Asn) -> Client:
    """Signed in as the ASN, reading English, running no script."""
    client = Client()
    client.cookies.load({django_settings.LANGUAGE_COOKIE_NAME: "en"})
    client.force_login(asn.user)
    return client


def address(purchase: Purchase, query: str = "") -> str:
    return f"/belanja/{purchase.public_id}/perbaiki/{query}"


def sent(form: Any, **changes: Any) -> dict[str, Any]:
    """What a browser sends of a form it was given, with what a person changed."""
    said = {name: form[name].value() for name in form.fields}
    return said | {"reason": "Salah ketik"} | changes


def test_the_form_holds_what_was_recorded_and_replaces_it(browser: Client, wrong: Purchase) -> None:
    assert address(wrong) in browser.get(f"/belanja/{wrong.public_id}/").content.decode()
    form = browser.get(address(wrong)).context["form"]
    assert (form["amount"].value(), form["umkm"].value()) == ("270.000", wrong.umkm.public_id)
    assert "day" not in form.fields

    answer = browser.post(address(wrong), sent(form, amount="27.000"), follow=True)

    right = Purchase.objects.standing().get()
    assert answer.redirect_chain == [(f"/belanja/{right.public_id}/", 302)]
    assert (right.amount, right.replaces) == (27_000, wrong)
    old = browser.get(f"/belanja/{wrong.public_id}/").content.decode()
    assert f"/belanja/{right.public_id}/" in old
    assert address(wrong) not in old


def test_another_shop_is_looked_for_and_chosen_without_a_script(
    browser: Client, wrong: Purchase
) -> None:
    other = UmkmFactory(name="Depot Soto", region=wrong.shop_place)

    found = browser.get(address(wrong, "?q=soto"))
    assert address(wrong, f"?umkm={other.public_id}") in found.content.decode()
    form = browser.get(address(wrong, f"?umkm={other.public_id}")).context["form"]
    browser.post(address(wrong), sent(form))

    assert Purchase.objects.standing().get().umkm == other


def test_a_shop_that_is_not_listed_is_named_in_the_same_form(
    browser: Client, wrong: Purchase, city: City
) -> None:
    form = browser.get(address(wrong, "?q=")).context["form"]

    browser.post(address(wrong), sent(form, name="Kios Bu Sum", region=city.kelurahan[1].pk))

    assert Purchase.objects.standing().get().umkm.name == "Kios Bu Sum"


def test_a_double_tap_corrects_once(browser: Client, wrong: Purchase) -> None:
    said = sent(browser.get(address(wrong)).context["form"], amount="27.000")

    first, second = browser.post(address(wrong), said), browser.post(address(wrong), said)

    assert first["Location"] == second["Location"]
    changed = browser.post(address(wrong), said | {"amount": "1"}, follow=True)
    assert "already taken back" in changed.content.decode()
    assert Purchase.objects.count() == 2


def test_what_is_wrong_is_told_and_what_was_typed_stays(browser: Client, wrong: Purchase) -> None:
    said = sent(browser.get(address(wrong)).context["form"], reason="", note="Tiga")

    answer = browser.post(address(wrong), said)

    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"reason"}
    assert answer.context["form"]["note"].value() == "Tiga"


def test_one_taken_back_or_too_old_leads_back_to_it(
    browser: Client, wrong: Purchase, asn: Asn, warung: Umkm, settings: Settings
) -> None:
    void_purchase(asn=asn, purchase=wrong, reason="Tercatat dua kali")
    old = PurchaseFactory(asn=asn, umkm=warung, day=timezone.localdate() - timedelta(days=31))
    settings.CORRECTION_MONTHS = 0

    for purchase, said in ((wrong, "already taken back"), (old, "too old")):
        answer = browser.get(address(purchase), follow=True)
        assert answer.redirect_chain == [(f"/belanja/{purchase.public_id}/", 302)]
        assert said in answer.content.decode()


def test_another_persons_purchase_has_no_form(browser: Client) -> None:
    assert browser.get(address(PurchaseFactory(asn=AsnFactory()))).status_code == 404
