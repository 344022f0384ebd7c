"""Import shops or products from a CSV or XLSX file, or only look what that would do."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cms.imports import runs
from cms.imports.checking import bring_file
from cms.imports.reasons import told
from cms.models import ImportLine, ImportRun

A_PIECE = 60.0


class Command(BaseCommand):
    help = _("Import shops or products from a CSV or XLSX file; without --apply only look.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help=_("write the pages"))
        parser.add_argument("--drafts", action="store_true", help=_("as drafts, not published"))

    def handle(self, *args: Any, **options: Any) -> None:
        run = self._checked(options["file"])
        self._tell_refused(run)
        if options["apply"]:
            run = runs.start_import(run, by=None, publishes=not options["drafts"])
            while runs.carry(run.pk, seconds=A_PIECE):
                self._tell_counts(run)
        self._tell_counts(run)

    def _checked(self, path: Path) -> ImportRun:
        if not path.is_file():
            raise CommandError(_("There is no such file."))
        run = bring_file(content=path.read_bytes(), file_name=path.name)
        runs.carry(run.pk, seconds=A_PIECE)
        run.refresh_from_db()
        if run.state == ImportRun.State.FAILED:
            raise CommandError(told(run.refusal or {}))
        return run

    def _tell_refused(self, run: ImportRun) -> None:
        for line in run.lines.filter(action=ImportLine.Action.REFUSE).iterator():
            for reason in line.reasons:
                said = _("Row %(row)d: %(reason)s") % {"row": line.row, "reason": told(reason)}
                self.stderr.write(said)

    def _tell_counts(self, run: ImportRun) -> None:
        count = runs.tally(run)
        said = [f"{count.actions[action]} {action.label}" for action in ImportLine.Action]
        self.stdout.write(f"{run} ({run.state}): " + ", ".join(map(str, said)))
