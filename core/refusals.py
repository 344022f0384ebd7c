"""Why a file, a row or a cell is not taken: kept as a code, told in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class SheetReason(TextChoices):
    """What may stand in the way of any table; what a column means has reasons of its own.

    The label takes its numbers and names from the refusal.
    """

    # the file
    EMPTY = "empty", _("The file is empty.")
    TOO_LARGE = "too-large", _("The file is larger than %(most)d MB.")
    NOT_A_TABLE = "not-a-table", _("This is no spreadsheet. Please save it as XLSX or CSV.")
    OLD_EXCEL = "old-excel", _("This is an old Excel file (.xls). Please save it as XLSX.")
    PASSWORD = "password", _("The file is protected by a password. Please save it without one.")
    BOMB = "bomb", _("The file unpacks to far more than such a table. It was not opened.")
    DAMAGED = "damaged", _("The file is damaged: please open it, save it anew and try again.")
    DAMAGED_ROW = "damaged-row", _("Row %(row)d cannot be read: a quotation mark is not closed?")
    TOO_MANY_ROWS = "too-many-rows", _("The file has more than %(most)d rows. Please divide it.")
    TOO_MANY_COLUMNS = "too-many-columns", _("The file has more than %(most)d columns.")
    NO_HEADINGS = "no-headings", _("No row of headings was found: %(headings)s.")
    TWICE_A_HEADING = "twice-a-heading", _("Two columns have this heading.")
    NO_ROWS = "no-rows", _("Below the headings stands no row.")
    # a cell
    MISSING = "missing", _("Nothing is filled in.")
    TOO_LONG = "too-long", _("Longer than %(most)d characters.")
    FORMULA = "formula", _("A formula: please put its value in its place.")
    ERROR = "error", _("The spreadsheet shows an error here.")
    UNPRINTABLE = "unprintable", _("Holds signs that cannot be shown.")
    NO_NUMBER = "no-number", _("No whole number from %(least)d to %(most)d.")
    # a row
    SAME_AS_ROW = "same-as-row", _("The same as row %(row)d.")
    MORE_CELLS = "more-cells", _("More cells than headings.")


@dataclass(frozen=True)
class Refusal:
    """One reason, with the heading of the column it is about and what its words need."""

    reason: TextChoices
    column: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As it is kept in the database."""
        return {"reason": self.reason.value, "column": self.column, "facts": dict(self.facts)}


class Refused(Exception):
    """A file or a cell that is not taken; whoever reads it knows row and column."""

    def __init__(self, reason: TextChoices, *, column: str = "", **facts: Any) -> None:
        self.refusal = Refusal(reason, column, facts)
        super().__init__(reason.value)


def told(stored: Mapping[str, Any], *kinds: type[TextChoices]) -> str:
    """A stored refusal in the language of whoever reads it now.

    `kinds` are the reasons beside `SheetReason` that it may have.
    """
    labels: dict[str, str | Promise] = {}
    every: tuple[type[TextChoices], ...] = (SheetReason, *kinds)
    for kind in every:
        labels.update(kind.choices)
    said = str(labels[stored["reason"]]) % stored["facts"]
    if not stored["column"]:
        return said
    return gettext("%(column)s: %(said)s") % {"column": stored["column"], "said": said}
