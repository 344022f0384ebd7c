"""Telegram: every request as the Bot API documents it, and never two messages for one post."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from core.outbound import CallFailed
from social.channels import Gone, Refused, Unknown, telegram
from social.channels.telegram import TELEGRAM, Telegram
from social.credentials import keep_credentials
from social.models import Channel, Post
from tests.social.doubles.faults import LOST
from tests.social.doubles.server import Fault, Given, Kind, PlatformDouble
from tests.social.doubles.telegram import TelegramDouble, too_many
from tests.social.factories import ChannelFactory, a_picture, again, written

pytestmark = pytest.mark.django_db

State = Post.State


@pytest.fixture
def double(
    run_double: Callable[[PlatformDouble], None], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> TelegramDouble:
    double = TelegramDouble()
    run_double(double)
    settings.TELEGRAM_URL = double.url
    monkeypatch.setattr(telegram, "SECONDS", 1.0)
    return double


@pytest.fixture
def channel(db: None) -> Channel:
    channel = ChannelFactory(platform=TELEGRAM)
    keep_credentials(channel, {"token": TelegramDouble.token, "chat": "@kabarkota"})
    return channel


def test_words_arrive_with_their_link(double: TelegramDouble, send: Callable[..., Post]) -> None:
    post = send(caption="Sarapan 🍜 di Klojen", link="https://contoh.example/a")

    assert double.sent == [
        {"text": "Sarapan 🍜 di Klojen\n\nhttps://contoh.example/a", "photos": []}
    ]
    assert post.state == State.PUBLISHED
    assert post.permalink == "https://t.me/kabarkota/100"
    assert post.remote_ids == {"chat": "-1001234567890", "messages": "100"}


@pytest.mark.parametrize("number", [1, 2, 10])
def test_pictures_arrive_as_they_were_signed(
    double: TelegramDouble, send: Callable[..., Post], number: int
) -> None:
    post = send(media=[a_picture(width=600 + each) for each in range(number)])

    [sent] = double.sent
    assert sent["photos"] == [one.verified_content() for one in post.pictures]
    assert sent["text"].startswith(post.caption)
    assert len(post.remote_ids["messages"].split(",")) == number


def test_a_group_without_a_name_has_addresses_for_its_members(
    double: TelegramDouble, channel: Channel, send: Callable[..., Post]
) -> None:
    double.chat = {"id": -1001234567890, "username": ""}
    keep_credentials(channel, {"token": double.token, "chat": "-1001234567890"})

    assert send().permalink == "https://t.me/c/1234567890/100"


@pytest.mark.parametrize(("kind", "answer", "done"), LOST)
def test_a_lost_answer_waits_for_a_person(
    double: TelegramDouble, send: Callable[..., Post], kind: Kind, answer: Given, done: int
) -> None:
    double.faults = [Fault("/send", kind, answer)]

    post = send(media=[a_picture()])

    assert post.state == State.UNKNOWN
    assert again(post).state == State.UNKNOWN
    assert double.published == done
    assert len(double.asked) == 1


@pytest.mark.parametrize(("wish", "least"), [(None, 20), (42 * 60, 41 * 60)])
def test_too_many_messages_are_sent_later(
    double: TelegramDouble, send: Callable[..., Post], wish: int | None, least: int
) -> None:
    double.faults = [Fault("/send", Kind.ANSWER_BEFORE, too_many(wish))]

    post = send()

    assert (post.state, post.reason) == (State.WAITING, "rate-limited")
    assert post.retry_at is not None
    assert post.retry_at - timezone.now() > timedelta(seconds=least)
    assert again(post).state == State.PUBLISHED
    assert double.published == 1


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        ({"token": "110201543:revoked", "chat": "@kabarkota"}, "token-refused"),
        ({"token": TelegramDouble.token, "chat": "@kabarlain"}, "chat-not-found"),
        ({"token": "../110201543:x", "chat": "@kabarkota"}, "not-connected"),
        ({"token": TelegramDouble.token}, "not-connected"),
    ],
)
def test_what_is_not_connected_fails_and_says_so(
    double: TelegramDouble,
    channel: Channel,
    send: Callable[..., Post],
    account: dict[str, str],
    reason: str,
) -> None:
    keep_credentials(channel, account)

    post = send()

    assert (post.state, post.reason) == (State.FAILED, reason)
    assert double.published == 0


def test_a_bot_that_was_put_out_fails(double: TelegramDouble, send: Callable[..., Post]) -> None:
    double.kicked = True

    assert (post := send()).state == State.FAILED
    assert post.reason == "not-allowed"


def test_nothing_of_the_token_or_the_words_is_logged(
    double: TelegramDouble, send: Callable[..., Post], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="social")
    double.faults = [Fault("/send", Kind.ANSWER_AFTER, Given(200, body=b"<html>"))]

    post = send()

    assert double.token not in caplog.text + post.reason
    assert post.caption not in caplog.text


@pytest.mark.parametrize(
    ("caption", "pictures", "problems"),
    [
        ("x" * 4_096, [], []),
        ("x" * 4_097, [], ["caption"]),
        ("🍜" * 2_048, [], []),
        ("🍜" * 2_049, [], ["caption"]),
        ("x" * 1_024, [a_picture()], []),
        ("x" * 1_025, [a_picture()], ["caption"]),
        ("Halo", [a_picture(width=2_000, height=99)], ["media"]),
        ("Halo", [a_picture()] * 11, ["media"]),
    ],
)
def test_limits_are_told_before_anybody_signs(
    author: User, channel: Channel, caption: str, pictures: list[Any], problems: list[str]
) -> None:
    post = written(author, channel=channel, caption=caption, link="", media=pictures)

    assert [problem.field for problem in Telegram().check(post)] == problems


@pytest.mark.parametrize("pictures", [0, 3])
def test_all_messages_of_a_post_are_taken_back_and_that_twice(
    double: TelegramDouble, send: Callable[..., Post], pictures: int
) -> None:
    post = send(media=[a_picture()] * pictures)

    assert Telegram().withdraw(post) == Gone()
    assert double.standing == {}
    assert Telegram().withdraw(post) == Gone()


def test_an_album_that_is_half_gone_goes_wholly(
    double: TelegramDouble, send: Callable[..., Post]
) -> None:
    post = send(media=[a_picture()] * 3)
    double.faults = [Fault("/deleteMessage", Kind.RESET_IN_BODY)]
    with pytest.raises(CallFailed):
        Telegram().withdraw(post)
    assert len(double.standing) == 2

    assert Telegram().withdraw(post) == Gone()
    assert double.standing == {}


def test_after_two_days_only_a_bot_that_may_delete_takes_a_post_back(
    double: TelegramDouble, send: Callable[..., Post]
) -> None:
    post = send()

    with time_machine.travel(timezone.now() + timedelta(hours=49)):
        assert Telegram().withdraw(post) == Refused(reason="too-old")
        assert len(double.standing) == 1
        double.deletes_old = True
        assert Telegram().withdraw(post) == Gone()


@pytest.mark.parametrize("answer", [{"ok": True}, {"ok": False, "error_code": 500}, []])
def test_an_answer_that_says_nothing_takes_nothing_back(
    double: TelegramDouble, send: Callable[..., Post], answer: Any
) -> None:
    post = send()
    double.faults = [Fault("/deleteMessage", Kind.ANSWER_BEFORE, Given(200, answer))]

    assert isinstance(Telegram().withdraw(post), Unknown)
