"""Compare the circulation rollups with the ledger, or compute them afresh."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.calendar import month_named
from marketplace import circulation, circulation_watch


class Command(BaseCommand):
    help = _("Compare the circulation rollups with the ledger, or repair them.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument(
            "--check", action="store_true", help=_("Exit with 1 if anything differs.")
        )
        choice.add_argument("--repair", action="store_true", help=_("Compute them afresh."))
        parser.add_argument("--month", type=month_named, help=_("This month alone: YYYY-MM."))

    def handle(self, *args: Any, **options: Any) -> None:
        look = circulation.repair_month if options["repair"] else circulation.differences_in
        differing = 0
        for month in [options["month"]] if options["month"] else circulation.months():
            differing += self._told(month, look(month))
        if not options["month"]:  # of one month alone nothing is known about the others
            circulation_watch.note(0 if options["repair"] else differing)
        if not differing:
            self.stdout.write(_("The rollups equal the ledger."))
        elif options["check"]:
            raise CommandError(_counted(differing))
        else:
            self.stdout.write(_("They equal the ledger again."))

    def _told(self, month: date, differences: list[circulation.Difference]) -> int:
        for row in differences:
            self.stdout.write(
                f"{row.table} {row.key}: {row.amount} / {row.purchases},"
                f" {row.ledger_amount} / {row.ledger_purchases}"
            )
        self.stdout.write(f"{month:%Y-%m}: {_counted(len(differences))}")
        self.stdout.flush()  # the progress of a long run, also through a pipe
        return len(differences)


def _counted(rows: int) -> str:
    return ngettext(
        "%(rows)d row differs from the ledger.", "%(rows)d rows differ from the ledger.", rows
    ) % {"rows": rows}
