"""Close a month of the books and release its figures."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.calendar import month_named
from core.money import rupiah
from marketplace import closing
from marketplace.blocks import Cut
from marketplace.errors import MonthNotClosable
from marketplace.models import BookMonth, Lens, Region


class Command(BaseCommand):
    help = "Close a month (YYYY-MM) and release it; after a crash, run it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", nargs="?", type=month_named)
        parser.add_argument("--dry-run", action="store_true", help="Show, and write nothing.")
        parser.add_argument("--all-due", action="store_true", help="Every month that is due.")

    def handle(self, *args: Any, **options: Any) -> None:
        for month in self._months(options):
            if options["dry_run"]:
                self._show(month)
            else:
                self._close(month)

    def _months(self, options: dict[str, Any]) -> list[date]:
        if options["all_due"]:
            return closing.months_due(timezone.localdate())
        if options["month"] is None:
            raise CommandError("Name a month, such as 2026-10, or say --all-due.")
        return [options["month"]]

    def _close(self, month: date) -> None:
        try:
            release = closing.close_month(month)
        except MonthNotClosable as error:
            raise CommandError(str(error.title)) from error
        said = "released" if release else "closed; it is released together with the next"
        self.stdout.write(f"{month:%Y-%m} {said}")

    def _show(self, month: date) -> None:
        if BookMonth.objects.filter(month=month, state=BookMonth.State.RELEASED).exists():
            self.stdout.write(f"{month:%Y-%m} is released; it never changes again.")
            return
        preview = closing.preview_month(month)
        if preview.month is None or preview.blocks is None:
            self.stdout.write(f"{month:%Y-%m} would be released together with the next.")
            return
        names = dict(Region.objects.values_list("code", "name"))
        alone = [block for block in preview.blocks if len(block.keys) == 1]
        self.stdout.write(
            f"{month:%Y-%m} would be released in {len(preview.blocks)} blocks;"
            f" {len(alone)} places alone."
        )
        for block in preview.blocks:
            self.stdout.write(f"  {_line(block, names)}")
        for lens in Lens:
            self.stdout.write(f"{lens}: {_shown(preview.month.of(lens))}")


def _shown(blocks: Sequence[Cut]) -> str:
    if not blocks:
        return "not shown, it could not be made safe"
    alone = sum(len(block.keys) == 1 for block in blocks)
    together = sum(len(block.keys) for block in blocks if len(block.keys) > 1)
    return f"{alone} shown alone, {together} together with others"


def _line(block: Cut, names: dict[str, str]) -> str:
    places = ", ".join(names[code] for code in sorted(block.keys))
    return f"{places}: {rupiah(block.amount)}, {block.buyers} buyers, {block.owners} owners"
