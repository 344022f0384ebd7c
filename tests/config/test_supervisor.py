"""Whatever ends the supervisor, nothing it started stays; whatever ends a program, it says so."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config.supervisor import (
    MARK,
    Program,
    ProgramFailed,
    Stopped,
    Supervisor,
    spawn,
    stop_orphans,
)

SLEEPS = "import time; time.sleep(60)"
LONGEST_WAIT = 50
"""Seconds that a busy machine may take, and still less than anything sleeps."""
LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
# A supervisor in a process of its own: it starts one sleeper and writes down its number.
SUPERVISES = """
import pathlib, sys
from config.supervisor import Program, Stopped, Supervisor
folder = pathlib.Path(sys.argv[1])
sleeper = Program("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], {})
try:
    with Supervisor(folder) as supervisor:
        supervisor.start(sleeper)
        (folder / "partial").write_text(str(supervisor.children[0].process.pid))
        (folder / "partial").rename(folder / "pid")
        supervisor.watch()
except Stopped:
    sys.exit(0)
"""


def program(name: str, code: str, **more: object) -> Program:
    return Program(name, [sys.executable, "-c", code], dict(os.environ), **more)  # type: ignore[arg-type]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """One that is driven from here: its handlers of signals are not installed."""
    made = Supervisor(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], psutil.Process]]:
    """A supervisor in a process of its own, and the program it watches."""
    environment = {key: value for key, value in os.environ.items() if key != "MAKELEVEL"}
    process = subprocess.Popen([sys.executable, "-c", SUPERVISES, tmp_path], env=environment)
    wait_for((tmp_path / "pid").exists)
    yield process, psutil.Process(int((tmp_path / "pid").read_text()))
    process.kill()
    process.wait()


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    while not holds():
        assert time.monotonic() < deadline, "It did not come about in time."
        time.sleep(0.02)


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_programs_stop_in_the_reverse_of_the_order_they_started_in(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    notes = tmp_path / "order"
    says = (
        "import pathlib, signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(notes)!r}, 'a').write(sys.argv[1])\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "pathlib.Path(sys.argv[2]).touch()\n"
        "time.sleep(60)"
    )
    for name in "abc":
        ready = tmp_path / f"ready-{name}"
        command = [sys.executable, "-c", says, name, ready]
        supervisor.start(Program(name, command, dict(os.environ), is_ready=ready.exists))

    supervisor.stop()

    assert notes.read_text() == "cba"


def test_a_program_that_dies_is_named_with_its_last_lines(supervisor: Supervisor) -> None:
    supervisor.start(program("lives", SLEEPS))
    supervisor.start(program("web", "print('no port left'); raise SystemExit(3)"))

    with pytest.raises(ProgramFailed, match="web ended with code 3") as failure:
        supervisor.watch()

    assert "no port left" in str(failure.value)


def test_a_program_that_never_gets_ready_is_named(supervisor: Supervisor) -> None:
    slow = program("slow", SLEEPS, is_ready=lambda: False, ready_within=0.2)

    with pytest.raises(ProgramFailed, match="slow did not get ready"):
        supervisor.start(slow)


def test_a_task_that_fails_is_named_and_its_code_is_told(supervisor: Supervisor) -> None:
    with pytest.raises(ProgramFailed, match="migrate ended with code 1"):
        supervisor.run(program("migrate", "raise SystemExit(1)"))

    assert supervisor.finish(program("a", "pass"), program("b", "raise SystemExit(2)")) == [0, 2]


def test_what_a_task_tells_is_shown_and_its_errors_are_logged(
    supervisor: Supervisor, capfd: pytest.CaptureFixture[str]
) -> None:
    says = "import sys; print('loading'); sys.stderr.write('but why')"
    task = program("prepare", says, tells=True)

    supervisor.run(task)

    assert capfd.readouterr().out == "loading\n"
    assert supervisor.log(task).read_text() == "but why"


def test_a_task_that_ends_well_is_no_death(supervisor: Supervisor) -> None:
    supervisor.start(program("server", SLEEPS))

    supervisor.run(program("quick", "pass"), program("slower", "import time; time.sleep(0.3)"))

    assert [child.program.name for child in supervisor.children] == ["server"]


def test_a_program_that_will_not_end_is_killed_with_its_children(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    stubborn = (
        "import pathlib, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(tmp_path / 'partial')!r}).write_text(str(child.pid))\n"
        f"pathlib.Path({str(tmp_path / 'partial')!r}).rename({str(tmp_path / 'pid')!r})\n"
        "time.sleep(60)"
    )
    ready = (tmp_path / "pid").exists
    supervisor.start(program("stubborn", stubborn, is_ready=ready, stop_within=0.2))
    grandchild = psutil.Process(int((tmp_path / "pid").read_text()))

    supervisor.stop()

    wait_for(lambda: is_gone(grandchild))


def test_asked_to_end_while_it_waits_it_ends_at_once(supervisor: Supervisor) -> None:
    supervisor.stopping.set()

    with pytest.raises(Stopped):
        supervisor.start(program("slow", SLEEPS, is_ready=lambda: False))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_a_request_and_a_closed_terminal_stop_everything(
    running: tuple[subprocess.Popen[bytes], psutil.Process], number: signal.Signals
) -> None:
    supervisor, sleeper = running

    supervisor.send_signal(number)

    assert supervisor.wait(LONGEST_WAIT) == 0
    assert is_gone(sleeper)


def test_a_program_hears_the_signal_that_its_starter_was_told_to_ignore(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        sleeper = program("sleeper", SLEEPS, stop_signal=signal.SIGINT)
        supervisor.start(sleeper)
    finally:
        signal.signal(signal.SIGINT, before)

    process = supervisor.children[0].process
    process.send_signal(signal.SIGINT)

    assert process.wait(LONGEST_WAIT) != 0


@LINUX_ONLY
def test_a_supervisor_that_is_killed_takes_its_programs_along(
    running: tuple[subprocess.Popen[bytes], psutil.Process],
) -> None:
    supervisor, sleeper = running

    supervisor.kill()

    wait_for(lambda: is_gone(sleeper))


def test_the_next_start_stops_what_a_killed_one_left(tmp_path: Path) -> None:
    orphan = spawn(
        Program("orphan", [sys.executable, "-c", SLEEPS], {MARK: str(tmp_path)}), tmp_path / "log"
    )
    stranger = spawn(
        Program("stranger", [sys.executable, "-c", SLEEPS], {MARK: "/elsewhere"}), tmp_path / "log"
    )
    try:
        stop_orphans(str(tmp_path))

        assert orphan.wait(LONGEST_WAIT) == -signal.SIGTERM
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
