"""A row of the personnel file, understood, or each of its cells that cannot be."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from core.refusals import Refusal, Refused, SheetReason
from core.sheets import Line, Sheet
from marketplace.errors import NipNotValid
from marketplace.models import OUTSIDE, Agency, Region
from marketplace.nip import SEPARATORS, Nip, parse_nip
from marketplace.personnel_file.reasons import Reason

COLUMNS = (
    "nip",
    "name",
    "agency_code",
    "email",
    "phone",
    "home_kelurahan",
    "rw",
    "rt",
    "valid_from",
)
OPTIONAL = ("left_on", "former_nip")
"""Columns that a file may leave out."""
NOT_ANY_MORE = "-"
"""Under left_on: came back. Under former_nip: the number is this person's alone."""
REMARK = "#"
OUTSIDE_NAMES = {OUTSIDE, "luar kota", "luar"}
LONGEST_NAME = 120
LONGEST_EMAIL = 254
LARGEST_NUMBER = 999
ROWS_BEFORE_HEADINGS = 5

ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T00:00:00)?")
DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
KEPT_BY_SPREADSHEETS = 15
"""So many digits of a number a spreadsheet keeps; the others it makes 0."""

Said = TypeVar("Said")


@dataclass(frozen=True)
class Cells:
    """One row: its number in the file, its cells by column, and those that are no plain text."""

    row: int
    cells: Mapping[str, str]
    refusals: Sequence[Refusal] = ()

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Person:
    """One row, understood. `comes_back` and `number_is_theirs` are said by a `-`."""

    nip: Nip
    former: Nip | None
    number_is_theirs: bool
    name: str
    email: str
    phone: str
    agency: Agency
    region: Region
    rw: int | None
    rt: int | None
    valid_from: date
    left_on: date | None
    comes_back: bool

    @property
    def home(self) -> str:
        """Where the row says they live, on one line: code, RW and RT."""
        return home_line(self.region.pk, self.rw, self.rt)


@dataclass
class Understood:
    """What a row says, or why it may not be taken."""

    row: int
    person: Person | None
    refusals: list[Refusal] = field(default_factory=list)


def home_line(code: str, rw: int | None, rt: int | None) -> str:
    """A home on one line, to be compared."""
    return f"{code}/{rw or ''}/{rt or ''}"


# --- The table -----------------------------------------------------------------------------------


def table_of(sheet: Sheet) -> list[Cells]:
    """The rows below the headings; remarks are passed over. Raises `Refused` for no such table."""
    for at, line in enumerate(sheet.lines[:ROWS_BEFORE_HEADINGS]):
        headings = [cell.strip().lower() for cell in line.cells]
        if "nip" in headings:
            rows = [
                _cells(each, headings) for each in sheet.lines[at + 1 :] if not _is_remark(each)
            ]
            _check(headings, rows)
            return rows
    raise Refused(SheetReason.NO_HEADINGS, headings=", ".join(COLUMNS))


def _check(headings: list[str], rows: list[Cells]) -> None:
    missing = [column for column in COLUMNS if column not in headings]
    if missing:
        raise Refused(SheetReason.NO_HEADINGS, headings=", ".join(missing))
    for column in (*COLUMNS, *OPTIONAL):
        if headings.count(column) > 1:
            raise Refused(SheetReason.TWICE_A_HEADING, column=column)
    if not rows:
        raise Refused(SheetReason.NO_ROWS)


def _is_remark(line: Line) -> bool:
    return next((cell for cell in line.cells if cell), "").startswith(REMARK)


def _cells(line: Line, headings: list[str]) -> Cells:
    ours = {
        place: name for place, name in enumerate(headings) if name in COLUMNS or name in OPTIONAL
    }
    cells = {name: line.cells[place] for place, name in ours.items() if place < len(line.cells)}
    bad = [
        Refusal(why.refusal.reason, ours[place], why.refusal.facts)
        for place, why in line.bad.items()
        if place in ours
    ]
    if len(line.cells) > len(headings):
        bad.append(Refusal(SheetReason.MORE_CELLS))
    return Cells(line.row, cells, bad)


# --- A row ---------------------------------------------------------------------------------------


class Reader:
    """Understands rows against the places and agencies there are, read once."""

    def __init__(self) -> None:
        self.today = timezone.localdate()
        self.agencies = {agency.code: agency for agency in Agency.objects.all()}
        self.places = _places_by_name()

    def understand(self, row: Cells) -> Understood:
        """Every cell is looked at, so that one file tells all its mistakes at once."""
        refusals = list(row.refusals)
        refused = {refusal.column for refusal in refusals}

        def said(column: str, read: Callable[[str], Said]) -> Said | None:
            if column in refused:
                return None
            try:
                return read(row[column])
            except Refused as why:
                refusals.append(Refusal(why.refusal.reason, column, why.refusal.facts))
                return None

        nip = said("nip", self._number)
        former = said("former_nip", self._former)
        name = said("name", _name)
        agency = said("agency_code", self._agency)
        email, phone = said("email", _email), said("phone", _phone)
        region = said("home_kelurahan", self._place)
        rw, rt = said("rw", _small_number), said("rt", _small_number)
        valid_from, left_on = said("valid_from", _day), said("left_on", _last_day)
        if not refusals:
            refusals += _misfits(region, rw=rw, rt=rt)
        if refusals or nip is None or agency is None or region is None:
            return Understood(row.row, None, refusals)
        return Understood(
            row.row,
            Person(
                nip=nip,
                former=former,
                number_is_theirs=row["former_nip"] == NOT_ANY_MORE,
                name=name or "",
                email=email or "",
                phone=phone or "",
                agency=agency,
                region=region,
                rw=rw,
                rt=rt,
                valid_from=valid_from or self.today,
                left_on=left_on,
                comes_back=row["left_on"] == NOT_ANY_MORE,
            ),
        )

    def _number(self, text: str) -> Nip:
        if not text:
            raise Refused(SheetReason.MISSING)
        digits = SEPARATORS.sub("", text)
        if "E+" in text.upper() or set(digits[KEPT_BY_SPREADSHEETS:]) == {"0"}:
            raise Refused(Reason.SHORTENED)
        try:
            return parse_nip(digits, today=self.today)
        except NipNotValid as refused:
            raise Refused(Reason(f"nip-{refused.reason}")) from None

    def _former(self, text: str) -> Nip | None:
        return None if text in ("", NOT_ANY_MORE) else self._number(text)

    def _agency(self, text: str) -> Agency:
        agency = self.agencies.get(text)
        if agency is None:
            raise Refused(Reason.NO_AGENCY if text else SheetReason.MISSING)
        return agency

    def _place(self, text: str) -> Region:
        found = self.places.get(text.casefold(), [])
        if len(found) == 1:
            return found[0]
        if not text:
            raise Refused(SheetReason.MISSING)
        raise Refused(Reason.PLACES if found else Reason.NO_PLACE)


def _places_by_name() -> Mapping[str, list[Region]]:
    places: dict[str, list[Region]] = {}
    for region in Region.objects.places():
        names = (
            OUTSIDE_NAMES if region.code == OUTSIDE else {region.code, region.name, region.alias}
        )
        for name in {name.casefold() for name in names if name}:
            places.setdefault(name, []).append(region)
    return places


def _misfits(region: Region | None, *, rw: int | None, rt: int | None) -> list[Refusal]:
    if rt is not None and rw is None:
        return [Refusal(Reason.RT_WITHOUT_RW, "rt")]
    if region is not None and region.level == Region.Level.OUTSIDE and rw is not None:
        return [Refusal(Reason.RW_OUTSIDE, "rw")]
    return []


def _name(text: str) -> str:
    if not text:
        raise Refused(SheetReason.MISSING)
    return _short(text, LONGEST_NAME)


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise Refused(SheetReason.TOO_LONG, most=most)
    return text


def _email(text: str) -> str:
    if text:
        try:
            validate_email(_short(text, LONGEST_EMAIL))
        except ValidationError:
            raise Refused(Reason.NO_EMAIL) from None
    return text


def _phone(text: str) -> str:
    phone = re.sub(r"[\s().-]", "", text)
    if phone and not re.fullmatch(r"\+?[0-9]{8,15}", phone):
        raise Refused(Reason.NO_PHONE)
    return phone


def _small_number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:6]) <= LARGEST_NUMBER):
        raise Refused(SheetReason.NO_NUMBER, least=1, most=LARGEST_NUMBER)
    return int(text)


def _day(text: str) -> date | None:
    """2026-12-01, or the day before the month: 1-12-2026, 1/12/2026, 1.12.2026."""
    if not text:
        return None
    iso, said = ISO_DAY.fullmatch(text), DAY_FIRST.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if said:
            return date(int(said[3]), int(said[2]), int(said[1]))
    except ValueError:
        pass
    raise Refused(Reason.NO_DAY)


def _last_day(text: str) -> date | None:
    return None if text == NOT_ANY_MORE else _day(text)
