"""The rollups equal the ledger, whatever happens in whatever order."""

import uuid
from datetime import date, timedelta

import pytest
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
from marketplace.models import Asn, BuyerMonth, CirculationCell, Purchase, Umkm
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
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UmkmFactory
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


class Ledger(RuleBasedStateMachine):
    """Record, retry, void, correct, move home and merge, in any order; all is rolled back."""

    purchases = Bundle("purchases")

    def __init__(self) -> None:
        super().__init__()
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
        assert circulation.differences() == []

    @invariant()
    def one_purchase_per_key(self) -> None:
        assert Purchase.objects.count() == len(self.keys)

    def owner(self, purchase: Purchase) -> Asn:
        return next(asn for asn in self.people if asn.buyer_id == purchase.buyer_id)


def test_every_rollup_equals_the_ledger_after_every_step() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
