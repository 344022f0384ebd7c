"""Reckon the audit log's hash chain anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from core import audit_chain


class Command(BaseCommand):
    help = _("Reckon the audit log's hash chain anew; exit with 1 if it does not hold.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--link", default="", help=_("A link noted from the log that has to be in the chain.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit_chain.verify()
        breaks = list(found.breaks)
        if options["link"] and not audit_chain.holds_link(options["link"]):
            breaks.append(_("The link that was noted is not in the chain."))
        for each in breaks:
            self.stdout.write(each)
        if breaks:
            raise CommandError(_("The audit log does not hold."))
        self.stdout.write(
            _("The audit log holds: %(entries)d entries in %(seals)d seals, the last %(head)s.")
            % {"entries": found.entries, "seals": found.seals, "head": found.head}
        )
