"""X: pictures first, then one post, counted as X counts it."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from social import desk
from social.channels import Figures, Gone, Refused, Unknown, x, x_length
from social.channels.oauth1 import authorization
from social.channels.x import PLATFORM, X
from social.credentials import keep_credentials
from social.models import Channel, Post
from tests.social.doubles.faults import LOST
from tests.social.doubles.server import Fault, Given, Kind, PlatformDouble
from tests.social.doubles.x import USER, XDouble, duplicate, problem
from tests.social.factories import ChannelFactory, a_picture, again, approved, written

pytestmark = pytest.mark.django_db

State = Post.State

TWEETS = "POST /2/tweets"
UPLOAD = "POST /2/media/upload"
CASES = json.loads((Path(__file__).parent / "data/twitter_text_lengths.json").read_text())["cases"]


@pytest.fixture
def double(
    run_double: Callable[[PlatformDouble], None], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> XDouble:
    double = XDouble()
    run_double(double)
    settings.X_API_URL = double.url
    monkeypatch.setattr(x, "SECONDS", 1.0)
    return double


@pytest.fixture
def channel(double: XDouble, db: None) -> Channel:
    channel = ChannelFactory(platform=PLATFORM)
    keep_credentials(channel, {"access_token": double.token, "user_id": USER})
    return channel


@pytest.mark.parametrize("case", CASES, ids=[case["description"] for case in CASES])
def test_it_counts_as_twitter_text_says(case: dict[str, Any]) -> None:
    assert x_length.weigh(case["text"]) == case["length"]


@pytest.mark.parametrize(
    ("caption", "link", "length"),
    [
        ("Halo", "", 4),
        ("Halo", "https://contoh.example.id/" + "a" * 90, 4 + 2 + 23),
        ("Lihat kotamalang.go.id/kabar?x=1.", "", 6 + 23 + 1),
        ("👨‍👩‍👧‍👦 🇮🇩 ❤️ 1️⃣", "", 2 + 3 + 3 + 3),
        ("مرحبا", "", 5),
        ("#malang #kuliner", "", 16),
        ("e\u0301", "", 1),
    ],
)
def test_it_counts_the_link_with_the_words(caption: str, link: str, length: int) -> None:
    assert X().count(caption, link) == length


def test_no_text_of_an_author_takes_long_to_count() -> None:
    began = time.monotonic()
    for text in (
        "a." * 1_500,
        "a.id/" + "(" * 3_000,
        "http://" + "a" * 3_000,
        "a-" * 1_500 + ".id",
    ):
        x_length.weigh(text)
    assert time.monotonic() - began < 10


def test_a_text_at_the_limit_passes_and_one_over_does_not(author: User, channel: Channel) -> None:
    at_limit = written(author, channel=channel, caption="x" * 255, link="https://contoh.example.id")
    above = written(author, channel=channel, caption="x" * 256, link="https://contoh.example.id")
    strange = written(author, channel=channel, caption="a\ufeffb", media=[a_picture()] * 5)

    assert X().check(at_limit) == []
    assert [one.field for one in X().check(above)] == ["caption"]
    assert [one.field for one in X().check(strange)] == ["media", "caption"]


def test_words_and_pictures_arrive_with_their_alt_texts(
    double: XDouble, send: Callable[..., Post]
) -> None:
    post = send(
        caption="Soto & kopi", link="https://contoh.example/a", media=[a_picture("Soto")] * 2
    )

    assert post.state == State.PUBLISHED
    [tweet] = double.tweets
    assert tweet["said"] == "Soto & kopi\n\nhttps://contoh.example/a"
    assert post.permalink == f"https://x.com/i/web/status/{tweet['id']}"
    assert [one.alt for one in double.uploads.values()] == ["Soto", "Soto"]
    assert [one.content for one in double.uploads.values()] == [
        one.verified_content() for one in post.pictures
    ]


def test_a_picture_still_being_processed_is_waited_for(
    double: XDouble, send: Callable[..., Post]
) -> None:
    double.slow = 2
    post = send(media=[a_picture()])
    assert (post.state, post.reason) == (State.WAITING, "processing")
    assert post.retry_at is not None
    assert post.retry_at - timezone.now() < timedelta(seconds=8)
    assert double.requests(TWEETS) == []

    assert again(post).state == State.PUBLISHED
    assert len(double.uploads) == 1


def test_a_picture_that_cannot_be_processed_fails(
    double: XDouble, send: Callable[..., Post]
) -> None:
    double.slow = 2
    post = send(media=[a_picture()])
    next(iter(double.uploads.values())).is_broken = True

    assert (again(post).state, again(post).reason) == (State.FAILED, "content-refused")


def test_an_upload_that_is_over_is_made_again(double: XDouble, send: Callable[..., Post]) -> None:
    double.faults = [Fault(TWEETS, Kind.ANSWER_BEFORE, Given(429, {"title": "Too Many Requests"}))]
    post = send(media=[a_picture()], window_until=timezone.now() + timedelta(days=9))
    double.uploads.clear()

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert again(post).state == State.PUBLISHED


@pytest.mark.parametrize(("kind", "answer", "done"), LOST)
def test_a_lost_answer_is_unclear_and_only_what_stands_there_settles_it(
    double: XDouble, send: Callable[..., Post], kind: Kind, answer: Given, done: int
) -> None:
    double.faults = [Fault(TWEETS, kind, answer)]

    post = send(caption="Soto & kopi", media=[a_picture()])

    assert post.state == State.UNKNOWN
    assert again(post).state == (State.PUBLISHED if done else State.UNKNOWN)
    assert double.published == done
    assert len(double.requests(TWEETS)) == 1


@pytest.mark.parametrize("kind", [Kind.HANG_BEFORE, Kind.RESET_BEFORE, Kind.RESET_IN_BODY])
def test_a_lost_upload_is_no_lost_post(
    double: XDouble, send: Callable[..., Post], kind: Kind
) -> None:
    double.faults = [Fault(UPLOAD, kind)]
    post = send(media=[a_picture()])
    assert post.state == State.WAITING

    assert again(post).state == State.PUBLISHED
    assert double.published == 1


def test_a_refusal_as_a_duplicate_after_a_lost_answer_says_it_is_out_but_not_where(
    double: XDouble, send: Callable[..., Post], approver: User, channel: Channel
) -> None:
    keep_credentials(channel, {"access_token": double.token})  # nobody knows whom to ask about
    double.faults = [Fault(TWEETS, Kind.HANG_AFTER)]
    post = send()
    assert again(post).state == State.UNKNOWN
    desk.resolve_unknown(post, by=approver, to=State.WAITING, reason="Tidak tampak")

    post = again(post)
    assert (post.state, post.reason) == (State.UNKNOWN, "duplicate")
    assert double.published == 1

    keep_credentials(channel, {"access_token": double.token, "user_id": USER})
    assert again(post).state == State.PUBLISHED


def test_the_same_words_of_another_post_prove_nothing(
    double: XDouble, send: Callable[..., Post]
) -> None:
    assert send(caption="Soto", link="").state == State.PUBLISHED
    double.faults = [Fault(TWEETS, Kind.RESET_BEFORE)]

    assert X().find(send(caption="Soto", link="")) is None


@pytest.mark.parametrize(
    ("given", "state", "reason", "least"),
    [
        (Given(429), State.WAITING, "rate-limited", 20),
        (Given(429, {}, {"Retry-After": "600"}), State.WAITING, "rate-limited", 590),
        ("reset", State.WAITING, "rate-limited", 800),
        (problem(429, "UsageCapExceeded", "Usage cap exceeded: Monthly product cap",
                 "https://api.twitter.com/2/problems/usage-capped"),
         State.WAITING, "no-credit", 3_500),
        (problem(401, "Unauthorized", "Unauthorized"), State.FAILED, "token-refused", 0),
        (duplicate().given, State.FAILED, "duplicate", 0),
        (problem(403, "Forbidden", "Your account is suspended"), State.FAILED, "not-allowed", 0),
        (problem(400, "Invalid Request", "No"), State.FAILED, "content-refused", 0),
        (Given(403, body=b"<html>proxy"), State.UNKNOWN, "malformed", 0),
    ],
)  # fmt: skip
def test_what_x_refuses_is_told_apart(
    double: XDouble, send: Callable[..., Post], given: Any, state: str, reason: str, least: int
) -> None:
    if given == "reset":
        reset = str(int(time.time()) + 900)
        headers = {"x-rate-limit-remaining": "0", "x-rate-limit-reset": reset}
        given = Given(429, {"title": "Too Many Requests"}, headers)
    double.faults = [Fault(TWEETS, Kind.ANSWER_BEFORE, given)]

    post = send()

    assert (post.state, post.reason) == (state, reason)
    if least:
        assert post.retry_at is not None
        assert (post.retry_at - timezone.now()).total_seconds() > least
    assert double.published == 0


def test_a_channel_that_is_not_connected_fails_and_says_so(
    double: XDouble, channel: Channel, author: User, approver: User
) -> None:
    post = approved(author, approver, channel=channel)
    keep_credentials(channel, {})  # lost after it was signed

    assert again(post).reason == "not-connected"
    assert double.asked == []


def test_a_token_that_does_not_expire_signs_each_request() -> None:
    account = {
        "api_key": "xvz1evFS4wEEPTGEFPHBog",
        "api_secret": "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "access_token": "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "access_secret": "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    }
    status = "Hello Ladies + Gentlemen, a signed OAuth request!"

    header = authorization(
        account,
        "POST",
        "https://api.twitter.com/1.1/statuses/update.json",
        {"include_entities": "true", "status": status},
        nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        at=1_318_622_958,
    )

    assert 'oauth_signature="hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"' in header  # from X's own guide


def test_a_post_is_taken_back_and_that_twice(double: XDouble, send: Callable[..., Post]) -> None:
    post = send()

    assert X().withdraw(post) == Gone()
    assert double.tweets == []
    assert X().withdraw(post) == Gone()


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (Given(200, {"data": {"deleted": False}}), Unknown(reason="malformed")),
        (Given(404, body=b"<html>"), Unknown(reason="malformed")),
        (problem(403, "Forbidden", "Not yours"), Refused(reason="not-allowed")),
        (Given(503, {}), Unknown(reason="server-error")),
    ],
)
def test_what_says_neither_yes_nor_gone_takes_nothing_back(
    double: XDouble, send: Callable[..., Post], given: Given, outcome: Any
) -> None:
    post = send()
    double.faults = [Fault("DELETE", Kind.ANSWER_BEFORE, given)]

    assert X().withdraw(post) == outcome
    assert double.published == 1


def test_a_post_tells_how_it_is_received_until_it_is_deleted(
    double: XDouble, send: Callable[..., Post]
) -> None:
    post = send()
    double.metrics = {"like_count": 12, "impression_count": 900, "url_clicks": 1}

    assert X().figures(post) == Figures(numbers={"views": 900, "likes": 12})

    double.tweets.clear()
    assert X().figures(post) == Gone()
