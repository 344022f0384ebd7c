"""Recording a purchase: what it freezes, what it refuses, and that it happens once."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from core.errors import Refusal
from core.models import OutboxEvent
from marketplace import circulation
from marketplace.errors import (
    AmountOutOfRange,
    DayNotYetCome,
    DayTooOld,
    ItemsDoNotFit,
    NameNotAllowed,
    NoHome,
    PurchaseKeyReused,
    UmkmClosed,
)
from marketplace.models import Asn, Evidence, Purchase, Umkm
from marketplace.models.purchases import Ring
from marketplace.models.registry import MOST_RUPIAH
from marketplace.personnel import move_home
from marketplace.purchases import Unlisted, record_purchase
from marketplace.recording import Item
from marketplace.registry import merge_umkm
from tests.marketplace.city import City
from tests.marketplace.factories import (
    AgencyFactory,
    AsnFactory,
    ProductFactory,
    PurchaseFactory,
    UmkmFactory,
)

pytestmark = pytest.mark.django_db


def bought(asn: Asn, umkm: Umkm, **changes: Any) -> Purchase:
    """Record a purchase of today with a key of its own."""
    values: dict[str, Any] = {
        "amount": 25_000,
        "day": timezone.localdate(),
        "client_key": str(uuid.uuid4()),
        "fingerprint": "f",
    }
    return record_purchase(asn=asn, umkm=umkm, **(values | changes))


def nothing_is_left_behind() -> bool:
    return not (
        Purchase.objects.exists()
        or OutboxEvent.objects.filter(stream="purchases").exists()
        or circulation.CirculationCell.objects.exists()
    )


def test_a_purchase_freezes_home_shop_place_agency_and_ring(
    asn: Asn, warung: Umkm, city: City
) -> None:
    purchase = bought(asn, warung)

    assert purchase.home == city.kelurahan[0]
    assert purchase.shop_place == city.kelurahan[0]
    assert purchase.agency == asn.posting_on(purchase.day).agency
    assert purchase.ring == Ring.RT
    assert purchase.book_month == purchase.day.replace(day=1)


def test_a_later_move_changes_no_past(asn: Asn, warung: Umkm, city: City) -> None:
    before = bought(asn, warung)

    move_home(asn, region=city.kelurahan[4], rw=None, rt=None, valid_from=timezone.localdate())
    after = bought(asn, warung)

    before.refresh_from_db()
    assert (before.home, after.home) == (city.kelurahan[0], city.kelurahan[4])
    assert after.ring == Ring.CITY


def test_a_day_before_the_first_home_takes_the_first_one(warung: Umkm, city: City) -> None:
    today = timezone.localdate()
    newcomer = AsnFactory(
        home__region=city.kelurahan[1],
        home__valid_from=today,
        posting__agency=AgencyFactory(),
        posting__valid_from=today,
    )

    purchase = bought(newcomer, warung, day=today - timedelta(days=3))

    assert purchase.home == city.kelurahan[1]


def test_a_purchase_is_declared_and_tells_the_outbox_without_saying_who(
    asn: Asn, warung: Umkm
) -> None:
    purchase = bought(asn, warung)

    evidence = Evidence.objects.get(purchase=purchase)
    event = OutboxEvent.objects.get(stream="purchases")
    assert (evidence.kind, evidence.actor_id) == (Evidence.Kind.DECLARED, None)
    assert (event.event, event.public_id) == ("purchase.recorded", purchase.public_id)


def test_the_circulation_grows_by_exactly_the_amount(asn: Asn, warung: Umkm, city: City) -> None:
    year = timezone.localdate().year
    before = circulation.turnover(city.kelurahan[0], year=year)

    bought(asn, warung, amount=27_500)

    assert circulation.turnover(city.kelurahan[0], year=year) == before + 27_500
    assert circulation.differences() == []


@pytest.mark.parametrize("amount", [0, -1, MOST_RUPIAH + 1])
def test_an_amount_out_of_range_is_refused(asn: Asn, warung: Umkm, amount: int) -> None:
    with pytest.raises(AmountOutOfRange):
        bought(asn, warung, amount=amount)

    assert nothing_is_left_behind()


def test_the_largest_amount_is_recorded(asn: Asn, warung: Umkm) -> None:
    assert bought(asn, warung, amount=MOST_RUPIAH).amount == MOST_RUPIAH


def test_a_day_that_has_not_come_is_refused(asn: Asn, warung: Umkm) -> None:
    with pytest.raises(DayNotYetCome):
        bought(asn, warung, day=timezone.localdate() + timedelta(days=1))

    assert nothing_is_left_behind()


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-24T16:59:59+00:00", date(2026, 11, 24)),
        ("2026-11-24T17:00:00+00:00", date(2026, 11, 25)),
        ("2026-12-31T17:00:00+00:00", date(2027, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_the_city(
    asn: Asn, warung: Umkm, moment: str, day: date
) -> None:
    with time_machine.travel(datetime.fromisoformat(moment)):
        assert bought(asn, warung, day=day).book_month == day.replace(day=1)
        with pytest.raises(DayNotYetCome):
            bought(asn, warung, day=day + timedelta(days=1))


def test_the_window_ends_after_its_last_day(asn: Asn, warung: Umkm, settings: Settings) -> None:
    last = timezone.localdate() - timedelta(days=settings.RECORDING_WINDOW_DAYS)

    assert bought(asn, warung, day=last).day == last
    with pytest.raises(DayTooOld):
        bought(asn, warung, day=last - timedelta(days=1))


def test_the_window_is_a_setting(asn: Asn, warung: Umkm, settings: Settings) -> None:
    settings.RECORDING_WINDOW_DAYS = 3

    with pytest.raises(DayTooOld) as refused:
        bought(asn, warung, day=timezone.localdate() - timedelta(days=4))

    assert "3" in str(refused.value.detail)


def test_a_closed_umkm_refuses_a_purchase_and_nothing_is_left_behind(asn: Asn) -> None:
    closed = UmkmFactory(status=Umkm.Status.CLOSED)

    with pytest.raises(UmkmClosed):
        bought(asn, closed)

    assert nothing_is_left_behind()


def test_a_merged_shop_is_recorded_at_the_standing_one(asn: Asn, warung: Umkm, city: City) -> None:
    twin = UmkmFactory(region=city.kelurahan[5])
    merge_umkm(umkm=twin, into=warung)
    twin.refresh_from_db()

    purchase = bought(asn, twin)

    assert purchase.umkm == warung
    assert purchase.shop_place == warung.region


def test_someone_without_a_home_is_told_whom_to_ask(warung: Umkm) -> None:
    with pytest.raises(NoHome):
        bought(AsnFactory(home=None), warung)

    assert nothing_is_left_behind()


def test_items_of_the_shop_are_kept_with_the_purchase(asn: Asn, warung: Umkm) -> None:
    pecel, rawon = ProductFactory(umkm=warung), ProductFactory(umkm=warung)
    items = [Item(pecel, quantity=2, amount=20_000), Item(rawon, quantity=1, amount=5_000)]

    purchase = bought(asn, warung, amount=25_000, items=items)

    assert purchase.items.count() == 2


def test_items_that_do_not_fit_are_refused(asn: Asn, warung: Umkm) -> None:
    pecel, stranger = ProductFactory(umkm=warung), ProductFactory()
    misfits = [
        [Item(stranger, quantity=1, amount=1_000)],
        [Item(pecel, quantity=1, amount=1_000), Item(pecel, quantity=1, amount=1_000)],
        [Item(pecel, quantity=1, amount=25_001)],
    ]

    for items in misfits:
        with pytest.raises(ItemsDoNotFit):
            bought(asn, warung, items=items)

    assert nothing_is_left_behind()


# --- Once --------------------------------------------------------------------------------------


def test_the_same_key_again_gives_the_same_purchase(asn: Asn, warung: Umkm) -> None:
    first = bought(asn, warung, client_key="k")
    again = bought(asn, warung, client_key="k")

    assert again == first
    assert circulation.turnover(first.home, year=first.day.year) == first.amount


def test_a_key_is_kept_for_ever_even_when_the_day_is_long_past(
    asn: Asn, warung: Umkm, settings: Settings
) -> None:
    day = timezone.localdate() - timedelta(days=20)
    first = bought(asn, warung, client_key="k", day=day)
    settings.RECORDING_WINDOW_DAYS = 5

    assert bought(asn, warung, client_key="k", day=day) == first


def test_a_key_with_other_content_is_refused(asn: Asn, warung: Umkm) -> None:
    bought(asn, warung, client_key="k", fingerprint="one")

    with pytest.raises(PurchaseKeyReused):
        bought(asn, warung, client_key="k", fingerprint="two")


def test_a_key_belongs_to_one_buyer(asn: Asn, warung: Umkm, city: City) -> None:
    other = AsnFactory(home__region=city.kelurahan[0])

    assert bought(asn, warung, client_key="k") != bought(other, warung, client_key="k")


# --- At a shop that is not listed ----------------------------------------------------------------


def at_unlisted(asn: Asn, city: City, name: str, **changes: Any) -> Purchase:
    values: dict[str, Any] = {
        "umkm": Unlisted(name, city.kelurahan[1]),
        "amount": 12_000,
        "day": timezone.localdate(),
        "client_key": str(uuid.uuid4()),
        "fingerprint": "f",
    }
    return record_purchase(asn=asn, **(values | changes))


def test_a_shop_that_is_not_listed_is_proposed_and_counts_at_once(asn: Asn, city: City) -> None:
    purchase = at_unlisted(asn, city, "Warung Sinom Pojok")

    assert purchase.umkm.status == Umkm.Status.PENDING
    assert purchase.shop_place == city.kelurahan[1]
    assert circulation.turnover(city.kelurahan[0], year=purchase.day.year) == 12_000


def test_a_refused_purchase_leaves_no_proposed_shop_behind(asn: Asn, city: City) -> None:
    with pytest.raises(AmountOutOfRange):
        at_unlisted(asn, city, "Warung Sinom Pojok", amount=0)
    with pytest.raises(NameNotAllowed):
        at_unlisted(asn, city, "Bu Tik 0812-3456-7890")

    assert not Umkm.objects.exists()
    assert nothing_is_left_behind()


def test_a_retry_at_a_shop_since_closed_proposes_nothing(asn: Asn, city: City) -> None:
    first = at_unlisted(asn, city, "Warung Sinom Pojok", client_key="k")
    Umkm.objects.update(status=Umkm.Status.CLOSED)

    assert at_unlisted(asn, city, "Warung Sinom Pojok", client_key="k") == first
    assert Umkm.objects.count() == 1


# --- The database holds it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE marketplace_purchase SET amount = 1",
        "DELETE FROM marketplace_evidence",
        "UPDATE marketplace_evidence SET kind = 'till'",
        "DELETE FROM marketplace_purchase",
    ],
)
def test_the_database_refuses_to_change_the_ledger(asn: Asn, warung: Umkm, statement: str) -> None:
    bought(asn, warung)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Purchase.objects.get().amount == 25_000


@pytest.mark.parametrize("amount", [0, MOST_RUPIAH + 1])
def test_the_database_refuses_an_amount_out_of_range(asn: Asn, warung: Umkm, amount: int) -> None:
    purchase = bought(asn, warung)
    purchase.pk, purchase.public_id, purchase.client_key = None, uuid.uuid4(), "other"
    purchase.amount = amount

    with pytest.raises(DatabaseError), transaction.atomic():
        purchase.save(force_insert=True)


def test_a_purchase_says_neither_name_nor_amount_of_itself(asn: Asn, warung: Umkm) -> None:
    assert str(PurchaseFactory(asn=asn, umkm=warung)).startswith("Purchase 0")


def test_every_refusal_has_a_type_of_its_own() -> None:
    from marketplace import errors

    kinds = [
        error
        for error in vars(errors).values()
        if isinstance(error, type)
        and issubclass(error, Refusal)
        and error.__module__ == errors.__name__
    ]
    types = [error.type for error in kinds if error is not errors.MarketplaceError]
    assert len(types) == len(set(types))
