"""Brings a demo's database up to date in one process: each manage.py call costs 3 s of imports.

python -m config.prepare [--load-demo]
"""

import io
import sys

import django
from django.core.management import call_command


def main(arguments: list[str]) -> None:
    """Migrate, write the roles, lay pages that are new and, in a new database, load the city."""
    sys.stdout.write("Migrating the database ...\n")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("write_roles", stdout=io.StringIO())
    call_command("lay_site", stdout=io.StringIO())
    if "--load-demo" in arguments:
        sys.stdout.write("Loading the demo city ...\n")
        call_command("load_demo")


if __name__ == "__main__":
    main(sys.argv[1:])
