"""A code on paper, for an ASN whose personnel file has no address."""

import sys
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from marketplace import activation
from marketplace.errors import MarketplaceError
from marketplace.nip import parse_nip

MAY_PRINT = ["administrator", "coordinator"]


class Command(BaseCommand):
    help = (
        "Print a code with which an ASN without address activates their account, within a week and "
        "once. The NIP is asked for, or read from standard input: it is to stand in no history. "
        "Hand the code over in person."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", required=True, help="Your sign-in name, for the audit log.")

    def handle(self, *args: Any, by: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=by, is_active=True).first()
        if user is None or not _may_print(user):
            raise CommandError("Only an OPD coordinator or an administrator prints codes.")
        text = getpass("NIP: ") if sys.stdin.isatty() else sys.stdin.readline()
        try:
            number = parse_nip(text, today=timezone.localdate())
            printed = activation.print_code(number, by=user)
        except MarketplaceError as refusal:
            raise CommandError(str(refusal.title)) from None
        code = f"{printed.code[:4]}-{printed.code[4:]}"
        until = timezone.localtime(printed.expires_at)
        self.stdout.write(f"{code}   works once, until {until:%Y-%m-%d %H:%M}, at /aktivasi/kode/")


def _may_print(user: User) -> bool:
    return user.is_superuser or user.groups.filter(name__in=MAY_PRINT).exists()
