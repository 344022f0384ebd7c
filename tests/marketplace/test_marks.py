"""What is improbable is marked after recording and counts; an auditor decides, with a reason."""

import io
import json
import threading
import uuid
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from core import audit, outbox
from core.models import AuditEntry, OutboxPosition
from marketplace import auditing, circulation, erasure, marks
from marketplace.auditing import State
from marketplace.errors import AlreadyDecided, OwnPurchaseNotDecided, PurchaseVoided
from marketplace.models import Asn, BuyerMonth, Decision, Mark, Purchase, Umkm, Void
from marketplace.purchases import void_purchase
from tests.marketplace.factories import PurchaseFactory, UmkmFactory, UserFactory

Buy = Callable[..., Purchase]
NOT = Decision.Verdict.DOES_NOT_COUNT
COUNTS = Decision.Verdict.COUNTS
NOON = timezone.make_aware(datetime(2026, 11, 25, 12))  # noqa: DTZ001 (made aware)


@pytest.fixture
def buy(asn: Asn, warung: Umkm) -> Buy:
    """A purchase of Rp25,000 at the warung today; a keyword makes it another."""

    def buy(**changes: Any) -> Purchase:
        return PurchaseFactory(**({"asn": asn, "umkm": warung} | changes))

    return buy


@pytest.fixture
def auditor(db: None) -> User:
    user: User = UserFactory(username="pemeriksa")
    for name in ("view_mark", "add_decision"):
        user.user_permissions.add(Permission.objects.get(codename=name))
    return user


@pytest.fixture
def twice(buy: Buy) -> Purchase:
    """The second of two equal purchases, marked."""
    buy()
    second = buy()
    read()
    return second


def read() -> None:
    """What beat does: number what was committed, and read on."""
    outbox.relay()
    while marks.read_on():
        pass


def marked() -> list[tuple[Purchase, str]]:
    return [(mark.purchase, mark.rule) for mark in Mark.objects.order_by("pk")]


# --- The rules -----------------------------------------------------------------------------------


def past(umkm: Umkm, *said: tuple[int, int]) -> list[Purchase]:
    """Purchases of one day, each so many minutes before noon and of so much, the latest first."""
    return [
        Purchase(
            umkm=umkm,
            amount=amount,
            day=NOON.date(),
            recorded_at=NOON - timedelta(minutes=minutes),
        )
        for minutes, amount in said
    ]


def found(*purchases: Purchase) -> set[str]:
    return {each.rule for each in marks.judge(purchases[0], purchases[1:])}


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        (((0, 27_000), (10, 27_000)), {"again"}),
        (((0, 27_000), (11, 27_000)), set()),
        (((0, 27_000), (1, 27_001)), set()),
        (((0, 500_000), *((60 * n, 50_000) for n in range(1, 9))), {"above-habit"}),
        (((0, 499_999), *((60 * n, 20_000) for n in range(1, 9))), set()),
        (((0, 500_000), *((60 * n, 50_001) for n in range(1, 9))), set()),
        (((0, 500_000), *((60 * n, 20_000) for n in range(1, 8))), set()),
        (tuple((12 * n, 5_000 * (n + 1)) for n in range(6)), {"series"}),
        (tuple((13 * n, 5_000 * (n + 1)) for n in range(6)), set()),
        (tuple((12 * n, 5_000 * (n + 1)) for n in range(5)), set()),
        (tuple((12 * n, 5_000 * (n + 1) + 500) for n in range(6)), set()),
    ],
)
def test_a_rule_marks_from_its_threshold_on(
    warung: Umkm, said: tuple[tuple[int, int], ...], rules: set[str]
) -> None:
    assert found(*past(warung, *said)) == rules


def test_another_shop_or_day_within_minutes_is_nothing_improbable(warung: Umkm) -> None:
    [now] = past(warung, (0, 27_000))
    [elsewhere] = past(UmkmFactory(), (1, 27_000))
    [yesterday] = past(warung, (1, 27_000))
    yesterday.day -= timedelta(days=1)

    assert found(now, elsewhere, yesterday) == set()


def test_ones_own_business_is_known_by_its_user_and_by_its_owner(asn: Asn, buy: Buy) -> None:
    linked = UmkmFactory(owner=asn.user)
    sister, others = UmkmFactory(owner_key=linked.owner_key), UmkmFactory()
    own = [buy(umkm=linked, amount=11_000), buy(umkm=sister, amount=12_000)]
    buy(umkm=others, amount=13_000)

    read()

    assert marked() == [(purchase, "own-shop") for purchase in own]


# --- Marking -------------------------------------------------------------------------------------


def test_marked_it_counts_and_the_earlier_one_is_named(twice: Purchase) -> None:
    mark = Mark.objects.get()

    assert (mark.purchase, mark.rule) == (twice, "again")
    assert mark.beside == Purchase.objects.exclude(pk=twice.pk).get()
    assert BuyerMonth.objects.get().amount == 2 * twice.amount
    assert circulation.differences() == []


def test_read_again_from_an_older_position_each_mark_stands_once(twice: Purchase) -> None:
    OutboxPosition.objects.filter(reader=marks.READER).update(number=0)

    read()

    assert marked() == [(twice, "again")]


def test_killed_in_the_middle_it_reads_the_same_again(
    buy: Buy, monkeypatch: pytest.MonkeyPatch
) -> None:
    buy(), buy()
    outbox.relay()
    with monkeypatch.context() as patch:
        patch.setattr(OutboxPosition, "save", killed)
        with pytest.raises(KeyboardInterrupt):
            marks.read_on()

    assert marked() == []
    read()
    assert len(marked()) == 1


def killed(*_args: Any, **_kwargs: Any) -> None:
    raise KeyboardInterrupt


def test_what_was_taken_back_before_it_was_read_is_not_marked(asn: Asn, buy: Buy) -> None:
    buy()
    void_purchase(asn=asn, purchase=buy(), reason="Tercatat dua kali")

    read()

    assert marked() == []


def test_an_erasure_takes_marks_and_decision_along_and_none_is_made_after_it(
    asn: Asn, auditor: User, twice: Purchase, buy: Buy
) -> None:
    auditing.decide(auditor=auditor, public_id=twice.public_id, verdict=COUNTS, reason="Wajar")
    buy()
    erasure.erase(asn)

    read()

    assert not Mark.objects.exists()
    assert not Decision.objects.exists()
    assert Purchase.objects.standing().count() == 3


@pytest.mark.parametrize("kind", [Mark, Decision])
def test_marks_and_decisions_are_inserted_only(
    twice: Purchase, auditor: User, kind: type[Mark] | type[Decision]
) -> None:
    auditing.decide(auditor=auditor, public_id=twice.public_id, verdict=COUNTS, reason="Wajar")

    for change in (lambda: kind.objects.update(at=NOON), lambda: kind.objects.all().delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            change()


# --- Deciding ------------------------------------------------------------------------------------


def test_accepted_it_counts_on_and_waits_no_more(asn: Asn, auditor: User, twice: Purchase) -> None:
    auditing.decide(auditor=auditor, public_id=twice.public_id, verdict=COUNTS, reason="Dua porsi")

    assert not auditing.marked(State.WAITING).exists()
    assert [mark.purchase for mark in auditing.marked(State.DECIDED)] == [twice]
    assert not Void.objects.exists()
    entry = audit.about(asn.user).get()
    assert (entry.action, entry.purpose) == ("purchase.decided", "Dua porsi")
    assert entry.detail == {"purchase": str(twice.public_id), "verdict": "counts"}


def test_not_counted_it_is_taken_back_and_every_total_equals_the_ledger(
    auditor: User, twice: Purchase
) -> None:
    auditing.decide(auditor=auditor, public_id=twice.public_id, verdict=NOT, reason="Satu struk")

    assert Void.objects.get().purchase == twice
    assert BuyerMonth.objects.get().amount == twice.amount
    assert circulation.differences() == []


def test_the_first_decision_stands_and_the_second_auditor_is_told(
    auditor: User, twice: Purchase
) -> None:
    auditing.decide(auditor=auditor, public_id=twice.public_id, verdict=COUNTS, reason="Wajar")

    with pytest.raises(AlreadyDecided) as refused:
        auditing.decide(
            auditor=UserFactory(), public_id=twice.public_id, verdict=NOT, reason="Tidak"
        )
    assert (refused.value.extra["verdict"], refused.value.extra["reason"]) == ("counts", "Wajar")
    assert not Void.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_auditors_at_once_one_decides(auditor: User, twice: Purchase) -> None:
    gate, outcomes = threading.Barrier(2), []

    def decide(user: User, verdict: str) -> None:
        gate.wait()
        try:
            auditing.decide(auditor=user, public_id=twice.public_id, verdict=verdict, reason="R")
            outcomes.append("decided")
        except AlreadyDecided:
            outcomes.append("told")
        finally:
            connection.close()

    second = UserFactory()
    threads = [
        threading.Thread(target=decide, args=said) for said in ((auditor, NOT), (second, COUNTS))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["decided", "told"]
    assert Decision.objects.count() == 1
    assert circulation.differences() == []


def test_nobody_decides_on_their_own_or_on_what_was_taken_back(
    asn: Asn, auditor: User, twice: Purchase
) -> None:
    said = {"public_id": twice.public_id, "verdict": NOT, "reason": "Tidak"}
    with pytest.raises(OwnPurchaseNotDecided):
        auditing.decide(auditor=asn.user, **said)
    void_purchase(asn=asn, purchase=twice, reason="Tercatat dua kali")
    with pytest.raises(PurchaseVoided):
        auditing.decide(auditor=auditor, **said)

    assert not Decision.objects.exists()


# --- The auditor's route -------------------------------------------------------------------------


@pytest.fixture
def app(auditor: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(auditor)
    return client


def test_the_list_shows_a_pseudonym_and_the_person_reads_of_the_look(
    app: APIClient, asn: Asn, twice: Purchase
) -> None:
    assert app.get("/api/v1/audit/marks").status_code == 400
    assert not AuditEntry.objects.exists()

    answer = app.get("/api/v1/audit/marks?purpose=Triwulan")

    [shown] = answer.json()["results"]
    assert (shown["id"], shown["amount"]) == (str(twice.public_id), twice.amount)
    assert [mark["rule"] for mark in shown["marks"]] == ["again"]
    assert shown["buyer"] == auditing.pseudonym(twice)
    assert answer.headers["Cache-Control"] == "no-store"
    for secret in (asn.name, str(asn.buyer_id), str(asn.public_id), asn.user.username):
        assert secret not in answer.content.decode()
    entry = audit.about(asn.user).get()
    assert (entry.action, entry.purpose) == ("purchase.marked_read", "Triwulan")


def test_who_it_is_opens_with_a_purpose_that_the_person_reads(
    app: APIClient, asn: Asn, twice: Purchase, bought: Purchase
) -> None:
    address = f"/api/v1/audit/marks/{twice.public_id}/person"
    assert app.get(address).status_code == 400

    answer = app.get(f"{address}?purpose=Ditanya+Inspektorat")

    assert answer.json()["name"] == asn.name
    entry = audit.about(asn.user).get()
    assert (entry.action, entry.purpose) == ("purchase.person_opened", "Ditanya Inspektorat")
    unmarked = f"/api/v1/audit/marks/{uuid.uuid4()}/person?purpose=x"
    assert app.get(unmarked).json()["type"] == "/problems/mark-unknown"


def test_an_app_decides_once(app: APIClient, twice: Purchase) -> None:
    address = f"/api/v1/audit/marks/{twice.public_id}/decision"
    assert app.post(address, {"verdict": "void", "reason": "x"}, format="json").status_code == 400

    said = {"verdict": "does-not-count", "reason": "Satu struk"}
    first = app.post(address, said, format="json", headers={"Idempotency-Key": "k"})
    again = app.post(address, said, format="json", headers={"Idempotency-Key": "k"})
    other = app.post(address, said, format="json")

    assert (first.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["verdict"]) == (409, "does-not-count")
    decided = app.get("/api/v1/audit/marks?purpose=T&state=decided").json()["results"]
    assert decided[0]["decision"]["reason"] == "Satu struk"


# --- The pages -----------------------------------------------------------------------------------


def signed_in(user: User) -> Client:
    """Reading English."""
    client = Client()
    client.cookies.load({settings.LANGUAGE_COOKIE_NAME: "en"})
    client.force_login(user)
    return client


def test_the_auditors_pages_ask_what_for_and_show_no_name_until_it_is_opened(
    auditor: User, asn: Asn, twice: Purchase
) -> None:
    client, one = signed_in(auditor), f"/audit/belanja/{twice.public_id}/"
    assert client.get(one)["Location"] == "/audit/belanja/"
    assert "What do you look at it for?" in client.get("/audit/belanja/").content.decode()
    client.post("/audit/belanja/", {"purpose": "Triwulan IV"})

    for address in ("/audit/belanja/", one):
        text = client.get(address).content.decode()
        assert auditing.pseudonym(twice) in text
        assert asn.name not in text
    assert client.post(one, {"verdict": "counts", "reason": " "}).status_code == 400
    opened = client.post(f"{one}orang/", {"purpose": "Ditanya"}).content.decode()
    assert asn.name in opened
    client.post(one, {"verdict": "does-not-count", "reason": "Satu struk"})
    assert "Satu struk" in client.get(one).content.decode()
    told = client.post(one, {"verdict": "counts", "reason": "Tidak"}, follow=True)
    assert "already decided" in told.content.decode()
    looks = signed_in(asn.user).get("/data-saya/dilihat/").content.decode()
    assert "Triwulan IV" in looks
    assert "Ditanya" in looks


def test_nobody_else_enters(asn: Asn, twice: Purchase) -> None:
    for address in ("/audit/belanja/", f"/audit/belanja/{twice.public_id}/"):
        assert signed_in(asn.user).get(address).status_code == 403
        assert Client().get(address).status_code == 302


def test_the_person_reads_the_decision_in_the_story_of_their_purchase(
    asn: Asn, auditor: User, twice: Purchase
) -> None:
    auditing.decide(auditor=auditor, public_id=twice.public_id, verdict=NOT, reason="Satu struk")
    app = APIClient()
    app.force_authenticate(asn.user)

    page = signed_in(asn.user).get(f"/belanja/{twice.public_id}/").content.decode()
    events = app.get(f"/api/v1/purchases/{twice.public_id}/story").json()["events"]

    assert "An auditor looked at this entry and does not count it: Satu struk" in page
    assert "An auditor looked at it: It does not count" in page
    decided = next(event for event in events if event["what"] == "decided")
    assert (decided["verdict"], decided["reason"]) == ("does-not-count", "Satu struk")
    taken = b"".join(app.get("/api/v1/me/export").streaming_content)
    with zipfile.ZipFile(io.BytesIO(taken)) as archive:
        kept = json.loads(archive.read("data-saya.json"))["purchases"]
    assert [(each["marks"], each["decision"], each["decision_reason"]) for each in kept] == [
        ([], None, ""),
        (["again"], "does-not-count", "Satu struk"),
    ]


def test_ones_own_business_is_told_calmly_and_recorded_all_the_same(asn: Asn) -> None:
    own, other = UmkmFactory(owner=asn.user), UmkmFactory()
    client = signed_in(asn.user)

    assert (
        "linked to your account"
        in client.get("/belanja/catat/", {"umkm": own.public_id}).content.decode()
    )
    assert (
        "linked to your account"
        not in client.get("/belanja/catat/", {"umkm": other.public_id}).content.decode()
    )
