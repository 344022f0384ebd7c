"""`make demo`: the whole system from one command, until Ctrl-C.

    python -m config.demo            PORT=8010 chooses another port

Ended in any way, it takes along all that it started; killed, the next start cleans up after it.
"""

import os
import sys
from contextlib import suppress
from typing import NoReturn

from config.ports import FIRST_PORT, choose_port
from config.state import CannotRun, state_of
from config.supervisor import Stopped, Supervisor
from config.system import System
from demo.signins import SIGN_INS

PLACES = {
    "Website": "/",
    "Editors and social desk": "/admin/",
    "API reference": "/api/v1/docs/",
    "Outgoing mail": "/kotak-surat/",
}


def main() -> int:
    """Run the demo; the code is 0 when a person ended it."""
    state = state_of("demo")
    try:
        with state.locked(), Supervisor(state.logs) as supervisor:
            serve(System(state, supervisor, choose_port()))
    except Stopped:
        say("Stopped.")
        return 0
    except CannotRun as reason:
        say(str(reason))
        return 1


def serve(system: System) -> NoReturn:
    """Bring the system up, say where it is, and stay until it ends."""
    if system.port != FIRST_PORT and "PORT" not in os.environ:
        say(f"Port {FIRST_PORT} is taken; using {system.port}.")
    say("Starting ...")
    system.bring_up()
    say(welcome(system.address))
    try:
        system.supervisor.watch()
    finally:
        say("Stopping ...")


def welcome(address: str) -> str:
    """The addresses and the demo's sign-ins, as the terminal shows them."""
    places = [f"  {name:<24} {address}{path}" for name, path in PLACES.items()]
    people = [f"  {one.username:<24} {one.password:<24} {one.may}" for one in SIGN_INS]
    heading = f"  {'Sign in as':<24} {'password':<24} who"
    lines = ["", "ASN Belanja UMKM is ready (sample data).", "", *places, "", heading, *people, ""]
    return "\n".join([*lines, "Ctrl-C stops everything."])


def say(line: str) -> None:
    """Tell the person at the terminal, who may be gone."""
    with suppress(OSError):
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
