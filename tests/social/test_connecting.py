"""Connecting a channel at the desk: what is brought is sealed, and no secret is shown again."""

from importlib import import_module
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts import field_keys
from accounts.models import User
from core import secrets
from core.models import AuditEntry
from social import breaker, connecting
from social.channels import ADAPTERS, Refused
from social.credentials import keep_credentials, read_credentials
from social.errors import CredentialsRefused
from social.models import Channel, ChannelRest
from tests.social.factories import MANAGES, SEES, ChannelFactory, person

pytestmark = pytest.mark.django_db

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
OTHER = "110201543:BBHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
TELEGRAM = {"name": "Telegram kota", "slug": "telegram", "token": TOKEN, "chat": "@kabarkota"}
MASTODON = {"address": "https://instans.example", "token": "ZA-Yj3aBD8U8Cm7lKUp"}


@pytest.fixture
def manager(db: None) -> User:
    return person("pengelola", SEES, MANAGES, is_staff=True)


@pytest.fixture
def browser(manager: User) -> Client:
    client = Client()
    client.force_login(manager)
    return client


def at(name: str, slug: str) -> str:
    key = "platform" if name == "add" else "slug"
    return reverse(f"social_desk_channels:{name}", kwargs={key: slug})


def test_every_platform_is_offered_and_asks_for_what_it_needs(browser: Client) -> None:
    offered = browser.get(reverse("social_desk_channels:choose")).content.decode()

    for platform, adapter in ADAPTERS.items():
        assert at("add", platform) in offered
        page = browser.get(at("add", platform)).content.decode()
        for need in adapter.needs:
            kind = "password" if need.secret else "text"
            assert f'<input type="{kind}" name="{need.name}"' in page


def test_a_channel_publishes_in_the_format_that_was_chosen_for_it(browser: Client) -> None:
    said = {"name": "Cerita kota", "slug": "cerita", "ig_id": "1", "access_token": "EAAG-a"}

    assert browser.post(at("add", "instagram"), said).status_code == 422
    assert browser.post(at("add", "instagram"), {**said, "format": "reel"}).status_code == 422
    browser.post(at("add", "instagram"), {**said, "format": "story"})

    assert Channel.objects.get().format == "story"
    assert "<dd>Cerita</dd>" in browser.get(at("page", "cerita")).content.decode()
    listed = browser.get(reverse("social_desk_channels:list")).content.decode()
    assert "Instagram · Cerita" in listed


def test_the_format_of_a_channel_stays_as_it_was_chosen() -> None:
    channel = ChannelFactory(platform="instagram", format="story")

    with pytest.raises(DatabaseError), transaction.atomic():
        Channel.objects.filter(pk=channel.pk).update(format="feed")

    Channel.objects.filter(pk=channel.pk).update(name="Cerita kota")


def test_a_channel_that_published_stories_by_its_settings_goes_on_doing_so() -> None:
    story = ChannelFactory(platform="instagram", settings={"kind": "story", "figures": True})
    others = [ChannelFactory(platform="instagram"), ChannelFactory(settings={"kind": "story"})]

    with pgtrigger.ignore("social.Channel:social_channel_format_stays"):
        import_module("social.migrations.0019_channel_format_stays").take_over_stories(apps, None)

    story.refresh_from_db()
    assert (story.format, story.settings) == ("story", {"figures": True})
    assert not any(Channel.objects.get(pk=one.pk).format for one in others)


def test_what_was_brought_is_sealed_and_of_a_secret_only_that_it_is_kept_is_shown(
    browser: Client,
) -> None:
    browser.post(at("add", "telegram"), TELEGRAM)
    channel = Channel.objects.get()

    assert channel.name == "Telegram kota"
    assert read_credentials(channel) == {"token": TOKEN, "chat": "@kabarkota"}
    assert TOKEN not in channel.credentials
    for address in (at("page", "telegram"), at("change", "telegram")):
        page = browser.get(address).content.decode()
        assert "@kabarkota" in page
        assert TOKEN not in page
    told = list(AuditEntry.objects.values_list("action", "detail"))
    assert ("social.channel-connected", {"fields": ["chat", "token"]}) in told
    assert TOKEN not in repr(told)


@pytest.mark.parametrize(
    "mistake",
    [{"slug": "tidak boleh"}, {"chat": "kabarkota"}, {"slug": "baru"}, {"name": ""}],
)
def test_a_secret_is_not_echoed_after_a_mistake(browser: Client, mistake: dict[str, str]) -> None:
    answer = browser.post(at("add", "telegram"), {**TELEGRAM, **mistake})

    assert answer.status_code == 422
    assert TOKEN not in answer.content.decode()
    assert not Channel.objects.exists()


def test_a_secret_of_the_wrong_kind_is_told_before_it_is_kept(browser: Client) -> None:
    said = {"name": "B", "slug": "b", "handle": "kota.bsky.social", "password": "KataSandi123"}

    answer = browser.post(at("add", "bluesky"), said)

    assert set(answer.context["credentials"].errors) == {"password"}
    assert not Channel.objects.exists()


def test_a_secret_that_is_left_empty_stays(browser: Client) -> None:
    browser.post(at("add", "telegram"), TELEGRAM)

    browser.post(at("change", "telegram"), {"token": "", "chat": "-1001"})
    assert read_credentials(Channel.objects.get()) == {"token": TOKEN, "chat": "-1001"}
    browser.post(at("change", "telegram"), {"token": OTHER, "chat": "-1001"})
    assert read_credentials(Channel.objects.get())["token"] == OTHER


def test_a_kept_secret_never_goes_to_another_server_than_it_was_brought_for(
    browser: Client, manager: User
) -> None:
    channel = connecting.connect_channel(
        platform="mastodon", slug="m", name="M", brought=MASTODON, by=manager
    )
    elsewhere = {"address": "https://penadah.example", "token": ""}

    answer = browser.post(at("change", "m"), elsewhere)

    assert set(answer.context["credentials"].errors) == {"token"}
    assert read_credentials(Channel.objects.get(pk=channel.pk)) == MASTODON
    browser.post(at("change", "m"), {**elsewhere, "token": "yang-baru"})
    assert read_credentials(Channel.objects.get(pk=channel.pk))["token"] == "yang-baru"


@pytest.mark.parametrize(
    "address", ["http://instans.example", "https://instans.example:8443", "https://a@b.example"]
)
def test_an_address_that_we_would_not_call_is_refused_when_it_is_typed(
    manager: User, address: str
) -> None:
    with pytest.raises(CredentialsRefused) as refused:
        connecting.connect_channel(
            platform="mastodon",
            slug="m",
            name="M",
            brought={**MASTODON, "address": address},
            by=manager,
        )

    assert set(refused.value.fields) == {"address"}


def test_other_credentials_forget_what_a_platform_gave_for_the_earlier_ones(
    manager: User,
) -> None:
    brought = {"handle": "kota.example", "password": "aaaa-bbbb-cccc-dddd"}
    channel = ChannelFactory(platform="bluesky")
    keep_credentials(channel, {**brought, "access": "A", "refresh": "R", "did": "did:plc:1"})

    connecting.change_credentials(channel, brought=brought, by=manager)
    assert read_credentials(channel)["refresh"] == "R"
    connecting.change_credentials(
        channel, brought={**brought, "password": "eeee-bbbb-cccc-dddd"}, by=manager
    )

    assert read_credentials(channel) == {**brought, "password": "eeee-bbbb-cccc-dddd"}


def test_another_key_ends_the_rest_of_its_channel_and_the_same_does_not(manager: User) -> None:
    channel = connecting.connect_channel(
        platform="mastodon", slug="m", name="M", brought=MASTODON, by=manager
    )
    breaker.note(channel, Refused(reason="token-refused"))

    connecting.change_credentials(channel, brought=MASTODON, by=manager)
    assert ChannelRest.objects.exists()
    connecting.change_credentials(channel, brought={**MASTODON, "token": OTHER}, by=manager)

    assert not ChannelRest.objects.exists()


def test_credentials_are_written_anew_with_a_newer_key(manager: User, settings: Any) -> None:
    channel = connecting.connect_channel(
        platform="mastodon", slug="m", name="M", brought=MASTODON, by=manager
    )
    newer = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDI="
    settings.FIELD_KEYS = [newer, *settings.FIELD_KEYS]

    assert field_keys.renew().renewed == 1
    settings.FIELD_KEYS = [newer]
    channel.refresh_from_db()

    assert read_credentials(channel) == MASTODON


def test_a_channel_whose_key_is_lost_can_be_looked_at_and_connected_anew(
    browser: Client, settings: Any
) -> None:
    browser.post(at("add", "telegram"), TELEGRAM)
    settings.FIELD_KEYS = ["MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDM="]

    assert browser.get(at("page", "telegram")).status_code == 200
    assert browser.get(reverse("social_desk_channels:list")).status_code == 200
    browser.post(at("change", "telegram"), {"token": OTHER, "chat": "@kabarkota"})

    assert read_credentials(Channel.objects.get())["token"] == OTHER


def test_a_channel_is_renamed_and_keeps_its_short_name(browser: Client) -> None:
    ChannelFactory(slug="situs", name="Situs")

    browser.post(at("rename", "situs"), {"name": "Situs Kota"})
    browser.post(at("rename", "situs"), {"name": ""})

    assert Channel.objects.values_list("slug", "name").get() == ("situs", "Situs Kota")


def test_a_sealed_text_says_nothing_of_what_is_in_it(manager: User) -> None:
    channel = connecting.connect_channel(
        platform="mastodon", slug="m", name="M", brought=MASTODON, by=manager
    )

    assert MASTODON["token"] not in f"{channel!r} {vars(channel)}"
    assert MASTODON["token"] in secrets.decrypt(channel.credentials)
