"""Brings a demo's database up to date in one process: each manage.py call costs 3 s of imports.

python -m config.prepare [--load-demo]
"""

import sys

import django
from django.core.management import call_command


def main(arguments: list[str]) -> None:
    """Migrate, write the roles and, for a new database, load the demo city."""
    django.setup()
    call_command("migrate", interactive=False)
    call_command("write_roles")
    if "--load-demo" in arguments:
        call_command("load_demo")


if __name__ == "__main__":
    main(sys.argv[1:])
