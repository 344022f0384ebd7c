"""Any file is read into rows of text, or refused with a reason; none of them harms."""

import io
import time
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook

from core import sheets
from core.refusals import Refused, SheetReason
from core.sheets import LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, Line, read_sheet
from tests.cms.spreadsheets import csv_file, part_of, saved, with_part, xlsx_file

ROWS = [["Nama UMKM", "Ringkasan"], ["Café Bu Siti", "Kopi “tubruk”"]]
SHEET = "xl/worksheets/sheet1.xml"


def cells(content: bytes) -> list[list[str]]:
    return [line.cells for line in read_sheet(content).lines]


def reason(content: bytes) -> SheetReason:
    with pytest.raises(Refused) as refused:
        read_sheet(content)
    return refused.value.refusal.reason


def bad_cell(content: bytes, *, row: int = 1, column: int = 0) -> SheetReason:
    return read_sheet(content).lines[row].bad[column].refusal.reason


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_a_csv_file_is_read_as_any_program_writes_it(delimiter: str, encoding: str) -> None:
    assert cells(csv_file(ROWS, delimiter=delimiter, encoding=encoding)) == ROWS


def test_a_workbook_is_read_as_the_same_rows() -> None:
    assert cells(xlsx_file(ROWS)) == ROWS


def test_numbers_days_and_truths_become_what_a_person_would_type() -> None:
    row = [12000, 12000.0, 0.5, True, datetime(2026, 11, 24, 8, 30)]  # noqa: DTZ001 (a sheet knows no zone)

    assert cells(xlsx_file([row])) == [["12000", "12000", "0.5", "ya", "2026-11-24T08:30:00"]]


def test_empty_rows_are_passed_over_and_the_others_keep_their_number() -> None:
    rows = [["a"], [], ["", ""], ["b"]]

    assert [line.row for line in read_sheet(csv_file(rows)).lines] == [1, 4]
    assert [line.row for line in read_sheet(xlsx_file(rows)).lines] == [1, 4]


def test_a_cell_of_several_lines_is_one_line_and_the_next_row_keeps_its_number() -> None:
    lines = read_sheet(csv_file([["a\n  b"], ["c"]])).lines

    assert [(line.row, line.cells) for line in lines] == [(1, ["a b"]), (3, ["c"])]


def test_a_formula_in_text_is_refused() -> None:
    assert bad_cell(csv_file([["a"], ["=1+1"]])) == SheetReason.FORMULA


def test_an_apostrophe_that_guards_a_cell_is_no_part_of_it() -> None:
    assert cells(csv_file([["'+62812", "'s Koffie"]])) == [["+62812", "'s Koffie"]]


def test_a_formula_that_was_never_reckoned_is_refused() -> None:
    assert bad_cell(xlsx_file([["Harga"], ["=6000*2"]])) == SheetReason.FORMULA


def test_a_formula_that_was_reckoned_gives_its_value() -> None:
    content = xlsx_file([["Harga"], ["=6000*2"]])
    sheet = (
        part_of(content, SHEET)
        .replace(b"<v />", b"<v>12000</v>")
        .replace(b"<v></v>", b"<v>12000</v>")
    )

    assert cells(with_part(content, SHEET, sheet)) == [["Harga"], ["12000"]]


def test_an_error_of_the_spreadsheet_is_refused() -> None:
    assert bad_cell(xlsx_file([["Harga"], ["#REF!"]])) == SheetReason.ERROR


def test_of_merged_cells_the_first_has_the_value_and_the_sheet_tells() -> None:
    sheet = read_sheet(xlsx_file([["a", "b"], ["c", "d"], ["e", "f"]], merged="A2:A3"))

    assert [line.cells for line in sheet.lines] == [["a", "b"], ["c", "d"], ["", "f"]]
    assert sheet.has_merged_cells
    assert not read_sheet(xlsx_file(ROWS)).has_merged_cells


def test_a_cell_of_a_megabyte_is_refused() -> None:
    assert reason(csv_file([["a"], ["x" * 1_048_576]])) == SheetReason.DAMAGED_ROW
    assert bad_cell(csv_file([["a"], ["x" * (LONGEST_CELL + 1)]])) == SheetReason.TOO_LONG


def test_signs_that_cannot_be_shown_are_refused() -> None:
    assert bad_cell(csv_file([["a"], ["Soto\x07Ayam"]])) == SheetReason.UNPRINTABLE


def test_an_open_quotation_mark_is_told_with_its_row() -> None:
    with pytest.raises(Refused) as refused:
        read_sheet(b'a,b\nc,d\n"e,f\ng,h\n')

    assert refused.value.refusal.reason == SheetReason.DAMAGED_ROW
    assert refused.value.refusal.facts == {"row": 3}


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert reason(content) == SheetReason.EMPTY


def test_more_rows_than_a_table_of_shops_has_are_refused_soon() -> None:
    began = time.process_time()

    assert reason(b"Nama UMKM\n" + b"x\n" * 100_000) == SheetReason.TOO_MANY_ROWS
    assert time.process_time() - began < 5


def test_a_long_workbook_is_read_no_further_than_the_longest_table(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows: list[int] = []
    read = sheets._line

    def counted(row: int, values: Iterable[Any]) -> Line:
        rows.append(row)
        return read(row, values)

    monkeypatch.setattr(sheets, "MOST_ROWS", 20)
    monkeypatch.setattr(sheets, "_line", counted)

    assert reason(xlsx_file([["x"]] * 500)) == SheetReason.TOO_MANY_ROWS
    assert rows == list(range(1, 22))


def test_a_cell_at_the_bottom_of_an_empty_sheet_is_refused_soon(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheets, "LAST_ROW", 1_000)
    book = Workbook()
    book.active.cell(1_048_576, 1, "x")
    began = time.process_time()

    assert reason(saved(book)) == SheetReason.TOO_MANY_ROWS
    assert time.process_time() - began < 10


def test_more_columns_than_a_table_has_are_refused() -> None:
    wide = [["x"] * (MOST_COLUMNS + 1)]

    assert reason(csv_file(wide)) == SheetReason.TOO_MANY_COLUMNS
    assert reason(xlsx_file(wide)) == SheetReason.TOO_MANY_COLUMNS


def test_what_the_sheet_says_about_its_own_size_is_not_believed() -> None:
    content = xlsx_file(ROWS)
    sheet = part_of(content, SHEET).replace(b'ref="A1:B2"', b'ref="A1:A1"')

    assert cells(with_part(content, SHEET, sheet)) == ROWS


def test_a_zip_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    bomb = with_part(xlsx_file(ROWS), "xl/media/image1.png", b"\0" * 60 * 1024**2)

    assert len(bomb) < 100_000
    assert reason(bomb) == SheetReason.BOMB


def test_a_sheet_that_shrinks_a_thousandfold_is_not_unpacked() -> None:
    assert reason(with_part(xlsx_file(ROWS), SHEET, b" " * 20 * 1024**2)) == SheetReason.BOMB


def test_a_zip_of_many_files_is_not_unpacked() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for number in range(51):
            archive.writestr(f"{number}.xml", "x")

    assert reason(made.getvalue()) == SheetReason.BOMB


def test_entities_that_multiply_are_refused() -> None:
    content = xlsx_file(ROWS)
    entities = b'<!DOCTYPE a [<!ENTITY b "cccc">]>'
    sheet = part_of(content, SHEET)
    start = sheet.index(b"<worksheet")

    assert reason(with_part(content, SHEET, entities + sheet[start:])) == SheetReason.DAMAGED


def test_another_zip_is_no_spreadsheet() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")

    assert reason(made.getvalue()) == SheetReason.NOT_A_TABLE


@pytest.mark.parametrize("kept", [100, 1_000, -30])
def test_half_a_workbook_is_damaged(kept: int) -> None:
    assert reason(xlsx_file(ROWS)[:kept]) == SheetReason.DAMAGED


def test_an_old_excel_file_is_named() -> None:
    assert reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600) == SheetReason.OLD_EXCEL


def test_a_file_behind_a_password_is_named() -> None:
    name = "EncryptedPackage".encode("utf-16-le")

    assert reason(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + name) == SheetReason.PASSWORD


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"%PDF-1.7\n\0\1\2", b"\x81\x8d\x8f"]
)
def test_what_is_no_spreadsheet_is_refused(content: bytes) -> None:
    assert reason(content) == SheetReason.NOT_A_TABLE


def test_a_file_may_be_as_long_as_the_longest_table() -> None:
    rows = [["Nama"], *([f"Toko {n}"] for n in range(MOST_ROWS - 1))]

    assert len(read_sheet(csv_file(rows)).lines) == MOST_ROWS
