"""A call goes out to the internet, in time, and nowhere else."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import outbound
from tests.core.double import Double, serving

BODY = b'{"type":"umkm.changed"}'


@pytest.fixture
def double(tmp_path: Path, monkeypatch, settings) -> Iterator[Double]:
    """A trusted server in our own network."""
    with serving(tmp_path) as (server, believes):
        monkeypatch.setattr(outbound, "tls", lambda: believes)
        settings.OUTBOUND_TRUSTED_HOSTS = [f"localhost:{server.port}"]
        yield server


def call(url: str) -> outbound.Answer:
    return outbound.post(url, body=BODY, headers={"Content-Type": "application/json"})


def test_a_trusted_host_gets_the_bytes_and_answers(double: Double) -> None:
    double.statuses = [202]

    assert call(double.url).status == 202
    [(headers, body)] = double.calls
    assert body == BODY
    assert headers["host"] == f"localhost:{double.port}"


def test_a_redirect_is_an_answer_and_is_not_followed(double: Double) -> None:
    double.statuses, double.headers = [302], {"Location": double.url}

    assert call(double.url).status == 302
    assert len(double.calls) == 1


def test_a_wish_to_wait_is_read(double: Double) -> None:
    double.statuses, double.headers = [503], {"Retry-After": "120"}

    assert call(double.url) == outbound.Answer(503, 120)


def test_an_answer_that_never_ends_is_left(double: Double, monkeypatch) -> None:
    monkeypatch.setattr(outbound, "SECONDS", 0.5)
    double.statuses, double.drips = [200], True

    with pytest.raises(outbound.CallFailed, match="too-slow"):
        call(double.url)


def test_a_certificate_that_nobody_signed_is_refused(double: Double, monkeypatch) -> None:
    monkeypatch.setattr(outbound, "tls", ssl.create_default_context)

    with pytest.raises(outbound.CallFailed, match="no-connection"):
        call(double.url)
    assert double.calls == []


def test_a_server_of_our_own_network_that_nobody_named_is_not_called(
    double: Double, settings
) -> None:
    settings.OUTBOUND_TRUSTED_HOSTS = []

    with pytest.raises(outbound.AddressRefused, match="other-port"):
        call(double.url)
    with pytest.raises(outbound.AddressRefused, match="not-public"):
        call("https://localhost/hook")
    assert double.calls == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://contoh.id/", "not-https"),
        ("ftp://contoh.id/", "not-https"),
        ("https:///tanpa-nama", "not-https"),
        ("https://contoh.id:8443/", "other-port"),
        ("https://contoh.id:99999/", "not-an-address"),
        ("https://nama:sandi@contoh.id/", "password-in-address"),
        ("https://127.0.0.1/", "not-public"),
        ("https://0x7f.1/", "not-public"),
        ("https://2130706433/", "not-public"),
        ("https://169.254.169.254/latest/meta-data/", "not-public"),
        ("https://10.0.0.1/", "not-public"),
        ("https://[::1]/", "not-public"),
        ("https://[::ffff:127.0.0.1]/", "not-public"),
        ("https://224.0.0.1/", "not-public"),
    ],
)
def test_an_address_that_is_not_of_the_internet_is_refused(url: str, reason: str) -> None:
    with pytest.raises(outbound.AddressRefused, match=reason):
        call(url)


@pytest.mark.parametrize(
    "address",
    ["64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "fe80::1%eth0", "fd00::1", "100.64.0.1"],
)
def test_an_address_that_hides_another_one_is_not_public(address: str) -> None:
    assert not outbound.is_public(address)


def test_public_addresses_are_public() -> None:
    assert outbound.is_public("1.1.1.1")
    assert outbound.is_public("2606:4700:4700::1111")


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch) -> None:
    found = [(0, 0, 0, "", (address, 443)) for address in ("1.1.1.1", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: found)

    with pytest.raises(outbound.AddressRefused, match="not-public"):
        call("https://berubah.contoh.id/")


def test_a_name_that_nobody_knows_is_a_failed_call() -> None:
    with pytest.raises(outbound.CallFailed, match="name-unknown"):
        call("https://tidak-ada.invalid/")
