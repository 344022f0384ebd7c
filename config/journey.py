"""`make journey`: walks the main job over HTTP against a running system, starting one if none runs.

    python -m config.journey [address]

With an address it goes there; without one to the demo that runs in this checkout; where none
runs, it starts a system in a state of its own and stops it afterwards.
"""

import sys
from collections.abc import Mapping
from dataclasses import replace

from config.demo import say
from config.ports import any_port, choose_port, is_free
from config.state import CannotRun, State, environment, state_of
from config.supervisor import Program, Stopped, Supervisor
from config.system import System, python
from demo.openid_provider import CLIENT, SECRET

NOWHERE = "postgres://nowhere/none", "redis://nowhere/0"  # it speaks HTTP, never to a database

PLATFORMS = "platforms"


def main(arguments: list[str]) -> int:
    """The journey's own code: 0 only if every step was seen to happen."""
    state = state_of("journey")
    address = arguments[0] if arguments else state_of("demo").noted().get("address")
    try:
        with state.locked(), Supervisor(state.logs) as supervisor:
            walked = there(state, str(address)) if address else started(state, supervisor)
            return supervisor.run_shown(walked)
    except Stopped:
        return 130
    except CannotRun as reason:
        say(str(reason))
        return 1


def there(state: State, address: str) -> Program:
    """The walk through a system that runs."""
    settings = environment(state, address=address, database_url=NOWHERE[0], redis_url=NOWHERE[1])
    return journey(settings, address)


def started(state: State, supervisor: Supervisor) -> Program:
    """The walk through a system of its own, with what it speaks to beside it.

    That is a provider that signs people in, and three platforms that it posts to by https; their
    certificate is the only one that this system believes, their address the only one it trusts.
    """
    say("No demo runs here: starting a system for the journey ...")
    port, beside = any_port(), any_port()
    client = {"OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET}
    more = {"OIDC_ISSUER": f"http://127.0.0.1:{port}", **client, **spoken_to(state, beside)}
    system = System(state, supervisor, choose_port(), more)
    system.bring_up()
    settings = state.noted()["environment"]
    supervisor.start(provider(settings, port), platforms(settings, state, beside))
    at = f"https://localhost:{beside}"
    return journey(settings, system.address, "--provider", "--platforms", at)


def spoken_to(state: State, port: int) -> dict[str, str]:
    """The settings by which a system posts to the platforms beside it."""
    address = f"https://localhost:{port}"
    return {
        "SSL_CERT_FILE": str(state.folder / PLATFORMS / "Beside.pem"),
        "OUTBOUND_TRUSTED_HOSTS": f"localhost:{port}",
        "TELEGRAM_URL": address,
        "BLUESKY_URL": address,
    }


def platforms(settings: Mapping[str, str], state: State, port: int) -> Program:
    """Telegram, Mastodon and Bluesky, as far as a walk needs them."""
    told = [str(state.folder / PLATFORMS), str(port)]
    served = python("platforms", "tests.social.doubles.beside", *told, settings=settings)
    return replace(served, is_ready=lambda: not is_free(port))


def provider(settings: Mapping[str, str], port: int) -> Program:
    """The city's single sign-on, as far as a walk needs one."""
    answers = python("provider", "demo.openid_provider", str(port), settings=settings)
    return replace(answers, is_ready=lambda: not is_free(port))


def journey(settings: Mapping[str, str], address: str, *options: str) -> Program:
    """The management command that walks it."""
    quiet = {**settings, "LOG_LEVEL": "WARNING"}  # what it says is what it saw
    return python("journey", "django", "journey", address, *options, settings=quiet)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
