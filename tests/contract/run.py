"""`make contract`: schemathesis asks the API all that its document allows, and what it forbids.

    python -m tests.contract.run     SECONDS=60: for longer, per person; SEED=2: other cases;
                                     CASES=10000: on and on, with other cases, until it is so many;
                                     WHO=asn1: as this one alone

As nobody, as an ASN, as an editor and as an author of posts, against the demo city of the journey,
with every check that schemathesis has. What a document cannot say of data that should be accepted
comes from tests/contract/fitting.py. The code is 0 only if nothing is found; there is no list of
accepted failures.
"""

import os
import sys
from dataclasses import replace
from itertools import count

from config.demo import say
from config.ports import choose_port
from config.state import BASE_DIR, state_of
from config.system import System, on_a_system, python
from tests.contract import city

SECONDS = int(os.environ.get("SECONDS", "40"))
SEED = int(os.environ.get("SEED", "1"))
CASES = int(os.environ.get("CASES", "0"))
SHARE_OF_LINKS = 4
"""One second in so many goes to steps that follow from one another."""
UNLIMITED = {
    f"THROTTLE_{name}": "1000000/min"
    for name in ("ANONYMOUS", "USER", "SIGN_IN", "SIGN_IN_ADDRESS", "ACTIVATION", "REPORT")
}
PEOPLE = tuple(os.environ.get("WHO", ",asn1,editor,penulis").split(","))
SINGLE, LINKED = "examples,coverage,fuzzing", "stateful"
COUNTED = "contract-cases"


def main() -> int:
    """Ask as each of them; the code is 0 if nothing was found."""
    return on_a_system(state_of("journey"), choose_port, asked_by_all)


def asked_by_all(system: System) -> int:
    """What the worst of them found, in as many rounds as were asked for."""
    settings = system.start_servers() | UNLIMITED
    system.prepare(settings)
    system.supervisor.start(*system.programs(settings))
    counted = system.state.folder / COUNTED
    counted.unlink(missing_ok=True)
    for round_ in count():
        worst = max(asked_as(who, system, settings, seed=SEED + round_) for who in PEOPLE)
        cases = sum(map(int, counted.read_text().split()))
        say(f"--- {cases} cases so far")
        if worst or cases >= CASES:
            return worst


def asked_as(who: str, system: System, settings: dict[str, str], *, seed: int) -> int:
    """What schemathesis answers, to single requests and to steps: 0 if it found nothing."""
    say(f"--- as {who or 'nobody'}, seed {seed}")
    told = {
        **settings,
        "SCHEMATHESIS_HOOKS": "tests.contract.fitting",
        "PYTHONPATH": str(BASE_DIR),
        city.ADDRESS: system.address,
        city.WHO: who,
        city.COUNTED: str(system.state.folder / COUNTED),
    }
    linked = max(1, SECONDS // SHARE_OF_LINKS)
    return max(
        run(system, told, phases=SINGLE, seed=seed, seconds=SECONDS - linked),
        run(system, told, phases=LINKED, seed=seed, seconds=linked),
    )


def run(system: System, told: dict[str, str], *, phases: str, seed: int, seconds: int) -> int:
    """One run of it; alone, since Python 3.11 fails at times where two threads parse Python."""
    document = f"{system.address}/api/v1/schema/"
    options = ["--phases", phases, "--max-time", str(seconds), "--seed", str(seed)]
    options += ["--request-timeout", "20", "--workers", "1", "--no-color"]
    asking = python("schemathesis", "schemathesis.cli", "run", document, *options, settings=told)
    return system.supervisor.run_shown(replace(asking, folder=system.state.folder))


if __name__ == "__main__":
    sys.exit(main())
