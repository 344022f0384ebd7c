"""Write the search's table anew: after places or categories were renamed."""

from typing import Any

from django.core.management.base import BaseCommand

from cms import search_entries


class Command(BaseCommand):
    help = "Write what the catalogue's search finds anew from its pages. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{search_entries.rebuild()} shops and products can be found.")
