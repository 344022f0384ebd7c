"""The file to begin with: our headings with help, an example, and lists to choose from."""

import csv
import io
from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from cms.imports.columns import COLUMNS, REMARK, Column
from core.spreadsheets import HEADING_FILL, dress, guarded
from marketplace.models import Category, Region

SHEET, LISTS, HELP = "Isian", "Pilihan", "Petunjuk"
RULES = (
    _("One row for each shop or product, below the headings. Rows that begin with # are remarks."),
    _("An empty cell leaves what the page says; - empties it."),
    _("What is new has no code: a name that the catalogue knows is changed, another one is new."),
    _("Several things in one cell stand apart by a semicolon (;)."),
    _("Columns may be left out or stand in another order; their headings must stay."),
    _("Nothing is written when the file is brought: first you see what each row would do."),
)
EXAMPLE = f"{REMARK} contoh"
FIRST_ROW, LAST_ROW = 4, 5_000
LISTED = {"category_id": "A", "region_id": "B", "shop_region": "B"}
YES_OR_NO = {"available", "delivers"}


def template(kind: str, form: str) -> bytes:
    """The template for shops or products, as `csv` or `xlsx`."""
    return _workbook(kind) if form == "xlsx" else _csv(kind)


def _rows(kind: str) -> list[list[str]]:
    """Headings, and two remarks that a reader of the file passes over."""
    columns = COLUMNS[kind]
    helps = [str(column.help) for column in columns]
    examples = [guarded(column.example) for column in columns]
    return [
        [column.heading for column in columns],
        [f"{REMARK} {helps[0]}", *helps[1:]],
        [EXAMPLE, *examples[1:]],
    ]


def _csv(kind: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(_rows(kind))
    return text.getvalue().encode("utf-8-sig")  # so that Excel reads it as UTF-8


def _workbook(kind: str) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    for row in _rows(kind):
        sheet.append(row)
    dress(sheet)
    lengths = _write_lists(book.create_sheet(LISTS))
    _write_help(book.create_sheet(HELP), kind)
    for place, column in enumerate(COLUMNS[kind], start=1):
        _offer(sheet, get_column_letter(place), column, lengths)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _write_lists(sheet: Worksheet) -> dict[str, int]:
    """The categories and kelurahan there are; how many of each, by the column they stand in."""
    categories = [category.name for category in Category.objects.all()]
    places = list(_places())
    for letter, heading, names in (("A", "Kategori", categories), ("B", "Kelurahan", places)):
        sheet[f"{letter}1"] = heading
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet.column_dimensions[letter].width = 32
        for row, name in enumerate(names, start=2):
            sheet[f"{letter}{row}"] = guarded(name)
    return {"A": len(categories), "B": len(places)}


def _write_help(sheet: Worksheet, kind: str) -> None:
    """What holds for every row, and what each column takes."""
    for rule in RULES:
        sheet.append([str(rule)])
        sheet.merge_cells(
            start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=3
        )
    sheet.append([])
    sheet.append([gettext("Column"), gettext("What it takes"), gettext("Example")])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
        cell.fill = HEADING_FILL
    for column in COLUMNS[kind]:
        sheet.append([column.heading, str(column.help), guarded(column.example)])
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in (("A", 30), ("B", 60), ("C", 46)):
        sheet.column_dimensions[letter].width = width


def _places() -> Iterable[str]:
    """Each kelurahan by a name that no other has."""
    regions = list(Region.objects.kelurahan().select_related("parent").order_by("name", "code"))
    names = [region.name for region in regions]
    for region in regions:
        unmistakable = names.count(region.name) == 1 or region.parent is None
        yield region.name if unmistakable else f"{region.name} ({region.parent})"


def _offer(sheet: Worksheet, letter: str, column: Column, lengths: dict[str, int]) -> None:
    """A list to choose from, in the columns that have one."""
    source = LISTED.get(column.key)
    if source and lengths[source]:
        formula = f"{LISTS}!${source}$2:${source}${lengths[source] + 1}"
    elif column.key in YES_OR_NO:
        formula = '"ya,tidak"'
    else:
        return
    choice = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
    choice.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
    sheet.add_data_validation(choice)
