"""The circuit breaker: a channel rests as a whole, and one post tries whether it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from social import breaker, budgets, desk
from social.channels import NotSent, Outcome, Published, Refused, Unknown
from social.models import Channel, ChannelRest, Post
from social.publishing import claim_post, conclude_unsent, publish, settle_unknown
from social.rounds import carry_due
from tests.social.factories import ScriptedChannelFactory, ScriptedPlatform, approved

pytestmark = pytest.mark.django_db

FAULT = NotSent(reason="server-error")


@pytest.fixture
def channel(platform: ScriptedPlatform) -> Channel:
    return ScriptedChannelFactory()


@pytest.fixture
def posts(author: User, approver: User, channel: Channel) -> list[Post]:
    return [approved(author, approver, channel=channel) for _post in range(8)]


def send(post: Post, platform: ScriptedPlatform, *answers: Outcome) -> bool:
    platform.answers = list(answers)
    return publish(post.pk)


def rest_over() -> None:
    ChannelRest.objects.update(rest_until=timezone.now() - timedelta(seconds=1))


def rest_of(channel: Channel) -> ChannelRest:
    return ChannelRest.objects.get(channel=channel)


@pytest.mark.parametrize("fault", [FAULT, Unknown(reason="too-slow")])
def test_after_five_failures_in_a_row_the_channel_rests_and_spares_the_other_posts(
    posts: list[Post], channel: Channel, platform: ScriptedPlatform, fault: Outcome
) -> None:
    platform.answers = [fault] * 8

    carry_due()

    assert len(platform.reached) == breaker.OPENS_AFTER
    assert rest_of(channel).is_on
    assert rest_of(channel).failures == breaker.OPENS_AFTER


def test_a_post_that_gets_through_begins_the_count_anew(
    posts: list[Post], channel: Channel, platform: ScriptedPlatform
) -> None:
    platform.answers = [FAULT, FAULT, FAULT, FAULT, Published(), FAULT, FAULT, FAULT]

    carry_due()

    assert len(platform.reached) == 8
    assert rest_of(channel).failures == 3


def test_one_post_at_a_time_tries_whether_it_is_over(
    posts: list[Post], channel: Channel, platform: ScriptedPlatform
) -> None:
    ChannelRest.objects.create(channel=channel, failures=breaker.OPENS_AFTER)

    assert claim_post(posts[0].pk) is not None
    assert claim_post(posts[1].pk) is None


def test_a_failed_try_rests_longer_and_a_good_one_lets_all_go_on(
    posts: list[Post], channel: Channel, platform: ScriptedPlatform
) -> None:
    ChannelRest.objects.create(channel=channel, failures=breaker.OPENS_AFTER + 1)
    assert send(posts[0], platform, FAULT)
    pause = rest_of(channel).rest_until
    assert pause is not None
    assert timedelta(seconds=90) < pause - timezone.now() < timedelta(seconds=150)
    assert not send(posts[1], platform, Published())

    rest_over()
    platform.answers = []
    carry_due()

    assert len(platform.reached) == 8
    assert not ChannelRest.objects.exists()


def test_no_rest_is_longer_than_half_an_hour_and_a_bit(channel: Channel) -> None:
    for _failure in range(40):
        breaker.note(channel, FAULT)

    until = rest_of(channel).rest_until
    assert until is not None
    assert until - timezone.now() < breaker.LONGEST_REST * 1.3


@pytest.mark.parametrize("reason", ["rate-limited", "quota", "no-credit"])
def test_where_the_platform_means_the_account_the_channel_rests_as_long_as_it_says(
    posts: list[Post], channel: Channel, platform: ScriptedPlatform, reason: str
) -> None:
    send(posts[0], platform, NotSent(reason=reason, retry_after=timedelta(minutes=7)))

    assert not send(posts[1], platform)
    with time_machine.travel(timezone.now() + timedelta(minutes=8)):
        assert send(posts[1], platform)
        assert not ChannelRest.objects.exists()


@pytest.mark.parametrize(
    "answer", [NotSent(reason="processing"), Refused(reason="content-refused")]
)
def test_what_the_platform_says_of_one_post_rests_nobody(
    posts: list[Post], channel: Channel, platform: ScriptedPlatform, answer: Outcome
) -> None:
    platform.answers = [answer] * 7

    carry_due()

    assert len(platform.reached) == 8
    assert not ChannelRest.objects.exists()


def test_a_dead_key_fails_one_post_and_not_all_that_are_due(
    posts: list[Post], channel: Channel, platform: ScriptedPlatform
) -> None:
    platform.answers = [Refused(reason="token-refused")] * 8

    carry_due()

    assert Post.objects.filter(state=Post.State.FAILED).count() == 1
    assert Post.objects.filter(state=Post.State.WAITING).count() == 7


def test_a_fault_before_anything_left_counts_as_well(
    posts: list[Post], channel: Channel, platform: ScriptedPlatform
) -> None:
    claimed = claim_post(posts[0].pk)
    assert claimed is not None

    conclude_unsent(claimed, FAULT)

    assert rest_of(channel).failures == 1


def test_an_answer_from_before_the_rest_does_not_end_it(channel: Channel) -> None:
    breaker.note(channel, NotSent(reason="rate-limited", retry_after=timedelta(minutes=7)))
    breaker.note(channel, Published())

    assert rest_of(channel).is_on


def test_another_channel_goes_on(
    posts: list[Post], author: User, approver: User, platform: ScriptedPlatform
) -> None:
    other = approved(author, approver, channel=ScriptedChannelFactory())
    send(posts[0], platform, NotSent(reason="rate-limited"))

    assert send(other, platform, Published())


def test_a_person_who_resumes_the_channel_ends_its_rest(
    posts: list[Post], channel: Channel, author: User, platform: ScriptedPlatform
) -> None:
    send(posts[0], platform, Refused(reason="token-refused"))
    desk.pause_channel(channel, by=author)
    desk.resume_channel(channel, by=author)

    assert send(posts[1], platform, Published())


@pytest.mark.parametrize("is_resting", [True, False])
def test_an_unclear_post_is_not_repeated_while_its_channel_rests(
    posts: list[Post], channel: Channel, platform: ScriptedPlatform, is_resting: bool
) -> None:
    platform.capabilities = replace(platform.capabilities, repeat_within=timedelta(hours=1))
    send(posts[0], platform, Unknown(reason="too-slow"))
    if is_resting:
        breaker.note(channel, NotSent(reason="rate-limited", retry_after=timedelta(minutes=7)))
    platform.answers = [Published()]

    assert settle_unknown() == (0 if is_resting else 1)


def test_a_worker_comes_back_when_the_rest_is_over(channel: Channel) -> None:
    until = timezone.now() + timedelta(minutes=3)
    ChannelRest.objects.create(channel=channel, rest_until=until)

    assert budgets.next_room(Channel.objects.select_related("rest").get()) == until
