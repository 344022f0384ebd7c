"""Retiring a channel: an account the city gives up. Its posts stay, its credentials go.

What still waits is held or goes back to its author first. It is done step by step, each committed:
one that breaks off leaves a paused channel, and is done again.
"""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from core import audit
from social import notices
from social.errors import ChannelBusy, StepRefused
from social.messages import STOPPED
from social.models import Channel, Kind, Post, State, Withdrawal
from social.pausing import set_paused
from social.states import lock_post, step

UNDER_WAY = (State.CLAIMED, State.UNKNOWN)
REASON = "channel-retired"


def waiting_on(channel: Channel) -> QuerySet[Post]:
    """Posts that would be held or given back, the next to go out first."""
    return channel.posts.filter(state__in=STOPPED).order_by("send_at", "pk")


def under_way_on(channel: Channel) -> QuerySet[Post]:
    """Posts that keep a channel from being retired: on their way, unclear, or to be taken back."""
    asked_back = Withdrawal.objects.filter(outcome=Withdrawal.Outcome.PENDING).values("post")
    open_posts = channel.posts.filter(state__in=UNDER_WAY)
    return (open_posts | channel.posts.filter(pk__in=asked_back)).order_by("send_at", "pk")


def retire_channel(channel: Channel, *, by: User) -> int:
    """Give the account up for good; return how many posts were stopped by it.

    Raises `ChannelBusy` while something is under way: only the platform can still be asked about
    it, and for that the credentials are needed. The channel stays paused then.
    """
    _refuse_busy(channel)
    set_paused(channel, by=by, paused=True)
    stopped = sum(
        _stop(post_id, by=by) for post_id in waiting_on(channel).values_list("pk", flat=True)
    )
    _write_retired(channel, by=by)
    return stopped


@transaction.atomic
def _stop(post_id: int, *, by: User) -> bool:
    post = lock_post(post_id)
    if post.state not in STOPPED:  # somebody was quicker
        return False
    try:
        step(post, to=STOPPED[State(post.state)], actor=by, reason=REASON)
    except StepRefused:
        return False
    return True


@transaction.atomic
def _write_retired(channel: Channel, *, by: User) -> None:
    row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    _refuse_busy(row)
    row.retired_at, row.credentials, row.paused = timezone.now(), "", True
    row.save(update_fields=["retired_at", "credentials", "paused"])
    audit.record(actor=by, action="social.channel-retired", subject=row)
    for kind in (Kind.TOKEN_DEAD, Kind.TOKEN_EXPIRING, Kind.CHANNEL_BLOCKED):
        notices.settle(kind, row.slug)


def _refuse_busy(channel: Channel) -> None:
    if under_way_on(channel).exists():
        raise ChannelBusy
