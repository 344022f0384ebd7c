"""What `make demo` says, and what it leaves out when nothing changed since the last start."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import stamp
from config.demo import welcome
from config.state import State, environment
from config.supervisor import Program, Supervisor
from config.system import System
from demo.signins import SIGN_INS
from tests.conftest import worker_environment


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """An installation that runs nothing: its tasks are only counted."""
    state = State(tmp_path)
    supervisor = Supervisor(state.logs)
    yield System(state, supervisor, 8000)
    supervisor.stop()


@pytest.fixture
def asked(system: System, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the tasks that were asked for."""
    names: list[str] = []

    def run(*programs: Program) -> None:
        names.extend(program.name for program in programs)
        (system.state.folder / "static").mkdir(exist_ok=True)

    monkeypatch.setattr(system.supervisor, "run", run)
    return names


@pytest.fixture
def settings_of_system(system: System, django_db_setup: None) -> Iterator[dict[str, str]]:
    """Its settings, on the database of this test process."""
    servers = worker_environment()
    yield environment(
        system.state,
        address=system.address,
        database_url=servers["DATABASE_URL"],
        redis_url=servers["REDIS_URL"],
    )
    with psycopg.connect(servers["DATABASE_URL"]) as database:
        database.execute(f'COMMENT ON DATABASE "{database.info.dbname}" IS NULL')


def test_the_welcome_names_the_places_and_every_sign_in() -> None:
    text = welcome("http://localhost:8000")

    assert "http://localhost:8000/admin/" in text
    assert all(person.username in text and person.password in text for person in SIGN_INS)


def test_the_first_start_prepares_and_a_second_has_nothing_to_do(
    system: System, asked: list[str], settings_of_system: dict[str, str]
) -> None:
    system.prepare(settings_of_system)
    assert asked == ["prepare", "collectstatic"]

    asked.clear()
    system.prepare(settings_of_system)
    assert asked == []


def test_the_demo_city_is_loaded_into_a_new_database_only(
    system: System,
    settings_of_system: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commands: list[str] = []

    def run(*programs: Program) -> None:
        commands.extend(" ".join(map(str, program.command)) for program in programs)
        (system.state.folder / "static").mkdir(exist_ok=True)

    monkeypatch.setattr(system.supervisor, "run", run)
    system.prepare(settings_of_system)
    assert any("config.prepare --load-demo" in command for command in commands)

    commands.clear()
    earlier = stamp.wanted(settings_of_system)
    stamp.write(
        settings_of_system["DATABASE_URL"],
        stamp.Stamp(**{**vars(earlier), "surroundings": "other packages"}),
    )
    system.prepare(settings_of_system)
    assert [command.rpartition(" ")[2] for command in commands] == ["config.prepare"]


def test_another_programs_comment_is_no_stamp(settings_of_system: dict[str, str]) -> None:
    address = settings_of_system["DATABASE_URL"]
    with psycopg.connect(address) as database:
        database.execute(f"COMMENT ON DATABASE \"{database.info.dbname}\" IS 'mine'")

    assert stamp.read(address) is None
