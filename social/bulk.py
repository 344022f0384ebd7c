"""One act on many posts: each by its own rule and in its own transaction, with what came of it.

What a page showed goes along with each post (its digest, its time of sending): a post that has
changed since is left alone and named, and pressing twice moves nothing twice.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.errors import Refusal
from social import approval, desk
from social.errors import PostChanged
from social.models import Post
from social.states import lock_post

MOST_AT_ONCE = 200
"""As many as one request does; who asks for more presses again."""


@dataclass
class Outcome:
    """Which posts it was done to, which of them wait for another signer, which refused and why."""

    done: list[Post] = field(default_factory=list)
    half_signed: list[Post] = field(default_factory=list)
    refused: list[tuple[Post, Refusal]] = field(default_factory=list)


def approve_each(seen: Mapping[UUID, str], *, by: User) -> Outcome:
    """Sign each post whose digest is still the one that was on the page.

    On a channel of two signers the first of them lets nothing out: those are told apart.
    """
    half_signed: list[Post] = []

    def act(post: Post) -> None:
        signed = approval.approve(post, by=by, seen=seen[post.public_id])
        if approval.is_first_of_two(signed):
            half_signed.append(post)

    outcome = _each(seen, act)
    outcome.half_signed = half_signed
    return outcome


def shift_each(seen: Mapping[UUID, datetime], *, by: User, shift: timedelta) -> Outcome:
    """Send each post by as much later (or earlier) than the page said, inside its window."""
    return _move_each(seen, by=by, moved=lambda at: at + shift)


def set_hour_of_each(seen: Mapping[UUID, datetime], *, by: User, hour: time) -> Outcome:
    """Send each post at this hour of the day that the page said, inside its window."""

    def moved(at: datetime) -> datetime:
        return timezone.make_aware(datetime.combine(timezone.localtime(at), hour))

    return _move_each(seen, by=by, moved=moved)


def retry_each(*, channel: str, reason: str, by: User) -> Outcome:
    """Let what failed on a channel (its slug) for this reason go out after all, the oldest first.

    Each needs its certificate and an open window still; at most `MOST_AT_ONCE`.
    """
    failed = Post.objects.filter(state=Post.State.FAILED, channel__slug=channel, reason=reason)
    rows = failed.order_by("send_at", "pk").values_list("public_id", flat=True)
    return _each(list(rows[:MOST_AT_ONCE]), lambda post: desk.resume(post, by=by))


def submit_each(public_ids: Collection[UUID], *, by: User) -> Outcome:
    """Ask for approval of each that is ready."""
    return _each(public_ids, lambda post: approval.submit(post, by=by))


def _move_each(
    seen: Mapping[UUID, datetime], *, by: User, moved: Callable[[datetime], datetime]
) -> Outcome:
    @transaction.atomic
    def act(post: Post) -> None:
        at = seen[post.public_id]
        if lock_post(post.pk).send_at != at:
            raise PostChanged
        desk.move(post, by=by, send_at=moved(at))

    return _each(seen, act)


def _each(public_ids: Iterable[UUID], act: Callable[[Post], object]) -> Outcome:
    outcome = Outcome()
    posts = Post.objects.filter(public_id__in=list(public_ids)).select_related("channel")
    for post in posts.order_by("send_at", "pk"):
        try:
            act(post)
        except Refusal as refusal:
            outcome.refused.append((post, refusal))
        else:
            outcome.done.append(post)
    return outcome
