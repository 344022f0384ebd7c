"""The folder in which one self-contained installation keeps all it makes, and its environment.

`make demo`, `make test` and `make journey` each have one under var/, so that they may run side by
side. Nothing here imports Django: the environment must stand before the settings are read.
"""

import base64
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parent.parent
SOCKETS_UNDER = Path("/tmp")  # short: a socket's path ends at about 107 bytes
DATA_OUTSIDE = Path("/var/tmp")  # survives a restart of the machine, unlike /tmp
KEY_BYTES = 32


class CannotRun(Exception):
    """Why the system cannot run here, in words that say what to do."""


@dataclass(frozen=True)
class State:
    """One installation's folder: its logs, secrets, uploads and, where it can be, its data."""

    folder: Path

    @property
    def sign(self) -> str:
        """A short name for this folder and this person, for paths outside that must be short."""
        return hashlib.sha256(f"{self.folder}:{os.getuid()}".encode()).hexdigest()[:10]

    @property
    def sockets(self) -> Path:
        """Where its servers' sockets are."""
        return SOCKETS_UNDER / f"belanja-{self.sign}"

    @property
    def outside(self) -> Path:
        """Where its data is, if PostgreSQL's account cannot enter the folder."""
        return DATA_OUTSIDE / f"belanja-{self.sign}"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def notes(self) -> Path:
        """What the running system says of itself: its address, process and environment."""
        return self.folder / "running.json"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold this folder against a second run; the lock goes with the process, however it ends.

        Raises `CannotRun`, naming the other process, if it is held.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise CannotRun(_already_running(self, lock.read())) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            try:
                yield
            finally:
                self.notes.unlink(missing_ok=True)

    def note(self, **facts: object) -> None:
        """Write down what is running, for `make journey` and manage.py; it holds keys: 0600."""
        _write_private(self.notes, json.dumps(facts))

    def noted(self) -> dict[str, Any]:
        """What the running system wrote down; empty if none runs (a killed one leaves its note)."""
        if not self.is_running() or not self.notes.exists():
            return {}
        facts: dict[str, Any] = json.loads(self.notes.read_text())
        return facts

    def is_running(self) -> bool:
        """Whether a process holds this folder."""
        try:
            with (self.folder / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def secrets(self) -> dict[str, str]:
        """Keys made once for this folder. No installation shares them, and none is in the code."""
        path = self.folder / "secrets.json"
        if not path.exists():
            _write_private(path, json.dumps(_new_secrets(), indent=1))
        kept: dict[str, str] = json.loads(path.read_text())
        return kept


def state_of(purpose: str) -> State:
    """The state of `make demo`, `make test` or `make journey` in this checkout."""
    return State(BASE_DIR / "var" / purpose)


def environment(state: State, *, address: str, database_url: str, redis_url: str) -> dict[str, str]:
    """The settings of a demo: everything that production reads from its own environment."""
    return {
        **state.secrets(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "DEBUG": "0",
        "BASE_URL": address,
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "CELERY_BROKER_URL": broker_url(redis_url),
        "STATE_DIR": str(state.folder),
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "PYTHONUNBUFFERED": "1",
    }


def broker_url(redis_url: str) -> str:
    """Celery's spelling of a Redis address: on a socket, `?db=` would be ignored without a word."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    number = query.removeprefix("db=") or "0"
    return f"redis+socket://{path}?virtual_host={number}"


def _new_secrets() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(2 * KEY_BYTES),
        "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
        "LOOKUP_KEYS": secrets.token_urlsafe(KEY_BYTES),
    }


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    with open(partial, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
    partial.replace(path)


def _already_running(state: State, pid: str) -> str:
    address = state.noted().get("address")
    where = f" at {address}" if address else ""
    return (
        f"This already runs in this folder{where} (process {pid or 'unknown'}).\n"
        f"Stop it with Ctrl-C in its terminal, or with: kill {pid or 'its process'}"
    )
