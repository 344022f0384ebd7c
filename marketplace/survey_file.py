"""A file of the shops' answers: one row each, taken whole or not at all."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from core.sheets import Line, read_sheet
from core.spreadsheets import guarded
from marketplace.errors import AnswerNotValid
from marketplace.models import Umkm
from marketplace.multiplier import Answer, share

COLUMNS = ["id", "umkm", "dekat", "lagi", "tanggal"]
"""The shop's id, its name for people, both shares in percent, and the day it answered."""


class BadRow(Exception):  # noqa: N818 (what it is called where it is shown)
    """A row that is not taken, and why, in the reader's language."""

    def __init__(self, row: int, said: str) -> None:
        super().__init__(said)
        self.row, self.said = row, said


def template() -> str:
    """The listed shops with empty shares, to be filled in; rows left empty are passed over."""
    target = io.StringIO()
    rows = csv.writer(target, delimiter=";")
    rows.writerow(COLUMNS)
    for public_id, name in Umkm.objects.listed().order_by("name").values_list("public_id", "name"):
        rows.writerow([str(public_id), guarded(name), "", "", ""])
    return target.getvalue()


def read_answers(content: bytes, *, today: date) -> list[Answer]:
    """The answers of a file.

    Raises `Refused` for what is no such table, `BadRow` for the first row that cannot be taken.
    """
    head, *lines = read_sheet(content).lines
    if [cell.strip().lower() for cell in head.cells[: len(COLUMNS)]] != COLUMNS:
        raise BadRow(head.row, _("The headings are: %(names)s.") % {"names": ", ".join(COLUMNS)})
    shops = {str(shop.public_id): shop for shop in Umkm.objects.listed()}
    return list(_answers(lines, shops, today))


def _answers(lines: list[Line], shops: dict[str, Umkm], today: date) -> Iterator[Answer]:
    seen: set[str] = set()
    for line in lines:
        cells = [*line.cells, *[""] * len(COLUMNS)]
        key, _name, near, again, day = (cell.strip() for cell in cells[: len(COLUMNS)])
        if not near and not again:
            continue
        if key not in shops:
            raise BadRow(line.row, _("This shop is not in the registry."))
        if key in seen:
            raise BadRow(line.row, _("This shop stands here twice."))
        seen.add(key)
        yield _answer(line.row, shops[key], near, again, day, today)


def _answer(row: int, umkm: Umkm, near: str, again: str, day: str, today: date) -> Answer:
    try:
        answered = date.fromisoformat(day) if day else today
        if answered > today:
            raise BadRow(row, _("This day has not come yet."))
        return Answer(umkm=umkm, near=share(near), again=share(again), answered_on=answered)
    except AnswerNotValid as error:
        raise BadRow(row, str(error.title)) from error
    except ValueError as error:
        raise BadRow(row, _("A day is written as 2026-11-28.")) from error
