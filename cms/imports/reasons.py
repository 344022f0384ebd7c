"""Why a row of shops or products is not taken: what any table may lack is in core/refusals.py."""

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core import refusals


class Reason(TextChoices):
    """What may stand in the way of a shop or a product, beside `SheetReason`."""

    # a cell
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


def told(stored: Mapping[str, Any]) -> str:
    """A stored refusal in the language of whoever reads it now."""
    return refusals.told(stored, Reason)
