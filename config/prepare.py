"""Brings a demo's database up to date in one process: each manage.py call costs 3 s of imports.

python -m config.prepare [--load-demo]
"""

import gc
import io
import sys

import django
from django.core.management import call_command

SELDOM = 50_000, 20, 20
"""So many new objects bring the collector, and so many of its rounds an older generation in."""


def main(arguments: list[str]) -> None:
    """Migrate, write the roles, lay pages that are new and, in a new database, load the city."""
    sys.stdout.write("Migrating the database ...\n")
    django.setup()
    migrate()
    call_command("write_roles", stdout=io.StringIO())
    call_command("lay_site", stdout=io.StringIO())
    if "--load-demo" in arguments:
        sys.stdout.write("Loading the demo city ...\n")
        call_command("load_demo")


def migrate() -> None:
    """Bring the database to the last migration.

    Each migration makes hundreds of model classes anew, and by its usual thresholds the collector
    would look through all that live again and again.
    """
    gc.set_threshold(*SELDOM)
    call_command("migrate", interactive=False, verbosity=0)


if __name__ == "__main__":
    main(sys.argv[1:])
