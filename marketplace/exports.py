"""An ASN's own purchases as a file of their own, CSV or XLSX: nothing in it is reckoned."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import IO, Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from core.spreadsheets import guarded
from marketplace.diary import Wanted, purchases_wanted
from marketplace.models import Asn, Purchase

HEAD = (
    "tanggal",
    "toko",
    "kelurahan",
    "rupiah",
    "pembayaran",
    "kedekatan",
    "produk",
    "catatan",
    "dicatat",
    "dibatalkan",
    "alasan_batal",
    "menggantikan",
    "id",
)
"""Stable, so that a file of one year can be put under that of another."""

BYTE_ORDER_MARK = "\ufeff"
"""Without it the most used spreadsheet program reads UTF-8 as something else."""

AT_ONCE = 500
SPOOLED = 2 * 1024 * 1024

Cell = date | datetime | int | str | None


def csv_lines(asn: Asn, wanted: Wanted) -> Iterator[str]:
    """The lines of the file, the first one begun by a byte order mark."""
    writer = csv.writer(_Echo())
    yield BYTE_ORDER_MARK + writer.writerow(HEAD)
    for row in _rows(asn, wanted):
        yield writer.writerow([_as_text(cell) for cell in row])


def xlsx_file(asn: Asn, wanted: Wanted) -> IO[bytes]:
    """The workbook as an open temporary file, written row by row."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Belanja")
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, name) for name in HEAD])
    for row in _rows(asn, wanted):
        sheet.append([_as_cell(sheet, cell) for cell in row])
    file = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115 (the answer closes it)
    book.save(file)
    file.seek(0)
    return file


class _Echo:
    """What `csv` writes to: hands each line back."""

    def write(self, line: str) -> str:
        return line


def _rows(asn: Asn, wanted: Wanted) -> Iterable[tuple[Cell, ...]]:
    return map(_row, purchases_wanted(asn, wanted).iterator(chunk_size=AT_ONCE))


def _row(purchase: Purchase) -> tuple[Cell, ...]:
    void = getattr(purchase, "void", None)
    items = [f"{item.quantity} × {item.product.full_name}" for item in purchase.items.all()]
    return (
        purchase.day,
        purchase.umkm.standing.name,
        purchase.shop_place.name,
        purchase.amount,
        str(purchase.get_payment_display()),
        str(purchase.get_ring_display()),
        "; ".join(items),
        purchase.note,
        _local(purchase.recorded_at),
        _local(void.voided_at) if void else None,
        void.reason if void else "",
        str(purchase.replaces.public_id) if purchase.replaces else "",
        str(purchase.public_id),
    )


def _local(moment: datetime) -> datetime:
    """Minutes of the city's clock: a spreadsheet knows no zones."""
    return timezone.localtime(moment).replace(tzinfo=None, second=0, microsecond=0)


def _as_text(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    return guarded(cell) if isinstance(cell, str) else "" if cell is None else str(cell)


def _as_cell(sheet: Any, cell: Cell) -> Any:
    if not isinstance(cell, str):
        return cell
    made = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", cell))
    made.data_type = "s"  # text, also where it begins like a formula
    return made


def _heading(sheet: Any, name: str) -> Any:
    made = WriteOnlyCell(sheet, value=name)
    made.font = Font(bold=True)
    return made
