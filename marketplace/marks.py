"""Rules that mark an improbable purchase: after it was recorded, never in its way.

A marked purchase counts like any other until an auditor decides (marketplace/auditing.py). A beat
task reads on in the outbox from a position of its own, which moves in the transaction of the marks:
killed or run twice, each mark is written once, which a constraint holds as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from core import outbox
from core.models import OutboxEvent
from marketplace.models import Asn, Buyer, Mark, Purchase, Umkm
from marketplace.models.purchases import PurchaseQuerySet

READER = "marks"
RECORDED = "purchase.recorded"
READ_AT_ONCE = 100
LOOKED_BACK = timedelta(days=180)
LOOKED_THROUGH = 300
"""How many of a buyer's purchases before it one is compared with."""

AGAIN_WITHIN = timedelta(minutes=10)

HABIT_FROM = 8
"""So many earlier purchases are a habit."""
HABIT_TIMES = 10
HABIT_LEAST = 500_000
"""Whole rupiah: below this nothing is far above a habit."""

SERIES_LENGTH = 6
SERIES_WITHIN = timedelta(hours=1)
SERIES_STEP = 5_000
SERIES_MOST = 50_000
"""Whole rupiah: a round amount is a multiple of the step, a small one no more than this."""


@dataclass(frozen=True)
class Found:
    """What a rule found: the rule, and the earlier purchase it compares with if there is one."""

    rule: Mark.Rule
    beside: Purchase | None = None


Judge = Callable[[Purchase, Sequence[Purchase]], Found | None]


@transaction.atomic
def read_on() -> int:
    """Mark what is improbable of what was recorded since last time; return how much was read.

    Does nothing while another reader stands at the same position.
    """
    position = outbox.stand_at(reader=READER, stream=OutboxEvent.Stream.PURCHASES)
    if position is None:
        return 0
    events = outbox.read_on(stream=position.stream, after=position.number, limit=READ_AT_ONCE)
    if not events:
        return 0
    recorded = [event.public_id for event in events if event.event == RECORDED]
    _write([mark for purchase in _with_buyer(recorded) for mark in _marks_of(purchase)])
    position.number = events[-1].number or position.number
    position.save(update_fields=["number"])
    return len(events)


def judge(purchase: Purchase, before: Sequence[Purchase]) -> list[Found]:
    """What the rules find of a purchase beside those its buyer recorded before it, latest first."""
    found = (rule(purchase, before) for rule in RULES)
    return [each for each in found if each]


def recorded_again(purchase: Purchase, before: Sequence[Purchase]) -> Found | None:
    """The same shop, day and amount, recorded within AGAIN_WITHIN of an earlier one."""
    shop = purchase.umkm.standing
    for earlier in before:
        near = purchase.recorded_at - earlier.recorded_at <= AGAIN_WITHIN
        same = (earlier.amount, earlier.day) == (purchase.amount, purchase.day)
        if near and same and earlier.umkm.standing == shop:
            return Found(Mark.Rule.AGAIN, earlier)
    return None


def far_above_habit(purchase: Purchase, before: Sequence[Purchase]) -> Found | None:
    """HABIT_TIMES the median of HABIT_FROM or more earlier purchases, and HABIT_LEAST."""
    if len(before) < HABIT_FROM or purchase.amount < HABIT_LEAST:
        return None
    usual = median(earlier.amount for earlier in before)
    return Found(Mark.Rule.ABOVE_HABIT) if purchase.amount >= HABIT_TIMES * usual else None


def in_a_series(purchase: Purchase, before: Sequence[Purchase]) -> Found | None:
    """The last of SERIES_LENGTH small round amounts of one day, recorded within SERIES_WITHIN."""
    row = [purchase, *before[: SERIES_LENGTH - 1]]
    in_time = purchase.recorded_at - row[-1].recorded_at <= SERIES_WITHIN
    same_day = {each.day for each in row} == {purchase.day}
    small = all(each.amount <= SERIES_MOST and each.amount % SERIES_STEP == 0 for each in row)
    if len(row) < SERIES_LENGTH or not (in_time and same_day and small):
        return None
    return Found(Mark.Rule.SERIES, row[-1])


RULES: tuple[Judge, ...] = (recorded_again, far_above_habit, in_a_series)


def is_own_shop(umkm: Umkm, *, user_id: int | None) -> bool:
    """Whether a shop is linked to this user, or has one owner with a shop that is."""
    if user_id is None:
        return False
    theirs = Umkm.objects.filter(owner_id=user_id)
    return theirs.filter(Q(pk=umkm.pk) | Q(owner_key=umkm.owner_key)).exists()


def _write(marks: Sequence[Mark]) -> None:
    """Write them, but for who was erased meanwhile: an erasure and this wait for each other."""
    buyers = {mark.purchase.buyer_id for mark in marks}
    list(Buyer.objects.select_for_update(no_key=True).filter(pk__in=buyers).order_by("pk"))
    known = set(Asn.objects.filter(buyer_id__in=buyers).values_list("buyer_id", flat=True))
    still = [mark for mark in marks if mark.purchase.buyer_id in known]
    Mark.objects.bulk_create(still, ignore_conflicts=True)


def _marks_of(purchase: Purchase) -> list[Mark]:
    asn: Asn | None = getattr(purchase.buyer, "asn", None)
    if asn is None:  # erased: nobody is compared with anybody
        return []
    found = judge(purchase, list(_before(purchase)))
    if is_own_shop(purchase.umkm.standing, user_id=asn.user_id):
        found.append(Found(Mark.Rule.OWN_SHOP))
    return [Mark(purchase=purchase, rule=each.rule, beside=each.beside) for each in found]


def _with_buyer(public_ids: Sequence[UUID]) -> PurchaseQuerySet:
    found = Purchase.objects.standing().filter(public_id__in=public_ids)
    return found.select_related("umkm__merged_into", "buyer__asn").order_by("pk")


def _before(purchase: Purchase) -> PurchaseQuerySet:
    """What the buyer recorded before it and still stands, latest first."""
    theirs = Purchase.objects.standing().filter(buyer_id=purchase.buyer_id, pk__lt=purchase.pk)
    lately = theirs.filter(day__gte=purchase.day - LOOKED_BACK)
    return lately.select_related("umkm__merged_into").order_by("-pk")[:LOOKED_THROUGH]
