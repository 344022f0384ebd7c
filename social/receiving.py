"""After publishing: how a post is received, where it stands, and that it is gone.

Its platform is asked an hour, a day and a week after it came out, and once sooner where publishing
told no address. Nothing that is said, or not said, changes the state of the post: a failure here
is no failure of the post, and one that somebody deleted on the platform is marked and told to
people. `Gone` counts only when it is said twice, some minutes apart: platforms have bad moments.
"""

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from core import audit
from core.outbound import AddressRefused, CallFailed
from social import notices
from social.backoff import pause
from social.channels import Figures, Gone, NotSent, Refused, Told, Unknown, who_tells_figures
from social.channels.http import Malformed
from social.models import Channel, Post, PostFigures, Withdrawal
from social.states import lock_post

logger = logging.getLogger(__name__)

Age = PostFigures.Age

LOOKS: dict[Age, tuple[timedelta, timedelta]] = {
    Age.SOON: (timedelta(minutes=1), timedelta(hours=1)),
    Age.HOUR: (timedelta(hours=1), timedelta(days=1)),
    Age.DAY: (timedelta(days=1), timedelta(days=7)),
    Age.WEEK: (timedelta(days=7), timedelta(days=30)),
}
"""From when until when after publishing a look may be taken; later it would not be that look."""

LEASE = timedelta(minutes=5)  # longer than a task may run
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
UNTIL_SAID_AGAIN = timedelta(minutes=10)
SLICE_SECONDS = 45.0  # with one slow call on top it ends well before a task's limit
SWEEP = 500
GONE = "gone"


def plan() -> int:
    """Write down the looks whose time has come; return how many posts were considered."""
    return sum(_plan(age) for age in LOOKS)


def take_due(*, seconds: float = SLICE_SECONDS) -> int:
    """Ask for what is due, one after another, for a slice of time; return how many were taken.

    A channel whose platform does not answer is left alone until the next slice.
    """
    ends = time.monotonic() + seconds
    silent: set[int] = set()
    taken = 0
    due = _due().order_by("next_try_at", "pk").values_list("pk", "post__channel_id")[:SWEEP]
    for look_id, channel_id in list(due):
        if time.monotonic() >= ends:
            break
        if channel_id in silent:
            continue
        told = take(look_id)
        taken += isinstance(told, Figures)
        if isinstance(told, NotSent | Unknown):
            silent.add(channel_id)
    return taken


def take(look_id: int) -> Told | None:
    """Ask the platform once, and write what it told; None while another worker asks."""
    now = timezone.now()
    mine = _due().filter(pk=look_id)
    if not PostFigures.objects.filter(pk__in=mine.values("pk"), taken_at=None).update(
        next_try_at=now + LEASE, tries=F("tries") + 1
    ):
        return None
    look = PostFigures.objects.select_related("post__channel").get(pk=look_id)
    told = _asked(look.post)
    conclude(look, told)
    return told


@transaction.atomic(durable=True)
def conclude(asked: PostFigures, told: Told) -> None:
    """Write what was told; the state of the post stays as it is."""
    post = lock_post(asked.post_id)
    look = PostFigures.objects.select_for_update().get(pk=asked.pk)
    if look.taken_at is not None:
        return
    later = pause(look.tries, first=FIRST_PAUSE, longest=LONGEST_PAUSE)
    match told:
        case Figures():
            look.taken_at, look.numbers, look.detail = timezone.now(), told.numbers, ""
            look.save(update_fields=["taken_at", "numbers", "detail"])
            _learn_place(post, told)
        case Gone() if look.detail == GONE:
            _mark_gone(post)
        case Gone():
            _look_later(look, GONE, UNTIL_SAID_AGAIN)
        case NotSent():
            _look_later(look, told.reason, told.retry_after or later)
        case Refused() | Unknown():
            _look_later(look, told.reason, later)


@transaction.atomic
def ask_for_figures(channel: Channel, *, by: User, wanted: bool) -> None:
    """Ask a channel's platform, or do not: one that charges is asked only when somebody says so."""
    row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    row.settings = channel.settings = {**row.settings, "figures": wanted}
    row.save(update_fields=["settings"])
    action = "social.channel-figures-on" if wanted else "social.channel-figures-off"
    audit.record(actor=by, action=action, subject=channel)


def history(post: Post) -> list[PostFigures]:
    """What was told of a post, look by look, for the people of the desk."""
    return list(post.figures.exclude(age=Age.SOON).exclude(taken_at=None).order_by("taken_at"))


def _plan(age: Age) -> int:
    after, until = LOOKS[age]
    now = timezone.now()
    asked = [one.pk for one in Channel.objects.order_by("pk") if _can_be_asked(one)]
    posts = Post.objects.filter(
        ~Exists(PostFigures.objects.filter(post=OuterRef("pk"), age=age)),
        state=Post.State.PUBLISHED,
        gone_at=None,
        channel__in=asked,
        published_at__lte=now - after,
        published_at__gt=now - until,
    )
    if age == Age.SOON:
        posts = posts.filter(permalink="")
    looks = [PostFigures(post_id=key, age=age) for key in _keys(posts)]
    PostFigures.objects.bulk_create(looks, ignore_conflicts=True)
    return len(looks)


def _keys(posts: QuerySet[Post]) -> list[int]:
    return list(posts.order_by("published_at", "pk").values_list("pk", flat=True)[:SWEEP])


def _can_be_asked(channel: Channel) -> bool:
    try:
        return who_tells_figures(channel) is not None
    except KeyError:  # a platform that is not installed
        return False


def _due() -> QuerySet[PostFigures]:
    now = timezone.now()
    in_time = Q()
    for age, (_after, until) in LOOKS.items():
        in_time |= Q(age=age, post__published_at__gt=now - until)
    return PostFigures.objects.filter(
        in_time,
        taken_at=None,
        next_try_at__lte=now,
        post__state=Post.State.PUBLISHED,
        post__gone_at=None,
    )


def _asked(post: Post) -> Told:
    """What the platform told, also when the call broke off."""
    adapter = who_tells_figures(post.channel)
    if adapter is None:  # switched off since
        return Refused(reason="not-asked")
    try:
        return adapter.figures(post)
    except (CallFailed, AddressRefused) as error:
        return Unknown(reason=error.reason)
    except Malformed:
        return Unknown(reason="malformed")
    except Exception as error:
        logger.exception("asking how a post is received broke off", extra={"post": post.pk})
        return Unknown(reason=type(error).__name__)


def _look_later(look: PostFigures, detail: str, pause: timedelta) -> None:
    look.detail, look.next_try_at = detail[:300], timezone.now() + pause
    look.save(update_fields=["detail", "next_try_at"])


def _learn_place(post: Post, told: Figures) -> None:
    """Keep the address, and the ids, where publishing told none."""
    found = {
        "permalink": post.permalink or told.permalink,
        "remote_ids": {**told.remote_ids, **post.remote_ids},
    }
    if found != {"permalink": post.permalink, "remote_ids": post.remote_ids}:
        Post.objects.filter(pk=post.pk).update(**found)


def _mark_gone(post: Post) -> None:
    """Mark a post that somebody deleted there; one that we want gone is told by its withdrawal."""
    if post.withdrawals.filter(outcome=Withdrawal.Outcome.PENDING).exists():
        return
    standing = Post.objects.filter(pk=post.pk, state=Post.State.PUBLISHED, gone_at=None)
    if standing.update(gone_at=timezone.now()):
        logger.warning("post gone", extra={"post": post.pk, "channel": post.channel.slug})
        notices.tell_of_post(notices.Kind.POST_GONE, post)
