"""Posts that are due in the same minute, on twelve channels: how fast, how evenly, in what order.

    make bench-social [SIZE=10000] [ROUNDS=3] [ANSWERS_AFTER=0.1] [SECONDS=90]

Servers of its own (or those of DATABASE_URL and REDIS_URL), beat and one worker of two processes as
the demo runs them, and the strict doubles of six platforms by https, two channels each, a third of
the posts with a picture.

Without limits the engine carries SIZE signed posts, and a plain loop hands others, all of which it
has read before, to the same adapters; the two take turns. Rates are those of the platforms' own
record, from the first post that came out of a turn to its last. Each answer takes ANSWERS_AFTER
seconds: to Singapore and back, three times, as each connection is a new one (tcp, tls, request).
`drain_vs_loops` is the harder one: as many loops at a time as the worker has processes. The two
`_at_once` are the same with platforms that take no time at all: what is left is how much more than
the adapters the engine computes.

With limits, on a clock sixty times as fast, every tenth post is refused for now and the answer to
another tenth is lost; nobody else may wait for those.

The last line is one JSON object; the code is 0 only if nothing was lost, doubled or out of order,
and no channel was silent for two periods while it might have sent.
"""

import json
import os
import sys
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import psycopg

from bench.social_desk import FREE, LIMITED
from bench.social_platforms import tell
from config import stamp
from config.ports import first_free, is_free
from config.state import CannotRun, state_of
from config.supervisor import Stopped
from config.system import (
    NO_TIME_LIMITS,
    System,
    beat,
    celery_worker,
    on_a_system,
    prepare_database,
    python,
)
from tests.faults.desk.platforms import RECORD
from tests.faults.desk.run import emptied, platform_settings
from tests.month.run import copied

FIRST_PORT = 8620
SIZE = int(os.environ.get("SIZE", "10000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
ANSWERS_AFTER = float(os.environ.get("ANSWERS_AFTER", "0.1"))
SECONDS = float(os.environ.get("SECONDS", "90"))
SLOTS = 2
"""Processes of the demo's worker."""
AT_ONCE = 0.2
"""The share of the posts that meets platforms which take no time."""
LOOPED = 0.2
"""How many posts one loop sends, and several together, for one that the engine does."""
PATIENCE = 1.0
"""Seconds in which each post comes out, or something is wrong."""
OPEN = """
    SELECT count(*) FROM social_post p JOIN social_channel c ON c.id = p.channel_id
    WHERE c.slug LIKE %s AND p.state IN ('waiting', 'claimed')
"""


@dataclass(frozen=True)
class Turn:
    """What each of the two sends in a turn, and how long the platforms take."""

    name: str
    seconds: float
    engine: int
    loop: int


@dataclass
class Rates:
    """Posts per second, turn by turn."""

    engine: list[float] = field(default_factory=list)
    loop: list[float] = field(default_factory=list)
    loops: list[float] = field(default_factory=list)

    def beside(self, others: list[float]) -> float:
        """The engine's rate in that of the others."""
        return round(median(self.engine) / median(others), 3)


@dataclass(frozen=True)
class Bench:
    """A desk whose posts are due, and the record of what came out."""

    system: System
    settings: dict[str, str]
    folder: Path
    address: str

    def write(self, *arguments: object) -> None:
        """Channels and posts, as `bench.social_desk` makes them."""
        settings = self.settings | NO_TIME_LIMITS
        said = [str(each) for each in arguments]
        desk = python("desk", "bench.social_desk", self.address, *said, settings=settings)
        self.system.supervisor.run(desk)

    def pause(self, kind: str, *, paused: bool) -> None:
        """Let channels of this kind send, or none of them."""
        with self._database() as database:
            change = "UPDATE social_channel SET paused = %s WHERE slug LIKE %s"
            database.execute(change, [paused, f"{kind}-%"])

    def left(self, kind: str) -> int:
        """How many posts may still come out by themselves."""
        with self._database() as database:
            [[count]] = database.execute(OPEN, [f"{kind}-%"]).fetchall()
        return int(count)

    def _database(self) -> psycopg.Connection:
        return psycopg.connect(self.settings["DATABASE_URL"], autocommit=True)

    def moments(self) -> list[float]:
        """When each post came out."""
        lines = (self.folder / RECORD).read_text().splitlines()
        return [json.loads(line)["at"] for line in lines]

    def wait(self, seconds: float) -> None:
        if self.system.supervisor.stopping.wait(seconds):
            raise Stopped


def main() -> int:
    """Measure and tell; the code is 0 when all held."""
    return on_a_system(state_of("bench-social"), lambda: first_free(FIRST_PORT), measured)


def measured(system: System) -> int:
    """Both parts, then what the record says."""
    bench = made_ready(system)
    rates = compared(bench)
    story = {"ratios": told(rates), "limits_began": limited(bench).isoformat()}
    file = bench.folder / "story.json"
    file.write_text(json.dumps(story))
    judged = python(
        "judged", "bench.social_judged", str(bench.folder), str(file), settings=bench.settings
    )
    return system.supervisor.run_shown(judged)


def made_ready(system: System) -> Bench:
    """Platforms that answer, and posts on paused channels; then worker and beat."""
    port = first_free(FIRST_PORT)
    folder = emptied(system.state.folder / "record")
    for old in folder.glob("turn-*"):
        old.unlink()
    settings = system.start_servers()
    settings |= platform_settings(port, folder, certificate="Platforms.pem")
    prepare(system, settings)
    settings["DATABASE_URL"] = copied(settings["DATABASE_URL"], suffix="_desk")
    tell(folder, seconds=0)
    platforms = python(
        "platforms", "bench.social_platforms", str(folder), str(port), settings=settings
    )
    system.supervisor.start(replace(platforms, is_ready=lambda: not is_free(port)))
    bench = Bench(system, settings, folder, f"https://localhost:{port}")
    print(f"Writing and signing {SIZE:,} posts ...", flush=True)
    bench.write(SIZE, 2 * sum(turn.loop for turn in turns()))
    worker = celery_worker(settings)
    log = system.supervisor.log(worker)
    ready = replace(worker, is_ready=lambda: b" ready." in log.read_bytes())
    system.supervisor.start(ready, beat(settings, schedule=system.state.folder / "beat-schedule"))
    return bench


def prepare(system: System, settings: dict[str, str]) -> None:
    """Migrate, unless this was done with the same files."""
    wanted = stamp.wanted(settings)
    if stamp.read(settings["DATABASE_URL"]) != wanted:
        system.supervisor.run(prepare_database(settings, load_demo=False))
        stamp.write(settings["DATABASE_URL"], wanted)


def turns() -> list[Turn]:
    """Each way of answering once a round; the last takes what is left."""
    quick, slow = round(SIZE * AT_ONCE / ROUNDS), round(SIZE * (1 - AT_ONCE) / ROUNDS)
    return [
        Turn(f"turn-{number}-{name}", seconds, posts, round(posts * LOOPED))
        for number in range(ROUNDS)
        for name, seconds, posts in (("at-once", 0.0, quick), ("slow", ANSWERS_AFTER, slow))
    ]


# --- Without limits ------------------------------------------------------------------------------


def compared(bench: Bench) -> dict[float, Rates]:
    """The engine's rates beside the loop's, by how long the platforms take."""
    found = {0.0: Rates(), ANSWERS_AFTER: Rates()}
    all_turns, looped = turns(), 0
    for turn in all_turns:
        tell(bench.folder, seconds=turn.seconds)
        rates = found[turn.seconds]
        rates.loop.append(loop(bench, turn, first=looped, slots=1))
        rates.loops.append(loop(bench, turn, first=looped + turn.loop, slots=SLOTS))
        looped += 2 * turn.loop
        rates.engine.append(drain(bench, turn, to_the_end=turn is all_turns[-1]))
        print(
            f"{turn.name:<18} the engine {rates.engine[-1]:7.1f} posts per second,"
            f" a loop {rates.loop[-1]:7.1f}, {SLOTS} loops {rates.loops[-1]:7.1f}",
            flush=True,
        )
    return found


def loop(bench: Bench, turn: Turn, *, first: int, slots: int) -> float:
    """Posts per second of a plain loop, or of several at a time."""
    before = len(bench.moments())
    said = [str(bench.folder), f"{turn.name}-of-{slots}", str(first), str(turn.loop)]
    processes = [
        python(
            f"loop-{slot}",
            "bench.social_loop",
            *said,
            f"{slot}",
            f"{slots}",
            settings=bench.settings,
        )
        for slot in range(slots)
    ]
    bench.system.supervisor.run(*processes)
    return rate(bench.moments()[before:])


def drain(bench: Bench, turn: Turn, *, to_the_end: bool) -> float:
    """Posts per second of the engine."""
    before = len(bench.moments())
    ends = time.monotonic() + 60 + PATIENCE * turn.engine
    bench.pause(FREE, paused=False)
    while bench.left(FREE) if to_the_end else len(bench.moments()) < before + turn.engine:
        if time.monotonic() > ends:
            raise CannotRun(f"{turn.name}: {len(bench.moments()) - before} posts came out")
        bench.wait(0.5)
    bench.pause(FREE, paused=True)
    bench.wait(1 + 10 * turn.seconds)  # what is on its way comes out
    return rate(bench.moments()[before:])


def rate(moments: list[float]) -> float:
    """From the first to the last."""
    return (len(moments) - 1) / (max(moments) - min(moments))


# --- With limits ---------------------------------------------------------------------------------


def limited(bench: Bench) -> datetime:
    """Send as often as limits allow, while some posts fail; returns when it began."""
    bench.write("limited", SECONDS)
    tell(bench.folder, seconds=ANSWERS_AFTER, faults=True)
    began, ends = datetime.now(UTC), time.monotonic() + 2 * SECONDS + 120
    bench.pause(LIMITED, paused=False)
    while bench.left(LIMITED) and time.monotonic() < ends:
        bench.wait(1)
    return began


def told(rates: dict[float, Rates]) -> dict[str, float]:
    """The engine beside one loop and beside as many as it has processes."""
    at_once, slow = rates[0.0], rates[ANSWERS_AFTER]
    return {
        "drain_vs_loop": slow.beside(slow.loop),
        "drain_vs_loops": slow.beside(slow.loops),
        "drain_vs_loop_at_once": at_once.beside(at_once.loop),
        "drain_vs_loops_at_once": at_once.beside(at_once.loops),
    }


if __name__ == "__main__":
    sys.exit(main())
