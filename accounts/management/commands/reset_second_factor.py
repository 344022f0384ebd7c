"""For somebody who lost their phone and their written codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.recovery import reset_second_factor


class Command(BaseCommand):
    help = (
        "Take away the second factor of NAME and end their sessions and tokens; at the next "
        "sign-in they set up a new one. Make sure that it is them who ask."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="The sign-in name.")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        user = User.objects.filter(username__iexact=name).first()
        if user is None:
            raise CommandError(f"There is no user {name}.")
        reset_second_factor(user)
        self.stdout.write(f"{user.username} signs in with the password and sets up a new one.")
