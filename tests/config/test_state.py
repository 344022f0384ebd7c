"""One run per state folder, private keys, and Celery's own spelling of an address."""

import stat
from pathlib import Path

import pytest

from config.state import CannotRun, State, broker_url


def test_a_second_run_is_told_who_holds_the_folder_and_how_to_end_it(tmp_path: Path) -> None:
    state = State(tmp_path)
    with state.locked():
        state.note(address="http://localhost:8000")

        with pytest.raises(CannotRun, match=r"http://localhost:8000.*\n.*kill \d+"), state.locked():
            pytest.fail("Two runs hold one folder.")


def test_the_folder_is_free_after_the_run_and_its_notes_are_gone(tmp_path: Path) -> None:
    state = State(tmp_path)
    with state.locked():
        state.note(address="http://localhost:8000")

    with state.locked():
        assert state.noted() == {}


def test_the_note_of_a_killed_run_is_not_believed(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.note(address="http://localhost:8000")

    assert state.noted() == {}
    with state.locked():
        state.note(address="http://localhost:8001")
        assert state.noted() == {"address": "http://localhost:8001"}


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    state = State(tmp_path)

    first = state.secrets()

    assert state.secrets() == first
    assert State(tmp_path / "other").secrets() != first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("redis_url", "celery"),
    [
        ("unix:///tmp/v.sock?db=3", "redis+socket:///tmp/v.sock?virtual_host=3"),
        ("unix:///tmp/v.sock", "redis+socket:///tmp/v.sock?virtual_host=0"),
        ("redis://localhost:6379/2", "redis://localhost:6379/2"),
    ],
)
def test_celery_spells_the_same_address_differently(redis_url: str, celery: str) -> None:
    assert broker_url(redis_url) == celery
