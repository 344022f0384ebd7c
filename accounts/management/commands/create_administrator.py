"""Make the first administrator."""

import getpass
import os
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User


class Command(BaseCommand):
    help = "Make an administrator. The password comes from ADMINISTRATOR_PASSWORD or is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("email")

    def handle(self, *args: Any, username: str, email: str, **options: Any) -> None:
        if User.objects.filter(username=username).exists():
            raise CommandError(f"There is a user {username} already.")
        password = os.environ.get("ADMINISTRATOR_PASSWORD") or _ask()
        try:
            validate_password(password, User(username=username, email=email))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        User.objects.create_superuser(username, email, password)
        self.stdout.write(f"Administrator {username} can sign in.")


def _ask() -> str:
    first, second = getpass.getpass("Password: "), getpass.getpass("Again: ")
    if first != second:
        raise CommandError("The two passwords differ.")
    return first
