"""Asks a server over a fixed number of connections that stay open, and counts what it answers."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

CONNECTIONS = 16

Requests = Callable[[int], Iterator[bytes]]
"""The requests of one of the connections, without end."""


@dataclass(frozen=True)
class Case:
    """One thing that is timed: what is asked, and what each answer must be and hold."""

    name: str
    requests: Requests
    holds: bytes
    port: int
    status: int = 200


@dataclass
class Measured:
    """What a case gave: answers per second round by round, and how long each answer took."""

    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The median of answers per second."""
        return median(self.rates)

    @property
    def p99_ms(self) -> float:
        """Ninety-nine of a hundred answers took no longer."""
        return 1_000 * sorted(self.seconds)[int(0.99 * (len(self.seconds) - 1))]


def measure(cases: list[Case], *, rounds: int, seconds: float) -> dict[str, Measured]:
    """What each case gave; the cases take turns, round by round."""
    for case in cases:
        asyncio.run(_ask(case, seconds=0.5))  # the first answers draw pictures and fill caches
    found = {case.name: Measured() for case in cases}
    for _round in range(rounds):
        for case in cases:
            started = time.monotonic()
            took = asyncio.run(_ask(case, seconds=seconds))
            found[case.name].rates.append(len(took) / (time.monotonic() - started))
            found[case.name].seconds += took
    return found


def getting(*paths: str) -> Requests:
    """These addresses in turn, each time as from a phone with an address of its own."""
    turns, phones = itertools.cycle(paths), itertools.count(1)

    def requests(_connection: int) -> Iterator[bytes]:
        while True:
            number = next(phones)
            address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
            yield request("GET", next(turns), {"X-Forwarded-For": address})

    return requests


def request(method: str, path: str, headers: Mapping[str, str], body: Any = None) -> bytes:
    """A request as it goes over the wire; a body is JSON."""
    sent = b"" if body is None else json.dumps(body).encode()
    said = {"Host": "localhost", "Accept": "*/*", **headers}
    if body is not None:
        said |= {"Content-Type": "application/json", "Content-Length": str(len(sent))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + sent


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """The status and body of the next answer on a connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
    if fields.get(b"transfer-encoding") == b"chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(fields[b"content-length"]))
    return int(head.split(b" ", 2)[1]), body


async def _ask(case: Case, *, seconds: float) -> list[float]:
    ends = time.monotonic() + seconds
    took = await asyncio.gather(
        *(_one_connection(case, number, ends) for number in range(CONNECTIONS))
    )
    return list(itertools.chain.from_iterable(took))


async def _one_connection(case: Case, number: int, ends: float) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", case.port)
    asked, took = case.requests(number), []
    while (began := time.monotonic()) < ends:
        writer.write(next(asked))
        status, body = await answer(reader)
        took.append(time.monotonic() - began)
        right = status == case.status and case.holds in body
        assert right, f"{case.name}: {status} {body[:500]!r}"
    writer.close()
    return took


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body
