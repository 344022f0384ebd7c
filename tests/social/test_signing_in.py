"""Connecting by signing in: the code of the right person, at the right server, once."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from social import breaker, health
from social.channels import x_sign_in
from social.channels.protocol import NotSent, Refused
from social.credentials import keep_credentials, read_credentials
from social.models import Channel
from tests.social.connected import Connect, Connected, connecter
from tests.social.doubles.authorization import Way
from tests.social.doubles.facebook import PAGE
from tests.social.doubles.graph import APP
from tests.social.doubles.instagram import ACCOUNT
from tests.social.doubles.server import Fault, Given, Kind, PlatformDouble
from tests.social.doubles.x import CLIENT, CLIENT_SECRET, USER
from tests.social.factories import MANAGES, SEES, WRITES, ChannelFactory, person

pytestmark = pytest.mark.django_db

TOKEN = "POST /2/oauth2/token"
BACK = reverse("social_desk_channels:signed-in")


@pytest.fixture
def connect(
    run_double: Callable[[PlatformDouble], None], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Connect:
    settings.X_CLIENT_ID, settings.X_CLIENT_SECRET = CLIENT, CLIENT_SECRET
    settings.META_APP_ID, _bar, settings.META_APP_SECRET = APP.partition("|")
    return connecter(run_double, settings, monkeypatch)


@pytest.fixture
def browser(db: None) -> Client:
    return of(person("pengelola", SEES, MANAGES, is_staff=True))


def of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def way_out(browser: Client, platform: str, **said: str) -> Way:
    """Press the button, and read where the link on the next page leads."""
    address = reverse("social_desk_channels:sign-in", kwargs={"platform": platform})
    page = browser.post(address, {"name": "Kota", "slug": "kota", **said}).content.decode()
    links = re.findall(r'href="(https://[^"]+)" rel="noreferrer"', page)
    assert len(links) == 1
    return Way.of(unescape(links[0]))


def stored(slug: str = "kota") -> dict[str, str]:
    return read_credentials(Channel.objects.get(slug=slug))


def test_mastodon_is_signed_in_to_with_an_app_of_its_own(connect: Connect, browser: Client) -> None:
    double = connect("mastodon").double
    way = way_out(browser, "mastodon", address=double.url)
    assert way.address == f"{double.url}/oauth/authorize"

    page = browser.get(BACK, double.codes.allow(way, pkce=True), follow=True)

    assert stored() == {"address": double.url, "token": double.token}
    assert f"@kabarkota@localhost:{double.port}" in page.content.decode()
    assert double.token not in page.content.decode()


def test_x_is_signed_in_to_with_a_token_that_is_renewed(
    connect: Connect, browser: Client, settings: Any
) -> None:
    double = connect("x").double
    way = way_out(browser, "x")
    assert way.address == settings.X_SIGN_IN_URL
    assert "offline.access" in way.query["scope"]

    browser.get(BACK, double.codes.allow(way, pkce=True))

    kept = stored()
    assert (kept["access_token"], kept["refresh_token"]) == ("access-1", "refresh-1")
    assert kept["user_id"] == USER
    with time_machine.travel(timezone.now() + timedelta(minutes=115), tick=True):
        health.look_after(Channel.objects.get(slug="kota"))
    assert stored()["access_token"] == "access-2"


@pytest.mark.parametrize(
    ("platform", "number", "named", "kept"),
    [
        ("facebook", "1", "Kabar Kota", {"page_id": PAGE, "access_token": "EAAG-of-the-city"}),
        ("instagram", "0", "kabarkota", {"ig_id": ACCOUNT, "access_token": "EAAG-of-the-city"}),
    ],
)
def test_at_meta_a_person_of_several_pages_chooses_one(
    connect: Connect,
    browser: Client,
    platform: str,
    number: str,
    named: str,
    kept: dict[str, str],
) -> None:
    double = connect(platform).double
    city = {"id": PAGE, "name": "Kabar Kota", "access_token": double.token}
    linked = {"instagram_business_account": {"id": ACCOUNT, "username": "kabarkota"}}
    other = {"instagram_business_account": {"id": "99", "username": "wargablogger"}}
    double.pages = [
        {"id": "1", "name": "Warga Blogger", "access_token": "EAAG-other", **other},
        {**city, **linked},
    ]
    if platform == "instagram":
        double.pages.reverse()
    way = way_out(browser, platform, **({"format": "story"} if platform == "instagram" else {}))
    assert way.address == "https://www.facebook.com/v26.0/dialog/oauth"

    page = browser.get(BACK, double.codes.allow(way, pkce=False), follow=True).content.decode()
    assert named in page
    assert double.token not in page
    assert not Channel.objects.filter(slug="kota").exists()
    browser.post(reverse("social_desk_channels:account"), {"account": number})

    assert stored().items() >= kept.items()
    channel = Channel.objects.get(slug="kota")
    assert channel.health.problem == ""
    assert channel.format == ("story" if platform == "instagram" else "")


@pytest.mark.parametrize("wrong", ["state", "no-state", "other-browser", "twice", "late", "denied"])
def test_an_answer_that_is_not_ours_connects_nothing(
    connect: Connect, browser: Client, wrong: str
) -> None:
    double = connect("mastodon").double
    brought = double.codes.allow(way_out(browser, "mastodon", address=double.url), pkce=True)
    late = timezone.now() + timedelta(minutes=11)
    match wrong:
        case "state":
            browser.get(BACK, {**brought, "state": "x" * 43})
        case "no-state":
            browser.get(BACK, {"code": brought["code"]})
        case "other-browser":
            of(person("lain", SEES, MANAGES, is_staff=True)).get(BACK, brought)
        case "twice":
            browser.get(BACK, brought)
            Channel.objects.filter(slug="kota").update(slug="pertama")
            browser.get(BACK, brought)
        case "late":
            with time_machine.travel(late, tick=True):
                browser.get(BACK, brought)
        case "denied":
            browser.get(BACK, {"error": "access_denied", "state": brought["state"]})

    assert not Channel.objects.filter(slug="kota").exists()


def test_who_may_not_manage_channels_begins_and_ends_no_sign_in(
    connect: Connect, browser: Client
) -> None:
    double = connect("mastodon").double
    writer = of(person("penulis", SEES, WRITES, is_staff=True))
    address = reverse("social_desk_channels:sign-in", kwargs={"platform": "mastodon"})

    writer.post(address, {"name": "K", "slug": "k", "address": double.url})
    writer.get(BACK, {"state": "x", "code": "y"})

    assert double.apps == {}


@pytest.mark.parametrize(
    "server", ["http://instans.example", "https://10.0.0.7", "https://localhost:1", "", "bukan"]
)
def test_a_server_that_we_would_not_call_is_not_called(browser: Client, server: str) -> None:
    address = reverse("social_desk_channels:sign-in", kwargs={"platform": "mastodon"})

    answer = browser.post(address, {"name": "K", "slug": "k", "address": server})

    assert answer.status_code == 302


def test_less_than_was_asked_for_connects_nothing(connect: Connect, browser: Client) -> None:
    double = connect("mastodon").double
    double.grants = "read:accounts"
    way = way_out(browser, "mastodon", address=double.url)

    browser.get(BACK, double.codes.allow(way, pkce=True))

    assert not Channel.objects.filter(slug="kota").exists()


def test_a_channel_is_connected_anew_only_with_the_account_it_had(
    connect: Connect, browser: Client
) -> None:
    one = connect("mastodon")
    health.look_after(one.channel)
    slug, old = one.channel.slug, one.double.token
    one.double.token = "token-of-today"
    breaker.note(one.channel, Refused(reason="token-refused"))
    again = way_out(browser, "mastodon", channel=slug, address=one.double.url)
    browser.get(BACK, one.double.codes.allow(again, pkce=True))
    assert stored(slug)["token"] == "token-of-today" != old
    assert breaker.rests_until(Channel.objects.get(slug=slug)) is None

    one.double.username, one.double.token = "akunlain", "token-of-another"
    other = way_out(browser, "mastodon", channel=slug, address=one.double.url)
    browser.get(BACK, one.double.codes.allow(other, pkce=True))

    assert stored(slug)["token"] == "token-of-today"


# --- Keys that end -------------------------------------------------------------------------------


def signed_in(one: Connected, *, lasts: timedelta) -> Channel:
    """A channel of X whose token lasts so long."""
    ends = (timezone.now() + lasts).isoformat()
    given = {"access_token": one.double.token, "refresh_token": "refresh-0", "user_id": USER}
    keep_credentials(one.channel, {**given, "expires_at": ends})
    return one.channel


def token_of(found: dict[str, str] | NotSent | Refused) -> str:
    assert isinstance(found, dict)
    return found["access_token"]


def test_a_token_that_lasts_is_not_renewed(connect: Connect) -> None:
    one = connect("x")

    token_of(x_sign_in.current(signed_in(one, lasts=timedelta(minutes=11))))

    assert one.double.requests(TOKEN) == []


def test_a_token_near_its_end_is_renewed_and_stored_before_it_is_used(connect: Connect) -> None:
    one = connect("x")
    channel = signed_in(one, lasts=timedelta(minutes=9))

    found = x_sign_in.current(channel)

    assert token_of(found) == "access-1"
    kept = stored(channel.slug)
    assert (kept["access_token"], kept["refresh_token"]) == ("access-1", "refresh-1")
    assert "turn" not in kept


def test_each_renewal_at_x_lasts_for_six_months(connect: Connect) -> None:
    one = connect("x")
    channel = signed_in(one, lasts=timedelta(minutes=9))
    assert x_sign_in.ends_at(stored(channel.slug)) is None

    x_sign_in.current(channel)

    ends = x_sign_in.ends_at(stored(channel.slug))
    assert ends is not None
    assert timedelta(days=179) < ends - timezone.now() <= timedelta(days=180)


@pytest.mark.django_db(transaction=True)
def test_workers_that_come_at_once_use_a_refresh_token_once(connect: Connect) -> None:
    one = connect("x")
    channel = signed_in(one, lasts=timedelta(minutes=9))
    one.double.thinks = 0.4
    found: list[dict[str, str] | NotSent | Refused] = []

    def work() -> None:
        found.append(x_sign_in.current(Channel.objects.get(pk=channel.pk)))
        connection.close()

    workers = [threading.Thread(target=work) for _each in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(one.double.requests(TOKEN)) == 1
    assert {token_of(each) for each in found} <= {"bearer-of-the-city", "access-1"}
    assert stored(channel.slug)["refresh_token"] == one.double.refresh == "refresh-1"


def test_a_worker_that_dies_in_its_turn_leaves_it_to_the_next(connect: Connect) -> None:
    one = connect("x")
    channel = signed_in(one, lasts=timedelta(minutes=-1))
    x_sign_in._take_turn(channel, "of one that died")

    assert isinstance(x_sign_in.current(Channel.objects.get(pk=channel.pk)), NotSent)
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=True):
        assert token_of(x_sign_in.current(Channel.objects.get(pk=channel.pk))) == "access-1"


@pytest.mark.parametrize(
    ("kind", "answer"),
    [(Kind.RESET_BEFORE, Given()), (Kind.ANSWER_BEFORE, Given(503, {}))],
    ids=["reset", "503"],
)
@pytest.mark.parametrize(("minutes", "usable"), [(9, True), (-1, False)])
def test_a_fault_while_renewing_leaves_the_channel_connected(
    connect: Connect, kind: Kind, answer: Given, minutes: int, usable: bool
) -> None:
    one = connect("x")
    channel = signed_in(one, lasts=timedelta(minutes=minutes))
    one.double.faults = [Fault(TOKEN, kind, answer)]

    found = x_sign_in.current(channel)

    assert isinstance(found, dict) is usable
    assert usable or isinstance(found, NotSent)
    assert stored(channel.slug)["refresh_token"] == "refresh-0"
    assert token_of(x_sign_in.current(Channel.objects.get(pk=channel.pk))) == "access-1"


def test_a_refresh_token_that_is_dead_is_told(connect: Connect) -> None:
    one = connect("x")
    channel = signed_in(one, lasts=timedelta(minutes=-1))
    one.double.refresh = "another"

    assert x_sign_in.current(channel) == Refused(reason="token-refused")
    found = health.look_after(channel)
    assert found is not None
    assert found.problem == "token-refused"


@pytest.mark.parametrize("platform", ["facebook", "instagram"])
@pytest.mark.parametrize(("hours", "token"), [(25, "EAAG-newer"), (23, "EAAG-of-the-city")])
def test_a_token_of_meta_that_ends_is_exchanged_once_it_is_a_day_old(
    connect: Connect, platform: str, hours: int, token: str
) -> None:
    one = connect(platform)
    now = timezone.now()
    one.double.issued_at = int((now - timedelta(hours=hours)).timestamp())
    one.double.expires_at = int((now + timedelta(days=20)).timestamp())

    found = health.look_after(one.channel)

    assert found is not None
    assert (found.problem, found.fault) == ("", "")
    assert stored(one.channel.slug)["access_token"] == token


def test_a_platform_without_an_app_of_the_city_offers_no_sign_in(
    browser: Client, settings: Any
) -> None:
    settings.X_CLIENT_ID = ""
    ChannelFactory(platform="x", slug="x")
    sign_in = reverse("social_desk_channels:sign-in", kwargs={"platform": "x"})

    page = browser.get(reverse("social_desk_channels:add", kwargs={"platform": "x"}))

    assert sign_in not in page.content.decode()
    assert browser.post(sign_in, {"channel": "x"}).status_code == 302
