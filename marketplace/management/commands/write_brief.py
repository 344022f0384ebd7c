"""Write the one page for the mayor's meeting to a file, for whoever mails it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace import brief
from marketplace.brief_admin import pdf_of
from marketplace.errors import FigureUnknown


class Command(BaseCommand):
    help = "Write the page (PDF) of a released month, by default the last, to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--month", default="", help="YYYY-MM")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = brief.brief_of(brief.asked_month(options["month"]))
        except FigureUnknown as error:
            raise CommandError("This month is not released, or none is.") from error
        options["file"].write_bytes(pdf_of(found))
        self.stdout.write(f"{options['file']}: {found.figure.month:%Y-%m}")
