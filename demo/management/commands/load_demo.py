"""Load the demo city into an empty database."""

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.city import Size, load_city


class Command(BaseCommand):
    help = "Load the demo city: invented shops, people and purchases. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in ("people", "short_shops", "pending_shops", "purchases"):
            flag = f"--{name.replace('_', '-')}"
            parser.add_argument(flag, type=int, default=getattr(Size, name), dest=name)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "Only a demo is filled with invented people: set DEMO=1 if this is one."
            )
        names = Size.__dataclass_fields__
        began = monotonic()
        for step in load_city(Size(**{name: options[name] for name in names})):
            self.stdout.write(f"{monotonic() - began:5.1f} s  {step} ...")
            self.stdout.flush()
        self.stdout.write(f"{monotonic() - began:5.1f} s  The demo city is loaded.")
