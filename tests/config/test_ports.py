"""The port of a system: free, and its own before anybody listens there."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from config import ports
from config.state import CannotRun

ANOTHER = "from config import ports; print(ports.first_free({port}), flush=True); input()"


@pytest.fixture
def busy() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_busy_port_that_was_asked_for_is_refused_with_what_to_do(
    busy: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", str(busy))

    with pytest.raises(CannotRun, match=f"{busy}.*make demo PORT="):
        ports.choose_port()


def test_without_a_wish_a_busy_port_is_passed_over(
    busy: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.setattr(ports, "FIRST_PORT", busy)

    assert ports.choose_port() > busy


@pytest.mark.parametrize("nonsense", ["eighty", "-1", "70000"])
def test_a_port_that_is_none_is_refused(nonsense: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", nonsense)

    with pytest.raises(CannotRun):
        ports.choose_port()


def test_what_another_system_chose_is_passed_over_before_it_listens_there() -> None:
    free = ports.any_port()
    code = ANOTHER.format(port=free)
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        chosen = int(other.stdout.readline())
        assert ports.first_free(chosen) > chosen
        other.kill()
    assert ports.first_free(chosen) == chosen
