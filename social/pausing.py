"""Pausing a channel: by a person at the desk, or by the engine where a platform blocks it."""

from django.db import transaction

from accounts.models import User
from core import audit
from social import breaker, notices
from social.errors import ChannelRetired
from social.models import Channel, Post


@transaction.atomic
def set_paused(channel: Channel, *, by: User | None, paused: bool) -> None:
    """Send nothing on it, or send again; on record with who did it, None for the engine.

    Raises `ChannelRetired` for one that the city gave up, be it a moment ago.
    """
    rows = Channel.objects.all() if paused else Channel.objects.in_use()
    if not rows.filter(pk=channel.pk).update(paused=paused):
        raise ChannelRetired
    channel.paused = paused
    action = "social.channel-paused" if paused else "social.channel-resumed"
    audit.record(actor=by, action=action, subject=channel)
    if not paused:
        breaker.begin_anew(channel)
        notices.settle(notices.Kind.CHANNEL_BLOCKED, channel.slug)
    elif by is None:
        notices.tell_of_blocked(channel)


def refuse_retired(post: Post) -> None:
    """Raise `ChannelRetired` for a post of a channel that the city gave up."""
    if post.channel.retired_at is not None:
        raise ChannelRetired
