"""Taking published posts back: the wish is written, then the platform is asked until it answers.

The post stays published until the platform says that it is gone: what stands on a city's account
is never called withdrawn. To delete twice is to delete once, so a lost answer is asked for again.
An emergency stop or a paused channel keeps nobody from taking something back.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import User
from core.outbound import AddressRefused, CallFailed
from social import notices
from social.backoff import pause
from social.channels import Gone, NotSent, Refused, TakenBack, Unknown, who_withdraws
from social.channels.http import Malformed
from social.errors import CannotWithdraw, StepRefused
from social.models import Post, Withdrawal
from social.states import lock_post, step

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than a task may run
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)
GIVES_UP_AFTER = timedelta(days=7)
LONGEST_REASON = 300
SWEEP = 100


@transaction.atomic
def ask(post: Post, *, by: User, reason: str) -> Withdrawal:
    """Write that a published post is to go; asked for already, it is the same wish.

    Raises `CannotWithdraw` where the platform offers no way, `StepRefused` for a post that is not
    out.
    """
    post = lock_post(post.pk)
    if post.state != Post.State.PUBLISHED:
        raise StepRefused(extra={"state": post.state})
    if not can_ask(post):
        raise CannotWithdraw
    wish, _is_new = Withdrawal.objects.get_or_create(
        post=post,
        outcome=Withdrawal.Outcome.PENDING,
        defaults={"asked_by": by, "reason": reason},
    )
    return wish


def can_ask(post: Post) -> bool:
    """Whether the platform of a published post offers a way to take it back."""
    return who_withdraws(post.channel) is not None


def due() -> list[int]:
    """Keys of the wishes that a platform is to be asked about now, the oldest first."""
    return list(_due().order_by("next_try_at", "pk").values_list("pk", flat=True)[:SWEEP])


def carry(withdrawal_id: int) -> None:
    """Ask the platform once; does nothing while another worker asks."""
    if (
        not _due()
        .filter(pk=withdrawal_id)
        .update(next_try_at=timezone.now() + LEASE, tries=F("tries") + 1)
    ):
        return
    wish = Withdrawal.objects.select_related("post__channel").get(pk=withdrawal_id)
    conclude(wish, _asked(wish.post))


@transaction.atomic(durable=True)
def conclude(asked: Withdrawal, outcome: TakenBack) -> None:
    """Write what the platform said; an answer to a wish that is settled by now changes nothing."""
    post = lock_post(asked.post_id)
    wish = Withdrawal.objects.select_for_update().get(pk=asked.pk)
    if wish.outcome != Withdrawal.Outcome.PENDING:
        return
    match outcome:
        case Gone():
            _end(wish, Withdrawal.Outcome.GONE)
            step(post, to=Post.State.WITHDRAWN, actor=wish.asked_by, reason=wish.reason)
        case Refused():
            _refuse(wish, post, outcome.reason)
        case NotSent() | Unknown() if timezone.now() - wish.asked_at > GIVES_UP_AFTER:
            _refuse(wish, post, outcome.reason)
        case NotSent() | Unknown():
            _ask_later(wish, outcome)


def last_of(post: Post) -> Withdrawal | None:
    """The last wish about a post, for the people who look at it."""
    return post.withdrawals.select_related("asked_by").last()


def _due() -> QuerySet[Withdrawal]:
    return Withdrawal.objects.filter(
        outcome=Withdrawal.Outcome.PENDING, next_try_at__lte=timezone.now()
    )


def _asked(post: Post) -> TakenBack:
    """What the platform said, also when the call broke off: then it is asked again."""
    adapter = who_withdraws(post.channel)
    if adapter is None:  # its platform could once
        return Refused(reason="cannot-withdraw")
    try:
        return adapter.withdraw(post)
    except AddressRefused as error:
        return Refused(reason=error.reason)
    except CallFailed as error:
        return Unknown(reason=error.reason)
    except Malformed:
        return Unknown(reason="malformed")
    except Exception as error:
        logger.exception("withdrawing broke off", extra={"post": post.pk})
        return Unknown(reason=type(error).__name__)


def _end(wish: Withdrawal, outcome: Withdrawal.Outcome, detail: str = "") -> None:
    wish.outcome, wish.ended_at, wish.detail = outcome, timezone.now(), detail
    wish.save(update_fields=["outcome", "ended_at", "detail"])
    logger.info("withdrawal ended", extra={"post": wish.post_id, "outcome": outcome.value})


def _refuse(wish: Withdrawal, post: Post, reason: str) -> None:
    notices.tell_of_post(notices.Kind.NOT_TAKEN_BACK, post)
    _end(wish, Withdrawal.Outcome.REFUSED, reason[:LONGEST_REASON])


def _ask_later(wish: Withdrawal, outcome: NotSent | Unknown) -> None:
    wished = outcome.retry_after if isinstance(outcome, NotSent) else None
    wish.next_try_at = timezone.now() + (
        wished or pause(wish.tries, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    )
    wish.detail = outcome.reason[:LONGEST_REASON]
    wish.save(update_fields=["next_try_at", "detail"])
