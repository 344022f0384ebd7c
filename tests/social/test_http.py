"""Requests to platforms, and the doubles that fail as they are told."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from core.outbound import AddressRefused, CallFailed
from social.channels import http
from tests.social.doubles.server import Asked, Fault, Given, Kind, PlatformDouble


class Counting(PlatformDouble):
    """Counts what was done."""

    done = 0

    def handle(self, asked: Asked) -> Given:
        self.done += 1
        return Given(201, {"data": {"id": str(self.done)}})


@pytest.fixture
def counting(run_double: Callable[[PlatformDouble], None]) -> Counting:
    double = Counting()
    run_double(double)
    return double


def send(double: PlatformDouble, seconds: float = 10.0) -> http.Reply:
    return http.ask("POST", f"{double.url}/posts", document={"text": "Halo"}, seconds=seconds)


def test_a_document_arrives_whole_and_its_answer_is_read(counting: Counting) -> None:
    reply = send(counting)

    assert (reply.status, reply.ok, reply.text("data", "id")) == (201, True, "1")
    [asked] = counting.asked
    assert asked.line == "POST /posts"
    assert asked.json() == {"text": "Halo"}
    assert asked.headers["host"] == counting.host


def test_a_form_carries_its_files(counting: Counting) -> None:
    picture = ("poster.jpg", b"\xff\xd8bytes", "image/jpeg")

    http.ask("POST", counting.url, form={"caption": "Halo & kabar"}, files=[("photo", picture)])

    sent = counting.asked[0].form()
    assert sent["caption"].text == "Halo & kabar"
    assert (sent["photo"].filename, sent["photo"].content, sent["photo"].mime) == picture


@pytest.mark.parametrize(
    ("kind", "done"),
    [
        (Kind.HANG_BEFORE, 0),
        (Kind.RESET_BEFORE, 0),
        (Kind.HANG_AFTER, 1),
        (Kind.RESET_IN_BODY, 1),
    ],
)
def test_a_call_that_broke_may_have_arrived(counting: Counting, kind: Kind, done: int) -> None:
    counting.faults = [Fault("POST /posts", kind)]

    with pytest.raises(CallFailed) as failed:
        send(counting, seconds=1.0)

    assert failed.value.left
    assert counting.done == done
    assert send(counting).ok


def test_without_a_connection_no_byte_left(
    run_double: Callable[[PlatformDouble], None], settings
) -> None:
    gone = Counting()
    gone.port = 1
    settings.OUTBOUND_TRUSTED_HOSTS.append(gone.host)

    with pytest.raises(CallFailed) as failed:
        send(gone)

    assert not failed.value.left


def test_a_host_of_our_own_network_is_not_called(counting: Counting, settings) -> None:
    settings.OUTBOUND_TRUSTED_HOSTS = []

    with pytest.raises(AddressRefused):
        send(counting)
    assert counting.asked == []


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'{"data": {}}', b'{"data": {"id": ""}}'])
def test_an_answer_that_is_not_as_documented_proves_nothing(
    counting: Counting, body: bytes
) -> None:
    counting.faults = [Fault("POST", Kind.ANSWER_AFTER, Given(200, body=body))]

    with pytest.raises(http.Malformed):
        send(counting).text("data", "id")


def test_a_wish_to_wait_is_read(counting: Counting) -> None:
    busy = Given(429, {"error": "slow down"}, {"Retry-After": "17"})
    counting.faults = [Fault("POST", Kind.ANSWER_BEFORE, busy)]

    assert send(counting).retry_after == timedelta(seconds=17)
    assert counting.done == 0
