"""`make journey-month`: a month runs, ends and is closed, and what all may read follows.

    python -m tests.month.run

On a copy of the demo's city, that nobody else uses, with a clock of its own: first now, then the
fourth of the next month. The clock is set in these programs alone (tests/month/clock.py); no
setting of the product reads it.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import psycopg
from psycopg import sql

from config.demo import say
from config.ports import choose_port, first_free
from config.state import state_of
from config.supervisor import ProgramFailed
from config.system import System, is_healthy, on_a_system, python, web
from demo.journey.walk import DidNotHappen, Walk
from tests.month.clock import VARIABLE
from tests.month.steps import CLOSED, RUNNING, Seen

SCRATCH = "_month"
CLOSING_HOUR = timedelta(days=3, hours=2)  # the fourth at 09.00 WIB, of a month in UTC

Step = Callable[[Walk, Seen], str]


def main() -> int:
    """The code is 0 only if each step was seen to happen."""
    return on_a_system(state_of("journey"), choose_port, walk_through)


def walk_through(system: System) -> int:
    """Both halves, the clock moving on between them."""
    settings = system.start_servers()
    system.prepare(settings)
    settings = {**settings, "DATABASE_URL": copied(settings["DATABASE_URL"])}
    now = datetime.now(tz=UTC)
    month = f"{now + timedelta(hours=7):%Y-%m}"
    after = next_month(now) + CLOSING_HOUR
    try:
        seen = Seen(month)
        walk(RUNNING, seen, serve(system, settings, now))
        say(f"The clock moves on to {after:%d %B %Y}, and {month} is closed.")
        run_at(system, settings, after, "close_month", month)
        walk(CLOSED, seen, serve(system, settings, after), first=len(RUNNING) + 1)
    except (DidNotHappen, LookupError, httpx.HTTPError) as failure:
        say(f"This step did not happen: {failure}")
        return 1
    say("Every step was seen to happen.")
    return 0


def walk(steps: Sequence[Step], seen: Seen, address: str, *, first: int = 1) -> None:
    """Take the steps, telling each with what was seen."""
    with Walk(address) as here:
        for number, step in enumerate(steps, start=first):
            say(f"{number:2}. {(step.__doc__ or '').strip()}")
            say(f"    saw: {step(here, seen)}")


def serve(system: System, settings: Mapping[str, str], moment: datetime) -> str:
    """The address of a web server whose clock shows `moment`."""
    port = first_free(system.port + 1)
    address = f"http://localhost:{port}"
    at = {VARIABLE: moment.isoformat(), "BASE_URL": address}
    served = web({**settings, **at}, port)
    command = [*served.command[:-1], "tests.month.wsgi:application"]
    is_ready = partial(is_healthy, port)
    system.supervisor.start(
        replace(served, name=f"web-{moment:%m-%d}", command=command, is_ready=is_ready)
    )
    return address


def run_at(system: System, settings: Mapping[str, str], moment: datetime, *command: str) -> None:
    """A management command at that moment."""
    at = {**settings, VARIABLE: moment.isoformat()}
    program = python("command", "tests.month.manage", *command, settings=at)
    if system.supervisor.run_shown(program):
        raise ProgramFailed(f"{' '.join(command)} failed.")


def copied(database_url: str, *, suffix: str = SCRATCH) -> str:
    """A copy of the database, in the place of an older one."""
    server, _, name = database_url.rpartition("/")
    source, copy = sql.Identifier(name), sql.Identifier(name + suffix)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(copy))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(copy, source))
    return database_url + suffix


def next_month(moment: datetime) -> datetime:
    """Midnight UTC of the first day of the month after."""
    local = moment + timedelta(hours=7)
    return datetime(local.year + local.month // 12, local.month % 12 + 1, 1, tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
