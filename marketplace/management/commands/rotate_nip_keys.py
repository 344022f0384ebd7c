"""From one key of the NIP to the next; docs/operations.md says the steps around it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from marketplace import nip_keys
from marketplace.nip_keys import Remaining

TELL_EACH = 1_000


class Command(BaseCommand):
    help = (
        "Write every NIP anew with the first of FIELD_KEYS and LOOKUP_KEYS, a few rows at a time "
        "while the site runs, then say whether the older keys may be removed. Killed anywhere, it "
        "is simply run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="Only look; change nothing.")
        parser.add_argument(
            "--batch", type=int, default=nip_keys.BATCH, help="Rows in one transaction."
        )

    def handle(self, *args: Any, check: bool, batch: int, **options: Any) -> None:
        if not check:
            self._renew(batch)
        left = nip_keys.remaining()
        for line in _told(left):
            self.stdout.write(line)
        if not (left.lookup_key_is_free and left.field_key_is_free):
            raise CommandError("Keep the older keys.")

    def _renew(self, batch: int) -> None:
        told = -1
        done = nip_keys.Renewal()
        for done in nip_keys.renew(batch=batch):
            if done.seen // TELL_EACH != told:
                told = done.seen // TELL_EACH
                self.stdout.write(f"{done.seen} seen, {done.renewed} written anew")
                self.stdout.flush()
        self.stdout.write(f"{done.seen} seen, {done.renewed} written anew: done")


def _told(left: Remaining) -> list[str]:
    said = []
    if left.looked_up:
        said.append(f"{left.looked_up} numbers are looked up by an older of LOOKUP_KEYS.")
    if left.encrypted:
        said.append(f"{left.encrypted} numbers are encrypted by an older of FIELD_KEYS.")
    if left.codes and left.codes_until:
        until = timezone.localtime(left.codes_until)
        said.append(
            f"{left.codes} activation codes are of an older of LOOKUP_KEYS: the last works until "
            f"{until:%Y-%m-%d %H:%M}; wait, or have it printed anew."
        )
    if left.files:
        said.append(
            f"{left.files} personnel files lie encrypted by an older of FIELD_KEYS: import or "
            "discard them, or wait a day."
        )
    said += [f"No key opens the number of {row}." for row in left.unreadable]
    said += [f"{row} has the number of another row: two people are one." for row in left.doubled]
    if left.lookup_key_is_free:
        said.append("Every key of LOOKUP_KEYS but the first may be removed.")
    if left.field_key_is_free:
        said.append(
            "No NIP needs any key of FIELD_KEYS but the first; for what else they encrypt, run "
            "rotate_field_keys."
        )
    return said
