"""Asks a server over a fixed number of connections that stay open, and counts what it answers."""

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

CONNECTIONS = 16


@dataclass(frozen=True)
class Case:
    """One thing that is timed: addresses asked in turn, and what each answer must hold."""

    name: str
    paths: tuple[str, ...]
    holds: bytes
    port: int


def rates(cases: list[Case], *, rounds: int, seconds: float) -> dict[str, float]:
    """The median of answers per second of each case; the cases take turns, round by round."""
    for case in cases:
        asyncio.run(_ask(case, seconds=0.5))  # the first answers draw pictures and fill caches
    seen: dict[str, list[float]] = {case.name: [] for case in cases}
    for _round in range(rounds):
        for case in cases:
            seen[case.name].append(asyncio.run(_ask(case, seconds=seconds)))
    return {name: median(found) for name, found in seen.items()}


async def _ask(case: Case, *, seconds: float) -> float:
    addresses = itertools.count(1)
    paths = itertools.cycle(case.paths)
    ends = time.monotonic() + seconds
    started = time.monotonic()
    counts = await asyncio.gather(
        *(_one_connection(case, paths, addresses, ends) for _ in range(CONNECTIONS))
    )
    return sum(counts) / (time.monotonic() - started)


async def _one_connection(
    case: Case, paths: Iterator[str], addresses: Iterator[int], ends: float
) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", case.port)
    count = 0
    while time.monotonic() < ends:
        writer.write(_request(next(paths), next(addresses)))
        await _checked_answer(reader, case)
        count += 1
    writer.close()
    return count


def _request(path: str, number: int) -> bytes:
    """As from a phone with an address of its own."""
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", f"X-Forwarded-For: {address}"]
    return ("\r\n".join([*lines, "Accept: */*"]) + "\r\n\r\n").encode()


async def _checked_answer(reader: asyncio.StreamReader, case: Case) -> None:
    """Read one answer. Raises `AssertionError` if it is not what the case must answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
    if fields.get(b"transfer-encoding") == b"chunked":
        body = await _chunks(reader)
    else:
        body = await reader.readexactly(int(fields[b"content-length"]))
    right = b" 200 " in head.split(b"\r\n", 1)[0] and case.holds in body
    assert right, f"{case.name}: {head[:200]!r} {body[:300]!r}"


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body
