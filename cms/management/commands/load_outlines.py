"""Load the outlines of kelurahan for the map from a GeoJSON file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cms.outlines import OutlinesRefused, load_outlines


class Command(BaseCommand):
    help = _("Load the outlines of kelurahan for the map from a GeoJSON file.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_outlines(options["file"])
        except (OutlinesRefused, OSError) as refused:
            raise CommandError(f"{refused} {_('Nothing was loaded.')}") from refused
        self.stdout.write(_("%d outlines loaded.") % loaded)
