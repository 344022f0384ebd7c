"""An account that the city gives up: nothing waits in silence, and nothing more goes out on it."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from social import approval, desk, retiring
from social.channels import Unknown
from social.connecting import connect_channel
from social.errors import ChannelBusy, ChannelRetired, PostNotReady
from social.health import channels_to_check
from social.models import Channel, Post
from social.pausing import set_paused
from social.publishing import claim_post, due, publish
from social.retiring import retire_channel
from tests.social.factories import (
    MANAGES,
    SEES,
    WRITES,
    ScriptedChannelFactory,
    ScriptedPlatform,
    approved,
    person,
    published,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db

State = Post.State


@pytest.fixture
def manager(db: None) -> User:
    return person("pengelola", SEES, WRITES, MANAGES, is_staff=True)


@pytest.fixture
def channel(platform: ScriptedPlatform) -> Channel:
    channel: Channel = ScriptedChannelFactory(slug="lama", name="Akun lama")
    return channel


def state_of(post: Post) -> tuple[str, str]:
    found = Post.objects.get(pk=post.pk)
    return found.state, found.reason


def test_what_waits_is_stopped_and_what_is_out_stays(
    channel: Channel, author: User, approver: User, manager: User, platform: ScriptedPlatform
) -> None:
    out = published(author, approver, channel=channel)
    scheduled = approved(author, approver, channel=channel)
    waiting = submitted(author, channel=channel)
    draft = written(author, channel=channel)

    assert retire_channel(channel, by=manager) == 2

    assert state_of(out) == (State.PUBLISHED, "")
    assert state_of(scheduled) == (State.HELD, "channel-retired")
    assert state_of(waiting) == (State.DRAFT, "channel-retired")
    assert state_of(draft) == (State.DRAFT, "")
    assert scheduled.steps.last().actor == manager
    assert due() == []
    publish(scheduled.pk)
    assert len(platform.reached) == 1


def test_a_channel_with_something_unclear_is_not_retired(
    channel: Channel, author: User, approver: User, manager: User, platform: ScriptedPlatform
) -> None:
    platform.answers = [Unknown(reason="too-slow")]
    unclear = published(author, approver, channel=channel)

    with pytest.raises(ChannelBusy):
        retire_channel(channel, by=manager)
    assert Channel.objects.get().retired_at is None

    desk.resolve_unknown(unclear, by=manager, to=State.FAILED, reason="Tidak ada di sana")
    retire_channel(channel, by=manager)
    assert Channel.objects.get().retired_at is not None


def test_a_channel_whose_post_a_worker_claimed_meanwhile_is_not_retired(
    channel: Channel,
    author: User,
    approver: User,
    manager: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    post = approved(author, approver, channel=channel)

    def pause_too_late(*asked: Any, **said: Any) -> None:
        assert claim_post(post.pk) is not None
        set_paused(*asked, **said)

    monkeypatch.setattr(retiring, "set_paused", pause_too_late)

    with pytest.raises(ChannelBusy):
        retire_channel(channel, by=manager)

    channel.refresh_from_db()
    assert (channel.retired_at, channel.paused) == (None, True)
    assert state_of(post) == (State.CLAIMED, "")


def test_nothing_brings_a_post_of_a_retired_channel_on_its_way(
    channel: Channel, author: User, approver: User, manager: User
) -> None:
    held = approved(author, approver, channel=channel)
    draft = written(author, channel=channel)
    retire_channel(channel, by=manager)

    with pytest.raises(ChannelRetired):
        desk.resume(held, by=manager)
    with pytest.raises(PostNotReady):
        approval.submit(draft, by=author)
    with pytest.raises(ChannelRetired):
        desk.resume_channel(Channel.objects.get(), by=manager)
    with pytest.raises(ChannelRetired):
        desk.resume_channel(channel, by=manager)  # read before it was retired


def test_its_credentials_are_gone_and_nobody_asks_for_its_health(manager: User) -> None:
    brought = {"address": "https://instans.example", "token": "rahasia"}
    channel = connect_channel(platform="mastodon", slug="m", name="M", brought=brought, by=manager)
    assert channels_to_check() == [channel.pk]

    retire_channel(channel, by=manager)

    assert Channel.objects.get().credentials == ""
    assert channels_to_check() == []


@pytest.mark.parametrize("change", ["paused = false", "credentials = 'x'"])
def test_the_database_keeps_a_retired_channel_silent(
    channel: Channel, manager: User, change: str
) -> None:
    retire_channel(channel, by=manager)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE social_channel SET {change}")  # noqa: S608 - two texts of ours


def test_the_page_says_first_what_would_be_stopped(
    channel: Channel, author: User, approver: User, manager: User
) -> None:
    scheduled = approved(author, approver, channel=channel, caption="Terjadwal besok")
    browser = Client()
    browser.force_login(manager)
    address = reverse("social_desk_channels:retire", kwargs={"slug": "lama"})

    page = browser.get(address).content.decode()
    assert "Terjadwal besok" in page
    assert state_of(scheduled)[0] == State.WAITING
    done = browser.post(address, follow=True)

    assert done.status_code == 200
    assert state_of(scheduled)[0] == State.HELD
    assert browser.get(address).status_code == 404


def test_a_retired_channel_is_not_offered_when_composing(channel: Channel, manager: User) -> None:
    browser = Client()
    browser.force_login(manager)
    compose = reverse("social_desk:compose")
    assert "Akun lama" in browser.get(compose).content.decode()

    retire_channel(channel, by=manager)

    assert "Akun lama" not in browser.get(compose).content.decode()
    assert "Akun lama" in browser.get(reverse("social_desk_channels:list")).content.decode()
