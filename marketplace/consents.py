"""Whether an ASN agreed to take part: asked by a text, given, and taken back at any time.

Without a consent to the present text nothing is recorded. Given and withdrawn are rows that are
never changed; what stands now is `Asn.consented_to`, read under the lock that recording takes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from marketplace import consent_texts
from marketplace.errors import ConsentMissing, ConsentTextChanged, NotAsn
from marketplace.models import Asn, Buyer, ConsentDecision, ConsentText, Recognition

ERASED_AFTER = timedelta(hours=71)
"""How long after a withdrawal the person is erased. The law says 3 x 24 hours (UU 27/2022): the
last of them is for trying again."""


@dataclass(frozen=True)
class Standing:
    """Whether the present text is agreed to, and what was decided last."""

    given: bool
    given_at: datetime | None
    withdrawn_at: datetime | None

    @property
    def erased_at(self) -> datetime | None:
        """When who withdrew is erased, if they do not agree again."""
        return self.withdrawn_at + ERASED_AFTER if self.withdrawn_at else None


def hold(asn: Asn) -> Asn:
    """The person as they stand now, held until the commit: whatever is theirs waits its turn.

    Every rule that writes what is one person's comes here first, erasing them as well, so that an
    erasure leaves nothing half. It is the buyer that is locked: the personnel file keeps every
    `Asn` for as long as it is read. Raises `NotAsn` for somebody who was erased meanwhile.
    """
    Buyer.objects.select_for_update(no_key=True).get(pk=asn.buyer_id)
    held = Asn.objects.filter(pk=asn.pk, buyer_id=asn.buyer_id).first()
    if held is None:
        raise NotAsn
    return held


def stands(asn: Asn) -> bool:
    """Whether this person agreed to the present text."""
    return bool(asn.consented_to) and asn.consented_to == consent_texts.current().digest


def refuse_without(held: Asn) -> None:
    """Raise `ConsentMissing` for who did not agree to the present text, or took it back."""
    if not stands(held):
        raise ConsentMissing(extra={"consent": consent_texts.current().version})


def standing_of(asn: Asn) -> Standing:
    """What this person decided, as they read it."""
    last = asn.consent_decisions.order_by("-pk").first()
    withdrawn = last is not None and last.kind == ConsentDecision.Kind.WITHDRAWN
    given = stands(asn)
    return Standing(
        given=given,
        given_at=last.at if last and given else None,
        withdrawn_at=last.at if last and withdrawn else None,
    )


@transaction.atomic
def give(asn: Asn, *, digest: str) -> None:
    """Agree to the text that was read; agreed to already, it changes nothing.

    Raises `ConsentTextChanged` if another text holds by now, `NotAsn` for who was erased.
    """
    text = consent_texts.current()
    if digest != text.digest:
        raise ConsentTextChanged
    held = hold(asn)
    if stands(held):
        return
    _decide(held, row_of(text), ConsentDecision.Kind.GIVEN, stands_for=text.digest)


@transaction.atomic
def withdraw(asn: Asn) -> None:
    """Take the consent back: from now on nothing is recorded, and in 3 x 24 hours they are erased.

    Who was thanked by name is so no more, also if they agree again. Nothing to take back, it
    changes nothing.
    """
    held = hold(asn)
    Recognition.objects.filter(asn=held).delete()
    if not held.consented_to:
        return
    text = ConsentText.objects.get(digest=held.consented_to)
    _decide(held, text, ConsentDecision.Kind.WITHDRAWN, stands_for="")


def due_to_be_erased() -> list[Asn]:
    """Who withdrew longer than ERASED_AFTER ago, and did not agree again."""
    withdrawn = ConsentDecision.objects.filter(kind=ConsentDecision.Kind.WITHDRAWN)
    old = withdrawn.filter(at__lte=timezone.now() - ERASED_AFTER, asn__consented_to="")
    people = Asn.objects.filter(pk__in=old.values("asn")).order_by("pk")
    return [asn for asn in people if is_due(asn)]


def is_due(asn: Asn) -> bool:
    """Whether what they decided last is a withdrawal, longer than ERASED_AFTER ago."""
    erased_at = standing_of(asn).erased_at
    return erased_at is not None and erased_at <= timezone.now()


def _decide(held: Asn, text: ConsentText, kind: ConsentDecision.Kind, *, stands_for: str) -> None:
    ConsentDecision.objects.create(asn=held, text=text, kind=kind)
    held.consented_to = stands_for
    held.save(update_fields=["consented_to"])


def row_of(text: consent_texts.Text) -> ConsentText:
    """The text as a row, written with the first consent to it."""
    said = {
        "version": text.version,
        "indonesian": text.indonesian,
        "english": text.english,
    }
    return ConsentText.objects.get_or_create(digest=text.digest, defaults=said)[0]
