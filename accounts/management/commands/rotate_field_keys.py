"""Secrets of second factors, channels and webhooks from one of FIELD_KEYS to the next."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import field_keys


class Command(BaseCommand):
    help = (
        "Write the secrets of second factors, channels and webhooks anew with the first of "
        "FIELD_KEYS. NIP: rotate_nip_keys. Killed anywhere, it is simply run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = field_keys.renew()
        self.stdout.write(f"{done.renewed} rows written anew")
        if done.unreadable:
            named = "\n".join(done.unreadable)
            raise CommandError(f"No key opens these; keep the older keys:\n{named}")
