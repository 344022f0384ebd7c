"""Ports on this machine: free, and not about to be used by another system that is being prepared.

A system knows its port minutes before its web server listens there, and that server lets another of
the same person listen beside it: two that chose one port would share their visitors.
"""

import os
import socket
import sys

from config.state import CannotRun

FIRST_PORT = 8000
PORTS_TRIED = 50

CHOSEN: list[socket.socket] = []
"""One for each port that this process chose; they go with it, however it ends."""


def choose_port() -> int:
    """PORT if it is free; without one, the first free port from 8000."""
    asked = os.environ.get("PORT", "")
    if asked:
        if not asked.isdigit() or not _take(int(asked)):
            raise CannotRun(f"Port {asked} cannot be used. Choose another: make demo PORT=8010")
        return int(asked)
    return first_free(FIRST_PORT)


def first_free(first: int) -> int:
    """The first port from here on that is free; it is this process's from now on."""
    ports = range(first, first + PORTS_TRIED)
    free = next((port for port in ports if _take(port)), None)
    if free is None:
        raise CannotRun(f"No port from {ports[0]} to {ports[-1]} is free: make demo PORT=9000")
    return free


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


def any_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return int(candidate.getsockname()[1])


def _take(port: int) -> bool:
    """Take a free port; False if somebody listens there or another process took it."""
    if not is_free(port):
        return False
    if sys.platform != "linux":  # other systems know no name without a file
        return True
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0belanja-umkm-port-{port}")
    except OSError:
        name.close()
        return False
    CHOSEN.append(name)
    return True
