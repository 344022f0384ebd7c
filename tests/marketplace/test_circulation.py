"""The rollups equal the ledger, whatever happens in whatever order."""

import uuid
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from core import health
from marketplace import circulation
from marketplace.errors import PurchaseVoided, UmkmNotMergeable
from marketplace.models import (
    Asn,
    BuyerMonth,
    CirculationCell,
    CirculationMonth,
    Purchase,
    Umkm,
)
from marketplace.personnel import move_home
from marketplace.purchases import (
    Unlisted,
    correct_purchase,
    record_purchase,
    void_purchase,
)
from marketplace.registry import merge_umkm
from marketplace.tasks import check_circulation
from tests.marketplace.city import City, small_city
from tests.marketplace.factories import AgencyFactory, AsnFactory, PurchaseFactory, UmkmFactory
from tests.marketplace.months import shop

pytestmark = pytest.mark.django_db


def test_purchases_of_one_day_place_and_ring_share_a_cell(
    asn: Asn, warung: Umkm, city: City
) -> None:
    neighbour = AsnFactory(home__region=city.kelurahan[0], home__rw=3, home__rt=2)
    for buyer in (asn, neighbour):
        PurchaseFactory(asn=buyer, umkm=warung, amount=10_000)

    cell = CirculationCell.objects.get()
    assert (cell.amount, cell.purchases) == (20_000, 2)
    assert BuyerMonth.objects.count() == 2


def test_turnover_is_of_one_home_and_one_year(asn: Asn, warung: Umkm, city: City) -> None:
    purchase = PurchaseFactory(asn=asn, umkm=warung, amount=10_000)

    year = purchase.day.year
    assert circulation.turnover(city.kelurahan[0], year=year) == 10_000
    assert circulation.turnover(city.kelurahan[0], year=year - 1) == 0
    assert circulation.turnover(city.kelurahan[1], year=year) == 0


def test_a_sum_may_be_larger_than_one_purchase(asn: Asn, warung: Umkm) -> None:
    for _ in range(3):
        purchase = PurchaseFactory(asn=asn, umkm=warung, amount=2_000_000_000)

    assert circulation.turnover(purchase.home, year=purchase.day.year) == 6_000_000_000
    assert circulation.differences() == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: CirculationCell.objects.update(amount=1),
        lambda: CirculationCell.objects.update(purchases=9),
        lambda: CirculationCell.objects.all().delete(),
        lambda: CirculationMonth.objects.filter(shop_place="").update(purchases=9),
        lambda: CirculationMonth.objects.exclude(shop_place="").delete(),
        lambda: BuyerMonth.objects.update(amount=1),
        lambda: BuyerMonth.objects.all().delete(),
    ],
)
def test_a_difference_is_found_and_repaired(asn: Asn, warung: Umkm, spoil) -> None:
    PurchaseFactory(asn=asn, umkm=warung)
    spoil()

    with pytest.raises(CommandError):
        call_command("rebuild_circulation", "--check")
    call_command("rebuild_circulation", "--repair")

    call_command("rebuild_circulation", "--check")
    assert circulation.differences() == []


def test_a_repair_mends_the_months_that_differ_and_passes_over_those_that_are_right(
    asn: Asn, warung: Umkm, capsys: pytest.CaptureFixture[str]
) -> None:
    shop([asn], [warung], day=date(2026, 9, 30))
    shop([asn], [warung], day=date(2026, 10, 1))
    right = CirculationCell.objects.get(day=date(2026, 9, 30)).pk
    CirculationCell.objects.filter(day=date(2026, 10, 1)).update(amount=1)

    call_command("rebuild_circulation", "--check", "--month", "2026-09")
    with pytest.raises(CommandError):
        call_command("rebuild_circulation", "--check", "--month", "2026-10")
    call_command("rebuild_circulation", "--repair")

    assert circulation.differences() == []
    assert CirculationCell.objects.filter(pk=right).exists()  # not written anew
    told = [line[:7] for line in capsys.readouterr().out.splitlines() if line.startswith("2026-")]
    assert told == ["2026-09", "2026-10", "2026-09", "2026-10"]


def test_months_without_a_purchase_are_looked_at_as_well(asn: Asn, warung: Umkm) -> None:
    assert circulation.months() == []
    shop([asn], [warung], day=date(2025, 12, 31))
    BuyerMonth.objects.create(month=date(2026, 2, 1), buyer=asn.buyer, amount=1, purchases=1)

    assert circulation.months() == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert [found.table for found in circulation.differences()] == ["buyer-month"]


def test_the_nightly_look_tells_operators_by_mail_log_and_health_until_it_is_mended(
    asn: Asn,
    warung: Umkm,
    client: Client,
    settings: Settings,
    mailoutbox: list[EmailMessage],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "_commits_are_durable", lambda: True)
    settings.OPERATOR_EMAILS = ["jaga@malangkota.example"]
    PurchaseFactory(asn=asn, umkm=warung, amount=12_345)
    CirculationCell.objects.update(amount=54_321)

    check_circulation()

    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["degraded"]) == (200, ["circulation"])
    [mail] = mailoutbox
    [logged] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert (mail.to, logged.rows) == (settings.OPERATOR_EMAILS, 1)
    told = mail.subject + mail.body + str(vars(logged))
    assert not [said for said in ("12345", "54321", str(asn.buyer_id)) if said in told]

    call_command("rebuild_circulation", "--repair")
    check_circulation()

    assert client.get("/health/ready").json()["status"] == "ready"
    assert len(mailoutbox) == 1


def test_a_row_without_a_purchase_behind_it_is_found(asn: Asn, warung: Umkm) -> None:
    purchase = PurchaseFactory(asn=asn, umkm=warung)
    CirculationCell.objects.create(
        day=purchase.day - timedelta(days=1),
        home=purchase.home,
        shop_place=purchase.shop_place,
        ring=purchase.ring,
        amount=5_000,
        purchases=1,
    )

    [difference] = circulation.differences()

    assert (difference.table, difference.amount, difference.ledger_amount) == (
        "circulation-cell",
        5_000,
        0,
    )


TABLES: dict[str, tuple[Any, tuple[str, ...]]] = {
    "day": (CirculationCell, ("day", "home_id", "shop_place_id", "ring")),
    "month": (CirculationMonth, ("month", "home_id", "shop_place", "ring")),
    "buyer": (BuyerMonth, ("month", "buyer_id")),
}


def summed() -> dict[str, dict[tuple[object, ...], tuple[int, int]]]:
    """Every rollup as the standing purchases give it, reckoned without the SQL of the product."""
    sums: dict[str, Counter[tuple[object, ...]]] = {name: Counter() for name in TABLES}
    counts: dict[str, Counter[tuple[object, ...]]] = {name: Counter() for name in TABLES}
    for one in Purchase.objects.filter(void=None):
        month = date(one.day.year, one.day.month, 1)
        for name, key in [
            ("day", (one.day, one.home_id, one.shop_place_id, one.ring)),
            ("month", (month, one.home_id, one.shop_place_id, one.ring)),
            ("month", (month, one.home_id, "", one.ring)),
            ("buyer", (month, one.buyer_id)),
        ]:
            sums[name][key] += one.amount
            counts[name][key] += 1
    return {
        name: {key: (sums[name][key], counts[name][key]) for key in counts[name]} for name in TABLES
    }


def kept() -> dict[str, dict[tuple[object, ...], tuple[int, int]]]:
    """Every rollup as it is kept, without rows of nothing."""
    return {
        name: {
            tuple(key): (amount, purchases)
            for *key, amount, purchases in model.objects.values_list(*keys, "amount", "purchases")
            if (amount, purchases) != (0, 0)
        }
        for name, (model, keys) in TABLES.items()
    }


@pytest.mark.parametrize(
    ("moment", "day", "month"),
    [
        ("2026-10-31T16:59:59Z", date(2026, 10, 31), date(2026, 10, 1)),
        ("2026-10-31T17:00:00Z", date(2026, 11, 1), date(2026, 11, 1)),
        ("2026-12-31T17:00:00Z", date(2027, 1, 1), date(2027, 1, 1)),
        ("2028-02-28T17:00:00Z", date(2028, 2, 29), date(2028, 2, 1)),
        ("2028-02-29T17:00:00Z", date(2028, 3, 1), date(2028, 3, 1)),
    ],
)
def test_a_day_and_its_month_begin_at_midnight_in_the_city(
    asn: Asn, warung: Umkm, moment: str, day: date, month: date
) -> None:
    with time_machine.travel(moment, tick=False):
        PurchaseFactory(asn=asn, umkm=warung)

    assert CirculationCell.objects.get().day == day
    assert {row.month for row in CirculationMonth.objects.all()} == {month}
    assert BuyerMonth.objects.get().month == month
    assert kept() == summed()


def test_a_correction_that_changes_nothing_but_the_note_moves_no_rollup(
    asn: Asn, warung: Umkm
) -> None:
    purchase = PurchaseFactory(asn=asn, umkm=warung)
    right = correct_purchase(
        asn=asn,
        purchase=purchase,
        umkm=warung,
        amount=purchase.amount,
        reason="Salah ketik",
        client_key="right",
        fingerprint="right",
    )

    assert circulation.adding(right)
    assert circulation.exchanging(Purchase.objects.get(pk=purchase.pk).void, right) == []
    assert kept() == summed()


def test_what_the_auditor_asks_is_the_same_by_day_by_month_and_over_all(
    asn: Asn, warung: Umkm, city: City
) -> None:
    other = UmkmFactory(region=city.kelurahan[4])
    for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 15)):
        shop([asn], [warung], day=day, amount=10_000)
        shop([asn], [other], day=day, amount=7_000)
    january, first = date(2026, 1, 1), date(2026, 1, 1)

    assert circulation.total() == circulation.Turnover(51_000, 6)
    assert circulation.total(month=january) == circulation.Turnover(34_000, 4)
    assert circulation.total(month=january, day=first) == circulation.Turnover(17_000, 2)
    assert circulation.total(month=date(2025, 12, 1), day=first) == circulation.Turnover()
    assert circulation.total(home=city.kelurahan[0].code, shop_place=other.region_id) == (
        circulation.Turnover(21_000, 3)
    )
    assert circulation.total(ring="city", day=first).amount == 7_000


class Ledger(RuleBasedStateMachine):
    """Record, retry, void, correct, move home and OPD, merge, and let time pass, in any order.

    It begins half an hour before a year ends. All is rolled back.
    """

    purchases = Bundle("purchases")

    def __init__(self) -> None:
        super().__init__()
        self.clock = time_machine.travel("2027-12-31T16:30:00Z", tick=False)
        self.now = self.clock.start()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.city = small_city()
        self.people = [
            AsnFactory(home__region=self.city.kelurahan[n], home__rw=1, home__rt=1) for n in (0, 3)
        ]
        self.shops = [
            UmkmFactory(region=place, rw=1, rt=1)
            for place in (self.city.kelurahan[0], self.city.kelurahan[4], self.city.outside)
        ]
        self.keys: set[tuple[int, str]] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.clock.stop()

    @rule(hours=st.sampled_from([1, 7, 24, 24 * 29, 24 * 60]))
    def time_passes(self, hours: int) -> None:
        self.now.shift(timedelta(hours=hours))

    @rule(person=st.integers(0, 1))
    def move_to_another_agency(self, person: int) -> None:
        asn, today = self.people[person], timezone.localdate()
        asn.postings.update_or_create(valid_from=today, defaults={"agency": AgencyFactory()})

    @rule(
        target=purchases,
        person=st.integers(0, 1),
        shop=st.integers(0, 2),
        amount=st.integers(1, 2_000_000_000),
        ago=st.integers(0, 31),
    )
    def record(self, person: int, shop: int, amount: int, ago: int) -> Purchase:
        key = str(uuid.uuid4())
        self.keys.add((person, key))
        return record_purchase(
            asn=self.people[person],
            umkm=Umkm.objects.get(pk=self.shops[shop].pk),
            amount=amount,
            day=timezone.localdate() - timedelta(days=ago),
            client_key=key,
            fingerprint=str(amount),
        )

    @rule(target=purchases, person=st.integers(0, 1), place=st.integers(0, 5))
    def record_where_nothing_is_listed(self, person: int, place: int) -> Purchase:
        key = str(uuid.uuid4())
        self.keys.add((person, key))
        purchase = record_purchase(
            asn=self.people[person],
            umkm=Unlisted("Warung Sinom Pojok", self.city.kelurahan[place]),
            amount=12_000,
            day=timezone.localdate(),
            client_key=key,
            fingerprint="12000",
        )
        self.shops[2] = purchase.umkm
        return purchase

    @rule(purchase=purchases)
    def retry(self, purchase: Purchase) -> None:
        again = record_purchase(
            asn=self.owner(purchase),
            umkm=purchase.umkm,
            amount=purchase.amount,
            day=purchase.day,
            client_key=purchase.client_key,
            fingerprint=purchase.fingerprint,
        )
        assert again == purchase

    @rule(purchase=purchases)
    def take_back(self, purchase: Purchase) -> None:
        try:
            void_purchase(asn=self.owner(purchase), purchase=purchase, reason="Salah ketik")
        except PurchaseVoided:
            assert purchase.void is not None

    @rule(
        target=purchases, purchase=purchases, shop=st.integers(0, 2), amount=st.integers(1, 9_000)
    )
    def correct(self, purchase: Purchase, shop: int, amount: int):  # type: ignore[no-untyped-def]
        asn, key = self.owner(purchase), str(uuid.uuid4())
        try:
            right = correct_purchase(
                asn=asn,
                purchase=purchase,
                umkm=Umkm.objects.get(pk=self.shops[shop].pk),
                amount=amount,
                reason="Salah ketik",
                client_key=key,
                fingerprint=str(amount),
            )
        except PurchaseVoided:
            assert purchase.void is not None
            return multiple()
        self.keys.add((self.people.index(asn), key))
        assert (right.day, right.home_id) == (purchase.day, purchase.home_id)
        return right

    @rule(person=st.integers(0, 1), place=st.integers(0, 5))
    def move(self, person: int, place: int) -> None:
        today = timezone.localdate()
        region = self.city.kelurahan[place]
        move_home(self.people[person], region=region, rw=None, rt=None, valid_from=today)

    @rule(target=purchases, one=st.integers(0, 2), other=st.integers(0, 2))
    def merge(self, one: int, other: int):  # type: ignore[no-untyped-def]
        umkm, into = (Umkm.objects.get(pk=self.shops[number].pk) for number in (one, other))
        try:
            merge_umkm(umkm=umkm, into=into)
        except UmkmNotMergeable:
            assert umkm.status == Umkm.Status.MERGED or umkm.standing == into.standing
        return multiple()

    @invariant()
    def every_rollup_equals_the_ledger(self) -> None:
        assert kept() == summed()

    @invariant()
    def finer_rows_add_up_to_coarser_ones(self) -> None:
        cells, months = kept()["day"], kept()["month"]
        for (month, home, shop_place, ring), (amount, _purchases) in months.items():
            finer = [
                cell
                for (day, *rest), (cell, _count) in cells.items()
                if (day.replace(day=1), rest[0], rest[2]) == (month, home, ring)
                and shop_place in ("", rest[1])
            ]
            assert sum(finer) == amount

    @invariant()
    def one_purchase_per_key(self) -> None:
        assert Purchase.objects.count() == len(self.keys)

    def owner(self, purchase: Purchase) -> Asn:
        return next(asn for asn in self.people if asn.buyer_id == purchase.buyer_id)


def test_every_rollup_equals_the_ledger_after_every_step() -> None:
    """In the order of one seed: the same steps each time, some seconds of them."""
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
