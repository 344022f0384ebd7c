"""Tables that a city brings as CSV: read whole, refused whole, each bad row named with its line."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ENCODINGS = ("utf-8-sig", "cp1252")
"""Tried in this order: the second is what an older spreadsheet writes, and it reads anything."""

Read = TypeVar("Read")

MOST_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True)
class Row:
    """One line of a table: its number in the file and its stripped cells by column."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class BadRow:
    """Why a line cannot be loaded."""

    line: int
    reason: str | Promise

    def __str__(self) -> str:
        return _("Line %(line)d: %(reason)s") % {"line": self.line, "reason": self.reason}


class TableRefused(Exception):
    """The table holds bad rows; nothing was loaded."""

    def __init__(self, bad: Iterable[BadRow]) -> None:
        self.bad = sorted(bad, key=lambda row: row.line)
        super().__init__(f"{len(self.bad)} bad rows")


class CellRefused(Exception):
    """A cell or a row cannot be understood; the reader adds the line."""

    def __init__(self, reason: str | Promise) -> None:
        self.reason = reason
        super().__init__(str(reason))


@dataclass
class Loaded:
    """What loading a table changed."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        return _(
            "%(created)d created, %(changed)d changed, %(unchanged)d unchanged, %(skipped)d skipped"
        ) % vars(self)


def read_rows(path: Path, *, columns: Iterable[str]) -> list[Row]:
    """The rows of a CSV file that has at least these columns; empty lines are passed over.

    Comma or semicolon, with or without a byte order mark, UTF-8 or cp1252.
    Raises `TableRefused` for a file that is no such table.
    """
    text = _decoded(path)
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(_rows(reader, columns=list(columns)))
    except csv.Error as error:
        raise TableRefused([BadRow(reader.line_num, str(error))]) from error
    if not rows:
        raise TableRefused([BadRow(1, _("The file is missing or empty."))])
    return rows


def each_row(rows: Iterable[Row], read: Callable[[Row], Read]) -> list[Read]:
    """What `read` makes of every row, or `TableRefused` with all rows that it refuses."""
    made, bad = [], []
    for row in rows:
        try:
            made.append(read(row))
        except CellRefused as refused:
            bad.append(BadRow(row.line, refused.reason))
    if bad:
        raise TableRefused(bad)
    return made


def refuse_repeated(rows: Iterable[Row], column: str) -> None:
    """Refuse a table in which two rows have the same key."""
    first: dict[str, int] = {}
    bad = []
    for row in rows:
        line = first.setdefault(row[column], row.line)
        if line != row.line:
            reason = _("%(column)s is the same as in line %(line)d")
            bad.append(BadRow(row.line, reason % {"column": column, "line": line}))
    if bad:
        raise TableRefused(bad)


def needed(row: Row, column: str, *, most: int) -> str:
    """A cell that must be filled, of at most `most` characters."""
    if not row[column]:
        raise CellRefused(_("%(column)s is missing") % {"column": column})
    return optional(row, column, most=most)


def optional(row: Row, column: str, *, most: int) -> str:
    """A cell that may be empty, of at most `most` characters."""
    if len(row[column]) > most:
        reason = _("%(column)s is longer than %(most)d characters")
        raise CellRefused(reason % {"column": column, "most": most})
    return row[column]


def whole_number(row: Row, column: str, *, least: int, most: int) -> int | None:
    """A cell that is empty or a whole number in a range."""
    text = row[column]
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
        reason = _("%(column)s is no number from %(least)d to %(most)d")
        raise CellRefused(reason % {"column": column, "least": least, "most": most})
    return int(text)


def a_day(row: Row, column: str) -> date | None:
    """A cell that is empty or a day written YYYY-MM-DD."""
    if not row[column]:
        return None
    try:
        return date.fromisoformat(row[column])
    except ValueError:
        raise CellRefused(_("%s is no day written YYYY-MM-DD") % column) from None


def save_all(made: Sequence[Model], *, key: str, columns: list[str]) -> Loaded:
    """Create the rows that are new by `key`, change those that differ, leave the others."""
    model = type(made[0])
    known = model._default_manager.in_bulk([getattr(row, key) for row in made], field_name=key)
    new, differing = [], []
    for row in made:
        old = known.get(getattr(row, key))
        if old is None:
            new.append(row)
        elif any(getattr(old, column) != getattr(row, column) for column in columns):
            row.pk = old.pk
            differing.append(row)
    model._default_manager.bulk_create(new)
    if differing:
        model._default_manager.bulk_update(differing, columns)
    unchanged = len(made) - len(new) - len(differing)
    return Loaded(created=len(new), changed=len(differing), unchanged=unchanged)


NO_TABLE = gettext_lazy("This file is no table: its first line must name the columns.")


def _decoded(path: Path) -> str:
    content = path.read_bytes() if path.is_file() else b""
    if not content.strip():
        raise TableRefused([BadRow(1, _("The file is missing or empty."))])
    if len(content) > MOST_BYTES or b"\0" in content:
        raise TableRefused([BadRow(1, NO_TABLE)])
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableRefused([BadRow(1, NO_TABLE)])


def _rows(reader: Iterator[list[str]], *, columns: list[str]) -> Iterator[Row]:
    header = [cell.strip().lower() for cell in next(reader)]
    missing = [column for column in columns if column not in header]
    if missing:
        reason = _("These columns are missing: %(columns)s") % {"columns": ", ".join(missing)}
        raise TableRefused([BadRow(1, reason)])
    bad = []
    for cells in reader:
        line = reader.line_num  # type: ignore[attr-defined]
        if len(cells) > len(header):
            bad.append(BadRow(line, _("more cells than columns")))
        elif any(cell.strip() for cell in cells):
            stripped = (cell.strip() for cell in cells)
            yield Row(line, dict(zip(header, stripped, strict=False)))
    if bad:
        raise TableRefused(bad)
