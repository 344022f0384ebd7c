"""Compare the circulation rollups with the ledger, or compute them afresh."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace import circulation


class Command(BaseCommand):
    help = _("Compare the circulation rollups with the ledger, or repair them.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group(required=True)
        choice.add_argument(
            "--check", action="store_true", help=_("Exit with 1 if anything differs.")
        )
        choice.add_argument("--repair", action="store_true", help=_("Compute them afresh."))

    def handle(self, *args: Any, **options: Any) -> None:
        differences = circulation.repair() if options["repair"] else circulation.differences()
        for row in differences:
            self.stdout.write(
                f"{row.table} {row.key}: {row.amount} / {row.purchases},"
                f" {row.ledger_amount} / {row.ledger_purchases}"
            )
        if not differences:
            self.stdout.write(_("The rollups equal the ledger."))
        elif options["check"]:
            raise CommandError(_counted(len(differences)))
        else:
            self.stdout.write(_("They equal the ledger again."))


def _counted(rows: int) -> str:
    return ngettext(
        "%(rows)d row differs from the ledger.", "%(rows)d rows differ from the ledger.", rows
    ) % {"rows": rows}
