"""`make faults`: people record and take back while everything under them is killed.

    python -m tests.faults.run            LONG=1: at least 50 kills and 20,000 acknowledged

Eight clients record, send again and take back in the demo city of the journey. Meanwhile web
workers, the web server, Celery, PostgreSQL (one session of it, or all of it) and Valkey are ended
with SIGKILL and started again, in an order drawn from SEED. Each client writes down what became of
each request: acknowledged, refused, or unknown; what is unknown is sent again under its key until
it is known. Then the ledger is compared with what was written down, and every total with the
ledger. The last line is one JSON object; the code is 0 only if nothing was lost, doubled or
different.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from config.demo import say
from config.embedded import Servers
from config.ports import choose_port
from config.state import CannotRun, state_of
from config.supervisor import Program, Stopped
from config.system import (
    System,
    given_servers,
    on_a_system,
    prepare_database,
    python,
)
from tests.faults.clients import Client, Diary
from tests.faults.killing import kill, kill_a_session, kill_a_worker

CLIENTS = 8
SETTINGS = {"THROTTLE_USER": "1000000/min"}
PATIENCE_SECONDS = 240.0
"""For a program that starts while eight clients press on."""
CALM_SECONDS = (0.2, 3.0)
"""At least so long is nothing killed after all is whole again."""


@dataclass(frozen=True)
class Goal:
    """What a run has to see, and the seconds after which it gives up."""

    kills: int
    acknowledged: int
    seconds: float


SHORT = Goal(kills=6, acknowledged=500, seconds=600)
LONG = Goal(kills=50, acknowledged=20_000, seconds=10_800)


def main() -> int:
    """Run, compare and tell."""
    return on_a_system(state_of("journey"), choose_port, rehearse)


def rehearse(system: System) -> int:
    """One run; the code is 0 if all was as promised."""
    if given_servers():
        raise CannotRun("These servers will be killed: unset DATABASE_URL and REDIS_URL.")
    goal = LONG if os.environ.get("LONG") == "1" else SHORT
    chance = random.Random(os.environ.get("SEED", "1"))
    settings = system.start_servers() | SETTINGS
    cast, diary_file = system.state.folder / "cast.json", system.state.folder / "diary.json"
    system.supervisor.run(prepare_database(settings, load_demo=False))
    system.supervisor.run(python("cast", "tests.faults.cast", str(cast), settings=settings))
    programs = [replace(each, ready_within=PATIENCE_SECONDS) for each in system.programs(settings)]
    system.supervisor.start(*programs)

    began = time.time()
    diary, people = Diary(), json.loads(cast.read_text())
    clients = [
        Client(system.port, diary, random.Random(chance.random()), people[number::CLIENTS])
        for number in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    kills = kill_until(goal, system, programs, diary, chance)
    diary.closing.set()
    while any(client.is_alive() for client in clients):
        rest(system, 0.1)
    diary_file.write_text(json.dumps(diary.entries))
    story = {
        "began": began,
        "kills": kills,
        "requests": diary.requests,
        "goal": goal.acknowledged,
    }
    judge = python(
        "judge", "tests.faults.judge", str(diary_file), json.dumps(story), settings=settings
    )
    return system.supervisor.run_shown(judge)


def kill_until(
    goal: Goal, system: System, programs: list[Program], diary: Diary, chance: random.Random
) -> int:
    """Kill one thing after another, spread over all that is acknowledged; answer how many."""
    started, kills, waiting = time.monotonic(), 0, list[str]()
    ways = ways_to_kill(system, programs)
    while time.monotonic() - started < goal.seconds:
        rest(system, chance.uniform(*CALM_SECONDS))
        if diary.acknowledged < goal.acknowledged * kills / goal.kills:
            continue
        if kills >= goal.kills:
            break
        waiting = waiting or chance.sample(sorted(ways), len(ways))
        what = waiting.pop()
        ways[what]()
        kills += 1
        say(f"{time.monotonic() - started:6.1f} s  killed: {what:<22}{diary}")
    return kills


def rest(system: System, seconds: float) -> None:
    """Wait, unless a person ends the run."""
    system.supervisor.stopping.wait(seconds)
    if system.supervisor.stopping.is_set():
        raise Stopped


def ways_to_kill(system: System, programs: list[Program]) -> dict[str, Callable[[], None]]:
    """What is killed and started again, by what a person calls it."""
    servers, supervisor = Servers(system.state), system.supervisor
    made = {program.name: program for program in programs}
    return {
        "a web worker": partial(kill_a_worker, supervisor, made["web"]),
        "the web server": partial(kill, supervisor, lambda: made["web"]),
        "Celery's worker": partial(kill, supervisor, lambda: made["worker"]),
        "a PostgreSQL session": partial(kill_a_session, supervisor, servers),
        "PostgreSQL": partial(kill, supervisor, servers.postgres_program, name="postgres"),
        "Valkey": partial(kill, supervisor, servers.valkey_program, name="valkey"),
    }


if __name__ == "__main__":
    sys.exit(main())
