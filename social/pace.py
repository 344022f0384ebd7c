"""When a channel may speak and when it likes to: quiet times, the gap between posts, free slots.

Nothing here widens a window: a post that may not leave inside its signed window is missed. All
times of day are in TIME_ZONE; what the city keeps holy it types itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from social.models import (
    Channel,
    ChannelPace,
    Holiday,
    Post,
    QuietTime,
    State,
    WeeklySlot,
)

DAY = timedelta(days=1)
FARTHEST = timedelta(days=60)
"""As far as anybody looks ahead: rules that leave no free moment until then leave none."""
LOOK_AGAIN = timedelta(minutes=10)
SOON = timedelta(minutes=1)
"""As long as it takes a person to choose: a slot nearer than this is over before it is taken."""
TAKES_A_SLOT = (State.DRAFT, State.SUBMITTED, State.WAITING, State.CLAIMED, State.HELD)


@dataclass(frozen=True)
class Quiet:
    """All that keeps one channel silent."""

    hours: tuple[time, time] | None
    holidays: Sequence[Holiday] = ()
    times: Sequence[QuietTime] = ()

    def next_allowed(self, moment: datetime) -> datetime:
        """The first moment from this one on at which nothing keeps it silent."""
        last = moment + FARTHEST
        while moment < last and (ends := self._ends(timezone.localtime(moment))):
            moment = ends
        return moment

    def _ends(self, local: datetime) -> datetime | None:
        """When that ends which keeps it silent now; None where nothing does."""
        day, clock = local.date(), local.time()
        for holiday in self.holidays:
            if holiday.first <= day <= holiday.last:
                return _at(holiday.last + DAY, time.min)
        for quiet in self.times:
            if quiet.weekday in (None, day.weekday()) and quiet.begins <= clock < quiet.ends:
                return _at(day, quiet.ends)
        return self._hours_end(day, clock)

    def _hours_end(self, day: date, clock: time) -> datetime | None:
        if self.hours is None:
            return None
        begins, ends = self.hours
        if begins < ends:
            return _at(day, ends) if begins <= clock < ends else None
        if clock < ends:
            return _at(day, ends)
        return _at(day + DAY, ends) if clock >= begins else None


@dataclass(frozen=True, kw_only=True)
class PaceSettings:
    """What an administrator says of one channel; `slots` are weekday and time of day."""

    quiet_hours: tuple[time, time] | None
    gap: timedelta
    keeps_city_times: bool
    slots: Sequence[tuple[int, time]]


def next_allowed(channel: Channel, moment: datetime) -> datetime:
    """The first moment from `moment` on outside quiet hours, holidays and prayer times."""
    return quiet_of(channel).next_allowed(moment)


def quiet_of(channel: Channel) -> Quiet:
    """The channel's own quiet hours, with the city's quiet times where it keeps them."""
    pace = _pace_of(channel)
    hours = None
    if pace.quiet_from is not None and pace.quiet_until is not None:
        hours = (pace.quiet_from, pace.quiet_until)
    if not pace.keeps_city_times:
        return Quiet(hours)
    return Quiet(hours, tuple(Holiday.objects.all()), tuple(QuietTime.objects.all()))


def put_off(post: Post) -> bool:
    """Whether its channel is quiet when a post is due, in the transaction that would claim it.

    Then it is looked at again when it may leave, or after LOOK_AGAIN: the rules may change
    meanwhile.
    """
    now = timezone.now()
    leaves = next_allowed(post.channel, now)
    if leaves <= now:
        return False
    Post.objects.filter(pk=post.pk).update(retry_at=min(leaves, now + LOOK_AGAIN))
    return True


def least_gap(channel: Channel) -> timedelta:
    """The shortest time between two posts that somebody set for it; 0 where nobody did."""
    return timedelta(minutes=_pace_of(channel).gap_minutes)


def never_leaves(post: Post) -> str | None:
    """Why a post could not leave inside its window at all, in words for its author."""
    ends = next_allowed(post.channel, max(post.send_at, timezone.now()))
    if ends < post.window_until:
        return None
    return _("Its window ends before this channel speaks again, at %(moment)s.") % {
        "moment": _in_words(ends)
    }


def leaves_later(post: Post) -> str | None:
    """That it leaves later than its time of sending, in words for people."""
    leaves = next_allowed(post.channel, post.send_at)
    if leaves == post.send_at or leaves >= post.window_until:
        return None
    return _("At that time this channel is quiet: it goes out at %(moment)s.") % {
        "moment": _in_words(leaves)
    }


def free_slots(
    channel: Channel, *, after: datetime, until: datetime | None = None, most: int = 3
) -> list[datetime]:
    """The next slots of the channel that are neither quiet nor taken, before `until`.

    Without weekly slots none is offered.
    """
    slots = list(channel.slots.all())
    if not slots:
        return []
    until = min(until or after + FARTHEST, after + FARTHEST)
    quiet, taken = quiet_of(channel), _taken(channel, after=after, until=until)
    gap = max(least_gap(channel), timedelta(minutes=1))
    found: list[datetime] = []
    for moment in _moments(slots, after=after, until=until):
        is_taken = any(abs(moment - other) < gap for other in taken)
        if not is_taken and quiet.next_allowed(moment) == moment:
            found.append(moment)
        if len(found) == most:
            break
    return found


def slots_inside(post: Post, *, most: int = 3) -> list[datetime]:
    """The next free slots of its channel that lie in the post's window."""
    after = max(timezone.now() + SOON, post.window_from)
    return free_slots(post.channel, after=after, until=post.window_until, most=most)


def next_slots(channel: Channel, *, most: int = 3) -> list[datetime]:
    """The next free slots of a channel from now on."""
    return free_slots(channel, after=timezone.now() + SOON, most=most)


@transaction.atomic
def set_pace(channel: Channel, settings: PaceSettings, *, by: User) -> None:
    """Say how a channel paces itself from now on; posts that wait follow it."""
    begins, ends = settings.quiet_hours or (None, None)
    channel.pace, _is_new = ChannelPace.objects.update_or_create(
        channel=channel,
        defaults={
            "quiet_from": begins,
            "quiet_until": ends,
            "gap_minutes": settings.gap // timedelta(minutes=1),
            "keeps_city_times": settings.keeps_city_times,
        },
    )
    channel.slots.all().delete()
    WeeklySlot.objects.bulk_create(
        WeeklySlot(channel=channel, weekday=weekday, at=at)
        for weekday, at in sorted(set(settings.slots))
    )
    _look_again(Post.objects.filter(channel=channel).values_list("pk", flat=True))
    audit.record(actor=by, action="social.pace-set", subject=channel)


@transaction.atomic
def add_holiday(*, name: str, first: date, last: date, by: User) -> Holiday:
    """Keep every channel quiet from the first to the last day."""
    holiday = Holiday.objects.create(name=name, first=first, last=last)
    audit.record(actor=by, action="social.holiday-added", subject=holiday)
    return holiday


@transaction.atomic
def add_quiet_time(
    *, name: str, weekday: int | None, begins: time, ends: time, by: User
) -> QuietTime:
    """Keep every channel quiet at this time of the week, or of every day."""
    quiet = QuietTime.objects.create(name=name, weekday=weekday, begins=begins, ends=ends)
    audit.record(actor=by, action="social.quiet-time-added", subject=quiet)
    return quiet


@transaction.atomic
def remove(quiet: Holiday | QuietTime, *, by: User) -> None:
    """Keep it no longer; posts that waited for its end are looked at again."""
    audit.record(actor=by, action="social.quiet-removed", subject=quiet)
    quiet.delete()
    _look_again(Post.objects.values_list("pk", flat=True))


def _look_again(posts: Iterable[int]) -> None:
    """Posts that never were tried wait for no moment that the rules of before named."""
    waiting = Post.objects.filter(pk__in=posts, state=State.WAITING, attempts=0)
    waiting.exclude(retry_at=None).update(retry_at=None)


def _pace_of(channel: Channel) -> ChannelPace:
    known: ChannelPace | None = getattr(channel, "pace", None)
    return known or ChannelPace()


def _taken(channel: Channel, *, after: datetime, until: datetime) -> list[datetime]:
    near = (after - DAY, until + DAY)
    posts = Post.objects.filter(channel=channel, state__in=TAKES_A_SLOT, send_at__range=near)
    return list(posts.order_by("send_at").values_list("send_at", flat=True))


def _moments(
    slots: Sequence[WeeklySlot], *, after: datetime, until: datetime
) -> Iterable[datetime]:
    """The slots of each day, one after the other."""
    day = timezone.localdate(after)
    while slots and _at(day, time.min) < until:
        for slot in slots:
            if slot.weekday == day.weekday() and after <= (at := _at(day, slot.at)) < until:
                yield at
        day += DAY


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def _in_words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y H.i")
