"""Two at once, on real PostgreSQL: recorded once, voided once, proposed once, nothing lost."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient
from wagtail.models import Page

from marketplace import circulation
from marketplace.errors import PurchaseVoided
from marketplace.models import Asn, Evidence, Product, Purchase, Umkm, Void
from marketplace.purchases import correct_purchase, record_purchase, void_purchase
from marketplace.registry import (
    ProductFacts,
    UmkmFacts,
    VariantFacts,
    propose_umkm,
    register_product,
    register_umkm,
)
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, CategoryFactory, PurchaseFactory, UmkmFactory

pytestmark = pytest.mark.django_db(transaction=True)

Made = TypeVar("Made")
AT_ONCE = 6


@pytest.fixture
def asn(transactional_db: None, city: City) -> Asn:
    return AsnFactory(home__region=city.kelurahan[0])


@pytest.fixture
def warung(transactional_db: None, city: City) -> Umkm:
    return UmkmFactory(region=city.kelurahan[0])


def at_once(acts: list[Callable[[], Made]]) -> list[Made | Exception]:
    """Do all of it in threads that set off together, each on a connection of its own."""
    ready = Barrier(len(acts))

    def run(act: Callable[[], Made]) -> Made | Exception:
        try:
            ready.wait(10)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def record(asn: Asn, umkm: Umkm, **changes: Any) -> Purchase:
    values = {"amount": 10_000, "day": timezone.localdate(), "client_key": "k", "fingerprint": "f"}
    return record_purchase(asn=asn, umkm=umkm, **(values | changes))


def test_the_same_key_at_once_is_one_purchase(asn: Asn, warung: Umkm) -> None:
    made = at_once([lambda: record(asn, warung)] * AT_ONCE)

    assert {purchase.pk for purchase in made} == {Purchase.objects.get().pk}
    assert Evidence.objects.count() == 1
    assert circulation.differences() == []


def test_a_purchase_voided_twice_at_once_is_taken_back_once(asn: Asn, warung: Umkm) -> None:
    purchase = PurchaseFactory(asn=asn, umkm=warung)

    done = at_once(
        [lambda: void_purchase(asn=asn, purchase=purchase, reason="Salah ketik")] * AT_ONCE
    )

    assert sum(isinstance(one, Void) for one in done) == 1
    assert sum(isinstance(one, PurchaseVoided) for one in done) == AT_ONCE - 1
    assert circulation.differences() == []


def test_neighbours_recording_at_once_lose_nothing(warung: Umkm, city: City) -> None:
    people = [AsnFactory(home__region=city.kelurahan[0]) for _ in range(AT_ONCE)]

    def shop_five_times(asn: Asn) -> Callable[[], list[Purchase]]:
        return lambda: [record(asn, warung, client_key=str(n)) for n in range(5)]

    done = at_once([shop_five_times(asn) for asn in people])

    assert not [one for one in done if isinstance(one, Exception)]
    year = timezone.localdate().year
    assert circulation.turnover(city.kelurahan[0], year=year) == AT_ONCE * 5 * 10_000
    assert circulation.differences() == []


def test_recording_and_voiding_at_once_end_equal_to_the_ledger(asn: Asn, warung: Umkm) -> None:
    mistakes = [PurchaseFactory(asn=asn, umkm=warung) for _ in range(3)]

    def void(purchase: Purchase) -> Callable[[], Void]:
        return lambda: void_purchase(asn=asn, purchase=purchase, reason="Salah ketik")

    def again(number: int) -> Callable[[], Purchase]:
        return lambda: record(asn, warung, client_key=f"new {number}")

    done = at_once([*(void(one) for one in mistakes), *(again(n) for n in range(3))])

    assert not [one for one in done if isinstance(one, Exception)]
    assert circulation.differences() == []


def correct(asn: Asn, purchase: Purchase, umkm: Umkm, key: str) -> Purchase:
    said = {"umkm": umkm, "amount": 9_000, "reason": "Salah ketik", "client_key": key}
    return correct_purchase(asn=asn, purchase=purchase, fingerprint="f", **said)


def test_a_purchase_corrected_by_several_at_once_has_one_replacement(
    asn: Asn, warung: Umkm
) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung)

    done = at_once([lambda n=n: correct(asn, wrong, warung, f"k{n}") for n in range(AT_ONCE)])

    assert sum(isinstance(one, Purchase) for one in done) == 1
    assert sum(isinstance(one, PurchaseVoided) for one in done) == AT_ONCE - 1
    assert Purchase.objects.standing().count() == 1
    assert circulation.differences() == []


def test_corrected_and_taken_back_at_once_only_one_of_the_two_happens(
    asn: Asn, warung: Umkm
) -> None:
    wrong = PurchaseFactory(asn=asn, umkm=warung)

    done = at_once(
        [
            lambda: correct(asn, wrong, warung, "k"),
            lambda: void_purchase(asn=asn, purchase=wrong, reason="Tercatat dua kali"),
        ]
    )

    assert sum(isinstance(one, PurchaseVoided) for one in done) == 1
    assert Void.objects.count() == 1
    assert circulation.differences() == []


def test_neighbours_who_correct_from_one_shop_to_the_other_and_back_never_block(
    warung: Umkm, city: City
) -> None:
    other = UmkmFactory(region=city.kelurahan[1])
    ways = [(warung, other), (other, warung)] * 3
    people = [AsnFactory(home__region=city.kelurahan[0]) for _ in ways]

    def back_and_forth(asn: Asn, one: Umkm, two: Umkm) -> Callable[[], None]:
        def act() -> None:
            purchase = record(asn, one)
            for number in range(4):
                purchase = correct(asn, purchase, (two, one)[number % 2], f"k{number}")

        return act

    acts = [back_and_forth(asn, *way) for asn, way in zip(people, ways, strict=True)]
    done = at_once(acts)

    assert [one for one in done if one is not None] == []
    assert circulation.differences() == []


def test_a_repair_while_others_record_counts_nothing_twice(asn: Asn, warung: Umkm) -> None:
    PurchaseFactory(asn=asn, umkm=warung)
    circulation.CirculationCell.objects.update(amount=1)
    people = [AsnFactory(home__region=warung.region) for _ in range(3)]

    done = at_once([circulation.repair, *((lambda one=one: record(one, warung)) for one in people)])

    assert not [one for one in done if isinstance(one, Exception)]
    assert circulation.differences() == []


def test_a_shop_named_by_several_at_once_is_proposed_once(city: City) -> None:
    found = at_once([lambda: propose_umkm(name="Warung Baru", region=city.kelurahan[0])] * AT_ONCE)

    assert {umkm.pk for umkm in found} == {Umkm.objects.get().pk}


def test_a_purchase_that_fails_after_its_rollup_leaves_nothing(asn: Asn, warung: Umkm) -> None:
    with pytest.raises(PowerCut):
        record_and_fail(asn, warung)

    assert not Purchase.objects.exists()
    assert circulation.differences() == []


class PowerCut(Exception):
    pass


@transaction.atomic
def record_and_fail(asn: Asn, umkm: Umkm) -> None:
    record(asn, umkm)
    raise PowerCut


def test_the_same_request_at_once_is_answered_once_over_http(asn: Asn, warung: Umkm) -> None:
    def post() -> int:
        client = APIClient()
        client.force_authenticate(asn.user)
        body = {"umkm": str(warung.public_id), "amount": 10_000}
        response = client.post(
            "/api/v1/purchases", body, format="json", headers={"Idempotency-Key": "k"}
        )
        return int(response.status_code)

    answers = at_once([post] * AT_ONCE)

    assert 201 in answers
    assert set(answers) <= {201, 409}  # 409: the first one was still running
    assert Purchase.objects.count() == 1
    assert circulation.differences() == []


def test_a_batch_sent_again_while_the_first_still_runs_records_each_item_once(
    asn: Asn, warung: Umkm
) -> None:
    day = timezone.localdate().isoformat()
    said = {"umkm": str(warung.public_id), "amount": 10_000, "day": day}
    items = [said | {"client_id": f"k{number}"} for number in range(5)]

    def post() -> list[str]:
        client = APIClient()
        client.force_authenticate(asn.user)
        answer = client.post("/api/v1/purchases/batch", {"purchases": items}, format="json")
        return [result["outcome"] for result in answer.json()["results"]]

    done = [outcome for answer in at_once([post] * 4) for outcome in answer]

    assert sorted(done) == ["recorded"] * 5 + ["recorded-before"] * 15
    assert Purchase.objects.count() == 5
    assert circulation.differences() == []


def test_a_page_saved_twice_at_once_has_one_row(city: City) -> None:
    page = Page.objects.get(depth=1).add_child(instance=Page(title="Warung Bu Tik"))
    facts = UmkmFacts(name="Warung", category=CategoryFactory(), region=city.kelurahan[0])

    def save() -> Umkm:
        with transaction.atomic():
            Page.objects.filter(pk=page.pk).update(title="Warung")  # what Page.save() holds
            return register_umkm(page=page, facts=facts)

    rows = at_once([save] * AT_ONCE)

    assert {umkm.pk for umkm in rows} == {Umkm.objects.get().pk}


@pytest.fixture
def locked_buyer(asn: Asn) -> Iterator[None]:
    """Another connection holds the buyer's row, and ours waits for a moment only."""
    holder = connection.copy()
    holder.set_autocommit(False)
    with holder.cursor() as cursor:
        cursor.execute("SELECT FROM marketplace_buyer WHERE id = %s FOR UPDATE", [asn.buyer_id])
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    yield
    holder.rollback()
    holder.close()
    connection.close()  # the next one has the timeout of the settings again


def test_whoever_waits_too_long_for_a_lock_is_told_to_come_again(
    asn: Asn, warung: Umkm, locked_buyer: None
) -> None:
    client = APIClient()
    client.force_authenticate(asn.user)
    said = {"umkm": str(warung.public_id), "amount": 10_000}

    answer = client.post(
        "/api/v1/purchases", said, format="json", headers={"Idempotency-Key": "penuh"}
    )

    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/busy"
    assert answer["Retry-After"] == "2"
    assert not Purchase.objects.exists()


def test_a_form_that_waits_too_long_for_a_lock_keeps_what_was_typed(
    asn: Asn, warung: Umkm, locked_buyer: None
) -> None:
    client = Client()
    client.force_login(asn.user)
    said = {
        "client_key": str(uuid.uuid4()),
        "umkm": str(warung.public_id),
        "amount": "10.000",
        "day": timezone.localdate().isoformat(),
        "payment": "cash",
        "note": "Dua mangkuk",
    }

    answer = client.post("/belanja/catat/", said)

    assert answer.status_code == 503
    assert answer.context["form"]["note"].value() == "Dua mangkuk"
    assert answer.context["form"]["client_key"].value() == said["client_key"]
    assert not Purchase.objects.exists()


def test_variants_published_twice_at_once_stand_once(warung: Umkm) -> None:
    shop_page, page = (
        Page.objects.get(depth=1).add_child(instance=Page(title=title)) for title in ("A", "B")
    )
    facts = UmkmFacts(name="Depot", category=CategoryFactory(), region=warung.region)
    register_umkm(page=shop_page, facts=facts)
    variants = tuple(VariantFacts(name) for name in ("Pedas", "Manis", "Asin"))

    def publish() -> Product:
        said = ProductFacts(name="Keripik", price=9_000, variants=variants)
        return register_product(page=page, umkm_page=shop_page, facts=said)

    made = at_once([publish] * AT_ONCE)

    assert {product.pk for product in made} == {Product.objects.get(page=page).pk}
    assert Product.objects.filter(parent__isnull=False).count() == 3
