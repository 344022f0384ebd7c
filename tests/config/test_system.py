"""Given servers, and the stamp by which a second start is quick."""

import os

import pytest

from config import system
from config.stamp import Stamp
from config.state import CannotRun


def stamp(**changed: object) -> Stamp:
    facts = {"migrations": {"core/migrations/0001": "a"}, "surroundings": "s", "keys": "k"}
    return Stamp(**(facts | changed))  # type: ignore[arg-type]


def test_given_servers_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db/belanja")
    monkeypatch.setenv("REDIS_URL", "redis://cache/0")

    assert system.given_servers() == ("postgres://db/belanja", "redis://cache/0")


def test_a_given_server_that_does_not_answer_is_named() -> None:
    with pytest.raises(CannotRun, match="DATABASE_URL does not answer"):
        system.check_postgres("postgres://nobody@%2Fnowhere/belanja")


def test_a_given_server_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "OLDEST_POSTGRES", 99)

    with pytest.raises(CannotRun, match="99 or newer is needed"):
        system.check_postgres(os.environ["DATABASE_URL"].rpartition("/")[0] + "/postgres")


def test_one_given_server_without_the_other_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db/belanja")
    monkeypatch.delenv("REDIS_URL")

    with pytest.raises(CannotRun, match="both DATABASE_URL and REDIS_URL"):
        system.given_servers()


def test_a_new_migration_is_applied_to_the_database_that_stands() -> None:
    grown = stamp(migrations={"core/migrations/0001": "a", "core/migrations/0002": "b"})

    assert stamp().can_become(grown)


@pytest.mark.parametrize(
    "found",
    [
        stamp(migrations={"core/migrations/0001": "rewritten"}),
        stamp(migrations={"core/migrations/0001": "a", "core/migrations/0009": "gone"}),
        stamp(keys="lost"),
    ],
    ids=["a migration was rewritten", "a migration is gone", "the keys are others"],
)
def test_a_database_that_cannot_be_migrated_is_made_anew(found: Stamp) -> None:
    assert not found.can_become(stamp())
