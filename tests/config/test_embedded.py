"""The embedded servers start wherever the checkout stands and whatever an earlier run left."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from config.embedded import Servers, postgres_in
from config.state import State
from config.supervisor import Supervisor

OPEN = 0o755
CLOSED = 0o700


@pytest.fixture
def state() -> Iterator[State]:
    """A state folder that every account may enter, with a space and a long path."""
    top = Path(tempfile.mkdtemp(prefix="belanja test "))
    top.chmod(OPEN)
    made = State(top / ("long " * 30) / "state")
    made.logs.mkdir(parents=True)
    yield made
    for folder in (made.sockets, made.outside, top):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def supervisor(state: State) -> Iterator[Supervisor]:
    made = Supervisor(state.logs)
    yield made
    made.stop()


def one(servers: Servers) -> int:
    """What PostgreSQL answers to SELECT 1."""
    with psycopg.connect(servers.database_url()) as connection:
        row = connection.execute("SELECT 1").fetchone()
    assert row is not None
    return int(row[0])


def postmaster(supervisor: Supervisor) -> psutil.Process:
    child = next(child for child in supervisor.children if child.program.name == "postgres")
    return psutil.Process(child.process.pid)


def test_both_answer_in_a_folder_with_spaces_and_a_long_path(
    state: State, supervisor: Supervisor
) -> None:
    servers = Servers(state)

    supervisor.start(*servers.programs())
    servers.make_database()

    assert one(servers) == 1
    assert servers._ask_valkey(b"PING") == b"+PONG"
    assert len(str(servers.postgres_socket)) < 100


def test_data_outlives_a_stop(state: State, supervisor: Supervisor) -> None:
    servers = Servers(state)
    supervisor.start(*servers.programs())
    servers.make_database()
    with psycopg.connect(servers.database_url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")

    supervisor.stop()
    supervisor.start(*servers.programs())

    with psycopg.connect(servers.database_url()) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_server_left_running_by_a_killed_run_is_stopped_first(
    state: State, supervisor: Supervisor
) -> None:
    supervisor.start(*Servers(state).programs())
    orphan = postmaster(supervisor)
    supervisor.children.clear()  # as if we had been killed, without the kernel's help

    servers = Servers(state)
    supervisor.start(*servers.programs())
    servers.make_database()

    assert not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE
    assert one(servers) == 1


def test_after_sigkill_postgres_starts_again(state: State, supervisor: Supervisor) -> None:
    servers = Servers(state)
    supervisor.start(*servers.programs())
    servers.make_database()
    postmaster(supervisor).send_signal(signal.SIGKILL)
    supervisor.children.clear()

    supervisor.start(*servers.programs())

    assert one(servers) == 1


def test_a_pid_that_now_belongs_to_a_stranger_is_no_obstacle(
    state: State, supervisor: Supervisor
) -> None:
    servers = Servers(state)
    supervisor.start(*servers.programs())
    servers.make_database()
    supervisor.stop()
    lock = servers.data / "postmaster.pid"
    lock.write_text(f"{os.getpid()}\n{servers.data}\n1\n5432\n{servers.sockets}\n\n")

    supervisor.start(*servers.programs())

    assert one(servers) == 1


def test_data_of_another_version_is_set_aside(state: State, supervisor: Supervisor) -> None:
    servers = Servers(state)
    servers.data.mkdir()
    (servers.data / "PG_VERSION").write_text("14\n")

    supervisor.start(*servers.programs())
    servers.make_database()

    assert one(servers) == 1
    assert list(servers.data.parent.glob("postgres-set-aside-*/PG_VERSION"))


@pytest.mark.skipif(os.getuid() != 0, reason="Only root needs another account for PostgreSQL.")
def test_as_root_in_a_closed_home_data_and_server_stand_outside(
    state: State, supervisor: Supervisor
) -> None:
    state.folder.parent.chmod(CLOSED)

    servers = Servers(state)
    supervisor.start(*servers.programs())
    servers.make_database()

    assert one(servers) == 1
    assert servers.home == state.outside
    assert servers.postgres.is_relative_to(state.outside)
    assert postgres_in(servers.data)[0].username() == "nobody"


def test_settings_of_the_caller_do_not_reach_the_servers(
    state: State, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGDATA", "/nowhere")
    monkeypatch.setenv("PGPORT", "1")

    assert not any("PG" in name for one in Servers(state).programs() for name in one.environment)
