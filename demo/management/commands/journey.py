"""Walk the main job over HTTP against a running demo, and say what was seen."""

from argparse import ArgumentParser
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.journey import DidNotHappen, walk_through


class Command(BaseCommand):
    help = "Walk the main job over HTTP against a running demo; the first missing step ends it."
    requires_system_checks: list[str] = []  # it speaks HTTP only: no database, no cache

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address", nargs="?", default=settings.BASE_URL)
        parser.add_argument("--base-url", help="The same, by name.")
        parser.add_argument(
            "--provider", action="store_true", help="demo.openid_provider signs people in there."
        )
        parser.add_argument("--platforms", default="", help="Where platforms run beside it.")

    def handle(self, *args: Any, **options: Any) -> None:
        address = options["base_url"] or options["address"]
        try:
            walk_through(
                address,
                tell=self._tell,
                provider=options["provider"],
                platforms=options["platforms"],
            )
        except DidNotHappen as seen:
            raise CommandError(f"This step did not happen: {seen}") from seen
        except (LookupError, httpx.HTTPError) as error:
            raise CommandError(f"This step did not happen: {error!r}") from error
        self.stdout.write(self.style.SUCCESS("Every step was seen to happen."))

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
