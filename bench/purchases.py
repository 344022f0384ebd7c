"""Recording a purchase beside a bare view of DRF that inserts one row, in one run.

    make bench-purchases [ROUNDS=5]
    make rehearsal [ASN=10000] [MINUTES=10]

Servers of its own (or those of DATABASE_URL and REDIS_URL), the web server as the demo runs it
(two workers of two threads), 16 clients with a token each, interleaved rounds. The bare view asks
for the same token and inserts one row; recording is all that one purchase is: key, frozen facts,
rollups and outbox in one transaction. Afterwards every answer is found in the ledger, once, and
every total is compared with it.

The rehearsal lets each of 10,000 ASN record at a moment of their own within ten minutes. The last
line is one JSON object; the code is 0 only if nothing failed, was lost or doubled, or differs.
"""

import asyncio
import json
import os
import random
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bench.catalogue import FIRST_PORT
from bench.load import CONNECTIONS, Case, Requests, answer, measure, request
from config.ports import first_free
from config.state import state_of
from config.system import NO_TIME_LIMITS, System, is_healthy, on_a_system, python, web

ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = float(os.environ.get("SECONDS", "3"))
ASN = int(os.environ.get("ASN", "10000"))
MINUTES = float(os.environ.get("MINUTES", "10"))
SETTINGS = {"DJANGO_SETTINGS_MODULE": "bench.settings", "LOG_LEVEL": "WARNING"}
UNLIMITED = {"THROTTLE_USER": "1000000/min"}
"""Sixteen clients stand for a city; a person records a few times a day."""
BARE, RECORD = "/bench/insert/", "/api/v1/purchases"


def main(arguments: list[str]) -> int:
    """Measure or rehearse, and tell."""
    work = rehearsal if arguments == ["rehearsal"] else comparison
    return on_a_system(state_of("bench-purchases"), lambda: first_free(FIRST_PORT), work)


def comparison(system: System) -> int:
    """Recording beside a bare insert."""
    settings, people = made_ready(system, people=CONNECTIONS)
    return tell(system, settings, *compared(system, people))


def rehearsal(system: System) -> int:
    """A day on which everybody records."""
    settings, people = made_ready(system, people=ASN)
    return tell(system, settings, *rehearsed(system, people))


def made_ready(system: System, *, people: int) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The settings of a system that answers, and people of its new city with a token each."""
    settings = {**system.start_servers(), **SETTINGS, **UNLIMITED}
    file = system.state.folder / "people.json"
    city = python(
        "city", "bench.purchases_city", str(people), str(file), settings=settings | NO_TIME_LIMITS
    )
    system.supervisor.run(city)
    served = web(settings, system.port)
    command = [*served.command[:-1], "bench.wsgi:application"]
    served = replace(served, command=command, is_ready=lambda: is_healthy(system.port))
    system.supervisor.start(served)
    return settings, json.loads(file.read_text())


# --- Beside a bare insert ------------------------------------------------------------------------


def compared(system: System, people: list[dict[str, str]]) -> tuple[dict[str, float], list[str]]:
    """The two rates, and the keys under which something was recorded."""
    keys: list[str] = []
    cases = [
        Case("a bare insert", posting(BARE, people), b'"id"', system.port, status=201),
        Case("recording", posting(RECORD, people, keys), b'"similar"', system.port, status=201),
    ]
    found = measure(cases, rounds=ROUNDS, seconds=SECONDS)
    for name, each in found.items():
        print(f"{name:<16}{each.rate:>10,.1f} answers per second, p99 {each.p99_ms:8,.1f} ms")
    bare, recording = (found[case.name] for case in cases)
    ratios = {
        "record_vs_bare_insert": round(recording.rate / bare.rate, 3),
        "p99_ms": round(recording.p99_ms, 1),
        "errors": 0,  # an answer that is not right ends the run
    }
    return ratios, keys


def posting(path: str, people: list[dict[str, str]], keys: list[str] | None = None) -> Requests:
    """A purchase after the other by the person of a connection, each under a key of its own."""

    def requests(connection: int) -> Iterator[bytes]:
        while True:
            key = str(uuid.uuid4())
            if keys is not None:
                keys.append(key)
            yield purchase(people[connection], key, path=path)

    return requests


def purchase(person: dict[str, str], key: str, *, path: str = RECORD) -> bytes:
    """A purchase of some amount at a shop of the city."""
    headers = {"Authorization": f"Token {person['token']}", "Idempotency-Key": f'"{key}"'}
    amount = random.randrange(5_000, 150_000)
    return request("POST", path, headers, {"umkm": person["shop"], "amount": amount})


# --- A day on which everybody records ------------------------------------------------------------


@dataclass
class Rehearsal:
    """What came of it: keys that were answered, the seconds that took, and what went wrong."""

    port: int
    recorded: list[str] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def record_all(self, people: list[dict[str, str]], *, seconds: float) -> None:
        started = time.monotonic()
        moments = sorted(random.uniform(0, seconds) for _ in people)
        tasks = []
        for person, moment in zip(people, moments, strict=True):
            await asyncio.sleep(max(0.0, started + moment - time.monotonic()))
            tasks.append(asyncio.create_task(self.record(person)))
        await asyncio.gather(*tasks)

    async def record(self, person: dict[str, str]) -> None:
        """Over a connection of one's own, as from a phone."""
        key, began = str(uuid.uuid4()), time.monotonic()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(purchase(person, key))
            status, body = await answer(reader)
            writer.close()
        except (OSError, asyncio.IncompleteReadError) as failure:
            self.errors.append(repr(failure))
            return
        self.took.append(time.monotonic() - began)
        if status == 201:
            self.recorded.append(key)
        else:
            self.errors.append(f"{status} {body[:200]!r}")


def rehearsed(system: System, people: list[dict[str, str]]) -> tuple[dict[str, float], list[str]]:
    """What it took, and the keys under which something was recorded."""
    day = Rehearsal(system.port)
    began = time.monotonic()
    asyncio.run(day.record_all(people, seconds=60 * MINUTES))
    for error in day.errors[:5]:
        print(error)
    in_order = sorted(day.took)
    found = {
        "asn": len(people),
        "seconds": round(time.monotonic() - began, 1),
        "p99_ms": round(1_000 * in_order[int(0.99 * (len(in_order) - 1))], 1),
        "errors": len(day.errors),
    }
    return found, day.recorded


def tell(system: System, settings: dict[str, str], found: dict[str, Any], keys: list[str]) -> int:
    """Compare with the ledger, and print what was found."""
    file = system.state.folder / "answered.json"
    file.write_text(json.dumps({"found": found, "recorded": keys}))
    judge = python("judge", "bench.purchases_ledger", str(file), settings=settings)
    return system.supervisor.run_shown(judge)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
