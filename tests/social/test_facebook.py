"""A Facebook page: photos first, then one post; its error codes decide."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from social import desk
from social.channels import Figures, Gone, Refused, graph
from social.channels.facebook import FACEBOOK, Facebook
from social.credentials import keep_credentials
from social.models import Channel, Post
from tests.social.doubles.facebook import PAGE, FacebookDouble
from tests.social.doubles.faults import LOST
from tests.social.doubles.graph import graph_error
from tests.social.doubles.server import Fault, Given, Kind, PlatformDouble
from tests.social.factories import ChannelFactory, a_picture, again, written

pytestmark = pytest.mark.django_db

State = Post.State

FEED = f"POST /v26.0/{PAGE}/feed"
PHOTOS = f"POST /v26.0/{PAGE}/photos"


@pytest.fixture
def double(
    run_double: Callable[[PlatformDouble], None], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> FacebookDouble:
    double = FacebookDouble()
    run_double(double)
    settings.GRAPH_API_URL = double.url
    monkeypatch.setattr(graph, "SECONDS", 1.0)
    return double


@pytest.fixture
def channel(double: FacebookDouble, db: None) -> Channel:
    channel = ChannelFactory(platform=FACEBOOK)
    keep_credentials(channel, {"access_token": double.token, "page_id": PAGE})
    return channel


def test_pictures_arrive_with_their_alt_texts_and_the_link_below_the_words(
    double: FacebookDouble, send: Callable[..., Post]
) -> None:
    media = [a_picture("Soto"), a_picture("Kopi")]

    post = send(caption="Soto 🍜 & kopi", link="https://contoh.example/a", media=media)

    [out] = double.posts
    assert post.state == State.PUBLISHED
    assert post.permalink == f"https://www.facebook.com/{out['id']}"
    assert out["message"] == "Soto 🍜 & kopi\n\nhttps://contoh.example/a"
    assert out["photos"] == list(double.photos)
    assert double.alts == ["Soto", "Kopi"]
    assert [one.content for one in double.photos.values()] == [
        one.verified_content() for one in post.pictures
    ]


def test_without_pictures_the_link_has_its_own_field(
    double: FacebookDouble, send: Callable[..., Post]
) -> None:
    send(caption="Soto", link="https://contoh.example/a")

    [out] = double.posts
    assert (out["message"], out["link"]) == ("Soto", "https://contoh.example/a")


@pytest.mark.parametrize(("kind", "answer", "done"), LOST)
def test_a_lost_answer_is_unclear_and_only_what_stands_there_settles_it(
    double: FacebookDouble, send: Callable[..., Post], kind: Kind, answer: Given, done: int
) -> None:
    double.faults = [Fault(FEED, kind, answer)]

    post = send(media=[a_picture()])

    assert post.state == State.UNKNOWN
    assert again(post).state == (State.PUBLISHED if done else State.UNKNOWN)
    assert double.published == done
    assert len(double.requests(FEED)) == 1


@pytest.mark.parametrize("kind", [Kind.HANG_BEFORE, Kind.RESET_BEFORE, Kind.RESET_IN_BODY])
def test_a_lost_upload_is_no_lost_post(
    double: FacebookDouble, send: Callable[..., Post], kind: Kind
) -> None:
    double.faults = [Fault(PHOTOS, kind)]
    post = send(media=[a_picture()])
    assert post.state == State.WAITING

    assert again(post).state == State.PUBLISHED
    assert double.published == 1


def test_what_was_uploaded_is_used_again_until_it_is_too_old(
    double: FacebookDouble, send: Callable[..., Post]
) -> None:
    double.faults = [Fault(FEED, Kind.ANSWER_BEFORE, graph_error(32), times=2)]
    post = send(media=[a_picture()], window_until=timezone.now() + timedelta(days=9))
    assert again(post).state == State.WAITING
    assert len(double.photos) == 1

    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert again(post).state == State.PUBLISHED
    assert len(double.photos) == 2


def test_a_refusal_as_a_duplicate_after_a_lost_answer_is_no_proof(
    double: FacebookDouble, send: Callable[..., Post], approver: User, monkeypatch: Any
) -> None:
    monkeypatch.setattr(Facebook, "find", lambda self, post: None)  # a feed shows not everything
    double.faults = [Fault(FEED, Kind.HANG_AFTER)]
    post = send()
    desk.resolve_unknown(post, by=approver, to=State.WAITING, reason="Tidak tampak")

    post = again(post)

    assert (post.state, post.reason) == (State.UNKNOWN, "duplicate")
    assert double.published == 1


def test_the_same_words_of_another_post_prove_nothing(
    double: FacebookDouble, send: Callable[..., Post]
) -> None:
    assert send(caption="Soto", link="").state == State.PUBLISHED
    double.faults = [Fault(FEED, Kind.RESET_BEFORE)]

    assert Facebook().find(send(caption="Soto", link="")) is None


USAGE = '{"102": [{"type": "pages", "estimated_time_to_regain_access": 19}]}'


@pytest.mark.parametrize(
    ("given", "state", "reason", "least"),
    [
        (graph_error(4), State.WAITING, "rate-limited", 20),
        (graph_error(17), State.WAITING, "rate-limited", 20),
        (graph_error(32, status=403), State.WAITING, "rate-limited", 20),
        (graph_error(80001, **{"X-Business-Use-Case-Usage": USAGE}),
         State.WAITING, "rate-limited", 19 * 60 - 10),
        (Given(429), State.WAITING, "rate-limited", 20),
        (Given(429, headers={"Retry-After": "600"}), State.WAITING, "rate-limited", 590),
        (graph_error(1, status=500), State.UNKNOWN, "server-error", 0),
        (graph_error(2, status=503), State.UNKNOWN, "server-error", 0),
        (graph_error(2), State.UNKNOWN, "server-error", 0),
        (graph_error(190, 463, 401), State.FAILED, "token-refused", 0),
        (graph_error(200, status=403), State.FAILED, "not-allowed", 0),
        (graph_error(100), State.FAILED, "content-refused", 0),
        (graph_error(506), State.FAILED, "duplicate", 0),
        (Given(403, body=b"<html>proxy"), State.UNKNOWN, "malformed", 0),
    ],
)  # fmt: skip
def test_its_codes_are_told_apart(
    double: FacebookDouble,
    send: Callable[..., Post],
    given: Given,
    state: str,
    reason: str,
    least: int,
) -> None:
    double.faults = [Fault(FEED, Kind.ANSWER_BEFORE, given)]

    post = send()

    assert (post.state, post.reason) == (state, reason)
    if least:
        assert post.retry_at is not None
        assert (post.retry_at - timezone.now()).total_seconds() > least
    assert double.published == 0


def test_a_page_that_is_blocked_is_paused_until_a_person_looks(
    double: FacebookDouble, channel: Channel, send: Callable[..., Post]
) -> None:
    double.faults = [Fault(FEED, Kind.ANSWER_BEFORE, graph_error(368, 1346003))]

    assert send().reason == "account-blocked"
    assert Channel.objects.get(pk=channel.pk).paused


def test_a_dead_token_before_the_post_left_fails_as_well(
    double: FacebookDouble, channel: Channel, send: Callable[..., Post]
) -> None:
    keep_credentials(channel, {"access_token": "old", "page_id": PAGE})

    assert send(media=[a_picture()]).reason == "token-refused"
    assert double.requests(FEED) == []


def test_a_channel_that_is_not_connected_fails_and_says_so(
    double: FacebookDouble, channel: Channel, send: Callable[..., Post]
) -> None:
    keep_credentials(channel, {"access_token": double.token, "page_id": "../me"})

    assert send().reason == "not-connected"
    assert double.asked == []


def test_more_pictures_than_it_takes_are_refused_before_approval(
    author: User, channel: Channel
) -> None:
    post = written(author, channel=channel, media=[a_picture()] * 11)

    assert [one.field for one in Facebook().check(post)] == ["media"]


def test_a_post_is_taken_back_and_that_twice(
    double: FacebookDouble, send: Callable[..., Post]
) -> None:
    post = send(media=[a_picture()])

    assert Facebook().withdraw(post) == Gone()
    assert double.posts == []
    assert Facebook().withdraw(post) == Gone()


def test_a_post_that_the_token_may_not_see_is_not_called_gone(
    double: FacebookDouble, send: Callable[..., Post]
) -> None:
    post = send()
    double.faults = [
        Fault("DELETE", Kind.ANSWER_BEFORE, graph_error(100, 33)),
        Fault("published_posts", Kind.ANSWER_BEFORE, graph_error(10, status=403)),
    ]

    assert Facebook().withdraw(post) == Refused(reason="not-allowed")
    assert double.published == 1


def test_a_post_tells_how_it_is_received_until_it_is_deleted(
    double: FacebookDouble, send: Callable[..., Post]
) -> None:
    post = send()
    [out] = double.posts
    double.counts = {
        "reactions": {"data": [], "summary": {"total_count": 12}},
        "comments": {"data": [], "summary": {"total_count": 4}},
    }

    numbers = {"likes": 12, "replies": 4, "shares": 0}
    told = Facebook().figures(post)
    assert told == Figures(numbers=numbers, permalink=out["permalink_url"])

    double.posts.clear()
    assert Facebook().figures(post) == Gone()
    double.faults = [Fault("published_posts", Kind.ANSWER_BEFORE, graph_error(10, status=403))]
    assert Facebook().figures(post) == Refused(reason="not-allowed")
