"""The file to begin with: headings, what each takes, and lists of agencies and kelurahan."""

import csv
import io

from django.utils.translation import gettext_lazy as _
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from core.spreadsheets import dress, guarded
from marketplace.models import Agency, Region
from marketplace.personnel_file.reading import COLUMNS, OPTIONAL, REMARK

SHEET, LISTS = "Pegawai", "Pilihan"
HELP = {
    "nip": _("18 digits, as text"),
    "name": _("With titles or without"),
    "agency_code": _("Code of the OPD, see the list"),
    "email": _("Codes of activation go there; may be empty"),
    "phone": _("May be empty"),
    "home_kelurahan": _("Code or name, see the list; luar kota for outside"),
    "rw": _("Number; may be empty"),
    "rt": _("Number; may be empty"),
    "valid_from": _("A move holds from this day, such as 2026-12-01; empty: today"),
    "left_on": _("Last day of who leaves; - for who came back; else empty"),
    "former_nip": _("The number that was wrong until now; else empty"),
}


def template(form: str) -> bytes:
    """The template as `csv` or `xlsx`."""
    return _workbook() if form == "xlsx" else _csv()


def _rows() -> list[list[str]]:
    """Headings, and a remark that a reader of the file passes over."""
    columns = [*COLUMNS, *OPTIONAL]
    helps = [str(HELP[column]) for column in columns]
    return [columns, [f"{REMARK} {helps[0]}", *helps[1:]]]


def _csv() -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(_rows())
    return text.getvalue().encode("utf-8-sig")  # so that Excel reads it as UTF-8


def _workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    for row in _rows():
        sheet.append(row)
    dress(sheet, remarks=1)
    _write_lists(book.create_sheet(LISTS))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _write_lists(sheet: Worksheet) -> None:
    sheet.append(["agency_code", "OPD", "home_kelurahan", "Kelurahan"])
    agencies = list(Agency.objects.values_list("code", "name"))
    places = list(Region.objects.places().values_list("code", "name"))
    for at in range(max(len(agencies), len(places))):
        agency = agencies[at] if at < len(agencies) else ("", "")
        place = places[at] if at < len(places) else ("", "")
        sheet.append([guarded(str(cell)) for cell in (*agency, *place)])
    dress(sheet, remarks=0)
