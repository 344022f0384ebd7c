"""`make journey`: walks the main job over HTTP against a running system, starting one if none runs.

    python -m config.journey [address]

With an address it goes there; without one to the demo that runs in this checkout; where none
runs, it starts a system in a state of its own and stops it afterwards.
"""

import sys
from collections.abc import Mapping

from config.demo import say
from config.state import CannotRun, environment, state_of
from config.supervisor import Program, Stopped, Supervisor
from config.system import System, choose_port, python

NOWHERE = "postgres://nowhere/none", "redis://nowhere/0"  # it speaks HTTP, never to a database


def main(arguments: list[str]) -> int:
    """The journey's own code: 0 only if every step was seen to happen."""
    state = state_of("journey")
    address = arguments[0] if arguments else state_of("demo").noted().get("address")
    try:
        with state.locked(), Supervisor(state.logs) as supervisor:
            if not address:
                system = System(state, supervisor, choose_port())
                say("No demo runs here: starting a system for the journey ...")
                system.bring_up()
                address = system.address
            settings = environment(
                state, address=str(address), database_url=NOWHERE[0], redis_url=NOWHERE[1]
            )
            return supervisor.run_shown(journey(settings, str(address)))
    except Stopped:
        return 130
    except CannotRun as reason:
        say(str(reason))
        return 1


def journey(settings: Mapping[str, str], address: str) -> Program:
    """The management command that walks it."""
    quiet = {**settings, "LOG_LEVEL": "WARNING"}  # what it says is what it saw
    return python("journey", "django", "journey", address, settings=quiet)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
