"""Whether the accounts can post: each platform asked as it documents it, and what a fault means."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from social import health, notices
from social.credentials import keep_credentials, read_credentials
from social.models import Channel, ChannelHealth, Notice
from social.tasks import check_channel
from tests.social.connected import PLATFORMS, Connect, connecter
from tests.social.doubles.graph import APP, graph_error
from tests.social.doubles.server import Fault, Given, Kind, PlatformDouble
from tests.social.factories import MANAGES, SEES, ChannelFactory, person

pytestmark = pytest.mark.django_db

ANY = ""


@pytest.fixture
def connect(
    run_double: Callable[[PlatformDouble], None], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Connect:
    return connecter(run_double, settings, monkeypatch)


@pytest.fixture
def manager(db: None) -> User:
    return person("pengelola", SEES, MANAGES, is_staff=True)


def looked_at(channel: Channel) -> ChannelHealth:
    found = health.look_after(channel)
    assert found is not None
    return found


def open_notices() -> list[str]:
    return list(Notice.objects.filter(settled_at=None).values_list("kind", flat=True))


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
def test_an_account_that_can_post_is_named_as_its_platform_shows_it(
    connect: Connect, platform: str
) -> None:
    one = connect(platform)

    found = looked_at(one.channel)

    assert (found.account, found.problem, found.fault) == (one.account, "", "")
    assert found.reached_at == found.checked_at
    assert one.double.published == 0


@pytest.mark.parametrize(
    ("platform", "name", "used", "total"),
    [
        ("mastodon", "requests", 13, 300),
        ("bluesky", "requests", 2, 3_000),
        ("x", "requests", 1, 75),
        ("facebook", "percent", 7, 100),
        ("instagram", "posts-day", 0, 100),
    ],
)
def test_limits_that_a_platform_tells_are_read(
    connect: Connect, platform: str, name: str, used: int, total: int
) -> None:
    gauge = looked_at(connect(platform).channel).gauges[0]

    assert (gauge["name"], gauge["used"], gauge["total"]) == (name, used, total)


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (Kind.HANG_BEFORE, Given()),
        (Kind.RESET_BEFORE, Given()),
        (Kind.ANSWER_BEFORE, Given(503, {})),
    ],
    ids=["hangs", "reset", "503"],
)
def test_a_fault_of_the_network_never_makes_a_channel_look_disconnected(
    connect: Connect, platform: str, kind: Kind, answer: Given
) -> None:
    one = connect(platform)
    before = looked_at(one.channel)
    one.double.faults = [Fault(ANY, kind, answer, times=9)]

    found = looked_at(one.channel)

    assert found.fault != ""
    assert (found.account, found.problem) == (one.account, "")
    assert found.reached_at == before.reached_at
    assert found.checked_at > before.checked_at
    assert read_credentials(one.channel)
    assert not Channel.objects.get().paused


@pytest.mark.parametrize(
    ("platform", "wrong"),
    [
        ("telegram", {"token": "110201543:BBBdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"}),
        ("mastodon", {"token": "lain"}),
        ("bluesky", {"password": "aaaa-bbbb-cccc-dddd"}),
        ("x", {"access_token": "lain"}),
        ("facebook", {"access_token": "lain"}),
        ("instagram", {"access_token": "lain"}),
    ],
)
def test_a_key_that_was_revoked_is_told_and_the_known_account_stays(
    connect: Connect, platform: str, wrong: dict[str, str]
) -> None:
    one = connect(platform)
    looked_at(one.channel)
    keep_credentials(one.channel, {**PLATFORMS[platform].brings(one.double), **wrong})

    found = looked_at(one.channel)

    assert (found.problem, found.fault) == ("token-refused", "")
    assert found.account == one.account
    assert open_notices() == [notices.Kind.TOKEN_DEAD]
    keep_credentials(one.channel, PLATFORMS[platform].brings(one.double))
    assert looked_at(one.channel).problem == ""
    assert open_notices() == []


@pytest.mark.parametrize(
    ("chat", "member", "problem"),
    [
        ("channel", {"status": "administrator", "can_post_messages": False}, "not-allowed"),
        ("channel", {"status": "left"}, "not-allowed"),
        ("channel", {"status": "member"}, "not-allowed"),
        ("supergroup", {"status": "member"}, ""),
        ("supergroup", {"status": "restricted", "can_send_messages": False}, "not-allowed"),
        ("supergroup", {"status": "kicked"}, "not-allowed"),
    ],
)
def test_a_bot_needs_the_right_to_write_there(
    connect: Connect, chat: str, member: dict[str, Any], problem: str
) -> None:
    one = connect("telegram")
    one.double.chat = {**one.double.chat, "type": chat}
    one.double.member = member

    assert looked_at(one.channel).problem == problem


def test_a_bot_that_was_thrown_out_is_told(connect: Connect) -> None:
    one = connect("telegram")
    one.double.kicked = True
    assert looked_at(one.channel).problem == "not-allowed"
    keep_credentials(one.channel, {"token": one.double.token, "chat": "@salahketik"})
    assert looked_at(one.channel).problem == "chat-not-found"


def test_an_account_that_was_taken_down_is_told(connect: Connect) -> None:
    one = connect("bluesky")
    one.double.active = False

    assert looked_at(one.channel).problem == "account-blocked"


def test_a_number_of_another_account_is_told(connect: Connect) -> None:
    one = connect("x")
    keep_credentials(one.channel, {"access_token": one.double.token, "user_id": "7"})

    assert looked_at(one.channel).problem == "other-account"


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
def test_the_end_of_a_token_and_its_rights_are_read_by_the_citys_own_app(
    connect: Connect, settings: Any, platform: str
) -> None:
    settings.META_APP_ID, _bar, settings.META_APP_SECRET = APP.partition("|")
    one = connect(platform)
    ends = datetime(2030, 1, 1, tzinfo=UTC)
    assert looked_at(one.channel).expires_at is None

    one.double.expires_at = int(ends.timestamp())
    one.double.scopes = ["pages_read_engagement", "instagram_basic"]
    found = looked_at(one.channel)

    assert found.expires_at == ends
    assert found.problem == "not-allowed"


def test_a_limit_that_is_reached_says_nothing_against_the_account(connect: Connect) -> None:
    one = connect("facebook")
    one.double.faults = [Fault(ANY, Kind.ANSWER_BEFORE, graph_error(32), times=9)]

    found = looked_at(one.channel)

    assert (found.fault, found.problem) == ("rate-limited", "")


def test_a_receiver_that_does_not_know_us_is_told(connect: Connect) -> None:
    one = connect("webhook")
    secret = "whsec_" + "A" * 44
    keep_credentials(one.channel, {"address": f"{one.double.url}/hook", "secret": secret})

    assert looked_at(one.channel).problem == "not-allowed"


def test_a_key_that_speaks_for_another_account_stops_the_channel(connect: Connect) -> None:
    one = connect("mastodon")
    looked_at(one.channel)
    one.double.username = "akunlain"

    found = looked_at(one.channel)

    assert found.problem == "account-changed"
    assert Channel.objects.get().paused
    assert open_notices() == [notices.Kind.CHANNEL_BLOCKED]


def test_the_daily_round_asks_each_connected_channel(connect: Connect) -> None:
    one = connect("mastodon")
    ChannelFactory()

    for channel_id in health.channels_to_check():
        check_channel(channel_id)

    assert ChannelHealth.objects.get().channel == one.channel


@pytest.mark.parametrize(("days", "warned"), [(6, True), (8, False)])
def test_a_key_that_ends_within_seven_days_is_warned_of(
    connect: Connect, settings: Any, manager: User, days: int, warned: bool
) -> None:
    settings.META_APP_ID, _bar, settings.META_APP_SECRET = APP.partition("|")
    one = connect("facebook")
    one.double.expires_at = int((timezone.now() + timedelta(days=days)).timestamp())
    looked_at(one.channel)
    browser = Client()
    browser.force_login(manager)

    page = browser.get(reverse("social_desk_channels:page", kwargs={"slug": one.channel.slug}))

    assert page.context["is_ending"] is warned
    assert open_notices() == [notices.Kind.TOKEN_EXPIRING] * warned


@pytest.mark.parametrize(("days", "warned"), [(6, True), (8, False)])
def test_a_sign_in_at_x_that_can_soon_be_renewed_no_more_is_warned_of_and_dated(
    connect: Connect, manager: User, days: int, warned: bool
) -> None:
    one = connect("x")
    now = timezone.now()
    until = now + timedelta(days=days)
    token = {"access_token": one.double.token, "expires_at": (now + timedelta(hours=1)).isoformat()}
    renewal = {"refresh_token": "refresh-0", "refresh_until": until.isoformat()}
    keep_credentials(one.channel, token | renewal)
    looked_at(one.channel)
    browser = Client()
    browser.force_login(manager)

    page = browser.get(reverse("social_desk_channels:page", kwargs={"slug": one.channel.slug}))

    assert page.context["is_ending"] is warned
    assert date_format(timezone.localtime(until), "j F Y") in page.content.decode()
    assert open_notices() == [notices.Kind.TOKEN_EXPIRING] * warned


def test_a_person_tests_a_channel_and_sees_what_the_platform_says(
    connect: Connect, manager: User
) -> None:
    one = connect("mastodon")
    browser = Client()
    browser.force_login(manager)
    address = {"slug": one.channel.slug}

    page = browser.post(reverse("social_desk_channels:test", kwargs=address), follow=True)
    assert one.account in page.content.decode()
    assert "13 / 300" in page.content.decode()
    one.double.faults = [Fault(ANY, Kind.RESET_BEFORE, times=9)]
    broken = browser.post(reverse("social_desk_channels:test", kwargs=address), follow=True)

    assert one.account in broken.content.decode()
    assert one.double.token not in page.content.decode() + broken.content.decode()


def test_a_new_channel_is_tested_at_once(connect: Connect, manager: User) -> None:
    one = connect("telegram")
    browser = Client()
    browser.force_login(manager)
    said = {"name": "Lain", "slug": "lain", "token": one.double.token, "chat": "@kabarkota"}

    address = reverse("social_desk_channels:add", kwargs={"platform": "telegram"})
    page = browser.post(address, said, follow=True)

    assert "Kabar Kota" in page.content.decode()
    assert ChannelHealth.objects.get(channel__slug="lain").problem == ""
