"""Months of purchases for the tests of what is released: written by the rule, or in bulk."""

import random
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import time_machine
from django.utils import timezone

from core.calendar import first_of_month, next_month
from marketplace.models import Asn, Buyer, Purchase, Region, Umkm
from marketplace.models.purchases import Ring
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UmkmFactory

AUGUST = date(2026, 8, 1)
SEPTEMBER = date(2026, 9, 1)
OCTOBER = date(2026, 10, 1)


def on(day: date) -> AbstractContextManager[object]:
    """Noon of a calendar day in TIME_ZONE."""
    zone = timezone.get_default_timezone()
    return time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=zone))


def after(month: date) -> AbstractContextManager[object]:
    """The day on which the books of `month` may be closed."""
    return on(next_month(month) + timedelta(days=2))


def shops_in(region: Region, count: int = 3) -> list[Umkm]:
    """So many listed shops, each of an owner of its own."""
    return [UmkmFactory(region=region) for _ in range(count)]


def neighbours(region: Region, count: int = 5) -> list[Asn]:
    """So many ASN who live in one place."""
    return [AsnFactory(home__region=region) for _ in range(count)]


def shop(people: Sequence[Asn], shops: Sequence[Umkm], *, day: date, amount: int = 10_000) -> None:
    """Each of the people buys once, recorded by the rule on that day."""
    with on(day):
        for number, asn in enumerate(people):
            PurchaseFactory(asn=asn, umkm=shops[number % len(shops)], amount=amount, day=day)


def draw_purchases(
    places: Sequence[Region], shops: Sequence[Umkm], *, month: date, count: int, seed: int
) -> None:
    """A month as a lively city has it, in bulk: some places full, some nearly empty."""
    chance = random.Random(seed)  # noqa: S311 (the same month each time)
    homes = {
        Buyer.objects.create(): chance.choice(places[: 2 + n % len(places)]) for n in range(60)
    }
    buyers = list(homes)
    Purchase.objects.bulk_create(
        _drawn(chance, chance.choice(buyers), homes, shops, month) for _ in range(count)
    )


def _drawn(
    chance: random.Random,
    buyer: Buyer,
    homes: dict[Buyer, Region],
    shops: Sequence[Umkm],
    month: date,
) -> Purchase:
    umkm = chance.choice(shops)
    return Purchase(
        buyer=buyer,
        umkm=umkm,
        amount=round(chance.paretovariate(1.1) * 5_000) % 2_000_000_000 + 1,
        day=month + timedelta(days=chance.randrange(28)),
        home=homes[buyer],
        shop_place=umkm.region,
        ring=Ring.CITY,
        book_month=first_of_month(month),
        client_key=str(uuid.UUID(int=chance.getrandbits(128))),
        fingerprint="drawn",
    )
