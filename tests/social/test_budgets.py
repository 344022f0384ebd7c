"""Budgets: no channel posts more often than it may, however many workers there are."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import User
from social import budgets
from social.channels import ADAPTERS, Limit, NotSent
from social.channels.facebook import FACEBOOK
from social.models import Attempt, Channel, Post
from social.publishing import claim_post, publish
from tests.social.factories import (
    ChannelFactory,
    ScriptedChannelFactory,
    ScriptedPlatform,
    approved,
)

pytestmark = pytest.mark.django_db

State = Post.State


def channel_with(*limits: list[float]) -> Channel:
    return ScriptedChannelFactory(settings={"budget": list(limits)})


def due_posts(author: User, approver: User, channel: Channel, number: int) -> list[Post]:
    return [approved(author, approver, channel=channel) for _post in range(number)]


def carry_all(posts: list[Post]) -> int:
    """Try each once; how many left."""
    return sum(publish(post.pk) for post in posts)


def test_no_more_leave_within_a_window_than_the_channel_may_send(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    posts = due_posts(author, approver, channel_with([3, 60]), 3)
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        assert carry_all(posts) == 3
        posts = due_posts(author, approver, posts[0].channel, 3)
        assert carry_all(posts) == 0
    with time_machine.travel(now + timedelta(seconds=59), tick=False):
        assert carry_all(posts) == 0
    with time_machine.travel(now + timedelta(seconds=60), tick=False):
        assert carry_all(posts) == 3

    assert len(platform.reached) == 6


def test_each_of_several_limits_holds(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    posts = due_posts(author, approver, channel_with([1, 1], [2, 60]), 3)
    began = timezone.now()
    sent = []

    for seconds in range(0, 130, 5):
        with time_machine.travel(began + timedelta(seconds=seconds), tick=False):
            sent += [seconds] * carry_all(posts)

    assert len(sent) == 3
    assert sent[2] - sent[0] >= 60


def test_a_post_that_is_being_prepared_has_its_place_already(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    first, second = due_posts(author, approver, channel_with([1, 60]), 2)

    assert claim_post(first.pk) is not None
    assert claim_post(second.pk) is None


def test_a_try_that_the_platform_refused_for_now_counts_as_well(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    platform.answers = [NotSent(reason="busy")]
    posts = due_posts(author, approver, channel_with([1, 60]), 2)

    assert carry_all(posts) == 1
    assert budgets.used(posts[0].channel, Limit(most=1, within=timedelta(minutes=1))) == 1


def test_another_channel_has_its_own_budget(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    for _channel in range(2):
        assert carry_all(due_posts(author, approver, channel_with([1, 60]), 2)) == 1


def test_few_posts_go_at_once_and_more_than_there_is_room_for_go_evenly(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    channel = channel_with([4, 60])
    with time_machine.travel(timezone.now(), tick=False):
        assert carry_all(due_posts(author, approver, channel, 2)) == 2
        many = due_posts(author, approver, channel, 5)

        assert carry_all(many) == 0
        assert budgets.next_room(channel) == timezone.now() + timedelta(seconds=15)


@pytest.mark.parametrize(
    "said", ["20/min", [[0, 60]], [[1, 0]], [["viel", 60]], [[1]], 7, [None], [[1, 60, 3]]]
)
def test_limits_of_a_channel_that_cannot_be_read_leave_those_of_its_platform(said: Any) -> None:
    channel = Channel(platform="telegram", settings={"budget": said})

    assert budgets.limits_of(channel) == ADAPTERS["telegram"].capabilities.limits


def test_a_channel_may_have_limits_of_its_own_or_none() -> None:
    own = Channel(platform="telegram", settings={"budget": [[5, 0.5]]})

    assert budgets.limits_of(own) == (Limit(most=5, within=timedelta(milliseconds=500)),)
    assert budgets.limits_of(Channel(platform="telegram", settings={"budget": []})) == ()


@pytest.mark.parametrize("platform", ["telegram", "mastodon", "bluesky", "x", "instagram"])
def test_platforms_with_documented_limits_have_them_from_the_start(platform: str) -> None:
    assert budgets.limits_of(Channel(platform=platform))


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_do_not_exceed_it(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    for _round in range(4):
        posts = due_posts(author, approver, channel_with([1, 600]), 4)
        together = threading.Barrier(4)

        def work(post: Post, together: threading.Barrier = together) -> None:
            try:
                together.wait(10)
                publish(post.pk)
            finally:
                connection.close()

        workers = [threading.Thread(target=work, args=(post,)) for post in posts]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(30)

        assert Attempt.objects.filter(post__channel=posts[0].channel).count() == 1


def test_how_often_a_facebook_page_posts_is_the_operators_word_and_then_the_channels(
    settings: Any,
) -> None:
    page = ChannelFactory(platform=FACEBOOK, settings={})
    own = ChannelFactory(platform=FACEBOOK, settings={"budget": [[5, 60]]})
    assert budgets.limits_of(page) == ()

    settings.FACEBOOK_POSTS_PER_DAY = 25

    assert budgets.limits_of(page) == (Limit(most=25, within=timedelta(days=1)),)
    assert budgets.limits_of(own) == (Limit(most=5, within=timedelta(minutes=1)),)
