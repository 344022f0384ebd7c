"""`make contract`: schemathesis asks the API all that its document allows, and what it forbids.

    python -m tests.contract.run          SECONDS=60: for longer, per person; SEED=2: other cases

As nobody, as an ASN, as an editor and as an author of posts, against the demo city of the journey.
All checks but one: that data which fits the document is accepted. What a document cannot say (a
shop that is listed, a place that there is, a NIP of somebody) is refused with a 400 that names it.
The code is 0 only if nothing is found; there is no list of accepted failures.
"""

import json
import os
import sys
from dataclasses import replace
from urllib.request import Request, urlopen

from config.demo import say
from config.state import state_of
from config.system import System, choose_port, on_a_system, python
from demo.signins import SIGN_INS

SECONDS = os.environ.get("SECONDS", "25")
SEED = os.environ.get("SEED", "1")
UNLIMITED = {
    f"THROTTLE_{name}": "1000000/min"
    for name in ("ANONYMOUS", "USER", "SIGN_IN", "SIGN_IN_ADDRESS", "ACTIVATION", "REPORT")
}
PEOPLE = ("", "asn1", "editor", "penulis")


def main() -> int:
    """Ask as each of them; the code is 0 if nothing was found."""
    return on_a_system(state_of("journey"), choose_port, asked_by_all)


def asked_by_all(system: System) -> int:
    """What the worst of them found."""
    settings = system.start_servers() | UNLIMITED
    system.prepare(settings)
    system.supervisor.start(*system.programs(settings))
    return max(asked_as(who, system, settings) for who in PEOPLE)


def asked_as(who: str, system: System, settings: dict[str, str]) -> int:
    """What schemathesis answers: 0 if it found nothing."""
    say(f"--- as {who or 'nobody'}")
    document = f"{system.address}/api/v1/schema/"
    options = ["--exclude-checks", "positive_data_acceptance", "--no-color"]
    options += ["--max-time", SECONDS, "--seed", SEED, "--request-timeout", "20"]
    options += ["--workers", "2"]
    if who:
        options += ["--header", f"Authorization: Token {token_of(who, system)}"]
    asking = python(
        "schemathesis", "schemathesis.cli", "run", document, *options, settings=settings
    )
    return system.supervisor.run_shown(replace(asking, folder=system.state.folder))


def token_of(username: str, system: System) -> str:
    """A token of one of the demo's people."""
    password = next(each.password for each in SIGN_INS if each.username == username)
    said = {"username": username, "password": password, "name": "contract"}
    asked = Request(
        f"{system.address}/api/v1/auth/tokens",
        json.dumps(said).encode(),
        {"Content-Type": "application/json"},
    )
    with urlopen(asked, timeout=60) as answer:
        return str(json.load(answer)["token"])


if __name__ == "__main__":
    sys.exit(main())
