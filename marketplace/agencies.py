"""Loading the city's agencies (OPD) from CSV."""

from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.models import Agency
from marketplace.tables import (
    CellRefused,
    Loaded,
    Row,
    a_day,
    each_row,
    needed,
    optional,
    read_rows,
    refuse_repeated,
    save_all,
)

COLUMNS = ["code", "abbrev", "name", "type", "parent_code"]
"""What a file must have. It may have note, successor_code, valid_from and valid_until beside."""

SAVED = ["abbreviation", "name", "kind", "valid_from", "valid_until", "note"]


@transaction.atomic
def load_agencies(path: Path) -> Loaded:
    """Load agencies with their parents and successors; an unchanged file changes nothing.

    Raises `TableRefused` with every bad row; then nothing is loaded.
    """
    rows = read_rows(path, columns=COLUMNS)
    refuse_repeated(rows, "code")
    known = set(Agency.objects.values_list("code", flat=True))
    parents = {row["code"]: row["parent_code"] for row in rows}
    agencies = each_row(rows, lambda row: _agency(row, parents=parents, known=known))
    loaded = save_all(agencies, key="code", columns=SAVED)
    _link(rows)
    return loaded


def _agency(row: Row, *, parents: dict[str, str], known: set[str]) -> Agency:
    for column in ("parent_code", "successor_code"):
        if row[column] and row[column] not in known and row[column] not in parents:
            raise CellRefused(_("there is no agency %s") % row[column])
    if _above_itself(row["code"], parents) or row["successor_code"] == row["code"]:
        raise CellRefused(_("the agency stands above or after itself"))
    begins, ends = a_day(row, "valid_from"), a_day(row, "valid_until")
    if begins and ends and ends < begins:
        raise CellRefused(_("valid_until lies before valid_from"))
    return Agency(
        code=needed(row, "code", most=30),
        abbreviation=needed(row, "abbrev", most=40),
        name=needed(row, "name", most=160),
        kind=needed(row, "type", most=30),
        valid_from=begins,
        valid_until=ends,
        note=optional(row, "note", most=200),
    )


def _above_itself(code: str, parents: dict[str, str]) -> bool:
    seen, above = {code}, parents[code]
    while above:
        if above in seen:
            return True
        seen.add(above)
        above = parents.get(above, "")
    return False


def _link(rows: list[Row]) -> None:
    """Set parents and successors, now that every agency has its key."""
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    for row in rows:
        agency = agencies[row["code"]]
        agency.parent = agencies.get(row["parent_code"])
        agency.successor = agencies.get(row["successor_code"])
    linked = [agencies[row["code"]] for row in rows]
    Agency.objects.bulk_update(linked, ["parent", "successor"])
