"""From one key of the NIP to the next, while people go on signing in and files are imported.

Every key in the settings reads; the first writes. Rows of an older key are written anew, a few in
each transaction: killed anywhere, what is committed stands, and the next run does the rest. A row
is of the present key when its digest says so, so no bookmark is kept that could be wrong.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from core import secrets
from marketplace.models import Activation, Asn, FormerNip, PersonnelLine, PersonnelRun

HOLDERS: tuple["Holders", ...] = (Asn, FormerNip)
WRITTEN = ["nip_encrypted", "nip_digest", "nip_key_version"]
BATCH = 100
"""Rows that are locked together, for some hundredths of a second."""
ROUNDS = 20
"""How often rows that somebody else held are gone back to."""
PAUSE = 0.2

Holder = Asn | FormerNip
Holders = type[Asn] | type[FormerNip]


@dataclass
class Renewal:
    """How far the work is."""

    seen: int = 0
    renewed: int = 0
    held: int = 0
    """Rows that somebody else held in this round."""


@dataclass(frozen=True)
class Remaining:
    """What still needs an older key, and what no key in the settings opens."""

    looked_up: int = 0
    encrypted: int = 0
    unreadable: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    codes: int = 0
    codes_until: datetime | None = None
    files: int = 0

    @property
    def lookup_key_is_free(self) -> bool:
        """Whether every LOOKUP_KEY but the first may go."""
        return not (self.looked_up or self.codes or self.unreadable)

    @property
    def field_key_is_free(self) -> bool:
        """Whether, as far as NIP are concerned, every FIELD_KEY but the first may go."""
        return not (self.encrypted or self.files or self.unreadable)


def renew(*, batch: int = BATCH) -> Iterator[Renewal]:
    """Write what older keys wrote anew, and tell after each committed batch how far it is."""
    done = Renewal()
    for _round in range(ROUNDS):
        done.held = done.seen = 0
        for model in HOLDERS:
            yield from _renew_all(model, done, batch=batch)
        if not done.held:
            return
        time.sleep(PAUSE)


def _renew_all(model: Holders, done: Renewal, *, batch: int) -> Iterator[Renewal]:
    last = 0
    while rows := list(_all(model).filter(pk__gt=last)[:batch]):
        last = rows[-1].pk
        stale = [row.pk for row in rows if _renewed(row) is not None]
        if stale:
            renewed, held = _renew_batch(model, stale)
            done.renewed += renewed
            done.held += held
        done.seen += len(rows)
        yield done


@transaction.atomic(durable=True)
def _renew_batch(model: Holders, keys: Sequence[int]) -> tuple[int, int]:
    """How many rows were renewed, and how many somebody else held.

    Locked as a change of the number locks them; a row that is taken is left for the next round, so
    that nobody who signs in ever waits for us while we wait for them.
    """
    held_now = _all(model).select_for_update(skip_locked=True, of=("self",))
    rows = list(held_now.filter(pk__in=keys))
    renewed = [after for row in rows if (after := _renewed(row)) is not None]
    doubled = _doubled(model, renewed)
    free = [row for row in renewed if row.pk not in doubled]
    _all(model).bulk_create(  # an upsert: each row is there, and locked
        free, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
    )
    return len(free), len(keys) - len(rows)


def _all(model: Holders) -> QuerySet[Any]:
    return model._default_manager.order_by("pk")


def _renewed(row: Holder) -> Holder | None:
    """The row as the present keys would write it; None if they did, or if no key opens it."""
    try:
        encrypted = secrets.renewed(row.nip_encrypted)
        digits = secrets.decrypt(encrypted or row.nip_encrypted)
    except InvalidToken:
        return None
    digest, version = secrets.lookup_digest(digits, purpose="nip")
    if encrypted is None and (digest, version) == (row.nip_digest, row.nip_key_version):
        return None
    row.nip_encrypted = encrypted or row.nip_encrypted
    row.nip_digest, row.nip_key_version = digest, version
    return row


# --- What an older key is still needed for -------------------------------------------------------


def remaining() -> Remaining:
    """Look at every row; nothing is changed."""
    counts = {"looked_up": 0, "encrypted": 0}
    unreadable: list[str] = []
    doubled: list[str] = []
    for model in HOLDERS:
        for rows in _by_thousands(model):
            before = {row.pk: (row.nip_encrypted, row.nip_digest) for row in rows}
            after = [row for row in rows if _renewed(row) is not None]
            counts["encrypted"] += sum(row.nip_encrypted != before[row.pk][0] for row in after)
            older = [row for row in after if row.nip_digest != before[row.pk][1]]
            counts["looked_up"] += len(older)
            twice = _doubled(model, older)
            doubled += [str(row) for row in older if row.pk in twice]
            same = {row.pk for row in rows} - {row.pk for row in after}
            unreadable += [str(row) for row in rows if row.pk in same and not _is_readable(row)]
    codes = _older_codes()
    return Remaining(
        **counts,
        unreadable=unreadable,
        doubled=doubled,
        codes=codes.count(),
        codes_until=codes.aggregate(last=Max("expires_at"))["last"],
        files=_older_files(),
    )


def _by_thousands(model: Holders) -> Iterator[list[Any]]:
    last = 0
    while rows := list(_all(model).filter(pk__gt=last)[:1_000]):
        last = rows[-1].pk
        yield rows


def _doubled(model: Holders, rows: Sequence[Holder]) -> set[int]:
    """Which of these have the digest of another row: two are one person, and a human says which."""
    ours = {row.nip_digest: row.pk for row in rows}
    found = _all(model).filter(nip_digest__in=list(ours)).values_list("nip_digest", "pk")
    return {ours[digest] for digest, pk in found if pk != ours[digest]}


def _is_readable(row: Holder) -> bool:
    try:
        secrets.decrypt(row.nip_encrypted)
    except InvalidToken:
        return False
    return True


def _older_codes() -> QuerySet[Activation]:
    """Codes that work only while the key that made them is there."""
    alive = Activation.objects.filter(expires_at__gt=timezone.now()).exclude(code_digest="")
    present = secrets.key_version(settings.LOOKUP_KEYS[0])
    return alive.filter(~Q(key_version=present) | Q(key_version=None))


def _older_files() -> int:
    """Personnel files that lie encrypted by an older key; none lies for more than a day."""
    older = 0
    for run in PersonnelRun.objects.filter(state__in=["checked", "running"]):
        line = PersonnelLine.objects.filter(run=run).exclude(sealed="").first()
        older += line is not None and secrets.renewed(line.sealed) is not None
    return older
