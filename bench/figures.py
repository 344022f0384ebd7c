"""Every figure at 100,000, 1 million and 10 million purchases, in one run.

    make bench-figures [SIZES=100000,1000000,10000000] [ROUNDS=25] [ASN=10000] [UMKM=500]
                       [ONLY="own|auditor"] [MONTHS=36] [CLOSED=12]

One PostgreSQL of its own (or that of DATABASE_URL and REDIS_URL), a database per size, a web server
before each; all figures are asked for over HTTP, one after the other, the sizes taking turns within
each round. Before a figure is timed its answer is compared with the same figure summed from the
ledger, whose time stands beside it. First a month is closed while people record into it and the
next. Databases of the same day are used again.

The last line is one JSON object; the code is 0 only if every answer was right, no recording failed
and no rollup differs, and nobody is isolated in the simulated months (ATTACKED=500).
"""

import asyncio
import hashlib
import http.client
import json
import os
import re
import sys
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from psycopg import sql

from bench.catalogue import FIRST_PORT, answers
from bench.figures_asked import figures
from bench.figures_released import Figure
from bench.load import answer
from bench.purchases import UNLIMITED, purchase
from config.ports import first_free
from config.state import BASE_DIR, state_of
from config.system import NO_TIME_LIMITS, System, given_servers, on_a_system, python, web
from core.calendar import next_month

SIZES = [int(size) for size in os.environ.get("SIZES", "100000,1000000,10000000").split(",")]
ROUNDS = int(os.environ.get("ROUNDS", "25"))
ASN = os.environ.get("ASN", "10000")
UMKM = os.environ.get("UMKM", "500")
ATTACKED = os.environ.get("ATTACKED", "500")
SETTINGS = {"DJANGO_SETTINGS_MODULE": "bench.settings", "LOG_LEVEL": "WARNING"}
RECORDERS = 4
WARM = 40
FOR_A_BENCH = ("fsync = off", "max_wal_size = '8GB'", "checkpoint_timeout = '30min'")


@dataclass(frozen=True)
class City:
    """One size: its database, the settings and port of its web server, and who lives there."""

    size: int
    settings: Mapping[str, str]
    port: int
    file: Path

    @property
    def database_url(self) -> str:
        return self.settings["DATABASE_URL"]

    @property
    def database(self) -> str:
        return self.database_url.rpartition("/")[2]

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.file.read_text())
        return told


def main() -> int:
    """Measure and tell; the code is 0 when every answer was right."""
    return on_a_system(state_of("bench-figures"), lambda: first_free(FIRST_PORT), measured)


def measured(system: System) -> int:
    """Make the cities, close a month in each, then ask for every figure in turns."""
    cities = made_cities(system)
    serve(system, cities)
    closing = closed(system, cities)
    found = timed(cities)
    differing = sum(differences(system, city) for city in cities)
    result = tell(found) | closing | simulated(system, cities[0]) | {"differences": differing}
    print(json.dumps(result))
    return 1 if result["recording_errors"] or result["isolated"] or differing else 0


# --- Cities of each size -------------------------------------------------------------------------


def made_cities(system: System) -> list[City]:
    """A database of each size, made unless one of today stands there."""
    settings = {**system.start_servers(), **SETTINGS, **UNLIMITED}
    if not given_servers():
        for_a_bench(settings["DATABASE_URL"])
    cities = [numbered(system, settings, number, size) for number, size in enumerate(SIZES, 1)]
    if not all(is_made(city) for city in cities):
        empty = numbered(system, settings, 0, 0)
        make_empty(system, empty)
        for city in cities:
            make(system, city, like=empty)
    return cities


def numbered(system: System, settings: Mapping[str, str], number: int, size: int) -> City:
    """One city with a database, a cache and a port of its own."""
    port = first_free(system.port + 10 * number)
    own = {
        "DATABASE_URL": f"{settings['DATABASE_URL']}_{size}",
        "REDIS_URL": database_number(settings["REDIS_URL"], number),
        "BASE_URL": f"http://localhost:{port}",
    }
    return City(size, {**settings, **own}, port, system.state.folder / f"city-{size}.json")


def is_made(city: City) -> bool:
    """Whether its database was made to the end, today, from the same files."""
    with server_of(city) as connection:
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [city.database],
        ).fetchone()
    return bool(found and found[0] == made_from(city)) and city.file.exists()


def make_empty(system: System, city: City) -> None:
    """A city in which nothing was bought yet: what all sizes have in common."""
    with server_of(city) as connection:
        create(connection, city)
    arguments = ["city", ASN, UMKM, str(city.file)]
    settings = {**city.settings, **NO_TIME_LIMITS}
    system.supervisor.run(python("city", "bench.figures_city", *arguments, settings=settings))


def make(system: System, city: City, *, like: City) -> None:
    """Copy the empty city, fill it, and write into it what it was made from."""
    if is_made(city):
        return
    with server_of(city) as connection:
        create(connection, city, like=like)
        city.file.write_text(like.file.read_text())
        settings = {**city.settings, **NO_TIME_LIMITS}
        arguments = ["bench.figures_city", "fill", str(city.size)]
        fill = python(f"fill-{city.size}", *arguments, settings=settings)
        system.supervisor.run(replace(fill, tells=True))
        comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
        named = sql.Identifier(city.database)
        connection.execute(comment.format(named, sql.Literal(made_from(city))))


def create(connection: psycopg.Connection, city: City, *, like: City | None = None) -> None:
    """A new database in the place of an old one."""
    named = sql.Identifier(city.database)
    template = sql.Identifier(like.database if like else "template0")
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
    connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(named, template))


def server_of(city: City) -> psycopg.Connection:
    """A connection to the server, beside its databases."""
    server, _, _name = city.database_url.rpartition("/")
    return psycopg.connect(f"{server}/postgres", autocommit=True)


def made_from(city: City) -> str:
    """What a database was made from: the day, the people and the migrations."""
    files = sorted([*BASE_DIR.glob("*/migrations/0*.py"), BASE_DIR / "bench" / "figures_city.py"])
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    months = f"{os.environ.get('MONTHS', '36')} {os.environ.get('CLOSED', '12')}"
    return f"bench {date.today()} {city.size} {ASN} {UMKM} {months} {digest}"  # noqa: DTZ011 (a stamp)


def for_a_bench(database_url: str) -> None:
    """Let our own PostgreSQL keep nothing through a power cut: what is filled can be made again."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for setting in FOR_A_BENCH:
            connection.execute(f"ALTER SYSTEM SET {setting}".encode())
        connection.execute("SELECT pg_reload_conf()")


def database_number(redis_url: str, number: int) -> str:
    """The same server, a database of its own: no city reads what another's cache kept."""
    pattern = r"\?db=([0-9]+)$" if redis_url.startswith("unix://") else r"/([0-9]+)$"
    found = re.search(pattern, redis_url)
    first = int(found.group(1)) if found else 0
    server = redis_url[: found.start()] if found else redis_url.rstrip("/")
    joint = "?db=" if redis_url.startswith("unix://") else "/"
    return f"{server}{joint}{first + number}"


def serve(system: System, cities: list[City]) -> None:
    """A web server before each database, as the demo runs it."""
    static = ["django", "collectstatic", "--noinput", "-v0"]
    system.supervisor.run(python("static", *static, settings=cities[0].settings))
    for city in cities:
        served = web(city.settings, city.port)
        command = [*served.command[:-1], "bench.wsgi:application"]
        is_ready = partial(answers, city.port)
        named = replace(served, name=f"web-{city.size}", command=command, is_ready=is_ready)
        system.supervisor.start(named)


def differences(system: System, city: City) -> int:
    """Whether the rollups equal the ledger at the end: 0, or 1 with each difference in the log."""
    with psycopg.connect(city.database_url) as connection:
        month = connection.execute("SELECT max(day) FROM marketplace_purchase").fetchone()
    asked = ["--check", "--month", f"{month[0]:%Y-%m}"] if month else ["--check"]
    check = python(
        f"check-{city.size}", "django", "rebuild_circulation", *asked, settings=city.settings
    )
    return min(1, system.supervisor.run_shown(check))


def simulated(system: System, city: City) -> dict[str, Any]:
    """How many kelurahan simulated months show exactly, and how many sets under five were found."""
    file = system.state.folder / "simulated.json"
    arguments = ["bench.release_simulation", ATTACKED, str(file)]
    system.supervisor.run(python("simulation", *arguments, settings=city.settings))
    found: dict[str, Any] = json.loads(file.read_text())
    return found


# --- A month is closed while people record -------------------------------------------------------


@dataclass
class Recording:
    """People who record one purchase after the other until they are told to stop."""

    city: City
    stop: threading.Event = field(default_factory=threading.Event)
    recorded: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def run(self) -> None:
        asyncio.run(self._all())

    async def _all(self) -> None:
        people = self.city.told["people"][:RECORDERS]
        await asyncio.gather(*(self._record(person) for person in people))

    async def _record(self, person: dict[str, str]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.city.port)
        while not self.stop.is_set():
            began = time.monotonic()
            writer.write(purchase(person, str(uuid.uuid4())))
            status, body = await answer(reader)
            self.seconds.append(time.monotonic() - began)
            self.recorded += status == 201
            if status != 201:
                self.errors.append(f"{status} {body[:200]!r}")
        writer.close()


def closed(system: System, cities: list[City]) -> dict[str, Any]:
    """Close the last month that is due in every city, recording meanwhile; told of the largest."""
    told: dict[str, Any] = {"closing_seconds": None, "recording_errors": 0}
    for city in cities:
        with psycopg.connect(city.database_url) as connection:
            month = next_to_close(connection)
            purchases = booked(connection, month)
        if date.today() < next_month(month):  # noqa: DTZ011 (of a database that is used again)
            print(f"{city.size:,}: no month is due any more; SIZES of another day close one anew")
            continue
        recording = Recording(city)
        thread = threading.Thread(target=recording.run)
        thread.start()
        while thread.is_alive() and recording.recorded < WARM:  # a worker's first answers load it
            time.sleep(0.1)
        recording.seconds.clear()
        began = time.monotonic()
        close = ["django", "close_month", f"{month:%Y-%m}"]
        system.supervisor.run(python(f"close-{city.size}", *close, settings=city.settings))
        seconds = time.monotonic() - began
        recording.stop.set()
        thread.join()
        slowest = 1_000 * max(recording.seconds)
        print(
            f"closing {purchases:,} purchases of {month:%Y-%m} took {seconds:,.1f} s;"
            f" meanwhile {recording.recorded:,} were recorded, {len(recording.errors)} failed,"
            f" the slowest took {slowest:,.0f} ms"
        )
        for error in recording.errors[:3]:
            print(error)
        told = {
            "closing_seconds": round(seconds, 1),
            "closing_purchases": purchases,
            "slowest_recording_ms": round(slowest),
            "recording_errors": told["recording_errors"] + len(recording.errors),
        }
    return told


def next_to_close(connection: psycopg.Connection) -> date:
    """The month after the last closed one; of a database that is used again, the one after."""
    found = connection.execute(
        "SELECT coalesce((SELECT max(month) + interval '1 month' FROM marketplace_bookmonth),"
        " (SELECT min(book_month) FROM marketplace_purchase))::date"
    ).fetchone()
    assert found
    return date.fromisoformat(str(found[0]))


def booked(connection: psycopg.Connection, month: date) -> int:
    """How many purchases a book month holds."""
    found = connection.execute(
        "SELECT count(*) FROM marketplace_purchase WHERE book_month = %s", [month]
    ).fetchone()
    return int(found[0]) if found else 0


# --- Every figure, the sizes taking turns --------------------------------------------------------


@dataclass
class Timed:
    """One figure at each size: how long its answers took, and how long the ledger itself takes."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    of_ledger: dict[int, float] = field(default_factory=dict)

    def median_ms(self, size: int) -> float:
        return 1_000 * median(self.seconds[size])

    @property
    def growth(self) -> float:
        """How many times as much it costs at the largest size as at the smallest."""
        return self.median_ms(max(self.seconds)) / self.median_ms(min(self.seconds))


def timed(cities: list[City]) -> dict[str, Timed]:
    """What each figure costs at each size; every answer is looked at before any is timed."""
    asked: dict[int, list[Figure]] = {}
    found: dict[str, Timed] = {}
    for city in cities:
        with psycopg.connect(city.database_url, autocommit=True) as connection:
            asked[city.size] = figures(connection, city.told)
            for figure in asked[city.size]:
                timed = found.setdefault(figure.name, Timed())
                began = time.monotonic()
                expected = figure.of_ledger(connection)
                timed.of_ledger[city.size] = time.monotonic() - began
                look(city, figure, expected)
                timed.seconds[city.size] = []
    for turn in range(ROUNDS):
        for number, name in enumerate(found):
            for city in cities:
                figure = asked[city.size][number]
                took, _status, _body = get(city, figure, turn)
                found[name].seconds[city.size].append(took)
    return found


def look(city: City, figure: Figure, expected: Any) -> None:
    """Raise unless the figure is what the ledger says; the first answers fill caches as well."""
    for turn in range(3):
        _took, status, body = get(city, figure, turn if turn < 2 else 0)
        assert status == 200, f"{figure.name}: {status} {body[:300]!r}"
    assert figure.holds(body, expected), f"{figure.name}: {expected} is not in {body[:600]!r}"


def get(city: City, figure: Figure, turn: int) -> tuple[float, int, bytes]:
    """One answer, over a connection of its own that is open before the clock runs."""
    connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=60)
    connection.connect()
    path, headers = figure.request(turn)
    began = time.monotonic()
    connection.request("GET", path, headers={"Host": "localhost", **headers})
    response = connection.getresponse()
    body = response.read()
    took = time.monotonic() - began
    connection.close()
    return took, response.status, body


def tell(found: dict[str, Timed]) -> dict[str, Any]:
    """The table for people, and what it comes to."""
    print("\nmilliseconds over HTTP, in brackets of the ledger itself\n")
    sizes = "".join(f"{f'{size:,}':>22}" for size in SIZES)
    print(f"{'':<38}{sizes}{'growth':>9}")
    for name, timed in found.items():
        columns = "".join(
            f"{f'{timed.median_ms(size):,.1f} ({1_000 * timed.of_ledger[size]:,.0f})':>22}"
            for size in SIZES
        )
        print(f"{name:<38}{columns}{timed.growth:>9.2f}")
    grown = all(first < last for first, last in pairwise(SIZES)) and len(SIZES) > 1
    worst = max(timed.median_ms(size) for timed in found.values() for size in SIZES)
    return {
        "worst_growth": round(max(t.growth for t in found.values()), 3) if grown else None,
        "worst_median_ms": round(worst, 1),
    }


if __name__ == "__main__":
    sys.exit(main())
