"""The adapter against Bluesky's own server, and the double beside it: `make bluesky`."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from social import desk
from social.channels import Gone, Unknown, bluesky_session
from social.channels.bluesky import BLUESKY, Bluesky
from social.credentials import keep_credentials, read_credentials
from social.models import Channel, Post
from tests.social.doubles.bluesky import BlueskyDouble
from tests.social.doubles.faults import LOST
from tests.social.doubles.server import Fault, Given, Kind, PlatformDouble
from tests.social.factories import ChannelFactory, a_picture, again
from tests.social.pds.server import COLLECTION, RealServer, answer_of, running, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.bluesky]

State = Post.State

PUT = "repo.putRecord"
UPLOAD = "repo.uploadBlob"


@pytest.fixture(scope="module")
def network() -> Iterator[RealServer]:
    with running(Path(os.environ["BLUESKY_SERVER"])) as server:
        yield server


@pytest.fixture
def server(
    network: RealServer,
    run_double: Callable[[PlatformDouble], None],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> RealServer:
    network.port = 0
    network.empty()
    run_double(network)
    settings.BLUESKY_URL = network.url
    monkeypatch.setattr(bluesky_session, "SECONDS", 3.0)
    return network


@pytest.fixture
def channel(server: RealServer, db: None) -> Channel:
    channel = ChannelFactory(platform=BLUESKY)
    keep_credentials(channel, {"handle": server.identifier, "password": server.password})
    return channel


def test_words_and_pictures_stand_in_one_record(
    server: RealServer, send: Callable[..., Post]
) -> None:
    post = send(
        caption="Soto 🍜 #malang", link="https://contoh.example/a", media=[a_picture("Soto")] * 2
    )

    assert post.state == State.PUBLISHED
    [(place, record)] = server.records.items()
    assert post.remote_ids["uri"] == place
    assert record["text"] == "Soto 🍜 #malang\n\nhttps://contoh.example/a"
    assert [one["alt"] for one in record["embed"]["images"]] == ["Soto", "Soto"]
    assert len(record["facets"]) == 2


@pytest.mark.parametrize(("kind", "answer", "done"), LOST)
def test_a_lost_answer_is_settled_by_itself_and_the_record_stands_once(
    server: RealServer, send: Callable[..., Post], kind: Kind, answer: Given, done: int
) -> None:
    server.faults = [Fault(PUT, kind, answer)]

    post = send(media=[a_picture()])

    assert post.state == State.UNKNOWN
    assert len(server.records) == done
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        settled = again(post)
    assert settled.state == State.PUBLISHED
    assert (len(server.records), len(server.requests(UPLOAD))) == (1, 1)


def test_what_a_person_sends_again_is_the_same_record(
    server: RealServer, send: Callable[..., Post], approver: User
) -> None:
    server.faults = [Fault(PUT, Kind.HANG_AFTER)]
    post = send()
    desk.resolve_unknown(post, by=approver, to=State.WAITING, reason="Tidak terlihat")

    assert again(post).state == State.PUBLISHED
    assert len(server.records) == 1


def test_another_record_at_our_key_is_left_alone_and_waits_for_a_person(
    server: RealServer, send: Callable[..., Post]
) -> None:
    server.faults = [Fault(PUT, Kind.HANG_AFTER)]
    post = send()
    [(place, record)] = server.records.items()
    there = {"repo": server.did, "collection": COLLECTION, "rkey": place[-13:]}
    server.say(PUT, {**there, "record": {**record, "text": "Lain"}})

    assert again(post).state == State.UNKNOWN
    assert server.records[place]["text"] == "Lain"


def test_a_session_is_refreshed_where_the_server_ended_it(
    server: RealServer, channel: Channel, send: Callable[..., Post]
) -> None:
    send()
    bluesky_session.forget_access(Channel.objects.get(pk=channel.pk))

    assert send().state == State.PUBLISHED
    assert len(server.requests("refreshSession")) == 1
    assert len(server.requests("createSession")) == 1


def test_a_wrong_password_is_refused_and_says_so(
    channel: Channel, send: Callable[..., Post]
) -> None:
    keep_credentials(channel, {**read_credentials(channel), "password": "aaaa-bbbb-cccc-dddd"})

    assert ((post := send()).state, post.reason) == (State.FAILED, "token-refused")


def test_health_names_the_account(server: RealServer, channel: Channel) -> None:
    health = Bluesky().health(channel)

    assert (health.account, health.problem) == (f"@{server.identifier}", "")


def test_a_record_is_taken_back_and_that_twice_and_then_told_as_gone(
    server: RealServer, send: Callable[..., Post]
) -> None:
    post = send()
    assert Bluesky().figures(post) == Unknown(reason="server-error")  # no network of readers here

    assert Bluesky().withdraw(post) == Gone()
    assert server.records == {}
    assert Bluesky().withdraw(post) == Gone()
    assert Bluesky().figures(post) == Gone()


UNKNOWN_PICTURE = {
    "$type": "blob",
    "ref": {"$link": "bafkreibme22gw2h7y2h7tg2fhqotaqjucnbc24deqo72b6mkl2egezxhvy"},
    "mimeType": "image/jpeg",
    "size": 1,
}
WITH_PICTURE = {
    "$type": "app.bsky.embed.images",
    "images": [{"alt": "", "aspectRatio": {"width": 1, "height": 1}, "image": UNKNOWN_PICTURE}],
}
RECORD = {"$type": COLLECTION, "text": "Soto", "createdAt": "2026-11-01T00:00:00.000Z"}
PLACE = {"collection": COLLECTION, "rkey": "3l6oveex3ii2l", "swapRecord": None}


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({}, id="a record"),
        pytest.param({"rkey": "not-a-tid"}, id="a key that is none"),
        pytest.param({"record": {**RECORD, "text": "x" * 301}}, id="301 graphemes"),
        pytest.param({"record": {**RECORD, "text": "👨‍👩‍👧‍👦" * 121}}, id="3,000 bytes and more"),
        pytest.param({"record": {**RECORD, "embed": WITH_PICTURE}}, id="a picture never brought"),
    ],
)
def test_the_double_answers_as_the_server_does(server: RealServer, changed: dict[str, Any]) -> None:
    double = BlueskyDouble()

    said = {}
    for one in (server, double):
        access = sign_in(one)
        document = {"repo": one.did, "record": RECORD, **PLACE, **changed}
        said[one] = [answer_of(one, PUT, document, access) for _again in range(2)]

    assert said[double] == said[server]


def test_the_double_refuses_another_record_at_a_key_as_the_server_does(server: RealServer) -> None:
    double, said = BlueskyDouble(), {}
    for one in (server, double):
        access = sign_in(one)
        document = {"repo": one.did, "record": RECORD, **PLACE}
        answer_of(one, PUT, document, access)
        document = {**document, "record": {**RECORD, "text": "Lain"}}
        said[one] = answer_of(one, PUT, document, access)

    assert said[double] == said[server]
    assert said[server][0] == 400


def test_the_double_refuses_what_is_no_token_as_the_server_does(server: RealServer) -> None:
    document = {"record": RECORD, **PLACE}

    said = [
        answer_of(one, PUT, {"repo": one.did, **document}, "no-token")
        for one in (server, BlueskyDouble())
    ]

    assert said[0] == said[1]
