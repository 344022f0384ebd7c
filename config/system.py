"""One self-contained installation: its servers, its database made ready, web, worker and beat."""

import http.client
import os
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg

from config import stamp
from config.state import BASE_DIR, CannotRun, State, environment
from config.supervisor import MARK, Program, Stopped, Supervisor, stop_orphans

OLDEST_POSTGRES = 15
HEALTH_TIMEOUT = 5.0
NO_TIME_LIMITS = {"STATEMENT_TIMEOUT_MS": "0", "LOCK_TIMEOUT_MS": "0"}


def on_a_system(state: State, port: Callable[[], int], work: Callable[["System"], int]) -> int:
    """What `work` answers on the system of a state folder, held alone, and stopped afterwards.

    130 if a person ended it, 1 with the reason on the terminal if it cannot run.
    """
    try:
        with state.locked(), Supervisor(state.logs) as supervisor:
            stop_orphans(str(state.folder))
            return work(System(state, supervisor, port()))
    except Stopped:
        return 130
    except CannotRun as reason:
        sys.stdout.write(f"{reason}\n")
        return 1


@dataclass(frozen=True)
class System:
    """The programs of one state folder, and the order in which they start."""

    state: State
    supervisor: Supervisor
    port: int
    more: Mapping[str, str] = field(default_factory=dict)
    """Settings beside those that every demo has."""

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def bring_up(self) -> None:
        """Start everything and return when a visitor would be answered."""
        stop_orphans(str(self.state.folder))
        settings = self.start_servers()
        self.prepare(settings)
        self.supervisor.start(*self.programs(settings))
        self.state.note(address=self.address, pid=os.getpid(), environment=settings)

    def start_servers(self) -> dict[str, str]:
        """The settings of this installation, its servers being up: given ones, or our own."""
        given = given_servers()
        if given:
            check_postgres(given[0])
            return self.settings(*given)
        from config.embedded import Servers  # the extra is never imported where servers are given

        servers = Servers(self.state)
        self.supervisor.start(*servers.programs())
        settings = self.settings(servers.database_url(), servers.redis_url())
        servers.make_database()
        found = stamp.read(servers.database_url())
        if found is None or not found.can_become(stamp.wanted(settings)):
            servers.remake_database()
        return settings

    def settings(self, database_url: str, redis_url: str) -> dict[str, str]:
        """What the settings read from the environment."""
        of_a_demo = environment(
            self.state, address=self.address, database_url=database_url, redis_url=redis_url
        )
        return {**of_a_demo, **self.more}

    def prepare(self, settings: Mapping[str, str]) -> None:
        """Do what is not done yet: migrate, load the demo city, collect static files."""
        found = stamp.read(settings["DATABASE_URL"])
        wanted = stamp.wanted(settings)
        tasks = [prepare_database(settings, load_demo=found is None)] if found != wanted else []
        self.run_beside_collecting(settings, *tasks)
        stamp.write(settings["DATABASE_URL"], wanted)

    def run_beside_collecting(self, settings: Mapping[str, str], *tasks: Program) -> None:
        """Run these tasks, and collect the static files beside them if one has changed."""
        collected = self.state.folder / "static" / ".made-from"
        static_files = stamp.of_static_files()
        collecting = []
        if not collected.exists() or collected.read_text() != static_files:
            shutil.rmtree(collected.parent, ignore_errors=True)
            command = ["django", "collectstatic", "--noinput"]
            collecting = [python("collectstatic", *command, settings=settings)]
        self.supervisor.run(*tasks, *collecting)
        collected.write_text(static_files)

    def programs(self, settings: Mapping[str, str]) -> list[Program]:
        """Worker, web and beat: they stop in the reverse of this order."""
        log = self.supervisor.logs / "worker.log"
        return [
            replace(celery_worker(settings), is_ready=lambda: b" ready." in log.read_bytes()),
            replace(web(settings, self.port), is_ready=lambda: is_healthy(self.port)),
            beat(settings, schedule=self.state.folder / "beat-schedule"),
        ]


def prepare_database(settings: Mapping[str, str], *, load_demo: bool) -> Program:
    """Migrations, roles and, for a new database, the demo city."""
    command = ["config.prepare", "--load-demo"] if load_demo else ["config.prepare"]
    program = python("prepare", *command, settings={**settings, **NO_TIME_LIMITS})
    return replace(program, tells=True)


def celery_worker(settings: Mapping[str, str]) -> Program:
    options = ["--loglevel=INFO", "--concurrency=2", "--without-mingle", "--without-gossip"]
    return python("worker", "celery", "-A", "celery_app", "worker", *options, settings=settings)


def beat(settings: Mapping[str, str], *, schedule: Path) -> Program:
    options = ["--pidfile=", f"--schedule={schedule}"]
    return python("beat", "celery", "-A", "celery_app", "beat", *options, settings=settings)


def web(settings: Mapping[str, str], port: int) -> Program:
    address = ["--host", "127.0.0.1", "--port", str(port), "--interface", "wsgi", "--no-ws"]
    workers = ["--workers", "2", "--blocking-threads", "2", "--respawn-failed-workers"]
    ending = ["--workers-kill-timeout", "5", "config.wsgi:application"]
    return python("web", "granian", *address, *workers, *ending, settings=settings)


def python(name: str, *command: str, settings: Mapping[str, str]) -> Program:
    """A program of this project's own Python, marked as ours for a start after a kill."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return Program(
        name=name,
        command=[sys.executable, "-m", *command],
        environment={**inherited, **settings, MARK: settings["STATE_DIR"]},
        folder=BASE_DIR,
    )


def given_servers() -> tuple[str, str] | None:
    """The operator's own PostgreSQL and Redis, if the environment names them."""
    names = ("DATABASE_URL", "REDIS_URL")
    database_url, redis_url = (os.environ.get(name, "") for name in names)
    if bool(database_url) != bool(redis_url):
        raise CannotRun("Set both DATABASE_URL and REDIS_URL, or neither to have them embedded.")
    return (database_url, redis_url) if database_url else None


def check_postgres(database_url: str) -> None:
    """Raise `CannotRun`, saying why, if the operator's PostgreSQL cannot be used."""
    try:
        with psycopg.connect(database_url, connect_timeout=5) as connection:
            major = connection.info.server_version // 10_000
    except psycopg.OperationalError as error:
        raise CannotRun(f"The PostgreSQL of DATABASE_URL does not answer: {error}") from error
    if major < OLDEST_POSTGRES:
        raise CannotRun(
            f"DATABASE_URL is PostgreSQL {major}; {OLDEST_POSTGRES} or newer is needed."
        )


def is_healthy(port: int) -> bool:
    """Whether the website says that it and what it stands on are ready."""
    connection = http.client.HTTPConnection("localhost", port, timeout=HEALTH_TIMEOUT)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    return False
