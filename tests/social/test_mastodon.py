"""Mastodon: pictures first, then one status, however often its answer is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from social.channels import Figures, Gone, Refused, Unknown, mastodon
from social.channels.mastodon import MASTODON, Mastodon, keep_limits
from social.credentials import keep_credentials
from social.models import Channel, Post
from tests.social.doubles.faults import LOST
from tests.social.doubles.mastodon import MastodonDouble, too_many
from tests.social.doubles.server import Fault, Given, Kind, PlatformDouble
from tests.social.factories import ChannelFactory, a_picture, again, written

pytestmark = pytest.mark.django_db

State = Post.State

STATUSES = "POST /api/v1/statuses"
MEDIA = "POST /api/v2/media"


@pytest.fixture
def double(
    run_double: Callable[[PlatformDouble], None], monkeypatch: pytest.MonkeyPatch
) -> MastodonDouble:
    double = MastodonDouble()
    run_double(double)
    monkeypatch.setattr(mastodon, "SECONDS", 1.0)
    return double


@pytest.fixture
def channel(double: MastodonDouble, db: None) -> Channel:
    channel = ChannelFactory(platform=MASTODON)
    keep_credentials(channel, {"address": double.url + "/", "token": double.token})
    return channel


def test_words_and_pictures_arrive_with_their_alt_texts(
    double: MastodonDouble, send: Callable[..., Post]
) -> None:
    post = send(
        caption="Sarapan 🍜 & kopi\ndi Klojen #malang",
        link="https://contoh.example/a",
        media=[a_picture("Semangkuk soto"), a_picture("Secangkir kopi")],
    )

    assert post.state == State.PUBLISHED
    assert post.permalink == f"{double.url}/@kabarkota/0"
    [asked] = double.requests(STATUSES)
    assert (
        asked.json()["status"] == "Sarapan 🍜 & kopi\ndi Klojen #malang\n\nhttps://contoh.example/a"
    )
    assert asked.json()["media_ids"] == list(double.media)
    assert [one.description for one in double.media.values()] == [
        "Semangkuk soto",
        "Secangkir kopi",
    ]
    assert [one.content for one in double.media.values()] == [
        one.verified_content() for one in post.pictures
    ]


def test_a_picture_that_is_still_being_processed_is_waited_for_and_sent_once(
    double: MastodonDouble, send: Callable[..., Post]
) -> None:
    double.slow = 2

    post = send(media=[a_picture()])
    assert (post.state, post.reason) == (State.WAITING, "processing")
    assert again(post).state == State.WAITING
    assert double.requests(STATUSES) == []

    assert again(post).state == State.PUBLISHED
    assert len(double.media) == 1


def test_a_picture_that_cannot_be_processed_fails(
    double: MastodonDouble, send: Callable[..., Post]
) -> None:
    double.slow = 2
    post = send(media=[a_picture()])
    for media in double.media.values():
        media.is_broken = True

    assert (again(post).state, again(post).reason) == (State.FAILED, "content-refused")


def test_a_picture_that_the_instance_threw_away_is_brought_again(
    double: MastodonDouble, send: Callable[..., Post]
) -> None:
    double.faults = [Fault(STATUSES, Kind.ANSWER_BEFORE, too_many())]
    post = send(media=[a_picture()])
    double.media.clear()

    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        assert again(post).state == State.PUBLISHED


@pytest.mark.parametrize(("kind", "answer", "done"), LOST)
def test_a_lost_answer_is_settled_by_itself_and_the_status_stands_once(
    double: MastodonDouble, send: Callable[..., Post], kind: Kind, answer: Given, done: int
) -> None:
    double.faults = [Fault(STATUSES, kind, answer)]

    post = send(media=[a_picture()])

    assert post.state == State.UNKNOWN
    assert double.published == done
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        settled = again(post)
    assert (settled.state, settled.permalink) == (State.PUBLISHED, f"{double.url}/@kabarkota/0")
    assert double.published == 1
    assert len(double.media) == 1
    assert settled.attempt_log.count() == 1


@pytest.mark.parametrize("kind", [Kind.HANG_BEFORE, Kind.RESET_BEFORE, Kind.RESET_IN_BODY])
def test_a_lost_upload_is_no_lost_post(
    double: MastodonDouble, send: Callable[..., Post], kind: Kind
) -> None:
    double.faults = [Fault(MEDIA, kind)]

    post = send(media=[a_picture()])

    assert post.state == State.WAITING
    assert again(post).state == State.PUBLISHED
    assert double.published == 1


def test_a_first_call_that_may_still_be_at_work_is_not_repeated(
    double: MastodonDouble, send: Callable[..., Post]
) -> None:
    double.faults = [Fault(STATUSES, Kind.RESET_BEFORE)]

    assert again(send()).state == State.UNKNOWN
    assert len(double.requests(STATUSES)) == 1


def test_after_an_hour_only_what_stands_there_settles_it(
    double: MastodonDouble, send: Callable[..., Post]
) -> None:
    double.faults = [Fault(STATUSES, Kind.HANG_AFTER), Fault(STATUSES, Kind.RESET_BEFORE)]
    there = send(
        caption="Kopi @warung@contoh.example 🍜\nbuka", link="https://contoh.example/" + "a" * 40
    )
    lost = send(caption="Soto")

    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert again(there).state == State.PUBLISHED
        assert again(lost).state == State.UNKNOWN
    assert len(double.requests(STATUSES)) == 2


def test_the_same_words_of_another_post_prove_nothing(
    double: MastodonDouble, send: Callable[..., Post]
) -> None:
    out = send(caption="Soto", link="")
    double.faults = [Fault(STATUSES, Kind.RESET_BEFORE)]
    lost = send(caption="Soto", link="")

    assert out.state == State.PUBLISHED
    assert Mastodon().find(lost) is None


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [({}, 20, 40), ({"Retry-After": "600"}, 590, 600), ("reset", 1_700, 1_800)],
)
def test_too_many_posts_are_sent_later(
    double: MastodonDouble, send: Callable[..., Post], headers: Any, least: int, most: int
) -> None:
    reset = (datetime.now(UTC) + timedelta(minutes=30)).isoformat().replace("+00:00", "Z")
    headers = {"X-RateLimit-Reset": reset} if headers == "reset" else headers
    double.faults = [Fault(STATUSES, Kind.ANSWER_BEFORE, too_many(headers))]

    post = send()

    assert (post.state, post.reason) == (State.WAITING, "rate-limited")
    assert post.retry_at is not None
    assert least < (post.retry_at - timezone.now()).total_seconds() < most
    assert again(post).state == State.PUBLISHED


@pytest.mark.parametrize("changed", [{"token": "revoked"}, {"token": ""}, {"address": ""}])
def test_a_channel_that_is_not_connected_fails_and_says_so(
    double: MastodonDouble, channel: Channel, send: Callable[..., Post], changed: dict[str, str]
) -> None:
    keep_credentials(channel, {"address": double.url, "token": double.token, **changed})

    post = send()

    assert post.state == State.FAILED
    assert post.reason == ("token-refused" if changed.get("token") else "not-connected")


def test_an_instance_in_our_own_network_is_never_called(
    double: MastodonDouble, send: Callable[..., Post], settings: Any
) -> None:
    settings.OUTBOUND_TRUSTED_HOSTS = []

    assert (post := send()).state == State.FAILED
    assert post.reason == "other-port"
    assert double.asked == []


@pytest.mark.parametrize(
    ("caption", "link", "length"),
    [
        ("Halo", "", 4),
        ("👨‍👩‍👧‍👦🏽 e\u0301", "", 3),
        ("Lihat https://contoh.example/" + "a" * 90 + ".", "", 30),
        ("Halo", "https://contoh.example/" + "a" * 90, 29),
        ("@warung@contoh.example buka", "", 12),
        ("مرحبا", "", 5),
    ],
)
def test_it_counts_as_mastodon_counts(caption: str, link: str, length: int) -> None:
    assert Mastodon().count(caption, link) == length


def test_limits_are_those_of_the_instance(
    double: MastodonDouble, author: User, channel: Channel
) -> None:
    at_limit = written(author, channel=channel, caption="x" * 500, link="")
    above = written(author, channel=channel, caption="x" * 501, link="", media=[a_picture()] * 5)
    assert Mastodon().check(at_limit) == []
    assert [one.field for one in Mastodon().check(above)] == ["caption", "media"]

    double.limits = {"max_characters": 11, "max_media_attachments": "many"}
    keep_limits(at_limit.channel)

    assert [one.field for one in Mastodon().check(at_limit)] == ["caption"]


def test_an_instance_that_tells_no_limits_keeps_the_documented_ones(
    double: MastodonDouble, channel: Channel
) -> None:
    double.faults = [Fault("/api/v2/instance", Kind.RESET_BEFORE)]

    keep_limits(channel)

    assert "limits" not in Channel.objects.get(pk=channel.pk).settings


def test_a_status_is_taken_back_and_that_twice(
    double: MastodonDouble, send: Callable[..., Post]
) -> None:
    post = send()

    assert Mastodon().withdraw(post) == Gone()
    assert double.published == 0
    assert Mastodon().withdraw(post) == Gone()


def test_a_machine_on_the_way_that_knows_no_such_address_proves_nothing(
    double: MastodonDouble, send: Callable[..., Post]
) -> None:
    post = send()
    double.faults = [Fault("DELETE", Kind.ANSWER_BEFORE, Given(404, body=b"<html>"))]

    assert Mastodon().withdraw(post) == Unknown(reason="malformed")
    assert double.published == 1


def test_a_status_tells_how_it_is_received_until_it_is_deleted(
    double: MastodonDouble, channel: Channel, send: Callable[..., Post]
) -> None:
    post = send()
    double.counts = {"favourites_count": 12, "reblogs_count": 3, "replies_count": "many"}

    told = Mastodon().figures(post)
    assert told == Figures(numbers={"likes": 12, "shares": 3}, permalink=post.permalink)
    double.faults = [Fault("GET", Kind.ANSWER_BEFORE, Given(404, body=b"<html>"))]
    assert Mastodon().figures(post) == Unknown(reason="malformed")

    double.statuses.clear()
    assert Mastodon().figures(post) == Gone()
    keep_credentials(post.channel, {"address": double.url, "token": "revoked"})
    assert Mastodon().figures(post) == Refused(reason="token-refused")
