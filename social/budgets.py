"""How often a channel may post: as its platform documents it, or as its own settings say.

next_room(channel)                 # when the next post may leave: now, or later

Counted from the attempts in PostgreSQL, under the lock of the channel's row: several workers, a
restart or an empty Redis cannot exceed it. While fewer posts are due than a window has room for,
they go at once; what is more goes evenly, so that no channel is silent for most of its window.

A channel's own limits stand in its settings, `{"budget": [[20, 60]]}`: at most 20 posts in 60
seconds, in place of the platform's. An empty list is none. The least gap that an administrator set
in its pace is one more limit: of one post.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from social import breaker, pace
from social.channels import Limit, adapter_of
from social.models import Attempt, Channel, Post
from social.models.posts import PostQuerySet

ASK_AGAIN = timedelta(milliseconds=200)
"""When to look again while posts are being prepared that have their places already."""


def limits_of(channel: Channel) -> tuple[Limit, ...]:
    """What holds for this channel; its own where they can be read, else the platform's."""
    own = channel.settings.get("budget")
    if isinstance(own, list):
        try:
            return tuple(_limit(one) for one in own)
        except (TypeError, ValueError):
            pass
    return adapter_of(channel).capabilities.limits


def next_room(channel: Channel) -> datetime:
    """The first moment at which one more post may leave; now or earlier where it may at once.

    Certain only while the channel's row is locked; else a hint of when to come back.
    """
    now = timezone.now()
    if (until := breaker.rests_until(channel)) is not None:
        return until
    if breaker.is_on_trial(channel) and _on_their_way(channel).exists():
        return now + ASK_AGAIN
    limits = (*limits_of(channel), *_gap(channel))
    if not limits:
        return now
    preparing = _preparing(channel)
    return max(_room(channel, one, preparing=preparing, now=now) for one in limits)


def used(channel: Channel, limit: Limit) -> int:
    """How many places of the present window are taken."""
    since = timezone.now() - limit.within
    return _attempts(channel).filter(started_at__gt=since).count() + _preparing(channel)


def _gap(channel: Channel) -> tuple[Limit, ...]:
    gap = pace.least_gap(channel)
    return (Limit(most=1, within=gap),) if gap else ()


def _limit(said: Any) -> Limit:
    most, seconds = said
    if int(most) < 1 or float(seconds) <= 0:
        raise ValueError("a limit is a number of posts and of seconds")
    return Limit(most=int(most), within=timedelta(seconds=float(seconds)))


def _room(channel: Channel, limit: Limit, *, preparing: int, now: datetime) -> datetime:
    """When this limit lets one more leave.

    The attempt that has to be out of the window for that is the one `places` before the last.
    """
    places = limit.most - preparing
    if places < 1:
        return now + ASK_AGAIN
    since = now - limit.within
    started = _attempts(channel).filter(started_at__gt=since).order_by("-started_at")
    taken = list(started.values_list("started_at", flat=True)[:places])
    if len(taken) == places:
        return taken[-1] + limit.within
    if taken and _is_crowded(channel, room=places - len(taken), now=now):
        return taken[0] + limit.within / limit.most
    return now


def _is_crowded(channel: Channel, *, room: int, now: datetime) -> bool:
    """Whether more is due than there is room for."""
    waiting = Post.objects.due(now=now).filter(channel=channel).order_by()
    return len(waiting.values_list("pk")[: room + 1]) > room


def _attempts(channel: Channel) -> QuerySet[Attempt]:
    return Attempt.objects.filter(post__channel=channel)


def _preparing(channel: Channel) -> int:
    """Posts that are claimed and have not left: each will take a place."""
    left = Attempt.objects.filter(claim=OuterRef("claim"))
    return _on_their_way(channel).exclude(Exists(left)).count()


def _on_their_way(channel: Channel) -> PostQuerySet:
    return Post.objects.filter(channel=channel, state=Post.State.CLAIMED)
