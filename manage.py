#!/usr/bin/env python
"""Django's door for people: runs its commands with this project's settings.

Where the environment names no database, it is that of the demo that runs in this checkout.
"""

import os
import sys

from django.core.management import execute_from_command_line

from config.state import state_of


def main(arguments: list[str]) -> None:
    """Run a command; `journey` may first have to start the system that it walks through."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if "DATABASE_URL" not in os.environ:
        if arguments[1:2] == ["journey"]:
            from config import journey

            sys.exit(journey.main(arguments[2:]))
        os.environ.update(state_of("demo").noted().get("environment", {}))
    execute_from_command_line(arguments)


if __name__ == "__main__":
    main(sys.argv)
