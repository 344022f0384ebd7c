"""The outbox: changes written with their cause, numbered by one relay, read by position."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from core import locks
from core.models import OutboxEvent, OutboxPosition
from core.sql import Sql, send

BATCH = 1_000
AT_ONCE = 500
EMIT = "INSERT INTO core_outboxevent (stream, event, public_id, version, created_at) VALUES"


def emit(*, stream: str, event: str, public_id: UUID, version: int) -> OutboxEvent:
    """Write an event in the caller's transaction: it is there if and only if the change is."""
    return OutboxEvent.objects.create(
        stream=stream, event=event, public_id=public_id, version=version
    )


def emit_all(*, stream: str, events: Sequence[tuple[str, UUID, int]]) -> None:
    """The same for many, each with its event, public id and version, in this order."""
    for start in range(0, len(events), AT_ONCE):
        send(emission(stream=stream, events=events[start : start + AT_ONCE]))


def emission(*, stream: str, events: Sequence[tuple[str, UUID, int]]) -> Sql:
    """The statement that writes events, to be sent with the change that they tell of."""
    rows = ", ".join(["(%s, %s, %s, %s, %s)"] * len(events))
    now = timezone.now()
    params = ((stream, event, public_id, version, now) for event, public_id, version in events)
    return Sql(f"{EMIT} {rows}", tuple(chain.from_iterable(params)))


@transaction.atomic
def relay() -> int:
    """Number what has been committed, per stream and without gaps; return how many.

    A number is given after the commit, so a reader that has seen number n has seen all before.
    Does nothing while another relay runs.
    """
    if not locks.alone(locks.RELAY_OUTBOX):
        return 0
    waiting = list(OutboxEvent.objects.filter(number=None).order_by("pk")[:BATCH])
    last = _last_numbers({event.stream for event in waiting})
    for event in waiting:
        last[event.stream] += 1
        event.number = last[event.stream]
    OutboxEvent.objects.bulk_update(waiting, ["number"], batch_size=BATCH)
    return len(waiting)


def read_on(*, stream: str, after: int, limit: int = 200) -> list[OutboxEvent]:
    """The numbered events of `stream` after number `after`, oldest first."""
    events = OutboxEvent.objects.filter(stream=stream, number__gt=after)
    return list(events.order_by("number")[:limit])


def stand_at(*, reader: str, stream: str) -> OutboxPosition | None:
    """How far `reader` has read, held until the transaction ends; None while another one reads."""
    where: dict[str, Any] = {"reader": reader, "stream": stream}
    OutboxPosition.objects.get_or_create(**where)
    return OutboxPosition.objects.select_for_update(skip_locked=True).filter(**where).first()


@dataclass(frozen=True)
class Reach:
    """The first and the last number of a stream that can be read; both 0 before the first."""

    first: int
    last: int

    def holds_all_after(self, number: int) -> bool:
        """Whether a reader at `number` misses nothing, and stands nowhere we have not been."""
        return max(self.first - 1, 0) <= number <= self.last


def reach(stream: str) -> Reach:
    """How far back and how far on a stream can be read."""
    numbered = OutboxEvent.objects.filter(stream=stream, number__isnull=False)
    found = numbered.aggregate(first=Min("number"), last=Max("number"))
    return Reach(found["first"] or 0, found["last"] or 0)


@transaction.atomic
def prune() -> int:
    """Delete what is older than OUTBOX_DAYS and was read by every reader; return how much.

    The last event of a stream stays, so that numbers go on where they were.
    """
    return sum(_prune_stream(stream) for stream in OutboxEvent.Stream.values)


def _prune_stream(stream: str) -> int:
    before = timezone.now() - timedelta(days=settings.OUTBOX_DAYS)
    positions = OutboxPosition.objects.filter(stream=stream)
    read = positions.aggregate(Min("number"))["number__min"]
    last = reach(stream).last
    old = OutboxEvent.objects.filter(stream=stream, created_at__lt=before, number__lt=last)
    if read is not None:
        old = old.filter(number__lte=read)
    upto = old.aggregate(Max("number"))["number__max"]
    return old.filter(number__lte=upto).delete()[0] if upto else 0


def _last_numbers(streams: set[str]) -> dict[str, int]:
    found = OutboxEvent.objects.filter(stream__in=streams).values("stream").annotate(Max("number"))
    return {row["stream"]: row["number__max"] or 0 for row in found.order_by()}
