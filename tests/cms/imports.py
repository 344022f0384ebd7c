"""Brings files as an editor does, and looks at what they lead to."""

from collections.abc import Sequence
from typing import Any

from accounts.models import User
from cms.imports import runs
from cms.imports.checking import bring_file, check_file
from cms.imports.reasons import told
from cms.models import ImportLine, ImportRun
from tests.cms.spreadsheets import csv_file


def checked(*rows: Sequence[Any], name: str = "toko.csv") -> ImportRun:
    """The dry run of a table."""
    return checked_file(csv_file(rows), name=name)


def checked_file(content: bytes, *, name: str = "toko.csv") -> ImportRun:
    run = bring_file(content=content, file_name=name)
    check_file(run.pk)
    run.refresh_from_db()
    return run


def actions(run: ImportRun) -> list[str]:
    """What each row leads to, in the order of the file."""
    return list(run.lines.order_by("row").values_list("action", flat=True))


def reasons(run: ImportRun) -> list[str]:
    """Why rows are refused, as their reader is told, in English."""
    return [f"{line.row} {told(one)}" for line in run.lines.order_by("row") for one in line.reasons]


def line(run: ImportRun, row: int = 2) -> ImportLine:
    return run.lines.get(row=row)


def applied(*rows: Sequence[Any], publishes: bool = True, by: User | None = None) -> ImportRun:
    """A table, checked and carried into the catalogue."""
    return carried(runs.start_import(checked(*rows), by=by, publishes=publishes))


def undone(run: ImportRun, *, by: User | None = None) -> ImportRun:
    return carried(runs.undo_import(run, by=by))


def carried(run: ImportRun) -> ImportRun:
    """Moved until it rests."""
    while runs.carry(run.pk, seconds=60):
        pass
    run.refresh_from_db()
    return run


def outcomes(run: ImportRun) -> list[str]:
    return list(run.lines.order_by("row").values_list("outcome", flat=True))
