"""`make test` and `make lint`: the checks of form, then the suite, on servers of their own.

python -m config.testing lint
python -m config.testing test [pytest's arguments]     with arguments, only those tests
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace

from config.state import BASE_DIR, CannotRun, State, environment, state_of
from config.supervisor import Program, Stopped, Supervisor, stop_orphans
from config.system import check_postgres, given_servers, python

MOST_PROCESSES = 4
PRODUCTION = {
    "DEMO": "0",
    "BASE_URL": "https://belanja.example.go.id",
    "ALLOWED_HOSTS": "belanja.example.go.id",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
}
IMPORT_LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def main(arguments: list[str]) -> int:
    """Run what was asked for; the code is 0 if all of it holds."""
    command, *chosen = arguments or ["test"]
    state = state_of("test")
    try:
        with state.locked(), Supervisor(state.logs) as supervisor:
            stop_orphans(str(state.folder))
            settings = start_servers(state, supervisor)
            checks = [] if chosen else checks_of_form(settings)
            if checks and command == "test":
                checks.append(template(settings))
            code = run_checks(supervisor, *checks)
            if command == "test":
                code = supervisor.run_shown(suite(settings, chosen)) or code
            return code
    except Stopped:
        return 130
    except CannotRun as reason:
        sys.stdout.write(f"{reason}\n")
        return 1


def start_servers(state: State, supervisor: Supervisor) -> dict[str, str]:
    """The settings of the tests, their servers being up: given ones, or our own."""
    given = given_servers()
    if given is None:
        from config.embedded import Servers  # the extra is never imported where servers are given

        servers = Servers(state)
        supervisor.start(*servers.programs())
        servers.make_database()
        given = servers.database_url(), servers.redis_url()
    database_url, redis_url = given
    check_postgres(database_url)
    return environment(
        state, address="http://localhost:8000", database_url=database_url, redis_url=redis_url
    )


def suite(settings: Mapping[str, str], chosen: list[str]) -> Program:
    """The tests, a database, a Valkey number and a Celery worker for each process."""
    processes = min(MOST_PROCESSES, 1 + (os.cpu_count() or 1))  # one more: they wait a lot
    options = ["-n", str(processes), "--dist", "worksteal"]
    return python("pytest", "pytest", *options, *chosen, settings=settings)


def template(settings: Mapping[str, str]) -> Program:
    """The migrated database that the tests are copied from: made while other checks run."""
    return python("migrate", "tests.databases", settings=settings)


def run_checks(supervisor: Supervisor, *checks: Program) -> int:
    """Run all of them side by side; what fails is shown whole."""
    codes = supervisor.finish(*checks)
    for check, code in zip(checks, codes, strict=True):
        sys.stdout.write(f"{'ok    ' if code == 0 else 'FAILED'} {check.name}\n")
    for check, code in zip(checks, codes, strict=True):
        if code:
            output = supervisor.log(check).read_text(errors="replace")
            sys.stdout.write(f"\n--- {check.name}\n{output}\n")
    sys.stdout.flush()
    return int(any(codes))


def checks_of_form(settings: Mapping[str, str]) -> list[Program]:
    """What tools can hold, so that reviews may talk about meaning."""
    production = {**settings, **PRODUCTION}
    deploy = ["django", "check", "--deploy", "--fail-level", "WARNING"]
    migrations = ["django", "makemigrations", "--check", "--dry-run"]
    templates = ["templates", *(str(path) for path in BASE_DIR.glob("*/templates"))]
    imports = python("import-linter", settings=settings)
    return [
        python("mypy", "mypy", settings=settings),
        python("ruff check", "ruff", "check", settings=settings),
        python("ruff format", "ruff", "format", "--check", settings=settings),
        python("djlint", "djlint", "--lint", "--quiet", *templates, settings=settings),
        replace(imports, command=[sys.executable, "-c", IMPORT_LINTER]),
        python("makemigrations --check", *migrations, settings=settings),
        python("check --deploy", *deploy, settings=production),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
