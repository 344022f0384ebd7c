"""The signed webhook: a receiver of the city's own gets each post once, or a person is asked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from social.channels import webhook
from social.channels.webhook import WEBHOOK, SignedWebhook
from social.credentials import keep_credentials
from social.models import Channel, Post
from tests.social.doubles.server import Fault, Given, Kind, PlatformDouble
from tests.social.doubles.webhook import ReceiverDouble
from tests.social.factories import ChannelFactory, a_picture, again, written

pytestmark = pytest.mark.django_db

State = Post.State


@pytest.fixture
def double(
    run_double: Callable[[PlatformDouble], None], monkeypatch: pytest.MonkeyPatch
) -> ReceiverDouble:
    double = ReceiverDouble()
    run_double(double)
    monkeypatch.setattr(webhook, "SECONDS", 1.0)
    return double


@pytest.fixture
def channel(double: ReceiverDouble, db: None) -> Channel:
    channel = ChannelFactory(platform=WEBHOOK)
    keep_credentials(channel, {"address": f"{double.url}/hook", "secret": double.secret})
    return channel


def test_a_post_arrives_signed_with_all_that_was_approved(
    double: ReceiverDouble, channel: Channel, send: Callable[..., Post]
) -> None:
    post = send(caption="Sarapan 🍜", media=[a_picture("Soto"), a_picture("Kopi")])

    assert (post.state, post.permalink) == (State.PUBLISHED, f"{double.url}/kabar/1")
    [(key, said)] = double.taken.items()
    assert key == f"{post.public_id}.{post.version}"
    assert (said["caption"], said["link"], said["channel"]) == (
        post.caption,
        post.link,
        channel.slug,
    )
    assert [one["alt"] for one in said["media"]] == ["Soto", "Kopi"]
    assert [one["sha256"] for one in said["media"]] == [one.sha256 for one in post.pictures]


@pytest.mark.parametrize(
    ("kind", "answer", "done"),
    [
        (Kind.HANG_BEFORE, Given(), 0),
        (Kind.HANG_AFTER, Given(), 1),
        (Kind.RESET_BEFORE, Given(), 0),
        (Kind.RESET_IN_BODY, Given(), 1),
        (Kind.ANSWER_BEFORE, Given(503, {}), 0),
        (Kind.ANSWER_AFTER, Given(500, {}), 1),
        (Kind.ANSWER_AFTER, Given(408, {}), 1),
    ],
)
def test_a_lost_answer_waits_for_a_person(
    double: ReceiverDouble, send: Callable[..., Post], kind: Kind, answer: Given, done: int
) -> None:
    double.faults = [Fault("/hook", kind, answer)]

    post = send()

    assert (post.state, double.published) == (State.UNKNOWN, done)
    assert again(post).state == State.UNKNOWN
    assert len(double.asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"id": 7, "url": "http://a"}'])
def test_taken_is_taken_whatever_else_it_says(
    double: ReceiverDouble, send: Callable[..., Post], body: bytes
) -> None:
    double.faults = [Fault("/hook", Kind.ANSWER_AFTER, Given(200, body=body))]

    post = send()

    assert (post.state, post.permalink, post.remote_ids) == (State.PUBLISHED, "", {})


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Given(307, {}, {"Location": "http://169.254.169.254/"}), "redirect"),
        (Given(403, {}), "not-allowed"),
        (Given(410, {}), "content-refused"),
    ],
)
def test_a_refusal_is_for_good_and_no_redirect_is_followed(
    double: ReceiverDouble, send: Callable[..., Post], answer: Given, reason: str
) -> None:
    double.faults = [Fault("/hook", Kind.ANSWER_BEFORE, answer)]

    assert ((post := send()).state, post.reason) == (State.FAILED, reason)
    assert len(double.asked) == 1


def test_too_many_posts_are_sent_later_under_the_same_key(
    double: ReceiverDouble, send: Callable[..., Post]
) -> None:
    double.faults = [Fault("/hook", Kind.ANSWER_BEFORE, Given(429, {}, {"Retry-After": "900"}))]

    post = send()

    assert post.state == State.WAITING
    assert post.retry_at is not None
    assert post.retry_at - timezone.now() > timedelta(minutes=14)
    assert again(post).state == State.PUBLISHED
    assert len({asked.headers["idempotency-key"] for asked in double.asked}) == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"secret": "whsec_" + "A" * 44}, "not-allowed"),
        ({"secret": "whsec_c2hvcnQ="}, "not-connected"),
        ({"secret": "plain words"}, "not-connected"),
        ({"address": ""}, "not-connected"),
        ({"address": "http://localhost/hook"}, "not-https"),
        ({"address": "https://localhost/hook"}, "not-public"),
        ({"address": "https://[::ffff:10.0.0.1]/hook"}, "not-public"),
        ({"address": "https://[64:ff9b::7f00:1]/hook"}, "not-public"),
        ({"address": "https://[2002:7f00:1::]/hook"}, "not-public"),
    ],
)
def test_what_is_not_connected_fails_and_says_so(
    double: ReceiverDouble,
    channel: Channel,
    send: Callable[..., Post],
    changed: dict[str, str],
    reason: str,
) -> None:
    known = {"address": f"{double.url}/hook", "secret": double.secret}
    keep_credentials(channel, {**known, **changed})

    assert ((post := send()).state, post.reason) == (State.FAILED, reason)
    assert double.published == 0


def test_limits_are_told_before_anybody_signs(
    author: User, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "MOST_MEDIA_BYTES", 10_000)
    at_limit = written(author, channel=channel, caption="x" * 5_000, media=[a_picture()])
    above = written(author, channel=channel, caption="x" * 5_001, media=[a_picture()] * 10)

    assert SignedWebhook().check(at_limit) == []
    assert [one.field for one in SignedWebhook().check(above)] == ["caption", "media"]
