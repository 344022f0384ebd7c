"""Calls to addresses that an operator typed: out to the internet, and nowhere else.

A name is resolved once, every address it has must be a public one, and the connection goes to
that very address: a name that changes its mind between look-up and call leads nowhere. https on
port 443, no redirects, no proxy from the environment, an end in time and in size. Hosts that the
operator named in OUTBOUND_TRUSTED_HOSTS (`name:port`) may lie in the own network and on another
port, still by https.
"""

import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore
from django.conf import settings

SECONDS = 15.0
"""The longest a call may take, from the look-up to the last byte."""
MOST_BYTES = 65_536
"""How much of an answer is read: nobody looks at more than its status."""

TUNNELS = [
    ip_network(net) for net in ("::/96", "::ffff:0:0/96", "64:ff9b::/32", "2001::/32", "2002::/16")
]
"""IPv6 networks that carry an IPv4 address inside, which may be a private one."""


class AddressRefused(Exception):
    """Not an address that we call; `reason` is a short, stable word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CallFailed(Exception):
    """No whole answer came; `reason` is a short, stable word.

    `left` is False where it is proven that no byte of the request left: there was no connection.
    """

    def __init__(self, reason: str, *, left: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.left = left


@dataclass(frozen=True)
class Answer:
    """What the other side said; `retry_after` in seconds, 0 without a wish.

    The names of `headers` are in small letters; `body` is at most as long as was asked for.
    """

    status: int
    retry_after: int = 0
    headers: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    body: bytes = field(default=b"", compare=False, repr=False)


def check_url(url: str) -> SplitResult:
    """The parts of an address that may be called. Raises `AddressRefused`."""
    try:
        parts = urlsplit(url)
        port = parts.port or 443
    except ValueError as error:
        raise AddressRefused("not-an-address") from error
    if parts.scheme != "https" or not parts.hostname:
        raise AddressRefused("not-https")
    if parts.username or parts.password:
        raise AddressRefused("password-in-address")
    if port != 443 and not _is_trusted(parts.hostname, port):
        raise AddressRefused("other-port")
    return parts


def post(url: str, *, body: bytes, headers: dict[str, str]) -> Answer:
    """Send `body` once, and say what was answered. Raises `AddressRefused`, `CallFailed`."""
    return request("POST", url, body=body, headers=headers)


def request(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str],
    seconds: float | None = None,
    most_bytes: int | None = None,
) -> Answer:
    """Call once, and say what was answered. Raises `AddressRefused`, `CallFailed`.

    It ends within `seconds`; of the answer no more than `most_bytes` are read.
    """
    parts = check_url(url)
    sent = {"Host": parts.netloc, "Content-Length": str(len(body)), **headers}
    backend = PublicOnly(ends=time.monotonic() + (seconds or SECONDS))
    try:
        with (
            httpcore.ConnectionPool(ssl_context=tls(), network_backend=backend) as pool,
            pool.stream(method, url, headers=list(sent.items()), content=body) as response,
        ):
            read = _read_some(response.iter_stream(), most_bytes or MOST_BYTES)
            said = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in response.headers
            }
            return Answer(response.status, _retry_after(said), said, read)
    except (httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
        raise CallFailed("too-slow", left=False) from error
    except httpcore.ConnectError as error:
        raise CallFailed("no-connection", left=False) from error
    except httpcore.TimeoutException as error:
        raise CallFailed("too-slow", left=True) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise CallFailed("no-connection", left=True) from error


def tls() -> ssl.SSLContext:
    """Who we believe: the authorities this machine trusts."""
    return ssl.create_default_context()


def is_public(address: str) -> bool:
    """Whether an IP address lies in the internet and hides no other one inside.

    `is_global` alone is true for multicast, NAT64 and 6to4 addresses.
    """
    ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in TUNNELS)


def resolve(host: str, port: int) -> str:
    """The one address to call of a name. Raises `AddressRefused` if any of its addresses is not
    public and the host is not trusted.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CallFailed("name-unknown", left=False) from error
    addresses = [str(each[4][0]) for each in found]
    if not _is_trusted(host, port) and not all(is_public(address) for address in addresses):
        raise AddressRefused("not-public")
    return addresses[0]


class PublicOnly(httpcore.NetworkBackend):
    """Connects to public addresses only, and to none for longer than until `ends`."""

    def __init__(self, *, ends: float) -> None:
        self.ends = ends
        self.plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self.plain.connect_tcp(resolve(host, port), port, timeout=_left(self.ends))
        return Ending(stream, ends=self.ends)


class Ending(httpcore.NetworkStream):
    """A connection that ends in time, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, *, ends: float) -> None:
        self.stream = stream
        self.ends = ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, timeout=_left(self.ends))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, timeout=_left(self.ends))

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        inner = self.stream.start_tls(ssl_context, server_hostname, timeout=_left(self.ends))
        return Ending(inner, ends=self.ends)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


def _is_trusted(host: str, port: int) -> bool:
    return f"{host}:{port}" in settings.OUTBOUND_TRUSTED_HOSTS


def _read_some(chunks: Iterable[bytes], most: int) -> bytes:
    seen = bytearray()
    for chunk in chunks:
        seen += chunk
        if len(seen) > most:
            break
    return bytes(seen[:most])


def _retry_after(headers: Mapping[str, str]) -> int:
    said = headers.get("retry-after", "")
    return int(said) if said.isdigit() and len(said) < 7 else 0
