"""Bluesky: one record at a key chosen beforehand, however often it is put there."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from PIL import Image

from accounts.models import User
from social import desk
from social.channels import Figures, Gone, NotSent, bluesky_session
from social.channels.bluesky import BLUESKY, Bluesky, facets_of
from social.credentials import keep_credentials, read_credentials
from social.messages import DraftMedia
from social.models import Channel, Post
from tests.social.doubles.bluesky import BlueskyDouble, too_many
from tests.social.doubles.faults import LOST
from tests.social.doubles.server import Fault, Given, Kind, PlatformDouble
from tests.social.factories import ChannelFactory, a_picture, again, written

pytestmark = pytest.mark.django_db

State = Post.State

PUT = "repo.putRecord"
UPLOAD = "repo.uploadBlob"


@pytest.fixture
def double(
    run_double: Callable[[PlatformDouble], None], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> BlueskyDouble:
    double = BlueskyDouble()
    run_double(double)
    settings.BLUESKY_URL = double.url
    monkeypatch.setattr(bluesky_session, "SECONDS", 1.0)
    return double


@pytest.fixture
def channel(double: BlueskyDouble, db: None) -> Channel:
    channel = ChannelFactory(platform=BLUESKY)
    keep_credentials(channel, {"handle": double.identifier, "password": double.password})
    return channel


def test_words_and_pictures_stand_in_one_record(
    double: BlueskyDouble, send: Callable[..., Post]
) -> None:
    post = send(
        caption="Soto 🍜 #malang", link="https://contoh.example/a", media=[a_picture("Soto")] * 2
    )

    assert post.state == State.PUBLISHED
    [(place, record)] = double.records.items()
    assert post.remote_ids["uri"] == place
    assert post.permalink == f"https://bsky.app/profile/{double.did}/post/{place[-13:]}"
    assert record["text"] == "Soto 🍜 #malang\n\nhttps://contoh.example/a"
    assert [one["alt"] for one in record["embed"]["images"]] == ["Soto", "Soto"]
    assert record["embed"]["images"][0]["aspectRatio"] == {"width": 640, "height": 480}
    sent = [double.bytes_of[one["image"]["ref"]["$link"]] for one in record["embed"]["images"]]
    assert sent == [one.verified_content() for one in post.pictures]


def test_links_and_hashtags_are_marked_by_their_bytes() -> None:
    text = "Café 🍜 #café, #2026 #soto-enak a#b https://contoh.example/ä?b=1. Selesai"

    marked = [
        text.encode()[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode()
        for one in facets_of(text)
    ]

    assert marked == ["#café", "#soto", "https://contoh.example/ä?b=1"]
    assert facets_of(text)[0]["features"][0]["tag"] == "café"


@pytest.mark.parametrize(("kind", "answer", "done"), LOST)
def test_a_lost_answer_is_settled_by_itself_and_the_record_stands_once(
    double: BlueskyDouble, send: Callable[..., Post], kind: Kind, answer: Given, done: int
) -> None:
    double.faults = [Fault(PUT, kind, answer)]

    post = send(media=[a_picture()])

    assert post.state == State.UNKNOWN
    assert double.published == done
    with time_machine.travel(timezone.now() + timedelta(hours=5)):
        settled = again(post)
    assert settled.state == State.PUBLISHED
    assert (double.published, len(double.records), len(double.requests(UPLOAD))) == (1, 1, 1)


def test_what_a_person_sends_again_is_the_same_record(
    double: BlueskyDouble, send: Callable[..., Post], approver: User
) -> None:
    double.faults = [Fault(PUT, Kind.HANG_AFTER)]
    post = send()
    desk.resolve_unknown(post, by=approver, to=State.WAITING, reason="Tidak terlihat")

    assert again(post).state == State.PUBLISHED
    assert (double.published, len(double.records)) == (1, 1)


def test_a_record_that_was_refused_for_now_carries_the_time_at_which_it_goes_out(
    double: BlueskyDouble, send: Callable[..., Post]
) -> None:
    double.faults = [Fault(PUT, Kind.ANSWER_BEFORE, too_many())]
    post = send()

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert again(post).state == State.PUBLISHED
    first, second = (asked.json() for asked in double.requests(PUT))
    assert first["rkey"] == second["rkey"]
    assert first["record"]["createdAt"] < second["record"]["createdAt"]


@pytest.mark.parametrize("kind", [Kind.HANG_BEFORE, Kind.RESET_BEFORE, Kind.RESET_IN_BODY])
@pytest.mark.parametrize("on", [UPLOAD, "createSession"])
def test_what_breaks_before_the_record_is_no_lost_post(
    double: BlueskyDouble, send: Callable[..., Post], on: str, kind: Kind
) -> None:
    double.faults = [Fault(on, kind)]

    post = send(media=[a_picture()])

    assert post.state == State.WAITING
    assert again(post).state == State.PUBLISHED
    assert double.published == 1


def test_a_picture_that_the_server_forgot_is_brought_again(
    double: BlueskyDouble, send: Callable[..., Post]
) -> None:
    double.faults = [Fault(PUT, Kind.ANSWER_BEFORE, too_many())]
    post = send(media=[a_picture()])
    double.blobs.clear()

    assert (again(post).reason, again(post).state) == ("picture-gone", State.PUBLISHED)
    assert double.published == 1


def test_one_session_serves_many_posts_and_is_refreshed_before_its_end(
    double: BlueskyDouble, send: Callable[..., Post]
) -> None:
    send()
    send()
    assert len(double.requests("Session")) == 1

    with time_machine.travel(timezone.now() + timedelta(minutes=115)):
        send()
    assert (double.sessions, len(double.requests("refreshSession"))) == (1, 1)
    assert double.published == 3


def test_a_session_that_ended_early_is_made_anew(
    double: BlueskyDouble, send: Callable[..., Post]
) -> None:
    send()
    double.access.clear()
    double.refresh.clear()

    post = send()
    assert (post.state, post.reason) == (State.WAITING, "session-over")
    assert again(post).state == State.PUBLISHED
    assert (double.published, double.sessions) == (2, 2)


def test_a_session_is_not_kept_over_a_new_password(
    double: BlueskyDouble, channel: Channel, send: Callable[..., Post]
) -> None:
    stale = Channel.objects.get(pk=channel.pk)
    keep_credentials(channel, {"handle": double.identifier, "password": "newer"})

    bluesky_session.sign_in(stale)

    known = read_credentials(Channel.objects.get(pk=channel.pk))
    assert known == {"handle": double.identifier, "password": "newer"}


@pytest.mark.parametrize(
    ("changed", "reason"),
    [({"password": "wrong"}, "token-refused"), ({"password": ""}, "not-connected")],
)
def test_a_channel_that_is_not_connected_fails_and_says_so(
    double: BlueskyDouble,
    channel: Channel,
    send: Callable[..., Post],
    changed: dict[str, str],
    reason: str,
) -> None:
    keep_credentials(channel, {**read_credentials(channel), **changed})

    assert ((post := send()).state, post.reason) == (State.FAILED, reason)
    assert double.published == 0


@pytest.mark.parametrize("on", [PUT, UPLOAD, "createSession"])
def test_too_many_calls_wait_until_it_counts_anew(
    double: BlueskyDouble, send: Callable[..., Post], on: str
) -> None:
    reset = str(int((datetime.now(UTC) + timedelta(minutes=30)).timestamp()))
    double.faults = [Fault(on, Kind.ANSWER_BEFORE, too_many({"RateLimit-Reset": reset}))]

    post = send(media=[a_picture()])

    assert (post.state, post.reason) == (State.WAITING, "rate-limited")
    assert post.retry_at is not None
    assert 1_700 < (post.retry_at - timezone.now()).total_seconds() < 1_801
    assert again(post).state == State.PUBLISHED


def test_another_record_at_our_key_is_left_alone_and_waits_for_a_person(
    double: BlueskyDouble, send: Callable[..., Post]
) -> None:
    double.faults = [Fault(PUT, Kind.HANG_AFTER)]
    post = send()
    [place] = double.records
    double.records[place] = {**double.records[place], "text": "Lain"}

    assert again(post).state == State.UNKNOWN
    assert double.records[place]["text"] == "Lain"


def test_a_server_in_our_own_network_is_never_called(
    double: BlueskyDouble, send: Callable[..., Post], settings: Any
) -> None:
    settings.OUTBOUND_TRUSTED_HOSTS = []

    assert ((post := send()).state, post.reason) == (State.FAILED, "other-port")
    assert double.asked == []


def test_a_record_is_taken_back_and_that_twice(
    double: BlueskyDouble, send: Callable[..., Post]
) -> None:
    post = send()

    assert Bluesky().withdraw(post) == Gone()
    assert double.records == {}
    assert Bluesky().withdraw(post) == Gone()


def test_a_record_is_taken_back_after_a_session_that_ended_early(
    double: BlueskyDouble, send: Callable[..., Post]
) -> None:
    post = send()
    double.access.clear()

    assert Bluesky().withdraw(post) == NotSent(reason="session-over")
    assert Bluesky().withdraw(post) == Gone()


FAMILY = "👨‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("caption", "problems"),
    [
        ("x" * 300, []),
        ("x" * 301, ["caption"]),
        (FAMILY * 120, []),
        (FAMILY * 121, ["caption"]),
        ("e\u0301" * 300, []),
        ("#soto " * 3, []),
        ("مرحبا", []),
    ],
)
def test_limits_are_counted_in_graphemes_and_bytes(
    author: User, channel: Channel, caption: str, problems: list[str]
) -> None:
    post = written(author, channel=channel, caption=caption, link="")

    assert [one.field for one in Bluesky().check(post)] == problems


def test_a_picture_that_stays_too_large_is_told_before_anybody_signs(
    author: User, channel: Channel
) -> None:
    out = BytesIO()
    Image.frombytes("RGB", (1_900, 1_900), os.urandom(1_900 * 1_900 * 3)).save(out, "JPEG")
    post = written(
        author, channel=channel, media=[DraftMedia(out.getvalue(), "derau.jpg", "Derau")]
    )

    assert [one.field for one in Bluesky().check(post)] == ["media"]


def test_a_record_tells_how_it_is_received_until_it_is_deleted(
    double: BlueskyDouble, send: Callable[..., Post]
) -> None:
    post = send()
    assert Bluesky().figures(post) == Figures()  # a server of one's own tells only that it stands

    double.counts = {"likeCount": 12, "repostCount": 3, "replyCount": 0, "quoteCount": 1}
    numbers = {"likes": 12, "shares": 3, "replies": 0, "quotes": 1}
    assert Bluesky().figures(post) == Figures(numbers=numbers)

    double.records.clear()
    assert Bluesky().figures(post) == Gone()
