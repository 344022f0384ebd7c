"""The whole story of one purchase: recorded, what stands behind it, taken back, replaced."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from marketplace.models import Decision, Evidence, Purchase


class What(TextChoices):
    """What happened to a purchase."""

    REPLACES = "replaces", _("Takes the place of an earlier entry")
    RECORDED = "recorded", _("Recorded")
    EVIDENCE = "evidence", _("Evidence")
    DECIDED = "decided", _("An auditor looked at it")
    VOIDED = "voided", _("Taken back")
    REPLACED_BY = "replaced-by", _("Replaced by a corrected entry")


@dataclass(frozen=True)
class Event:
    """One step, with what it has: `other` is the purchase before or after."""

    what: What
    at: datetime
    evidence: Evidence.Kind | None = None
    verdict: Decision.Verdict | None = None
    reason: str = ""
    other: Purchase | None = None


def story_of(purchase: Purchase) -> list[Event]:
    """Every step of a purchase, oldest first; steps of one moment in the order of `What`."""
    order = list(What)
    return sorted(_steps(purchase), key=lambda event: (event.at, order.index(event.what)))


def _steps(purchase: Purchase) -> Iterator[Event]:
    if purchase.replaces:
        yield Event(What.REPLACES, purchase.recorded_at, other=purchase.replaces)
    yield Event(What.RECORDED, purchase.recorded_at)
    for evidence in purchase.evidence.all():
        yield Event(What.EVIDENCE, evidence.at, evidence=Evidence.Kind(evidence.kind))
    if hasattr(purchase, "decision"):
        said = purchase.decision
        verdict = Decision.Verdict(said.verdict)
        yield Event(What.DECIDED, said.at, verdict=verdict, reason=said.reason)
    if hasattr(purchase, "void"):
        void = purchase.void
        yield Event(What.VOIDED, void.voided_at, reason=void.reason)
    if hasattr(purchase, "replacement"):
        other = purchase.replacement
        yield Event(What.REPLACED_BY, other.recorded_at, other=other)
