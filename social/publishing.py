"""The engine: what is due goes out, at most once, whatever is killed on the way.

Claim (committed), steps that may be repeated, each id they give (committed), attempt (committed),
the one request that cannot be taken back, outcome (committed). A worker that dies before the
attempt leaves a post that may be carried again; after it, one that is never sent on a guess.
PostgreSQL is the truth: a task delivered twice, two beats or an empty Redis change only the delay.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.outbound import AddressRefused, CallFailed
from social import approval, breaker, budgets, pace, stopping
from social.backoff import pause
from social.channels import (
    ADAPTERS,
    ClaimLost,
    LeftTwice,
    NotSent,
    Outcome,
    Published,
    Refused,
    TooLate,
    Unknown,
    adapter_of,
)
from social.models import Attempt, Channel, Post
from social.models.posts import PostQuerySet
from social.states import LEASE, lock_post, step

logger = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
SHORTEST_LOOK = timedelta(seconds=15)
LONGEST_REASON = 300
LATE = "late-answer"
SWEEP = 200  # posts looked after per tick: the rest follow with the next one

OUTCOMES = {
    Published: Attempt.Outcome.PUBLISHED,
    NotSent: Attempt.Outcome.NOT_SENT,
    Refused: Attempt.Outcome.REFUSED,
    Unknown: Attempt.Outcome.UNKNOWN,
}


def due() -> list[int]:
    """Keys of the posts a worker may send now, the longest due first."""
    return list(sendable().values_list("pk", flat=True)[:SWEEP])


def sendable() -> PostQuerySet:
    """Due posts, none while all sending is stopped."""
    return Post.objects.due().filter(stopping.not_stopped())


def publish(post_id: int) -> bool:
    """Carry one due post to its channel; False when there was nothing to do."""
    post = claim_post(post_id)
    if post is None:
        return False
    carrying = Carrying(post)
    try:
        outcome = _carried(carrying)
    except ClaimLost:
        logger.warning("claim lost", extra={"post": post.pk})
    else:
        carrying.conclude(outcome)
    return True


@transaction.atomic(durable=True)
def claim_post(post_id: int) -> Post | None:
    """Take a due post: committed before any call leaves, so that no crash can send it twice.

    None if another worker has it, it is not due, its channel has no room, or it is not what was
    approved: then it is held in this same transaction (an exception would undo that).
    """
    stopping.keep_out_stops()
    channels = Channel.objects.select_related("rest", "pace").filter(posts=post_id)
    channel = channels.select_for_update(no_key=True, of=("self",)).get()
    if budgets.next_room(channel) > timezone.now():
        return None
    rows = sendable().select_for_update(skip_locked=True, no_key=True, of=("self",))
    post = rows.prefetch_related("media").filter(pk=post_id).first()
    if post is None:
        return None
    post.channel = channel
    if pace.put_off(post):
        return None
    if not approval.covers(post):  # computed afresh; every edit locks the message's posts first
        step(post, to=Post.State.HELD, reason="approval-void")
        return None
    return step(post, to=Post.State.CLAIMED, changes={"attempts": post.attempts + 1})


class OnItsWay:
    """A post with the ids that it keeps: what the two kinds of `Call` have in common."""

    def __init__(self, post: Post) -> None:
        self.post = post

    @property
    def kept(self) -> Mapping[str, str]:
        return MappingProxyType(self.post.remote_ids)

    @property
    def is_too_late(self) -> bool:
        """Whether its window has ended; no edit moves that while the post is on its way."""
        return self.post.window_until <= timezone.now()

    def _store(self, rows: QuerySet[Post], ids: Mapping[str, str], **changes: Any) -> None:
        """Keep ids for the next carrying of this version, while `rows` still hold the post."""
        known = {**self.post.remote_ids, **ids}
        if not rows.update(remote_ids=known, **changes):
            raise ClaimLost
        self.post.remote_ids = known


class Carrying(OnItsWay):
    """One claimed post on its way: the `Call` of its adapter."""

    def __init__(self, post: Post) -> None:
        super().__init__(post)
        self.attempt: Attempt | None = None

    def keep(self, **ids: str) -> None:
        """Store ids beside the post, and work on for another lease."""
        self._store(_mine(self.post), ids, lease_until=timezone.now() + LEASE)

    def leave(self) -> None:
        """Write the attempt; the second time in one claim it is a mistake of the adapter.

        What was prepared for longer than its window lasted stays here.
        """
        if self.attempt is not None:
            raise LeftTwice
        if self.is_too_late:
            raise TooLate
        self.attempt = begin_attempt(self.post)
        if self.attempt is None:
            raise ClaimLost

    def conclude(self, outcome: Outcome) -> None:
        """Write what came of it, with or without an attempt."""
        if self.attempt is not None:
            conclude(self.attempt, outcome)
        else:
            conclude_unsent(self.post, outcome)


@transaction.atomic(durable=True)
def begin_attempt(post: Post) -> Attempt | None:
    """Write that the call is about to leave. None when the claim was lost in the meantime."""
    if not _mine(post).update(lease_until=timezone.now() + LEASE):
        return None
    return Attempt.objects.create(post=post, claim=post.held_claim)


@transaction.atomic(durable=True)
def conclude(attempt: Attempt, outcome: Outcome) -> None:
    """Write what came of the call, beside the attempt and on the post.

    An answer that comes after the lease was over still counts when it proves that the post is
    out; any other leaves it to whoever has it by now.
    """
    post = lock_post(attempt.post_id)
    _answer(attempt, outcome)
    breaker.note(post.channel, outcome)
    if post.claim == attempt.claim:
        _settle(post, outcome)
    elif isinstance(outcome, Published) and _would_repeat(post, attempt):
        if post.state == Post.State.WAITING:  # as with a post by hand, both steps at once
            step(post, to=Post.State.CLAIMED, reason=LATE)
        _publish(post, outcome, reason=LATE)
    else:
        logger.warning("late answer", extra={"post": post.pk, "outcome": attempt.outcome})


@transaction.atomic(durable=True)
def conclude_unsent(carried: Post, outcome: Outcome) -> None:
    """Write why a claimed post did not leave; nothing where another worker has it by now."""
    post = lock_post(carried.pk)
    if post.claim != carried.claim:
        logger.warning("late answer", extra={"post": post.pk, "outcome": type(outcome).__name__})
    elif isinstance(outcome, NotSent | Refused):
        breaker.note(post.channel, outcome)
        _settle(post, outcome)
    else:  # a mistake of its adapter: it may have sent without saying so
        _settle(post, Unknown(reason="left-unsaid"))


def release_leases() -> int:
    """Take posts back from workers that did not return; return how many.

    Without an attempt nothing left: it waits again. With one it is unclear.
    """
    return sum(_release(post_id) for post_id in _keys(Post.objects.lapsed()))


def mark_missed() -> int:
    """Give up posts whose window is over; return how many.

    A post made by hand in time may be handed in a little later, so it has a grace.
    """
    return sum(_miss(post_id) for post_id in _keys(Post.objects.filter(_overdue())))


def settle_unknown() -> int:
    """Ask the platforms for posts whose outcome was lost; return how many were found.

    Only a positive find settles anything: an empty answer proves nothing. The longer a post has
    been unclear, the longer it is until the next look: platforms count them, and one charges.
    """
    now = timezone.now()
    unclear = Post.objects.filter(state=Post.State.UNKNOWN).select_related("channel__rest")
    to_ask = unclear.filter(Q(retry_at=None) | Q(retry_at__lte=now))
    return sum(_look_for(post) for post in to_ask.order_by("pk")[:SWEEP])


def _mine(post: Post) -> QuerySet[Post]:
    """The row, while this worker's claim on it stands."""
    return Post.objects.filter(pk=post.pk, state=Post.State.CLAIMED, claim=post.claim)


def _unclear(post: Post) -> QuerySet[Post]:
    """The row, while nobody has settled what became of it."""
    return Post.objects.filter(pk=post.pk, state=Post.State.UNKNOWN)


def _carried(carrying: Carrying) -> Outcome:
    """What came of it, also when it broke off. Raises `ClaimLost`."""
    post = carrying.post
    try:
        return adapter_of(post.channel).publish(post, carrying)
    except ClaimLost:
        raise
    except TooLate:
        return NotSent(reason="window-over")
    except AddressRefused as error:  # before any connection
        return Refused(reason=error.reason)
    except CallFailed as error:
        has_left = carrying.attempt is not None and error.left
        return Unknown(reason=error.reason) if has_left else NotSent(reason=error.reason)
    except Exception as error:  # once the request left, whatever went wrong, it may have arrived
        logger.exception("publishing broke off", extra={"post": post.pk})
        reason = type(error).__name__
        return Unknown(reason=reason) if carrying.attempt else NotSent(reason=reason)


def _would_repeat(post: Post, attempt: Attempt) -> bool:
    """Whether what this attempt sent is unclear, or would be sent a second time.

    A person may have sent an unclear post on to waiting. What was edited since says something
    else, and of what has left again the next answer tells.
    """
    if post.state == Post.State.UNKNOWN:
        return True
    if post.state not in (Post.State.WAITING, Post.State.CLAIMED):
        return False
    since = post.steps.filter(at__gte=attempt.started_at)
    is_edited = since.filter(to_state=Post.State.DRAFT).exists()
    has_left_again = post.attempt_log.filter(pk__gt=attempt.pk).exists()
    return not is_edited and not has_left_again and approval.covers(post)


def _answer(attempt: Attempt, outcome: Outcome) -> None:
    attempt.outcome = OUTCOMES[type(outcome)]
    attempt.ended_at = timezone.now()
    attempt.detail = _reason(outcome)
    attempt.save(update_fields=["outcome", "ended_at", "detail"])


def _reason(outcome: Outcome) -> str:
    return getattr(outcome, "reason", "")[:LONGEST_REASON]


def _settle(post: Post, outcome: Outcome) -> None:
    match outcome:
        case Published():
            _publish(post, outcome)
        case NotSent():
            _postpone(post, outcome)
        case Refused():
            step(post, to=Post.State.FAILED, reason=_reason(outcome))
        case Unknown():
            step(post, to=Post.State.UNKNOWN, reason=_reason(outcome))


def _publish(post: Post, outcome: Published, *, reason: str = "") -> None:
    found = {
        "remote_ids": {**post.remote_ids, **outcome.remote_ids},
        "permalink": outcome.permalink,
        "published_at": timezone.now(),
    }
    step(post, to=Post.State.PUBLISHED, reason=reason, changes=found)
    logger.info("post published", extra={"post": post.pk, "channel": post.channel.slug})


def _postpone(post: Post, outcome: NotSent) -> None:
    retry_at = timezone.now() + (
        outcome.retry_after or pause(post.attempts, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    )
    step(post, to=Post.State.WAITING, reason=_reason(outcome), changes={"retry_at": retry_at})


@transaction.atomic
def _release(post_id: int) -> bool:
    post = Post.objects.lapsed().select_for_update(skip_locked=True).filter(pk=post_id).first()
    if post is None:
        return False
    if post.attempt_log.filter(claim=post.held_claim).exists():
        step(post, to=Post.State.UNKNOWN, reason="lease-over")
    else:
        step(post, to=Post.State.WAITING, reason="lease-over")
    return True


@transaction.atomic
def _miss(post_id: int) -> bool:
    rows = Post.objects.filter(_overdue(), pk=post_id)
    post = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if post is None:
        return False
    step(post, to=Post.State.MISSED, reason="window-over")
    return True


def _look_for(post: Post) -> bool:
    """Ask outside any transaction, then settle if the post still stands as unclear."""
    _unclear(post).update(retry_at=timezone.now() + _until_next_look(post))
    try:
        found = adapter_of(post.channel).find(post) or _repeated(post)
    except Exception:  # a network fault says nothing about the post
        logger.exception("asking for an unclear post broke off", extra={"post": post.pk})
        return False
    return found is not None and _settle_found(post, found)


def _until_next_look(post: Post) -> timedelta:
    """Half as long as it has been unclear by now, within bounds."""
    last = post.attempt_log.last()
    unclear_for = timezone.now() - last.started_at if last else FIRST_PAUSE
    return min(max(unclear_for / 2, SHORTEST_LOOK), LONGEST_PAUSE)


def _repeated(post: Post) -> Published | None:
    """What the platform says to the same call again, where it takes that for the first one.

    As any sending it needs its certificate and an open window: the first call may be lost.
    """
    within = adapter_of(post.channel).capabilities.repeat_within
    first = post.attempt_log.last()
    now = timezone.now()
    if first is None or now - first.started_at >= within or now >= post.window_until:
        return None
    if post.channel.paused or breaker.rests_until(post.channel) or stopping.is_stopped():
        return None
    if not approval.covers(post):
        return None
    outcome = adapter_of(post.channel).publish(post, Repeating(post))
    return outcome if isinstance(outcome, Published) else None


class Repeating(OnItsWay):
    """An unclear post carried again with what was kept, where a repeat is the same call."""

    def keep(self, **ids: str) -> None:
        """Store ids, unless a person has settled the post by now."""
        self._store(_unclear(self.post), ids)

    def leave(self) -> None:
        """The attempt stands already; nothing leaves for a settled post, or under a stop."""
        if self.is_too_late or stopping.is_stopped() or not _unclear(self.post).exists():
            raise ClaimLost


@transaction.atomic
def _settle_found(post: Post, found: Published) -> bool:
    post = lock_post(post.pk)
    if post.state != Post.State.UNKNOWN:
        return False
    _publish(post, found)
    return True


def _overdue() -> Q:
    now = timezone.now()
    over = Q()
    for platform, adapter in ADAPTERS.items():
        grace = adapter.capabilities.hand_in_grace
        over |= Q(channel__platform=platform, window_until__lte=now - grace)
    return over & Q(state__in=[Post.State.WAITING, Post.State.HELD])


def _keys(posts: PostQuerySet) -> list[int]:
    return list(posts.order_by("pk").values_list("pk", flat=True)[:SWEEP])
