"""Who carries which post when: a channel at a time, first come first served, none starved.

A worker goes round the channels that have something due. Each has its turn with one worker, so
that its first attempts leave in the order of (send_at, id) and a slow platform keeps no more than
one worker; a post that waits for its next try or is unclear is not in that order. Where a channel
has no room yet, the worker goes on to the next, and waits only when none has.
"""

import logging
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from core import locks
from social import budgets, publishing
from social.models import Channel, Post

logger = logging.getLogger(__name__)

SLICE = 8.0
"""Seconds that a worker goes round: longer than from one tick to the next, so that none waits."""
TURN = 1.0
"""Seconds with one channel before the next has its turn."""
MOST_WAITING = 3
"""Workers that wait for room at a time; the others are free for other work."""


def channels_with_due() -> int:
    """How many channels have something to send now."""
    return _busy_channels().count()


def carry_due(*, seconds: float = SLICE) -> None:
    """Go round the channels and carry what is due, until nothing is or the time is over."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        room_at = _go_round(ends)
        if room_at is None:
            return
        pause = (room_at - timezone.now()).total_seconds()
        if time.monotonic() + pause >= ends or not _wait(pause):
            return


def _go_round(ends: float) -> datetime | None:
    """Give each channel one turn; return when the first of them has room again."""
    coming: list[datetime] = []
    channels = list(_busy_channels())
    random.shuffle(channels)  # so that workers do not all begin with the same one
    for channel in channels:
        if time.monotonic() >= ends:
            break
        with locks.turn(locks.CHANNEL, channel.pk) as mine:
            if mine and (room_at := _carry_some(channel, ends)) is not None:
                coming.append(room_at)
    return min(coming, default=None)


def _carry_some(channel: Channel, ends: float) -> datetime | None:
    """Carry posts of one channel for its turn; return when it has room again, None if all is out.

    Each time the first by (send_at, id) is looked up anew: people may have moved one before it.
    One that cannot be carried now, because somebody is changing it or by a mistake of ours, is
    left for the next round and holds nobody.
    """
    turn_ends = min(ends, time.monotonic() + TURN)
    left: set[int] = set()
    while (post := _first(channel, but_not=left)) is not None:
        room_at = budgets.next_room(post.channel)
        if room_at > timezone.now():
            return room_at
        if not _carry(post.pk):
            left.add(post.pk)
        if time.monotonic() >= turn_ends:
            return timezone.now()
    return None


def _first(channel: Channel, *, but_not: set[int]) -> Post | None:
    posts = publishing.sendable().filter(channel=channel).exclude(pk__in=but_not)
    return posts.select_related("channel__rest", "channel__pace").first()


def _carry(post_id: int) -> bool:
    try:
        return publishing.publish(post_id)
    except Exception:
        logger.exception("carrying broke off", extra={"post": post_id})
        return False


def _busy_channels() -> QuerySet[Channel]:
    theirs = publishing.sendable().filter(channel=OuterRef("pk")).order_by()
    return Channel.objects.filter(Exists(theirs), paused=False).order_by("pk")


def _wait(seconds: float) -> bool:
    """Wait for room, unless enough others do."""
    with _seat() as is_free:
        if is_free:
            time.sleep(max(seconds, 0))
        return is_free


@contextmanager
def _seat() -> Iterator[bool]:
    for number in range(MOST_WAITING):
        with locks.turn(locks.WAITS_FOR_ROOM, number) as mine:
            if mine:
                yield True
                return
    yield False
