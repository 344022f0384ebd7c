"""Load the regions of one city from a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from marketplace.regions import load_regions
from marketplace.tables import TableRefused


class Command(BaseCommand):
    help = _("Load the regions of one city from a CSV file.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--city", default=settings.CITY_CODE, help=_("Its Kemendagri code."))

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_regions(options["file"], city=options["city"])
        except TableRefused as refused:
            said = [*refused.bad, _("Nothing was loaded.")]
            raise CommandError("\n".join(str(line) for line in said)) from refused
        self.stdout.write(str(loaded))
