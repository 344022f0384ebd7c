"""How much somebody would like to spend a month: their own word, seen by them alone."""

from django.db import transaction

from marketplace import consents
from marketplace.errors import AmountOutOfRange
from marketplace.models import Asn, OwnGoal
from marketplace.models.registry import MOST_RUPIAH


@transaction.atomic
def set_goal(asn: Asn, *, amount: int) -> OwnGoal:
    """Take a goal, or another one; said again it changes nothing.

    Raises `AmountOutOfRange`, `ConsentMissing`, `NotAsn` for who was erased.
    """
    if not 1 <= amount <= MOST_RUPIAH:
        raise AmountOutOfRange(fields={"amount": [AmountOutOfRange.title]})
    held = consents.hold(asn)
    consents.refuse_without(held)
    return OwnGoal.objects.update_or_create(asn=held, defaults={"amount": amount})[0]


def drop_goal(asn: Asn) -> None:
    """Have none any more; without one it changes nothing."""
    OwnGoal.objects.filter(asn=asn).delete()


def goal_of(asn: Asn) -> int | None:
    """Whole rupiah a month, if they chose a goal."""
    return OwnGoal.objects.filter(asn=asn).values_list("amount", flat=True).first()
