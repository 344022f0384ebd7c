"""The audit log's hash chain: what was written stays as it was, and anyone can reckon it again.

Beat binds what was committed since the last time, so that nobody who records waits for it. A link
is the SHA-256 of the link before and of its entries, lowest id first. Each new link is also told
to the log: a copy of it kept elsewhere betrays a chain that was reckoned anew as a whole, or cut
at its end.
"""

import hashlib
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from core import locks
from core.models import AuditEntry, AuditSeal

logger = logging.getLogger(__name__)

MOST_ENTRIES = 5_000
BEFORE_THE_FIRST = "0" * 64
SEALED_WITHIN = timedelta(hours=1)
"""An entry that waits longer is a failing of beat, or was slipped in."""


@dataclass(frozen=True)
class Verdict:
    """What a look through the chain found; `breaks` names each seal or entry that does not hold."""

    seals: int
    entries: int
    head: str
    breaks: tuple[str, ...]


@transaction.atomic
def seal() -> AuditSeal | None:
    """Bind the committed entries that no seal binds yet; None if there are none.

    Does nothing while another process seals.
    """
    if not locks.alone(locks.SEAL_AUDIT):
        return None
    waiting = list(AuditEntry.objects.filter(seal=None).order_by("pk")[:MOST_ENTRIES])
    if not waiting:
        return None
    before = AuditSeal.objects.order_by("-number").first()
    made = AuditSeal.objects.create(
        number=before.number + 1 if before else 1,
        entries=len(waiting),
        digest=digest(before.digest if before else BEFORE_THE_FIRST, waiting),
    )
    AuditEntry.objects.filter(pk__in=[entry.pk for entry in waiting]).update(seal=made)
    told = {"seal": made.number, "entries": made.entries, "digest": made.digest}
    transaction.on_commit(lambda: logger.info("audit sealed", extra=told))
    return made


def verify() -> Verdict:
    """Reckon every seal anew, from the first on; the tables are read once, in a stream."""
    breaks: list[str] = []
    last, head, seals, entries = 0, BEFORE_THE_FIRST, 0, 0
    bound = _by_seal()
    number, held = next(bound, (None, []))
    for each in AuditSeal.objects.order_by("number").iterator():
        found: list[AuditEntry] = []
        if number == each.number:
            found, (number, held) = held, next(bound, (None, []))
        if each.number != last + 1:
            breaks.append(f"seal {last + 1}: missing")
        if len(found) != each.entries:
            breaks.append(f"seal {each.number}: {len(found)} entries of {each.entries}")
        elif digest(head, found) != each.digest:
            breaks.append(f"seal {each.number}: an entry or a seal before it was changed")
        last, head, seals, entries = each.number, each.digest, seals + 1, entries + len(found)
    late = AuditEntry.objects.filter(seal=None, at__lt=timezone.now() - SEALED_WITHIN)
    breaks += [
        f"entry {key}: not sealed" for key in late.order_by("pk").values_list("pk", flat=True)
    ]
    return Verdict(seals=seals, entries=entries, head=head, breaks=tuple(breaks))


def holds_link(head: str) -> bool:
    """Whether a link that was noted elsewhere still stands in the chain."""
    return AuditSeal.objects.filter(digest=head).exists()


def digest(before: str, entries: list[AuditEntry]) -> str:
    """The link that binds `entries` to the link `before`: 64 hexadecimal digits."""
    text = "\n".join([before, *(_written(entry) for entry in entries)])
    return hashlib.sha256(text.encode()).hexdigest()


def _written(entry: AuditEntry) -> str:
    """All that an entry says, in one line that is the same wherever it is read."""
    facts = [
        entry.pk,
        entry.at.isoformat(),
        entry.actor_id,
        entry.actor_roles,
        entry.action,
        entry.subject_type,
        entry.subject_id,
        entry.subject_user_id,
        entry.purpose,
        entry.detail,
        entry.request_id,
    ]
    return json.dumps(facts, sort_keys=True, separators=(",", ":"))


def _by_seal() -> Iterator[tuple[int | None, list[AuditEntry]]]:
    sealed = AuditEntry.objects.filter(seal__isnull=False).order_by("seal_id", "pk")
    for number, entries in groupby(sealed.iterator(), key=lambda entry: entry.seal_id):
        yield number, list(entries)
