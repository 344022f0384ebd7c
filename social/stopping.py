"""The emergency stop: one switch that halts all sending, on every channel, until a person resumes.

stop(by=user, reason="Gempa di Malang")     # returns: from now on no attempt begins
in_flight()                                 # what had left by then, and may still arrive
resume(by=user, overdue=Overdue.MOVE)       # and what becomes of the posts that became overdue

Posts are claimed under a shared lock that stopping and resuming take alone: whoever claimed before
has committed when `stop` looks, and whoever comes after sees the stop. What is claimed by then and
has not left is taken back, so that when `stop` returns only a call that had left is on its way.
Recording what people posted by hand is no sending, and goes on.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core import audit, locks
from social import desk, notices
from social.errors import AlreadyStopped, NotStopped
from social.models import Kind, Overdue, Post, SendingStop
from social.models.channels import BY_HAND
from social.models.posts import PostQuerySet
from social.states import step

REASON = "sending-stopped"


@dataclass(frozen=True)
class Resumed:
    """What became of the posts whose time came during a stop, by number."""

    sent: int
    moved: int
    held: int


def is_stopped() -> bool:
    """Whether all sending is halted now."""
    return _open().exists()


def standing_stop() -> SendingStop | None:
    """The stop that halts all sending now, if there is one."""
    return _open().select_related("stopped_by").first()


def not_stopped() -> Q:
    """The condition, for a query that looks for something to send."""
    return ~Q(Exists(_open()))


def keep_out_stops() -> None:
    """Let no stop come between a look at `not_stopped` and the commit of this transaction."""
    locks.wait_shared(locks.SENDING)


@transaction.atomic(durable=True)
def stop(*, by: User, reason: str = "") -> SendingStop:
    """Halt all sending: when this returns, no attempt begins any more.

    It waits for workers that are writing their attempt. Raises `AlreadyStopped`.
    """
    locks.wait_alone(locks.SENDING)
    if is_stopped():
        raise AlreadyStopped
    _take_back()
    made = SendingStop.objects.create(stopped_at=timezone.now(), stopped_by=by, reason=reason)
    audit.record(actor=by, action="social.sending-stopped", subject=made)
    words = f"{by.get_username()}: {reason}" if reason else by.get_username()
    where = reverse("social_desk_stop:page")
    notices.tell(Kind.STOPPED, subject=str(made.pk), words=words, url=where)
    return made


@transaction.atomic(durable=True)
def resume(*, by: User, overdue: Overdue) -> Resumed:
    """Send again, and do with the overdue posts as `overdue` says. Raises `NotStopped`.

    A post that cannot be moved by so much inside its window is held instead.
    """
    locks.wait_alone(locks.SENDING)
    standing = standing_stop()
    if standing is None:
        raise NotStopped
    standing.resumed_at, standing.resumed_by, standing.overdue = timezone.now(), by, overdue
    done = _settle(overdue, by=by, length=standing.resumed_at - standing.stopped_at)
    standing.save(update_fields=["resumed_at", "resumed_by", "overdue"])
    notices.settle(Kind.STOPPED, str(standing.pk))
    counts = vars(done) | {"overdue": overdue.value}
    audit.record(actor=by, action="social.sending-resumed", subject=standing, detail=counts)
    return done


def in_flight() -> PostQuerySet:
    """Posts whose call had left before the stop: they may still arrive."""
    claimed = Post.objects.filter(state=Post.State.CLAIMED).select_related("channel")
    return claimed.order_by("pk")


def overdue_posts() -> PostQuerySet:
    """Posts that would have gone out by now, in the order in which they would."""
    ready = Post.objects.filter(
        state=Post.State.WAITING, send_at__lte=timezone.now(), window_until__gt=timezone.now()
    )
    automatic = ready.exclude(channel__platform=BY_HAND).select_related("channel")
    return automatic.order_by("send_at", "pk")


def _open() -> QuerySet[SendingStop]:
    return SendingStop.objects.filter(resumed_at=None)


def _take_back() -> None:
    """Let posts wait again that a worker claimed and that have not left."""
    claimed = Post.objects.filter(state=Post.State.CLAIMED).order_by("pk")
    for post in claimed.select_for_update(no_key=True):
        if not post.attempt_log.filter(claim=post.held_claim).exists():
            step(post, to=Post.State.WAITING, reason=REASON)


def _settle(overdue: Overdue, *, by: User, length: timedelta) -> Resumed:
    posts = _locked_overdue()
    match overdue:
        case Overdue.SEND:
            return Resumed(sent=len(posts), moved=0, held=0)
        case Overdue.HOLD:
            staying: list[Post] = []
        case Overdue.MOVE:
            staying = [one for one in posts if one.send_at + length < one.window_until]
    for post in staying:
        desk.move(post, by=by, send_at=post.send_at + length)
    kept = {post.pk for post in staying}
    held = [one for one in posts if one.pk not in kept]
    for post in held:
        desk.hold(post, by=by, reason=REASON)
    return Resumed(sent=0, moved=len(staying), held=len(held))


def _locked_overdue() -> list[Post]:
    """The overdue posts, locked with all posts of their messages: in one order for everyone."""
    messages = overdue_posts().order_by().values("message_id")
    rows = Post.objects.filter(message__in=messages).order_by("pk")
    list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk"))
    return list(overdue_posts())
