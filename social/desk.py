"""What the people of the desk do with a post that is written: hold, move, withdraw, hand in.

Each takes the post's lock first and is written into its log with the person's name.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from social import withdrawing
from social.approval import covers
from social.channels import adapter_of
from social.errors import (
    BadWindow,
    NotByHand,
    NotCovered,
    OutsideWindow,
    ProofMissing,
    StepRefused,
    WindowOver,
)
from social.models import Attempt, Channel, Post, State
from social.models.channels import BY_HAND
from social.pausing import refuse_retired, set_paused
from social.states import lock_post, log_move, step

MOVABLE = (Post.State.DRAFT, Post.State.SUBMITTED, Post.State.WAITING, Post.State.HELD)


@transaction.atomic
def hold(post: Post, *, by: User, reason: str) -> Post:
    """Keep a scheduled post back. Raises `StepRefused`, also when it is on its way already."""
    return step(lock_post(post.pk), to=Post.State.HELD, actor=by, reason=reason)


@transaction.atomic
def resume(post: Post, *, by: User) -> Post:
    """Let a held or failed post go out after all, while its certificate covers it.

    Raises `NotCovered`, `WindowOver`, `StepRefused`.
    """
    post = lock_post(post.pk)
    if post.state not in (Post.State.HELD, Post.State.FAILED):
        raise StepRefused(extra={"state": post.state})
    _check_sendable(post)
    return step(post, to=Post.State.WAITING, actor=by, reason="resumed")


@transaction.atomic
def move(post: Post, *, by: User, send_at: datetime) -> Post:
    """Send it at another time inside the signed window; outside it is an edit. Logged.

    Raises `OutsideWindow`, `StepRefused` for a post on its way or out.
    """
    post = lock_post(post.pk)
    if post.state not in MOVABLE:
        raise StepRefused(extra={"state": post.state})
    if not post.window_from <= send_at < post.window_until:
        raise OutsideWindow(
            _("Another window is an edit, and needs a new approval."),
            fields={"send_at": [_("Choose a time inside the window.")]},
            extra=_window(post),
        )
    before, post.send_at, post.retry_at = post.send_at, send_at, None
    post.save(update_fields=["send_at", "retry_at"])
    log_move(post, actor=by, reason=f"send-at {before.isoformat()} -> {send_at.isoformat()}")
    return post


@transaction.atomic
def withdraw(post: Post, *, by: User, reason: str) -> Post:
    """Give a post up, or take a published one back where the channel can.

    What another platform shows stays published until the platform says that it is gone; it is
    asked within seconds, by the next tick of beat. Raises `CannotWithdraw`, `StepRefused`.
    """
    post = lock_post(post.pk)
    if post.state != Post.State.PUBLISHED or adapter_of(post.channel).capabilities.is_our_own:
        return step(post, to=Post.State.WITHDRAWN, actor=by, reason=reason)
    withdrawing.ask(post, by=by, reason=reason)
    return post


def can_withdraw(post: Post) -> bool:
    """Whether a post can be given up or, where it is out, taken back from here."""
    is_out = post.state == Post.State.PUBLISHED
    is_our_own = adapter_of(post.channel).capabilities.is_our_own
    return not is_out or is_our_own or withdrawing.can_ask(post)


@transaction.atomic
def hand_in(post: Post, *, by: User, permalink: str, posted_at: datetime | None = None) -> Post:
    """Record that a person posted an approved post by hand, with the link as proof.

    `posted_at` (now, if not given) lies inside the signed window. Raises `NotByHand`,
    `ProofMissing`, `NotCovered`, `OutsideWindow`, `BadWindow` for a time to come, `StepRefused`.
    """
    post = lock_post(post.pk)
    posted_at = posted_at or timezone.now()
    _check_hand_in(post, permalink, posted_at)
    step(post, to=Post.State.CLAIMED, actor=by, reason="by-hand")
    _write_done_by_hand(post, permalink)
    proof = {"permalink": permalink, "published_at": posted_at, "attempts": post.attempts + 1}
    return step(post, to=Post.State.PUBLISHED, actor=by, reason="by-hand", changes=proof)


@transaction.atomic
def resolve_unknown(post: Post, *, by: User, to: State, reason: str, permalink: str = "") -> Post:
    """Settle an unclear post by what a named person has seen on the platform.

    `to` is published (it is there), failed (it is not, give up) or waiting (it is not, send it;
    only while the certificate covers it). Raises `NotCovered`, `WindowOver`, `StepRefused`.
    """
    post = lock_post(post.pk)
    if post.state != Post.State.UNKNOWN:
        raise StepRefused(extra={"state": post.state})
    seen: dict[str, Any] = {}
    if to == Post.State.WAITING:
        _check_sendable(post)
    elif to == Post.State.PUBLISHED:
        seen = {"permalink": permalink, "published_at": timezone.now()}
    return step(post, to=to, actor=by, reason=reason, changes=seen)


@transaction.atomic
def add_channel(*, platform: str, slug: str, name: str, format: str = "", by: User) -> Channel:
    """Make a place to post to, of an installed platform; on record with who made it."""
    channel = Channel.objects.create(platform=platform, slug=slug, name=name, format=format)
    audit.record(actor=by, action="social.channel-added", subject=channel)
    return channel


def pause_channel(channel: Channel, *, by: User) -> None:
    """Send nothing on this channel until it is resumed; what is on its way still arrives."""
    set_paused(channel, by=by, paused=True)


def resume_channel(channel: Channel, *, by: User) -> None:
    """Send on this channel again; posts whose window has passed meanwhile are missed.

    Raises `ChannelRetired`.
    """
    set_paused(channel, by=by, paused=False)


def _check_sendable(post: Post) -> None:
    refuse_retired(post)
    if post.window_until <= timezone.now():
        raise WindowOver
    if not covers(post):
        raise NotCovered


def _check_hand_in(post: Post, permalink: str, posted_at: datetime) -> None:
    if post.channel.platform != BY_HAND:
        raise NotByHand
    if not covers(post):
        raise NotCovered
    if posted_at > timezone.now():
        raise BadWindow(fields={"posted_at": [_("This time has not come yet.")]})
    if not post.window_from <= posted_at < post.window_until:
        said = [_("Choose a time inside the window.")]
        raise OutsideWindow(fields={"posted_at": said}, extra=_window(post))
    try:
        URLValidator(schemes=["http", "https"])(permalink)
    except ValidationError as error:
        raise ProofMissing(fields={"permalink": error.messages}) from error


def _window(post: Post) -> dict[str, str]:
    """The window as a problem document tells it."""
    return {
        "window_from": post.window_from.isoformat(),
        "window_until": post.window_until.isoformat(),
    }


def _write_done_by_hand(post: Post, permalink: str) -> None:
    Attempt.objects.create(
        post=post,
        claim=post.held_claim,
        outcome=Attempt.Outcome.PUBLISHED,
        ended_at=timezone.now(),
        detail=permalink[:300],
    )
