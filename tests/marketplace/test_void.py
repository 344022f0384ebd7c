"""Taking a purchase back: once, by its owner, with a reason."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from core.models import OutboxEvent
from marketplace import circulation
from marketplace.errors import CorrectionTooLate, PurchaseUnknown, PurchaseVoided
from marketplace.models import Asn, BookMonth, BuyerMonth, CirculationCell, Umkm, Void
from marketplace.purchases import void_purchase
from tests.marketplace.city import City
from tests.marketplace.factories import AsnFactory, PurchaseFactory

pytestmark = pytest.mark.django_db


def test_a_void_takes_the_money_out_of_the_circulation(asn: Asn, warung: Umkm) -> None:
    kept = PurchaseFactory(asn=asn, umkm=warung, amount=10_000)
    mistake = PurchaseFactory(asn=asn, umkm=warung, amount=99_000)

    void_purchase(asn=asn, purchase=mistake, reason="Salah ketik")

    assert circulation.turnover(kept.home, year=kept.day.year) == 10_000
    assert BuyerMonth.objects.get().purchases == 1
    assert circulation.differences() == []


def test_a_cell_whose_only_purchase_is_taken_back_equals_the_ledger(asn: Asn, warung: Umkm) -> None:
    purchase = PurchaseFactory(asn=asn, umkm=warung)

    void_purchase(asn=asn, purchase=purchase, reason="Salah ketik")

    assert CirculationCell.objects.get().amount == 0
    assert circulation.differences() == []


def test_a_void_keeps_the_purchase_and_says_why(asn: Asn, warung: Umkm) -> None:
    purchase = PurchaseFactory(asn=asn, umkm=warung)

    void = void_purchase(asn=asn, purchase=purchase, reason="Salah ketik")

    purchase.refresh_from_db()
    assert purchase.void == void
    assert void.reason == "Salah ketik"
    assert OutboxEvent.objects.filter(event="purchase.voided").count() == 1


def test_voiding_a_voided_purchase_is_refused_with_its_state(asn: Asn, warung: Umkm) -> None:
    purchase = PurchaseFactory(asn=asn, umkm=warung)
    void_purchase(asn=asn, purchase=purchase, reason="Salah ketik")

    with pytest.raises(PurchaseVoided) as refused:
        void_purchase(asn=asn, purchase=purchase, reason="Sekali lagi")

    assert refused.value.status == 409
    assert refused.value.extra["reason"] == "Salah ketik"
    assert circulation.differences() == []


def test_another_persons_purchase_is_unknown(asn: Asn, warung: Umkm, city: City) -> None:
    purchase = PurchaseFactory(asn=asn, umkm=warung)
    stranger = AsnFactory(home__region=city.kelurahan[0])

    with pytest.raises(PurchaseUnknown):
        void_purchase(asn=stranger, purchase=purchase, reason="Bukan milik saya")

    assert not Void.objects.exists()


@pytest.mark.parametrize(
    ("bought", "last_day"),
    [
        (date(2025, 11, 24), date(2026, 11, 24)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2025, 12, 31), date(2026, 12, 31)),
    ],
)
def test_a_purchase_can_be_taken_back_for_twelve_months(
    asn: Asn, warung: Umkm, settings: Settings, bought: date, last_day: date
) -> None:
    with time_machine.travel(noon(bought)):
        one, other = (PurchaseFactory(asn=asn, umkm=warung) for _ in range(2))

    with time_machine.travel(noon(last_day)):
        void_purchase(asn=asn, purchase=one, reason="Salah ketik")
    with time_machine.travel(noon(last_day + timedelta(days=1))), pytest.raises(CorrectionTooLate):
        void_purchase(asn=asn, purchase=other, reason="Salah ketik")


def test_a_void_counts_in_the_first_open_month(asn: Asn, warung: Umkm) -> None:
    with time_machine.travel(noon(date(2026, 9, 10))):
        purchase = PurchaseFactory(asn=asn, umkm=warung)
    BookMonth.objects.create(month=date(2026, 9, 1))

    with time_machine.travel(noon(date(2026, 10, 5))):
        void = void_purchase(asn=asn, purchase=purchase, reason="Salah ketik")

    assert purchase.book_month == date(2026, 9, 1)
    assert void.book_month == date(2026, 10, 1)


def test_the_database_refuses_a_second_void_and_any_change_of_one(asn: Asn, warung: Umkm) -> None:
    purchase = PurchaseFactory(asn=asn, umkm=warung)
    void = void_purchase(asn=asn, purchase=purchase, reason="Salah ketik")

    with pytest.raises(DatabaseError), transaction.atomic():
        Void.objects.create(purchase=purchase, reason="Lagi", book_month=void.book_month)
    for statement in ("DELETE FROM marketplace_void", "UPDATE marketplace_void SET reason = ''"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def noon(day: date) -> datetime:
    """Noon of a calendar day in TIME_ZONE."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())
