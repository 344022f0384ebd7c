"""Starts programs in order, watches them, and stops all of them, however it is itself ended.

Each program has a session of its own, stdin from nowhere and its output in a file: no signal of
the terminal reaches it unasked, and no orphan can hold a pipe. On Linux the kernel ends a program
whose supervisor was killed; elsewhere, and for what such a program left, the next start cleans up.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

import psutil

from config.state import CannotRun

POLL_SECONDS = 0.05
LAST_LINES = 15
PR_SET_PDEATHSIG = 1
MARK = "SUPERVISED_IN"  # the environment variable by which a later start knows our orphans
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Account:
    """Who runs a program, where it must not be root."""

    uid: int
    gid: int


@dataclass(frozen=True)
class Program:
    """One program: its command, when it is ready, and how it is asked to stop."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    is_ready: Callable[[], bool] = lambda: True
    ready_within: float = 60.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 10.0
    account: Account | None = None
    folder: Path = Path("/")
    tells: bool = False  # its output is for the person at the terminal; its errors are logged


class Stopped(Exception):
    """A person or the system asked us to end."""


class ProgramFailed(CannotRun):
    """A program ended by itself or never got ready: its name and its last lines."""


@dataclass(frozen=True)
class Child:
    """A program that was started; a task is meant to end, anything else is not."""

    program: Program
    process: subprocess.Popen[bytes]
    is_task: bool = False


@dataclass
class Supervisor:
    """Runs programs for one state folder; use it as a context manager, which stops them all."""

    logs: Path
    stopping: threading.Event = field(default_factory=threading.Event)
    children: list[Child] = field(default_factory=list)

    def __enter__(self) -> "Supervisor":
        for number in STOP_SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._ask_to_stop)
        if "MAKELEVEL" in os.environ:
            die_with_parent(os.getppid(), signal.SIGTERM)
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop()

    def start(self, *programs: Program) -> None:
        """Start these side by side and return when all are ready."""
        for program in programs:
            self.children.append(Child(program, spawn(program, self.log(program))))
        for program in programs:
            self._wait_until_ready(program)

    def run(self, *programs: Program) -> None:
        """Run these tasks side by side to their end; raises `ProgramFailed` if one fails."""
        for program, code in zip(programs, self.finish(*programs), strict=True):
            if code:
                raise ProgramFailed(self._story(program, f"ended with code {code}"))

    def finish(self, *programs: Program) -> list[int]:
        """Run these tasks side by side to their end, and return their codes."""
        tasks = [Child(each, spawn(each, self.log(each)), is_task=True) for each in programs]
        self.children += tasks
        return [self._wait_for_end(task) for task in tasks]

    def run_shown(self, program: Program) -> int:
        """Run a task that writes where we write, and return its code."""
        task = Child(program, spawn(program, None), is_task=True)
        self.children.append(task)
        return self._wait_for_end(task)

    def watch(self) -> NoReturn:
        """Raise `Stopped` when asked to end, `ProgramFailed` when a program did by itself."""
        while True:
            self._look()
            self.stopping.wait(10 * POLL_SECONDS)

    def stop(self) -> None:
        """Stop everything, the last started first."""
        while self.children:
            stop(self.children[-1])
            self.children.pop()

    def log(self, program: Program) -> Path:
        """Where a program's output goes; it begins anew with each start."""
        return self.logs / f"{program.name}.log"

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping.set()

    def _wait_until_ready(self, program: Program) -> None:
        deadline = time.monotonic() + program.ready_within
        while not program.is_ready():
            self._look()
            if time.monotonic() > deadline:
                raise ProgramFailed(self._story(program, "did not get ready"))
            self.stopping.wait(POLL_SECONDS)

    def _wait_for_end(self, task: Child) -> int:
        while task.process.poll() is None:
            self._look()
            self.stopping.wait(POLL_SECONDS)
        self.children.remove(task)
        return task.process.returncode

    def _look(self) -> None:
        """Raise if we were asked to end, or if a program that should run does not."""
        if self.stopping.is_set():
            raise Stopped
        for child in self.children:
            if not child.is_task and child.process.poll() is not None:
                what = f"ended with code {child.process.returncode}"
                raise ProgramFailed(self._story(child.program, what))

    def _story(self, program: Program, what: str) -> str:
        lines = self.log(program).read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join([f"{program.name} {what}. Its last lines:", *lines])


def spawn(program: Program, log: Path | None) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own; without a log it writes where we write."""
    ours = os.getpid()
    account = program.account
    with open(log or os.devnull, "wb") as output:
        return subprocess.Popen(
            [str(part) for part in program.command],
            cwd=program.folder,
            env=dict(program.environment),
            stdin=subprocess.DEVNULL,
            stdout=output if log and not program.tells else None,
            stderr=output if log else None,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=lambda: _become(program, parent=ours),
        )


def _become(program: Program, *, parent: int) -> None:
    """Runs in the child, after the change of account (which would undo it)."""
    signal.signal(program.stop_signal, signal.SIG_DFL)  # a shell's `&` hands down an ignored INT
    die_with_parent(parent, program.stop_signal)


def die_with_parent(parent: int, number: signal.Signals) -> None:
    """Ask Linux to signal this process when its parent dies, even of SIGKILL."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def stop(child: Child) -> None:
    """Ask a program to end, wait, then kill what is left of its session (granian's workers)."""
    if child.process.poll() is None:
        child.process.send_signal(child.program.stop_signal)
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(child.program.stop_within)
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()


def stop_orphans(mark: str) -> None:
    """Stop what an earlier, killed supervisor of this state left running."""
    end_all(lambda: _marked(mark), first=signal.SIGTERM, within=10.0)


def end_all(
    find: Callable[[], list[psutil.Process]], *, first: signal.Signals, within: float
) -> None:
    """Signal these processes, wait until none is found any more, and kill what stays."""
    for number in (first, signal.SIGKILL):
        for process in find():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)
        deadline = time.monotonic() + within
        while find() and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)


def _marked(mark: str) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _mark_of(process) == mark]


def _mark_of(process: psutil.Process) -> str | None:
    try:
        mark: str | None = process.environ().get(MARK)
    except (psutil.Error, OSError):  # gone, a zombie, or another person's
        return None
    return mark
