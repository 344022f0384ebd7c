"""What the columns of a file of shops or of products are called, and what their cells mean.

The headings are Indonesian: they are part of the file, not of a reader's language. An empty cell
leaves what the page says; `-` empties it. A row whose first cell begins with # is a remark.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.badge_numbers import BadgeKind
from cms.imports.openings import Hours, read_hours
from cms.imports.permits import read_days, read_numbers, read_offices
from cms.imports.reasons import Reason
from cms.imports.variants import Offered, read_variants
from cms.models.imports import ImportRun
from cms.models.product import ProductPage
from cms.models.registered import LONGEST_NAME
from cms.models.umkm import EASTERNMOST, NORTHERNMOST, SOUTHERNMOST, WESTERNMOST, WHATSAPP
from core.refusals import Refusal, Refused, SheetReason
from core.sheets import Line, Sheet
from marketplace.models import Category, Region
from marketplace.models.registry import MOST_RUPIAH

Kind = ImportRun.Kind
Values = dict[str, Any]
"""A row understood, as JSON: a key that is not there leaves what the page says."""

REMARK = "#"
CLEARED = "-"
ROWS_BEFORE_HEADINGS = 10
YES = {"ya", "y", "yes", "true", "1", "ada", "tersedia", "bisa"}
NO = {"tidak", "t", "tdk", "no", "n", "false", "0", "habis", "kosong"}
GROUPED = re.compile(r"^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*$")
CENTS = re.compile(r"(?:,-|[.,]0{1,2})$")
SIX_PLACES = Decimal("0.000001")


def fold(text: str) -> str:
    """A name as it is compared: lower case, letters and digits only, single spaces."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


class Choices:
    """The categories and kelurahan there are, each by whatever it may be called; read once."""

    @cached_property
    def categories(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for category in Category.objects.all():
            for name in (category.slug, category.name, category.name_en):
                found[fold(name)] = category.slug
        return found

    @cached_property
    def places(self) -> dict[str, set[str]]:
        """The codes that a name may mean: names repeat, so some come with their kecamatan only."""
        found: dict[str, set[str]] = {}
        for region in Region.objects.kelurahan().select_related("parent"):
            names = [name for name in (region.name, region.alias) if name]
            kecamatan = region.parent.name if region.parent else ""
            for name in [region.code, *names, *(f"{name} {kecamatan}" for name in names)]:
                found.setdefault(fold(name), set()).add(region.code)
        return found


Read = Callable[[str, Choices], Any]


@dataclass(frozen=True)
class Column:
    """One column: the field it fills, its heading, and how a filled cell of it is read."""

    key: str
    heading: str
    read: Read
    help: str | Promise
    example: str = ""
    may_be_cleared: bool = False
    cleared: Any = ""


# --- Cells ---------------------------------------------------------------------------------------


def _text(text: str, _choices: Choices, *, most: int) -> str:
    if len(text) > most:
        raise Refused(SheetReason.TOO_LONG, most=most)
    return text


def _code(text: str, _choices: Choices) -> str:
    """The public id that our own export wrote."""
    try:
        return str(UUID(text))
    except ValueError:
        raise Refused(Reason.NO_CODE) from None


def _number(text: str, _choices: Choices, *, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and least <= int(text) <= most):
        raise Refused(SheetReason.NO_NUMBER, least=least, most=most)
    return int(text)


def _price(text: str, _choices: Choices) -> int:
    """12000, 12.000, 12,000, Rp 12.000,00 and 12.000,- are one price; 12.5 is none."""
    figure = CENTS.sub("", re.sub(r"^rp\.?\s*", "", text.lower()))
    digits = re.sub(r"[.,]", "", figure) if GROUPED.match(figure) else figure
    plain = digits.isascii() and digits.isdecimal() and len(digits) < 12
    if not plain or not 1 <= int(digits) <= MOST_RUPIAH:
        raise Refused(Reason.NO_PRICE)
    return int(digits)


def _yes_or_no(text: str, _choices: Choices) -> bool:
    said = fold(text)
    if said not in YES | NO:
        raise Refused(Reason.NO_YES_OR_NO)
    return said in YES


def _whatsapp(text: str, _choices: Choices) -> str:
    """A number; a spreadsheet takes away the 0 it begins with."""
    number = f"0{text}" if re.fullmatch(r"8\d{7,12}", text) else text
    try:
        WHATSAPP(number)
    except ValidationError:
        raise Refused(Reason.NO_WHATSAPP) from None
    return _text(number, _choices, most=20)


def _coordinate(text: str, _choices: Choices, *, least: Decimal, most: Decimal) -> str:
    try:
        value = Decimal(text.replace(",", ".") if text.count(",") == 1 else text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not least <= value <= most:
        raise Refused(Reason.NO_COORDINATE, least=int(least), most=int(most))
    return plain_coordinate(value)


def plain_coordinate(value: Decimal | str) -> str:
    """A coordinate as it is compared and kept: six places."""
    return format(Decimal(value).quantize(SIX_PLACES), "f")


def _category(text: str, choices: Choices) -> str:
    slug = choices.categories.get(fold(text))
    if slug is None:
        raise Refused(Reason.NO_CATEGORY)
    return slug


def _place(text: str, choices: Choices) -> str:
    codes = choices.places.get(fold(text), set())
    if len(codes) != 1:
        raise Refused(Reason.PLACES if codes else Reason.NO_PLACE)
    return next(iter(codes))


def _hours(text: str, _choices: Choices) -> Hours:
    return read_hours(text)


def _variants(text: str, choices: Choices) -> Offered:
    return read_variants(text, lambda costs: _price(costs, choices))


def _days(text: str, _choices: Choices) -> list[str | None]:
    return read_days(text)


def _offices(text: str, _choices: Choices) -> list[str | None]:
    return read_offices(text)


def _permit_numbers(text: str, _choices: Choices, *, kind: str) -> list[str]:
    return read_numbers(text, kind)


def _badge_columns(
    kind: BadgeKind, shape: Promise, example: str, *, until: Promise | None = None
) -> list[Column]:
    """The number of a badge and what is said of it; only some kinds expire."""
    name = kind.label
    numbers = partial(_permit_numbers, kind=kind.value)
    office = _("The office that checked it, never a person: Diskopindag, BPOM …")
    day = _("The day it was checked, such as 24-11-2026; without it visitors see no badge.")
    columns = [
        Column(kind.value, str(name), numbers, shape, example, may_be_cleared=True, cleared=[]),
        Column(f"{kind}_until", f"{name} berlaku sampai", _days, until or ""),
        Column(f"{kind}_office", f"{name} diperiksa oleh", _offices, office, "Diskopindag"),
        Column(f"{kind}_checked", f"{name} diperiksa tanggal", _days, day, "03-11-2026"),
    ]
    return columns if until else [columns[0], *columns[2:]]


# --- Columns -------------------------------------------------------------------------------------

_name = partial(_text, most=LONGEST_NAME)
_of_200 = partial(_text, most=200)
_of_120 = partial(_text, most=120)
_latitude = partial(_coordinate, least=SOUTHERNMOST, most=NORTHERNMOST)
_longitude = partial(_coordinate, least=WESTERNMOST, most=EASTERNMOST)
_up_to_999 = partial(_number, least=1, most=999)

UMKM_COLUMNS = (
    Column("code", "Kode", _code, _("Leave empty for a new shop.")),
    Column("title", "Nama UMKM", _name, _("As on its sign."), "Keripik Bu Siti"),
    Column("category_id", "Kategori", _category, _("One of the list."), "Kuliner"),
    Column("region_id", "Kelurahan", _place, _("One of the list."), "Sukun"),
    Column("rw", "RW", _up_to_999, _("A number."), "3", may_be_cleared=True, cleared=None),
    Column("rt", "RT", _up_to_999, _("A number."), "2", may_be_cleared=True, cleared=None),
    Column(
        "address",
        "Alamat",
        _of_200,
        _("As precise as the owner wants."),
        "Jl. Contoh 5",
        may_be_cleared=True,
    ),
    Column(
        "whatsapp",
        "WhatsApp",
        _whatsapp,
        _("A mobile number."),
        "081234567890",
        may_be_cleared=True,
    ),
    Column(
        "summary",
        "Ringkasan",
        _of_200,
        _("One or two sentences: what is special here?"),
        "Keripik tempe tipis, digoreng tiap pagi.",
    ),
    Column(
        "opening_hours",
        "Catatan jam buka",
        _of_120,
        _("What the table of hours does not say."),
        "Tutup pada hari libur",
        may_be_cleared=True,
    ),
    Column(
        "payment_ways",
        "Cara bayar",
        _of_120,
        _("Cash, QRIS, transfer …"),
        "Tunai, QRIS",
        may_be_cleared=True,
    ),
    Column(
        "hours",
        "Jam buka",
        _hours,
        _("Days and times, apart by a semicolon; tutup for a day off, 24 jam around the clock."),
        "Senin-Jumat 08.00-16.00; Sabtu 08.00-12.00",
        may_be_cleared=True,
        cleared=[],
    ),
    Column("delivers", "Antar", _yes_or_no, _("Whether it delivers: ya or tidak."), "ya"),
    Column(
        "latitude",
        "Lintang",
        _latitude,
        _("From a map, such as -7.966620."),
        may_be_cleared=True,
        cleared=None,
    ),
    Column(
        "longitude",
        "Bujur",
        _longitude,
        _("From a map, such as 112.632632."),
        may_be_cleared=True,
        cleared=None,
    ),
    *_badge_columns(BadgeKind.NIB, _("13 digits."), "9120001234567"),
    *_badge_columns(
        BadgeKind.PIRT,
        _("15 digits."),
        "206357301234530",
        until=_("A day, such as 24-11-2030. Empty: as the number says."),
    ),
    *_badge_columns(
        BadgeKind.HALAL,
        _("ID and 17 digits."),
        "ID35110000123450121",
        until=_("A day, such as 24-11-2030. Empty: it does not expire."),
    ),
)
PRODUCT_COLUMNS = (
    Column("code", "Kode", _code, _("Leave empty for a new product.")),
    Column("shop_code", "Kode UMKM", _code, _("Or its name and kelurahan.")),
    Column("shop_name", "Nama UMKM", _name, _("As in the catalogue."), "Keripik Bu Siti"),
    Column("shop_region", "Kelurahan", _place, _("Where the shop is."), "Sukun"),
    Column("title", "Nama produk", _name, _("As on the shop's list."), "Keripik Tempe"),
    Column(
        "price",
        "Harga",
        _price,
        _("Whole rupiah. Empty: ask the shop."),
        "12000",
        may_be_cleared=True,
        cleared=None,
    ),
    Column(
        "price_to",
        "Harga sampai",
        _price,
        _("Only where the price depends on size or choice: the highest one."),
        may_be_cleared=True,
        cleared=None,
    ),
    Column(
        "unit",
        "Satuan",
        partial(_text, most=30),
        _("porsi, bungkus, kg …"),
        "bungkus",
        may_be_cleared=True,
    ),
    Column(
        "summary",
        "Ringkasan",
        _of_200,
        _("One sentence."),
        "Renyah, tanpa pengawet.",
        may_be_cleared=True,
    ),
    Column("available", "Tersedia", _yes_or_no, _("ya or tidak."), "ya"),
    Column(
        "preorder_days",
        "Pesan berapa hari sebelumnya",
        partial(_number, least=1, most=ProductPage.LONGEST_WAIT),
        _("How many days before, if it is made to order. Empty: at once."),
        may_be_cleared=True,
        cleared=None,
    ),
    Column(
        "variants",
        "Varian",
        _variants,
        _("Name=price, apart by a semicolon; without a price as the product; habis if gone."),
        "Kecil=12000; Besar=20000; Jumbo=28000 habis",
        may_be_cleared=True,
        cleared=[],
    ),
)
COLUMNS: Mapping[str, Sequence[Column]] = {
    Kind.UMKM: UMKM_COLUMNS,
    Kind.PRODUCT: PRODUCT_COLUMNS,
}
TELLING = {Kind.PRODUCT: "Nama produk", Kind.UMKM: "Nama UMKM"}
"""The heading by which a file shows its kind; a file of products names shops, too."""


# --- A file and its rows -------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A sheet whose headings are known: which column of ours stands where."""

    kind: str
    columns: Mapping[int, Column]
    width: int
    lines: Sequence[Line]


def as_table(sheet: Sheet) -> Table:
    """Find the headings and what the file is of. Raises `Refused` for a file without them."""
    for at, line in enumerate(sheet.lines[:ROWS_BEFORE_HEADINGS]):
        found = {fold(cell) for cell in line.cells}
        for kind, heading in TELLING.items():
            if fold(heading) in found:
                lines = [each for each in sheet.lines[at + 1 :] if not _is_remark(each)]
                if not lines:
                    raise Refused(SheetReason.NO_ROWS)
                return Table(kind, _columns(line, kind), len(line.cells), lines)
    raise Refused(SheetReason.NO_HEADINGS, headings=" / ".join(TELLING.values()))


def _is_remark(line: Line) -> bool:
    return next((cell for cell in line.cells if cell), "").startswith(REMARK)


def _columns(line: Line, kind: str) -> dict[int, Column]:
    """Our columns by their place; others are passed over."""
    ours = {fold(column.heading): column for column in COLUMNS[kind]}
    found: dict[int, Column] = {}
    for place, cell in enumerate(line.cells):
        column = ours.get(fold(cell))
        if column in found.values():
            raise Refused(SheetReason.TWICE_A_HEADING, column=cell)
        if column is not None:
            found[place] = column
    return found


@dataclass(frozen=True)
class Understood:
    """What a row says, and why it may not be taken."""

    row: int
    values: Values
    refusals: list[Refusal]


def understand(line: Line, table: Table, choices: Choices) -> Understood:
    """Read every cell of a row that has one of our columns."""
    values: Values = {}
    refusals: list[Refusal] = []
    for place, column in table.columns.items():
        try:
            _read_cell(line, place, column, choices, values)
        except Refused as refused:
            why = refused.refusal
            refusals.append(Refusal(why.reason, column.heading, why.facts))
    if len(line.cells) > table.width:
        refusals.append(Refusal(SheetReason.MORE_CELLS))
    return Understood(line.row, values, refusals)


def _read_cell(line: Line, place: int, column: Column, choices: Choices, values: Values) -> None:
    if place in line.bad:
        raise line.bad[place]
    text = line.cells[place] if place < len(line.cells) else ""
    if text == CLEARED and column.may_be_cleared:
        values[column.key] = column.cleared
    elif text:
        values[column.key] = column.read(text, choices)
