"""Text in files that people open with a spreadsheet program."""

from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

MIME = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HEADING_FILL = PatternFill("solid", fgColor="DCE9F7")
TEXT = "@"
GUARD = "'"
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
"""What a cell begins with that is reckoned, not shown."""


def guarded(text: str) -> str:
    """Text that no spreadsheet reckons with: what begins like a formula gets an apostrophe."""
    return f"{GUARD}{text}" if text.startswith(RUN_BY_SPREADSHEETS) else text


def dress(sheet: Worksheet, *, remarks: int = 2) -> None:
    """Headings in bold, remarks below them in grey, and every cell taken as text."""
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.fill = HEADING_FILL
    for row in range(2, 2 + remarks):
        for cell in sheet[row]:
            cell.font = Font(italic=True, color="5A6675")
    for place in range(1, sheet.max_column + 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = 24
        sheet.column_dimensions[letter].number_format = TEXT  # keeps the 0 of a telephone number
    sheet.freeze_panes = "A2"
