"""Ends what a supervisor runs with SIGKILL, and starts it again as an operator's system would."""

import time
from collections.abc import Callable
from contextlib import suppress

import psutil

from config.embedded import DATABASE, Servers, postgres_in
from config.supervisor import POLL_SECONDS, Child, Program, Stopped, Supervisor, spawn, stop


def kill(supervisor: Supervisor, make: Callable[[], Program], *, name: str = "") -> None:
    """Kill a program with all of its session, and start it again.

    `make` clears what the killed one left, so it is called only then.
    """
    child = _child(supervisor, name or make().name)
    child.process.kill()
    stop(child)  # what is left of its session
    program = make()
    again = Child(program, spawn(program, supervisor.log(program)))
    supervisor.children[supervisor.children.index(child)] = again
    _wait_until_ready(supervisor, program)


def kill_a_worker(supervisor: Supervisor, web: Program) -> None:
    """Kill one of the web server's processes; it starts another by itself."""
    main = psutil.Process(_child(supervisor, web.name).process.pid)
    for process in main.children()[:1]:
        process.kill()
    _wait_until_ready(supervisor, web)


def kill_a_session(supervisor: Supervisor, servers: Servers, *, database: str = DATABASE) -> None:
    """Kill what serves one connection: PostgreSQL then ends all of them and recovers."""
    for process in postgres_in(servers.data):
        with suppress(psutil.Error):
            if f"postgres {database} " in " ".join(process.cmdline()):
                process.kill()
                break
    _wait_until_ready(supervisor, _child(supervisor, "postgres").program)


def _child(supervisor: Supervisor, name: str) -> Child:
    return next(child for child in supervisor.children if child.program.name == name)


def _wait_until_ready(supervisor: Supervisor, program: Program) -> None:
    deadline = time.monotonic() + program.ready_within
    while not program.is_ready():
        if supervisor.stopping.wait(POLL_SECONDS):
            raise Stopped
        if time.monotonic() > deadline:
            raise TimeoutError(f"{program.name} did not come back")
