"""`make faults-social`: approved posts go out while everything under them is killed.

    python -m tests.faults.desk.run       LONG=1: 5,000 posts and at least 50 kills

On a copy of the journey's database posts of all nine channels are due at once. Two workers carry
them to doubles of the platforms over https, while workers, single processes of theirs, beat, web
server, PostgreSQL (one session of it, or all of it) and Valkey are ended with SIGKILL and started
again, in an order drawn from SEED. The platforms are slow, refuse for now, and lose answers;
Instagram fetches its pictures from our web server. Some posts are not signed, or were changed
since: nobody may ever see them. Then the
platforms' own record is compared with the certificates and with the tables. The last line is one
JSON object; the code is 0 only if nothing was lost, doubled, different or unapproved, and nearly
all of it came out by itself.

A short run does not wait five minutes for the lease of a worker that was killed: once the killing
is over it lets the time of leases and pauses pass at once.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import psycopg

from config.demo import say
from config.embedded import DATABASE, Servers
from config.ports import choose_port, first_free, is_free
from config.state import CannotRun, state_of
from config.supervisor import Program
from config.system import (
    System,
    celery_worker,
    given_servers,
    on_a_system,
    prepare_database,
    python,
)
from tests.faults.desk.platforms import CERTIFICATE
from tests.faults.killing import kill, kill_a_session, kill_a_worker
from tests.faults.run import CALM_SECONDS, PATIENCE_SECONDS, rest
from tests.month.run import copied

FIRST_PORT = 8600
WORKERS, SLOTS_EACH = 2, 2
BY_HAND_RECORD = "by-hand.jsonl"
SCRATCH = "_social"
OPEN = """
    SELECT count(*) FROM social_post p JOIN social_channel c ON c.id = p.channel_id
    WHERE c.slug LIKE 'uji-%' AND (
        p.state IN ('waiting', 'claimed')
        OR (p.state = 'unknown' AND c.platform IN ('site', 'mastodon', 'bluesky')))
"""
LET_TIME_PASS = """
    UPDATE social_post SET lease_until = now()
    WHERE state = 'claimed' AND lease_until < now() + interval '4 minutes 15 seconds';
    UPDATE social_post SET retry_at = now()
    WHERE state IN ('waiting', 'unknown') AND retry_at > now();
"""
"""For who has not worked on a post for 45 seconds; no call here takes as long."""


@dataclass(frozen=True)
class Goal:
    """What a run has to see, the seconds after which it gives up, and whether it hurries."""

    kills: int
    posts: int
    seconds: float
    slowest: float
    """Seconds that a platform takes at most before it acts, and again before it answers."""
    hurries: bool


SHORT = Goal(kills=5, posts=200, seconds=400, slowest=0.4, hurries=True)
LONG = Goal(kills=52, posts=5_000, seconds=3_600, slowest=0.3, hurries=False)


def main() -> int:
    """Run, compare and tell."""
    return on_a_system(state_of("journey"), choose_port, rehearse)


def rehearse(system: System) -> int:
    """One run; the code is 0 if all was as promised."""
    if given_servers():
        raise CannotRun("These servers will be killed: unset DATABASE_URL and REDIS_URL.")
    goal = LONG if os.environ.get("LONG") == "1" else SHORT
    seed = os.environ.get("SEED", "1")
    folder = emptied(system.state.folder / "record")
    settings = made_ready(system, goal, folder, port := first_free(FIRST_PORT))
    platforms = [str(folder), str(port), seed, str(goal.slowest)]
    programs = brought_up(system, settings, port, folder, platforms)
    kills = kill_until(goal, system, programs, folder, random.Random(seed))
    say(f"{kills} kills; {came_out(folder)} posts came out so far. What is open is waited for.")
    wait_for_the_rest(goal, system, settings["DATABASE_URL"])
    story = {
        "kills": kills,
        "goal": goal.kills,
        "posts": goal.posts,
        "slots": WORKERS * SLOTS_EACH,
        "port": system.port,
    }
    told = [str(folder), json.dumps(story)]
    judge = python("judge", "tests.faults.desk.judge", *told, settings=settings)
    return system.supervisor.run_shown(judge)


def emptied(folder: Path) -> Path:
    """The folder of the record, without that of an earlier run."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.jsonl"):
        file.unlink()
    return folder


# --- What runs -----------------------------------------------------------------------------------


def made_ready(system: System, goal: Goal, folder: Path, port: int) -> dict[str, str]:
    """The settings of a database of its own, with a channel of every platform and posts."""
    settings = system.start_servers() | platform_settings(port, folder)
    system.run_beside_collecting(settings, prepare_database(settings, load_demo=False))
    settings["DATABASE_URL"] = copied(settings["DATABASE_URL"], suffix=SCRATCH)
    say(f"Writing, submitting and signing {goal.posts} posts ...")
    cast = [str(goal.posts), f"https://localhost:{port}"]
    system.supervisor.run(python("cast", "tests.faults.desk.cast", *cast, settings=settings))
    return settings


def brought_up(
    system: System, settings: dict[str, str], port: int, folder: Path, arguments: list[str]
) -> list[Program]:
    """The platforms, a clerk, and what is to be killed; only the last are returned."""
    platforms = python("platforms", "tests.faults.desk.platforms", *arguments, settings=settings)
    system.supervisor.start(
        replace(platforms, is_ready=lambda: not is_free(port), ready_within=PATIENCE_SECONDS)
    )
    programs = [replace(one, ready_within=PATIENCE_SECONDS) for one in killed(system, settings)]
    record = str(folder / BY_HAND_RECORD)
    clerk = python("clerk", "tests.faults.desk.clerk", record, settings=settings)
    system.supervisor.start(*programs, clerk)
    return programs


def platform_settings(port: int, folder: Path, *, certificate: str = CERTIFICATE) -> dict[str, str]:
    """Every platform is at one address, and its certificate the only one that is believed."""
    address = f"https://localhost:{port}"
    return {
        "SSL_CERT_FILE": str(folder / certificate),
        "OUTBOUND_TRUSTED_HOSTS": f"localhost:{port}",
        "TELEGRAM_URL": address,
        "X_API_URL": address,
        "GRAPH_API_URL": address,
        "BLUESKY_URL": address,
    }


def killed(system: System, settings: dict[str, str]) -> list[Program]:
    """Workers, web server and beat."""
    log = system.supervisor.logs / "worker-2.log"
    second = celery_worker(settings)
    second = replace(
        second,
        name="worker-2",
        command=[*second.command, "-n", "second@%h"],
        is_ready=lambda: b" ready." in log.read_bytes(),
    )
    return [*system.programs(settings), second]


# --- Killing -------------------------------------------------------------------------------------


def kill_until(
    goal: Goal, system: System, programs: list[Program], folder: Path, chance: random.Random
) -> int:
    """Kill one thing after another, spread over all that comes out; answer how many."""
    started, kills, waiting = time.monotonic(), 0, list[str]()
    ways = ways_to_kill(system, programs)
    while kills < goal.kills and time.monotonic() - started < goal.seconds:
        rest(system, chance.uniform(*CALM_SECONDS))
        if came_out(folder) < 0.8 * goal.posts * kills / goal.kills:
            continue
        waiting = waiting or chance.sample(sorted(ways), len(ways))
        what = waiting.pop()
        ways[what]()
        kills += 1
        passed = time.monotonic() - started
        say(f"{passed:6.1f} s  killed: {what:<26}{came_out(folder)} posts came out")
    return kills


def came_out(folder: Path) -> int:
    """How many posts the platforms have published; those of the city's own site apart."""
    return sum(file.read_bytes().count(b"\n") for file in folder.glob("*.jsonl"))


def ways_to_kill(system: System, programs: list[Program]) -> dict[str, Callable[[], None]]:
    """What is killed and started again, by what a person calls it."""
    servers, supervisor = Servers(system.state), system.supervisor
    made = {program.name: program for program in programs}
    return {
        "a worker": partial(kill, supervisor, lambda: made["worker"]),
        "the other worker": partial(kill, supervisor, lambda: made["worker-2"]),
        "a process of a worker": partial(kill_a_worker, supervisor, made["worker"]),
        "a process of the other": partial(kill_a_worker, supervisor, made["worker-2"]),
        "beat": partial(kill, supervisor, lambda: made["beat"]),
        "the web server": partial(kill, supervisor, lambda: made["web"]),
        "a PostgreSQL session": partial(
            kill_a_session, supervisor, servers, database=DATABASE + SCRATCH
        ),
        "PostgreSQL": partial(kill, supervisor, servers.postgres_program, name="postgres"),
        "Valkey": partial(kill, supervisor, servers.valkey_program, name="valkey"),
    }


# --- Until nothing is open any more --------------------------------------------------------------


def wait_for_the_rest(goal: Goal, system: System, database_url: str) -> None:
    """Until each post is out, or waits for a person; or until time is up, and the judge sees it."""
    ends = time.monotonic() + goal.seconds
    while time.monotonic() < ends:
        with suppress(psycopg.OperationalError):  # it recovers from the last kill
            if is_settled(database_url, hurries=goal.hurries):
                return
        rest(system, 2.0)


def is_settled(database_url: str, *, hurries: bool) -> bool:
    """Whether nothing is open any more; who hurries lets time pass where something is."""
    with psycopg.connect(database_url, autocommit=True) as database:
        [[left]] = database.execute(OPEN).fetchall()
        if left and hurries:
            database.execute(LET_TIME_PASS)
    return not left


if __name__ == "__main__":
    sys.exit(main())
