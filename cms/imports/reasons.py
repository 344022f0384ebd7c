"""Why a file, a row or a cell is not taken: kept as a code, told in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    """What may stand in the way; the label takes its numbers and names from the refusal."""

    # the file
    EMPTY = "empty", _("The file is empty.")
    TOO_LARGE = "too-large", _("The file is larger than %(most)d MB.")
    NOT_A_TABLE = "not-a-table", _("This is no spreadsheet. Please save it as XLSX or CSV.")
    OLD_EXCEL = "old-excel", _("This is an old Excel file (.xls). Please save it as XLSX.")
    PASSWORD = "password", _("The file is protected by a password. Please save it without one.")
    BOMB = "bomb", _("The file unpacks to far more than a table of shops. It was not opened.")
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
    NO_PRICE = "no-price", _("No price in whole rupiah, such as 12000 or 12.000.")
    NO_YES_OR_NO = "no-yes-or-no", _("Neither ya nor tidak.")
    NO_WHATSAPP = "no-whatsapp", _("No Indonesian mobile number, such as 081234567890.")
    NO_COORDINATE = "no-coordinate", _("No coordinate from %(least)d to %(most)d.")
    NO_CATEGORY = "no-category", _("There is no such category: see the list in the template.")
    NO_PLACE = "no-place", _("There is no such kelurahan: see the list in the template.")
    PLACES = "places", _("More than one kelurahan has this name: please add the kecamatan.")
    NO_CODE = "no-code", _("Nothing in the catalogue has this code.")
    NO_HOURS = (
        "no-hours",
        _("No opening hours, such as Senin-Jumat 08.00-16.00; Sabtu 08.00-12.00."),
    )
    NO_DAY = "no-day", _("No day, such as 24-11-2026.")
    NO_NIB = "no-nib", _("A NIB has 13 digits.")
    NO_PIRT = "no-pirt", _("A P-IRT number has 15 digits, the first from 1 to 8.")
    NO_HALAL = "no-halal", _("A halal certificate's number is ID and 17 digits.")
    SHORTENED = (
        "shortened",
        _("The spreadsheet has shortened this number: format the cell as text, type it anew."),
    )
    NO_VARIANT = "no-variant", _("No variants, such as Kecil=12000; Besar=20000.")
    TOO_MANY_VARIANTS = "too-many-variants", _("More than %(most)d variants.")
    # a row
    HALF_A_CHECK = "half-a-check", _("Name both the office and the day.")
    CHECKED_LATER = "checked-later", _("Nobody has checked it on a day that is still to come.")
    NOT_AS_MANY = "not-as-many", _("As many as there are numbers, apart by ;, or one for all.")
    VARIANT_TWICE = "variant-twice", _("Two variants of one product need two names.")
    SAME_AS_ROW = "same-as-row", _("The same as row %(row)d.")
    MORE_CELLS = "more-cells", _("More cells than headings.")
    RT_WITHOUT_RW = "rt-without-rw", _("An RT lies in an RW: please give both.")
    HALF_A_POSITION = "half-a-position", _("A position needs latitude and longitude.")
    PRICE_RANGE = "price-range", _("Not below the price, which comes with it.")
    SEVERAL = "several", _("More than one page is called so: please give the code.")
    NO_SHOP = "no-shop", _("The catalogue has no such shop: please import the shops first.")
    OTHER_SHOP = "other-shop", _("The product of this code is of another shop.")
    EDITED = "edited", _("The page has edits that are not published yet, or is locked.")
    PAGE_REFUSES = "page-refuses", _("The page does not take it: %(said)s")
    NOT_TAKEN = "not-taken", _("The catalogue does not take this row.")
    # a row that is not taken back
    EDITED_SINCE = "edited-since", _("Somebody has changed the page since.")
    LOCKED = "locked", _("The page is locked.")
    HAS_PRODUCTS = "has-products", _("The shop has products by now.")
    IN_USE = "in-use", _("Something else points at the page.")


@dataclass(frozen=True)
class Refusal:
    """One reason, with the heading of the column it is about and what its words need."""

    reason: Reason
    column: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As it is kept in the database."""
        return {"reason": self.reason.value, "column": self.column, "facts": dict(self.facts)}


class Refused(Exception):
    """A file or a cell that is not taken; whoever reads it knows row and column."""

    def __init__(self, reason: Reason, *, column: str = "", **facts: Any) -> None:
        self.refusal = Refusal(reason, column, facts)
        super().__init__(reason.value)


def told(stored: Mapping[str, Any]) -> str:
    """A stored refusal in the language of whoever reads it now."""
    label: str | Promise = Reason(stored["reason"]).label
    said = str(label) % stored["facts"]
    if not stored["column"]:
        return said
    return gettext("%(column)s: %(said)s") % {"column": stored["column"], "said": said}
