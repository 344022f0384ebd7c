"""What an auditor does with marked purchases: looks, with a purpose, and decides, with a reason.

The least is shown: a pseudonym stands for the buyer, the note and the home do not appear. Each look
is written down where the person can read it, and so is whoever opens who it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit, secrets
from marketplace.errors import AlreadyDecided, MarkUnknown, OwnPurchaseNotDecided
from marketplace.models import Asn, Buyer, Decision, Mark, Purchase
from marketplace.models.purchases import PurchaseQuerySet
from marketplace.purchases import refuse_if_voided, take_out

LOOKS = "marketplace.view_mark"
DECIDES = "marketplace.add_decision"
BESIDE = (
    "umkm__region",
    "umkm__merged_into__region",
    "buyer__asn__user",
    "decision",
    "receipt",
    "void",
)
"""What is shown with a purchase."""


class State(TextChoices):
    """Whether somebody decided on a marked purchase."""

    WAITING = "waiting", _("Waiting")
    DECIDED = "decided", _("Decided")


@dataclass(frozen=True)
class Person:
    """Who is behind a purchase: no NIP, no home."""

    name: str
    agency: str


def marked(state: State) -> QuerySet[Mark]:
    """One mark of each marked purchase, recorded last first, with its purchase.

    Of those that stand and nobody decided on, or of those decided on. Read from the marks on, which
    are few: from the purchases on the database would walk through all of them.
    """
    found = Mark.objects.filter(purchase__decision__isnull=state == State.WAITING)
    if state == State.WAITING:
        found = found.filter(purchase__void__isnull=True)
    found = found.select_related(*(f"purchase__{each}" for each in BESIDE))
    found = found.prefetch_related("purchase__marks__beside")
    return found.order_by("-purchase_id").distinct("purchase_id")


def one_marked(public_id: UUID) -> Purchase:
    """One of them; what its buyer took back is looked at no more. Raises `MarkUnknown`."""
    waits, is_decided = Q(void__isnull=True), Q(decision__isnull=False)
    found = _marked().select_related(*BESIDE).prefetch_related("marks__beside")
    purchase = found.filter(waits | is_decided, public_id=public_id).first()
    if purchase is None:
        raise MarkUnknown
    return purchase


def write_down(purchases: Iterable[Purchase], *, auditor: User, purpose: str) -> None:
    """Log that an auditor looks at these purchases: an entry for each person they are of."""
    of_one: dict[UUID, list[Purchase]] = {}
    for purchase in purchases:
        of_one.setdefault(purchase.buyer_id, []).append(purchase)
    audit.record_each(
        [(seen[0], _user_of(seen[0]), _ids(seen)) for seen in of_one.values()],
        actor=auditor,
        action="purchase.marked_read",
        purpose=purpose,
    )


def pseudonym(purchase: Purchase) -> str:
    """What an auditor calls a buyer: always the same, and by our key alone to be made."""
    said = secrets.lookup_digest(str(purchase.buyer_id), purpose="buyer's pseudonym")[0].upper()
    return f"{said[:4]}-{said[4:8]}-{said[8:10]}"


@transaction.atomic
def open_person(*, auditor: User, public_id: UUID, purpose: str) -> Person:
    """Who a marked purchase is of: written down first, for that person to read.

    Raises `MarkUnknown`, also where the person was erased.
    """
    purchase = one_marked(public_id)
    asn: Asn | None = getattr(purchase.buyer, "asn", None)
    if asn is None:
        raise MarkUnknown
    audit.record(
        actor=auditor,
        action="purchase.person_opened",
        subject=purchase,
        subject_user=asn.user,
        purpose=purpose,
        detail={"purchase": str(public_id)},
    )
    posting = asn.posting_on(timezone.localdate())
    return Person(name=asn.name, agency=str(posting.agency) if posting else "")


@transaction.atomic
def decide(*, auditor: User, public_id: UUID, verdict: str, reason: str) -> Decision:
    """Decide on a marked purchase, once; one that does not count is taken back with it.

    Of two auditors at once the first decides. Raises `MarkUnknown`, `AlreadyDecided` with what
    stands, `PurchaseVoided`, `OwnPurchaseNotDecided`, or `CorrectionTooLate` for one so old that
    nobody may take it back.
    """
    purchase = _locked(public_id)
    if purchase is None:
        raise MarkUnknown
    decision = Decision.objects.filter(purchase=purchase).first()
    if decision is not None:
        raise AlreadyDecided(extra=_told(decision))
    refuse_if_voided(purchase)
    if _user_of(purchase) == auditor:
        raise OwnPurchaseNotDecided
    decision = Decision.objects.create(
        purchase=purchase, verdict=verdict, reason=reason, auditor_id=auditor.pk
    )
    audit.record(
        actor=auditor,
        action="purchase.decided",
        subject=purchase,
        subject_user=_user_of(purchase),
        purpose=reason,
        detail={"purchase": str(public_id), "verdict": verdict},
    )
    if verdict == Decision.Verdict.DOES_NOT_COUNT:
        take_out(purchase, reason=reason)
    return decision


def _marked() -> PurchaseQuerySet:
    return Purchase.objects.filter(pk__in=Mark.objects.values("purchase"))


def _locked(public_id: UUID) -> Purchase | None:
    """A marked purchase, held until the commit as its buyer holds it who takes it back or leaves.

    Like every rule that writes what is one person's, it takes the buyer first; an erasure takes
    the marks along.
    """
    buyer = Purchase.objects.filter(public_id=public_id).values("buyer")
    list(Buyer.objects.select_for_update(no_key=True).filter(pk__in=buyer))
    rows = _marked().select_related("buyer__asn__user")
    return rows.select_for_update(no_key=True, of=("self",)).filter(public_id=public_id).first()


def _user_of(purchase: Purchase) -> User | None:
    asn: Asn | None = getattr(purchase.buyer, "asn", None)
    return asn.user if asn else None


def _ids(purchases: Iterable[Purchase]) -> dict[str, list[str]]:
    return {"purchases": [str(purchase.public_id) for purchase in purchases]}


def _told(decision: Decision) -> dict[str, object]:
    return {"verdict": decision.verdict, "reason": decision.reason, "at": decision.at}
