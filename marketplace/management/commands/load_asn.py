"""Import civil servants (ASN) from the personnel office's CSV or XLSX file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from marketplace.personnel_file.loading import load_people
from marketplace.tables import TableRefused


class Command(BaseCommand):
    help = _("Import civil servants (ASN) from the personnel office's CSV or XLSX file.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="Only count; change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_people(options["file"], dry_run=options["dry_run"])
        except TableRefused as refused:
            said = [*refused.bad, _("Nothing was loaded.")]
            raise CommandError("\n".join(str(line) for line in said)) from refused
        self.stdout.write(str(loaded))
