"""Loading the regions of a city from CSV, and the one row for everywhere outside it."""

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.models import OUTSIDE, Region
from marketplace.tables import (
    BadRow,
    CellRefused,
    Loaded,
    Row,
    TableRefused,
    each_row,
    needed,
    optional,
    read_rows,
    refuse_repeated,
    save_all,
    whole_number,
)

COLUMNS = ["code", "level", "name", "parent_code"]
"""What a file must have; `SAVED` lists what it may have beside."""

SAVED = [
    "level",
    "name",
    "alias",
    "parent_id",
    "latitude",
    "longitude",
    "postal_code",
    "population",
    "population_period",
    "population_source",
]

CODES = {
    Region.Level.PROVINCE: re.compile(r"\d\d"),
    Region.Level.CITY: re.compile(r"\d\d\.\d\d"),
    Region.Level.KECAMATAN: re.compile(r"\d\d\.\d\d\.\d\d"),
    Region.Level.KELURAHAN: re.compile(r"\d\d\.\d\d\.\d\d\.\d{4}"),
}
"""Kemendagri codes by level. BPS codes have no dots and are refused."""


@transaction.atomic
def load_regions(path: Path, *, city: str) -> Loaded:
    """Load the tree of one city and its province, and make the row that stands for outside.

    Rows of other cities are skipped. Loaded again, an unchanged file changes nothing.
    Raises `TableRefused` with every bad row; then nothing is loaded.
    """
    rows = read_rows(path, columns=COLUMNS)
    ours = [row for row in rows if belongs(row["code"], city=city)]
    if not any(row["code"] == city for row in ours):
        raise TableRefused([BadRow(1, _("The file does not hold the city %s.") % city)])
    refuse_repeated(ours, "code")
    codes = {row["code"] for row in ours}
    regions = each_row(ours, lambda row: _region(row, codes=codes))
    loaded = save_all([_outside(), *regions], key="code", columns=SAVED)
    loaded.skipped = len(rows) - len(ours)
    return loaded


def belongs(code: str, *, city: str) -> bool:
    """Whether a code is the city, something inside it, or something it lies in."""
    return code == city or code.startswith(f"{city}.") or city.startswith(f"{code}.")


def _outside() -> Region:
    name = _("Outside %s") % settings.CITY_NAME
    return Region(code=OUTSIDE, level=Region.Level.OUTSIDE, name=name)


def _region(row: Row, *, codes: set[str]) -> Region:
    level = _level(row)
    return Region(
        code=row["code"],
        level=level,
        name=needed(row, "name", most=80),
        alias=optional(row, "alias", most=80),
        parent_id=_parent(row, level=level, codes=codes),
        latitude=_degrees(row, "latitude", most=90),
        longitude=_degrees(row, "longitude", most=180),
        postal_code=_postal_code(row),
        population=whole_number(row, "population", least=0, most=2_000_000_000),
        population_period=optional(row, "population_period", most=10),
        population_source=optional(row, "population_source", most=120),
    )


def _level(row: Row) -> Region.Level:
    """The level of a row, held against the form of its code."""
    try:
        level = Region.Level(row["level"])
    except ValueError:
        raise CellRefused(_("level must be province, city, kecamatan or kelurahan")) from None
    if level not in CODES or not CODES[level].fullmatch(row["code"]):
        raise CellRefused(_("code is no Kemendagri code of this level"))
    return level


def _parent(row: Row, *, level: Region.Level, codes: set[str]) -> str | None:
    if level == Region.Level.PROVINCE:
        return None
    parent = row["code"].rpartition(".")[0]
    if row["parent_code"] != parent:
        raise CellRefused(_("parent_code must be %s") % parent)
    if parent in codes:
        return parent
    if level == Region.Level.CITY:
        return None  # a file may begin at the city
    raise CellRefused(_("its parent %s is not in the file") % parent)


def _degrees(row: Row, column: str, *, most: int) -> Decimal | None:
    if not row[column]:
        return None
    try:
        degrees = round(Decimal(row[column]), 5)
    except InvalidOperation:
        degrees = Decimal("NaN")
    if not degrees.is_finite() or abs(degrees) > most:
        raise CellRefused(_("%(column)s is no number of degrees") % {"column": column})
    return degrees


def _postal_code(row: Row) -> str:
    if row["postal_code"] and not re.fullmatch(r"[0-9]{5}", row["postal_code"]):
        raise CellRefused(_("postal_code has 5 digits"))
    return row["postal_code"]
