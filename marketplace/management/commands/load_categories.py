"""Load the kinds of shops from a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from marketplace.categories import load_categories
from marketplace.tables import TableRefused


class Command(BaseCommand):
    help = _("Load the kinds of shops from a CSV file.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_categories(options["file"])
        except TableRefused as refused:
            said = [*refused.bad, _("Nothing was loaded.")]
            raise CommandError("\n".join(str(line) for line in said)) from refused
        self.stdout.write(str(loaded))
