"""An erasure while something of the same person is written: before it or after it, never half."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from marketplace import circulation, consents, erasure
from marketplace.errors import NotAsn
from marketplace.models import Asn, ConsentDecision, Purchase, Umkm
from marketplace.purchases import record_purchase, void_purchase
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UmkmFactory
from tests.marketplace.test_closing_race import elsewhere, waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def asn(transactional_db: None, city: City) -> Asn:
    return AsnFactory(home__region=city.kelurahan[0])


@pytest.fixture
def warung(transactional_db: None, city: City) -> Umkm:
    return UmkmFactory(region=city.kelurahan[0])


def record(asn: Asn, umkm: Umkm) -> Purchase:
    return record_purchase(
        asn=asn,
        umkm=umkm,
        amount=10_000,
        day=timezone.localdate(),
        client_key="k",
        fingerprint="f",
        note="Kue",
    )


def test_an_erasure_waits_for_the_recording_under_way_and_takes_its_words_along(
    asn: Asn, warung: Umkm, pool: ThreadPoolExecutor
) -> None:
    with transaction.atomic():
        recorded = record(asn, warung)
        erased = elsewhere(pool, lambda: erasure.erase(asn))
        assert waits(erased)
    erased.result(10)

    recorded.refresh_from_db()
    assert (recorded.note, recorded.client_key == "k") == ("", False)
    assert Asn.objects.get().buyer_id != recorded.buyer_id
    assert circulation.differences() == []


@pytest.mark.parametrize("act", ["record", "void"])
def test_what_comes_after_an_erasure_finds_nobody(
    asn: Asn, warung: Umkm, pool: ThreadPoolExecutor, act: str
) -> None:
    bought = PurchaseFactory(asn=asn, umkm=warung)
    acts: dict[str, Callable[[], Any]] = {
        "record": lambda: record(asn, warung),
        "void": lambda: void_purchase(asn=asn, purchase=bought, reason="Salah"),
    }
    with transaction.atomic():
        erasure._erase(consents.hold(asn))
        tried: Future[Any] = elsewhere(pool, acts[act])
        assert waits(tried)

    with pytest.raises(NotAsn):
        tried.result(10)
    assert Purchase.objects.get() == bought
    assert circulation.differences() == []


def test_an_erasure_that_dies_halfway_has_not_happened(
    asn: Asn, warung: Umkm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last step fails, and the connection is lost in the middle as when a worker is killed."""
    bought = PurchaseFactory(asn=asn, umkm=warung, note="Kue")

    def die(user: User) -> None:
        connection.connection.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(erasure, "_end_account", die)
    with pytest.raises(KeyboardInterrupt):
        erasure.erase(asn)
    connection.close()

    still = Asn.objects.get()
    assert (still.user_id, still.buyer_id) == (asn.user_id, bought.buyer_id)
    assert Purchase.objects.get().note == "Kue"
    assert ConsentDecision.objects.filter(asn=still).exists()
    assert consents.stands(still)
