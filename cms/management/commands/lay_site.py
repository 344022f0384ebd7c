"""Lay the tree of pages that every city begins with."""

from typing import Any

from django.core.management.base import BaseCommand

from cms.site import lay_site


class Command(BaseCommand):
    help = "Lay the first pages of the site and let editors work in them. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        home = lay_site()
        self.stdout.write(f"The site begins at {home.full_url or home.url}")
