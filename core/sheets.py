"""Any CSV or XLSX file as rows of text; what a row means is not known here.

A file comes from strangers. A workbook is a zip: what it would unpack to is read from its list of
contents before any of it is unpacked, and Python's zipfile unpacks no more than that list says. The
rest is openpyxl's, as a stream of rows up to our own caps; its XML goes through defusedxml.
"""

import csv
import io
import logging
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import openpyxl
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from core.refusals import Refused, SheetReason

logger = logging.getLogger(__name__)

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
MOST_PARTS = 50
MOST_ROWS = 20_000
LAST_ROW = 100_000
MOST_COLUMNS = 60
LONGEST_CELL = 2_000

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s")
WORKBOOK = "xl/workbook.xml"
ENCODINGS = ("utf-8-sig", "cp1252")
"""Tried in this order: the second is what an older spreadsheet writes."""
FORMULA_IN_TEXT = "="
GUARDED = re.compile(r"^'(?=[=+@\t\r-])")
"""Our own exports, and people, keep a spreadsheet from reckoning by an apostrophe."""


@dataclass(frozen=True)
class Line:
    """One row: its number in the file, its cells as text, and the cells that cannot be taken."""

    row: int
    cells: list[str]
    bad: dict[int, Refused] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not any(self.cells) and not self.bad


@dataclass(frozen=True)
class Sheet:
    """The filled rows of a file; of a merged cell only the first part has a value."""

    lines: list[Line]
    has_merged_cells: bool = False


def read_sheet(content: bytes) -> Sheet:
    """The rows of a file, whatever its name says it is. Raises `Refused`."""
    if not content.strip():
        raise Refused(SheetReason.EMPTY)
    if len(content) > MOST_BYTES:
        raise Refused(SheetReason.TOO_LARGE, most=MOST_BYTES // 1024**2)
    if content.startswith(OLE):
        raise Refused(SheetReason.PASSWORD if ENCRYPTED in content else SheetReason.OLD_EXCEL)
    return _workbook(content) if content.startswith(ZIP) else Sheet(_kept(_csv_lines(content)))


def _kept(lines: Iterable[Line]) -> list[Line]:
    """The rows that hold anything, if they are not too many."""
    kept = []
    for line in lines:
        if line.is_empty:
            continue
        kept.append(line)
        if len(kept) > MOST_ROWS:
            raise Refused(SheetReason.TOO_MANY_ROWS, most=MOST_ROWS)
    return kept


def _line(row: int, values: Iterable[Any]) -> Line:
    cells: list[str] = []
    bad: dict[int, Refused] = {}
    for column, value in enumerate(values):
        try:
            cells.append(cell_text(value))
        except Refused as refused:
            cells.append("")
            bad[column] = refused
    while cells and not cells[-1] and len(cells) - 1 not in bad:
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise Refused(SheetReason.TOO_MANY_COLUMNS, most=MOST_COLUMNS)
    return Line(row, cells, bad)


def cell_text(value: Any) -> str:
    """What a cell says, on one line. Raises `Refused` for what is no plain value."""
    if isinstance(value, Refused):
        raise value
    if isinstance(value, str):
        return _plain(value)
    return _said(value)


def _said(value: Any) -> str:
    """A value that is no text, as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _plain(text: str) -> str:
    if len(text) > LONGEST_CELL:
        raise Refused(SheetReason.TOO_LONG, most=LONGEST_CELL)
    text = " ".join(text.split())
    if text.startswith(FORMULA_IN_TEXT):
        raise Refused(SheetReason.FORMULA)
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in text):
        raise Refused(SheetReason.UNPRINTABLE)
    return unicodedata.normalize("NFC", GUARDED.sub("", text))


# --- CSV -----------------------------------------------------------------------------------------


def _csv_lines(content: bytes) -> Iterator[Line]:
    text = decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    before = 0
    try:
        for cells in reader:
            yield _line(before + 1, cells)
            before = reader.line_num
    except csv.Error as error:
        raise Refused(SheetReason.DAMAGED_ROW, row=before + 1) from error


def decoded(content: bytes) -> str:
    """The text of a CSV file: UTF-8 or UTF-16 with or without their mark, else cp1252."""
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.lstrip("\ufeff")
    raise Refused(SheetReason.NOT_A_TABLE)


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    start = content[:200]
    if start[1::2].count(0) * 3 > len(start):  # every second byte of plain letters
        return ("utf-16-le",)
    if start[::2].count(0) * 3 > len(start):
        return ("utf-16-be",)
    return ENCODINGS


def _delimiter(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=header.count)


# --- XLSX ----------------------------------------------------------------------------------------


def _workbook(content: bytes) -> Sheet:
    """The first sheet of a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bombs(archive)
            merged = _has_merged_cells(archive)
        return Sheet(_kept(_xlsx_lines(content)), has_merged_cells=merged)
    except Refused:
        raise
    except Exception as error:  # openpyxl raises whatever the damage leads to
        logger.info("spreadsheet not readable", extra={"error": type(error).__name__})
        raise Refused(SheetReason.DAMAGED) from error


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(SheetReason.PASSWORD)
    unpacked = sum(part.file_size for part in parts)
    packed = max(sum(part.compress_size for part in parts), 1)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked / packed > MOST_RATIO:
        raise Refused(SheetReason.BOMB)
    if WORKBOOK not in archive.namelist():
        raise Refused(SheetReason.NOT_A_TABLE)


def _has_merged_cells(archive: zipfile.ZipFile) -> bool:
    sheets = (name for name in archive.namelist() if name.startswith("xl/worksheets/"))
    return any(MERGED.search(archive.read(name)) for name in sheets)


def _xlsx_lines(content: bytes) -> Iterator[Line]:
    values = _cells(content, data_only=True)
    sources = _cells(content, data_only=False)
    for row, (cells, behind) in enumerate(zip(values, sources, strict=True), start=1):
        if row > LAST_ROW:  # one cell at the very bottom makes a million empty rows
            raise Refused(SheetReason.TOO_MANY_ROWS, most=MOST_ROWS)
        yield _line(row, map(_value, cells, behind))


def _cells(content: bytes, *, data_only: bool) -> Iterator[tuple[Any, ...]]:
    """The cells of the first sheet, with the last known values of formulas or the formulas."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and rules of validation that it passes over
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=data_only)
    sheet = next((each for each in book.worksheets if isinstance(each, ReadOnlyWorksheet)), None)
    if sheet is None:
        raise Refused(SheetReason.NOT_A_TABLE)
    sheet.reset_dimensions()  # a file may claim any size
    yield from sheet.iter_rows(max_col=MOST_COLUMNS + 1)


def _value(cell: Any, behind: Any) -> Any:
    """What a cell shows; a formula that was never reckoned shows nothing and is refused."""
    if cell.data_type == "e":
        return Refused(SheetReason.ERROR)
    if behind.data_type == "f" and cell.value is None:
        return Refused(SheetReason.FORMULA)
    return cell.value
