"""What platforms of several requests have in common: the ids they keep, a step that ends it all."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from social.channels.protocol import NotSent, Outcome, Published, Refused, Unknown
from social.models import Attempt, Post, PostMedia
from social.pausing import set_paused

logger = logging.getLogger(__name__)

CLOCKS_DIFFER = timedelta(minutes=2)
"""By how much a platform's clock may lie behind ours."""


class Stopped(Exception):
    """A step before the publishing request came to nothing."""

    def __init__(self, outcome: NotSent | Refused) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


@dataclass(frozen=True)
class Keys:
    """Names under which the ids of one picture are kept."""

    upload: str
    until: str
    state: str
    alt: str


def before_leaving(outcome: Outcome) -> NotSent | Refused:
    """The same answer to a step that may be repeated: what is unclear there harms nobody."""
    if isinstance(outcome, NotSent | Refused):
        return outcome
    reason = outcome.reason if isinstance(outcome, Unknown) else "malformed"
    return NotSent(reason=reason)


def said_no(outcome: Outcome) -> NotSent | Refused | Unknown:
    """The same answer to a request that publishes nothing: neither a yes nor a proof."""
    return Unknown(reason="malformed") if isinstance(outcome, Published) else outcome


def keys_of(position: int) -> Keys:
    """How the ids of the picture at this place are named."""
    names = (f"{word}_{position}" for word in ("upload", "until", "state", "alt"))
    return Keys(*names)


def pictures_of(post: Post) -> Iterator[tuple[Keys, PostMedia]]:
    """The pictures in order, each with the names of what is kept of it."""
    for position, picture in enumerate(post.pictures):
        yield keys_of(position), picture


def is_over(kept: Mapping[str, str], name: str, now: datetime) -> bool:
    """Whether an id was kept for a time that has passed."""
    return name in kept and datetime.fromisoformat(kept[name]) <= now


def doubted(outcome: Outcome, post: Post) -> Outcome:
    """The same, but a refusal as a duplicate after an attempt that was lost: then it may be out."""
    if outcome != Refused(reason="duplicate"):
        return outcome
    answered = (Attempt.Outcome.NOT_SENT, Attempt.Outcome.REFUSED)
    lost = post.attempt_log.exclude(claim=post.held_claim).exclude(outcome__in=answered)
    return Unknown(reason="duplicate") if lost.exists() else outcome


def window_of_sending(post: Post) -> tuple[datetime, datetime] | None:
    """Between which moments it may have come out; None if it never left."""
    first, last = post.attempt_log.first(), post.attempt_log.last()
    if first is None or last is None:
        return None
    return first.started_at - CLOCKS_DIFFER, last.started_at + timedelta(hours=1)


def is_of_another(post: Post, remote_id: str) -> bool:
    """Whether that id on the platform is known to be another post of this channel."""
    others = Post.objects.filter(channel=post.channel_id, remote_ids__id=remote_id)
    return others.exclude(pk=post.pk).exists()


def stop_channel(post: Post, *, reason: str) -> None:
    """Send nothing more on a channel that its platform blocks, until a person resumes it."""
    set_paused(post.channel, by=None, paused=True)
    logger.error("channel stopped", extra={"channel": post.channel.slug, "reason": reason})
