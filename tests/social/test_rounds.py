"""Rounds of the workers: in order within a channel, none starved, nobody waits for one post."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from core import locks
from social import publishing, rounds
from social.channels import NotSent, Unknown
from social.models import Attempt, Channel, Post
from social.rounds import carry_due, channels_with_due
from tests.social.factories import ScriptedChannelFactory, ScriptedPlatform, approved

pytestmark = pytest.mark.django_db

State = Post.State


def due_posts(author: User, approver: User, channel: Channel, *ago: int) -> list[Post]:
    """Posts that are due since so many minutes."""
    now = timezone.now()
    return [
        approved(author, approver, channel=channel, send_at=now - timedelta(minutes=minutes))
        for minutes in ago
    ]


def test_what_is_due_leaves_in_its_order(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    posts = due_posts(author, approver, ScriptedChannelFactory(), 5, 9, 5, 30, 1)

    carry_due()

    ordered = sorted(posts, key=lambda post: (post.send_at, post.pk))
    assert [post.pk for post in platform.reached] == [post.pk for post in ordered]
    assert channels_with_due() == 0


@pytest.mark.parametrize("answer", [NotSent(reason="busy"), Unknown(reason="timeout")])
def test_a_post_that_waits_for_its_next_try_or_is_unclear_does_not_hold_its_channel(
    author: User, approver: User, platform: ScriptedPlatform, answer: NotSent | Unknown
) -> None:
    first, second = due_posts(author, approver, ScriptedChannelFactory(), 9, 5)
    platform.answers = [answer]

    carry_due()

    assert [post.pk for post in platform.reached] == [first.pk, second.pk]
    second.refresh_from_db()
    assert second.state == State.PUBLISHED


def test_a_post_that_breaks_the_worker_holds_neither_its_channel_nor_another(
    author: User, approver: User, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = due_posts(author, approver, ScriptedChannelFactory(), 9, 5)
    (other,) = due_posts(author, approver, ScriptedChannelFactory(), 1)
    covers = publishing.approval.covers

    def broken(post: Post) -> bool:
        if post.pk == bad.pk:
            raise ValueError("a mistake of ours")
        return covers(post)

    monkeypatch.setattr(publishing.approval, "covers", broken)
    carry_due()

    assert {post.pk for post in platform.reached} == {good.pk, other.pk}


def test_a_worker_waits_for_room_and_sends_evenly_in_the_meantime(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    channel = ScriptedChannelFactory(settings={"budget": [[1, 0.3]]})
    due_posts(author, approver, channel, 4, 3, 2)
    free = due_posts(author, approver, ScriptedChannelFactory(), 2, 1)

    carry_due(seconds=30)

    started = list(
        Attempt.objects.filter(post__channel=channel).values_list("started_at", flat=True)
    )
    assert len(started) == 3
    gaps = [later - earlier for earlier, later in zip(started, started[1:], strict=False)]
    assert min(gaps) >= timedelta(seconds=0.3)
    assert {post.pk for post in free} <= {post.pk for post in platform.reached}


def test_a_worker_does_not_wait_longer_than_its_time(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    channel = ScriptedChannelFactory(settings={"budget": [[1, 3_600]]})
    due_posts(author, approver, channel, 4, 3)

    carry_due(seconds=5)

    assert len(platform.reached) == 1


def test_a_paused_channel_has_no_turn(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    due_posts(author, approver, ScriptedChannelFactory(paused=True), 4)

    assert channels_with_due() == 0
    carry_due()

    assert platform.reached == []


@pytest.mark.django_db(transaction=True)
def test_a_channel_whose_turn_another_worker_has_keeps_nobody_from_the_rest(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    slow, quick = ScriptedChannelFactory(), ScriptedChannelFactory()
    due_posts(author, approver, slow, 9)
    (other,) = due_posts(author, approver, quick, 1)
    taken, done = threading.Event(), threading.Event()

    def at_the_slow_one() -> None:
        try:
            with locks.turn(locks.CHANNEL, slow.pk):
                taken.set()
                done.wait(30)
        finally:
            connection.close()

    another = threading.Thread(target=at_the_slow_one)
    another.start()
    taken.wait(10)
    carry_due()
    done.set()
    another.join(10)

    assert [post.pk for post in platform.reached] == [other.pk]


@pytest.mark.django_db(transaction=True)
def test_several_workers_keep_the_order_of_each_channel_and_send_each_post_once(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    channels = [ScriptedChannelFactory() for _channel in range(3)]
    posts = [due_posts(author, approver, channel, 7, 3, 5, 1) for channel in channels]
    together = threading.Barrier(3)

    def work() -> None:
        try:
            together.wait(10)
            carry_due()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert len(platform.reached) == 12
    for channel, theirs in zip(channels, posts, strict=True):
        ordered = [post.pk for post in sorted(theirs, key=lambda post: (post.send_at, post.pk))]
        reached = [post.pk for post in platform.reached if post.channel_id == channel.pk]
        assert reached == ordered


def test_only_so_many_workers_wait_for_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "MOST_WAITING", 0)

    assert not rounds._wait(0.0)
