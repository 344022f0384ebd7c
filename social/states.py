"""The one writer of a post's state."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from core import outbox
from core.ids import uuid7
from core.sql import in_one_transaction
from social import notices
from social.errors import StepRefused
from social.models import STEPS, Post, PostStep, State
from social.models.posts import PostQuerySet

LEASE = timedelta(minutes=5)  # longer than a task may run: CELERY_TASK_TIME_LIMIT is 150 s
STREAM = "posts"


def lock_post(post_id: int) -> Post:
    """The post as it stands, locked with all posts of its message, in one order for everyone."""
    message = Post.objects.filter(pk=post_id).values("message_id")
    rows = _locked(Post.objects.filter(message_id__in=message))
    for post in rows:
        if post.pk == post_id:
            return post
    raise Post.DoesNotExist


def lock_posts(message_id: int) -> list[Post]:
    """All posts of a message, locked until the commit."""
    return _locked(Post.objects.filter(message_id=message_id))


def _locked(posts: PostQuerySet) -> list[Post]:
    rows = posts.select_related("channel__rest").order_by("pk")
    return list(rows.select_for_update(no_key=True, of=("self",)))


@in_one_transaction  # refuses before it writes: no savepoint for each step
def step(
    post: Post,
    *,
    to: State,
    actor: User | None = None,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> Post:
    """Take a post one step of STEPS, with its log and its event, or do nothing.

    `actor` is None for the engine. `changes` are columns that change with the step. Raises
    `StepRefused` when the post does not stand where the step begins, or no longer does.
    """
    before = Post.State(post.state)
    if to not in STEPS[before]:
        raise StepRefused(extra={"state": before.value})
    columns = _columns(post, to=to, reason=reason) | dict(changes or {})
    standing = Post.objects.filter(pk=post.pk, state=before, version=post.version)
    if not standing.update(**columns):
        raise StepRefused
    for name, value in columns.items():
        setattr(post, name, value)
    _log(post, before=before, actor=actor, reason=reason)
    _tell(post, before=before)
    notices.follow(post, before=before)
    return post


def log_move(post: Post, *, actor: User, reason: str) -> None:
    """Write a change that leaves the state as it is into the same log."""
    _log(post, before=Post.State(post.state), actor=actor, reason=reason)


def _columns(post: Post, *, to: State, reason: str) -> dict[str, Any]:
    claimed = to == Post.State.CLAIMED
    return {
        "state": to,
        "reason": reason,
        "claim": uuid7() if claimed else None,
        "lease_until": timezone.now() + LEASE if claimed else None,
        "retry_at": None,
        "version": post.version + 1 if to == Post.State.DRAFT else post.version,
    }


def _log(post: Post, *, before: State, actor: User | None, reason: str) -> None:
    PostStep.objects.create(
        post=post, from_state=before, to_state=post.state, actor=actor, reason=reason
    )


def _tell(post: Post, *, before: State) -> None:
    """Write what others may want: a post came out, or was taken back.

    The event's version is the number of steps so far: a reader drops what is older.
    """
    if post.state == Post.State.PUBLISHED:
        event = "post.published"
    elif before == Post.State.PUBLISHED:
        event = "post.withdrawn"
    else:
        return
    version = post.steps.count()
    outbox.emit(stream=STREAM, event=event, public_id=post.public_id, version=version)
