"""A channel is quiet when the city says so, inside the signed window and nowhere else."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from social import approval, budgets, pace
from social.errors import PostNotReady
from social.models import Channel, Post
from social.pace import PaceSettings
from social.publishing import claim_post, due, publish
from tests.social.factories import (
    MANAGES,
    SEES,
    ChannelFactory,
    approved,
    person,
    published,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db

MONDAY, FRIDAY = date(2026, 11, 30), date(2026, 12, 4)


@pytest.fixture
def administrator() -> User:
    return person("pengelola", SEES, MANAGES, is_staff=True)


@pytest.fixture
def channel() -> Channel:
    return ChannelFactory()


def at(day: date, clock: str) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))


def set_pace(
    channel: Channel,
    by: User,
    *,
    quiet: tuple[str, str] | None = None,
    gap: int = 0,
    keeps_city_times: bool = True,
    slots: Sequence[tuple[int, str]] = (),
) -> None:
    hours = (time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1])) if quiet else None
    pace.set_pace(
        channel,
        PaceSettings(
            quiet_hours=hours,
            gap=timedelta(minutes=gap),
            keeps_city_times=keeps_city_times,
            slots=[(weekday, time.fromisoformat(clock)) for weekday, clock in slots],
        ),
        by=by,
    )


@pytest.mark.parametrize(
    ("quiet", "asked", "allowed"),
    [
        (("21:00", "06:00"), "20:59", (0, "20:59")),
        (("21:00", "06:00"), "21:00", (1, "06:00")),
        (("21:00", "06:00"), "05:59", (0, "06:00")),
        (("21:00", "06:00"), "06:00", (0, "06:00")),
        (("12:00", "13:00"), "12:30", (0, "13:00")),
        (("12:00", "13:00"), "13:00", (0, "13:00")),
    ],
)
def test_quiet_hours_end_at_their_minute_also_over_midnight(
    channel: Channel,
    administrator: User,
    quiet: tuple[str, str],
    asked: str,
    allowed: tuple[int, str],
) -> None:
    set_pace(channel, administrator, quiet=quiet)
    days, clock = allowed

    assert pace.next_allowed(channel, at(MONDAY, asked)) == at(MONDAY + timedelta(days=days), clock)


def test_friday_prayer_keeps_fridays_quiet_and_no_other_day(
    channel: Channel, administrator: User
) -> None:
    pace.add_quiet_time(
        name="Salat Jumat", weekday=4, begins=time(11, 30), ends=time(13), by=administrator
    )

    assert pace.next_allowed(channel, at(FRIDAY, "12:00")) == at(FRIDAY, "13:00")
    assert pace.next_allowed(channel, at(MONDAY, "12:00")) == at(MONDAY, "12:00")


def test_a_holiday_lasts_until_its_last_day_is_over_and_quiet_hours_follow_it(
    channel: Channel, administrator: User
) -> None:
    set_pace(channel, administrator, quiet=("21:00", "06:00"))
    pace.add_holiday(name="Nyepi", first=MONDAY, last=MONDAY + timedelta(days=1), by=administrator)

    allowed = pace.next_allowed(channel, at(MONDAY, "10:00"))

    assert allowed == at(MONDAY + timedelta(days=2), "06:00")


def test_a_channel_may_keep_its_own_hours_only(channel: Channel, administrator: User) -> None:
    set_pace(channel, administrator, keeps_city_times=False)
    pace.add_holiday(name="Nyepi", first=MONDAY, last=MONDAY, by=administrator)

    assert pace.next_allowed(channel, at(MONDAY, "10:00")) == at(MONDAY, "10:00")


def test_rules_that_leave_no_moment_end_the_search(channel: Channel, administrator: User) -> None:
    pace.add_holiday(name="Selamanya", first=MONDAY, last=date(2126, 1, 1), by=administrator)

    assert pace.next_allowed(channel, at(MONDAY, "10:00")) > at(MONDAY, "10:00") + pace.FARTHEST


def test_the_gap_is_counted_from_the_last_call(
    author: User,
    approver: User,
    administrator: User,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_pace(channel, administrator, gap=90)
    other = ChannelFactory()
    post = published(author, approver, channel=channel)
    left = post.attempt_log.get().started_at

    now_is(monkeypatch, left + timedelta(minutes=1))
    assert budgets.next_room(channel) == left + timedelta(minutes=90)
    assert budgets.next_room(other) == left + timedelta(minutes=1)
    now_is(monkeypatch, left + timedelta(hours=2))
    assert budgets.next_room(channel) == left + timedelta(hours=2)


def now_is(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_the_engine_sends_nothing_while_the_channel_is_quiet_and_then_sends_it(
    author: User,
    approver: User,
    administrator: User,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    night = at(timezone.localdate() + timedelta(days=1), "23:00")
    post = approved(
        author,
        approver,
        channel=channel,
        window_from=night,
        send_at=night,
        window_until=night + timedelta(days=1),
    )
    set_pace(channel, administrator, quiet=("21:00", "06:00"))

    now_is(monkeypatch, night)
    publish(post.pk)
    post.refresh_from_db()
    assert (post.state, post.attempts) == (Post.State.WAITING, 0)
    assert post.pk not in due()

    now_is(monkeypatch, night + timedelta(hours=7))
    assert post.pk in due()
    publish(post.pk)
    post.refresh_from_db()
    assert post.state == Post.State.PUBLISHED


def test_a_post_that_waits_for_the_end_of_a_rule_leaves_when_the_rule_goes(
    author: User, approver: User, administrator: User, channel: Channel
) -> None:
    today = timezone.localdate()
    post = approved(author, approver, channel=channel)
    holiday = pace.add_holiday(name="Keliru", first=today, last=today, by=administrator)
    publish(post.pk)
    assert post.pk not in due()

    pace.remove(holiday, by=administrator)

    assert post.pk in due()


def test_the_engine_keeps_the_gap_between_two_posts_of_a_channel(
    author: User,
    approver: User,
    administrator: User,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_pace(channel, administrator, gap=30)
    first, second = (approved(author, approver, channel=channel) for _number in range(2))
    publish(first.pk)
    publish(second.pk)
    second.refresh_from_db()
    assert second.state == Post.State.WAITING

    now_is(monkeypatch, timezone.now() + timedelta(minutes=31))
    publish(second.pk)
    second.refresh_from_db()
    assert second.state == Post.State.PUBLISHED


def test_a_post_on_its_way_counts_for_the_gap(
    author: User, approver: User, administrator: User, channel: Channel
) -> None:
    set_pace(channel, administrator, gap=30)
    first, second = (approved(author, approver, channel=channel) for _number in range(2))

    assert claim_post(first.pk) is not None
    assert claim_post(second.pk) is None


def test_the_next_free_slot_is_neither_taken_nor_quiet_nor_past(
    author: User, administrator: User, channel: Channel
) -> None:
    set_pace(channel, administrator, slots=[(0, "08:00"), (0, "12:30"), (4, "12:00")])
    pace.add_quiet_time(
        name="Salat Jumat", weekday=4, begins=time(11, 30), ends=time(13), by=administrator
    )
    taken = at(MONDAY, "12:30")
    written(
        author,
        channel=channel,
        window_from=taken - timedelta(hours=1),
        window_until=taken + timedelta(hours=1),
        send_at=taken,
    )

    slots = pace.free_slots(channel, after=at(MONDAY, "08:00"), most=3)

    week = timedelta(days=7)
    assert slots == [
        at(MONDAY, "08:00"),
        at(MONDAY + week, "08:00"),
        at(MONDAY + week, "12:30"),
    ]


def test_a_slot_beside_another_post_is_free_again_beyond_the_gap(
    author: User, administrator: User, channel: Channel
) -> None:
    set_pace(channel, administrator, gap=60, slots=[(0, "08:00"), (0, "09:30")])
    taken = at(MONDAY, "08:30")
    hour = timedelta(hours=1)
    written(author, channel=channel, window_from=taken, window_until=taken + hour, send_at=taken)

    assert pace.free_slots(channel, after=at(MONDAY, "07:00"), most=1) == [at(MONDAY, "09:30")]


def test_without_weekly_slots_none_is_offered(channel: Channel) -> None:
    assert pace.free_slots(channel, after=at(MONDAY, "08:00")) == []


def test_a_post_that_could_not_leave_inside_its_window_is_told_before_it_is_submitted(
    author: User, administrator: User, channel: Channel
) -> None:
    today = timezone.localdate()
    pace.add_holiday(name="Cuti", first=today, last=today + timedelta(days=3), by=administrator)

    with pytest.raises(PostNotReady) as refused:
        submitted(author, channel=channel)

    assert list(refused.value.fields) == ["send_at"]


def test_a_post_that_leaves_later_than_asked_says_so_and_may_be_submitted(
    author: User, administrator: User, channel: Channel
) -> None:
    today = timezone.localdate()
    pace.add_holiday(name="Cuti", first=today, last=today, by=administrator)
    post = written(author, channel=channel, window_until=timezone.now() + timedelta(days=9))

    assert len(approval.advice_for(post)) == 1
    approval.submit(post, by=author)


def test_a_pace_that_is_set_again_replaces_the_one_before(
    channel: Channel, administrator: User
) -> None:
    set_pace(channel, administrator, quiet=("21:00", "06:00"), slots=[(0, "08:00")])
    set_pace(channel, administrator, slots=[(1, "09:00"), (1, "09:00")])

    assert pace.next_allowed(channel, at(MONDAY, "23:00")) == at(MONDAY, "23:00")
    assert [(one.weekday, one.at) for one in channel.slots.all()] == [(1, time(9))]
