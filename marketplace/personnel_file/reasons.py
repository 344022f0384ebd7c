"""Why a row of the personnel file is not taken; what any table may lack is in core/refusals.py."""

from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core import refusals
from marketplace.errors import MoveInThePast
from marketplace.nip import REASONS


class Reason(TextChoices):
    """What may stand in the way of a row, beside `SheetReason`."""

    NIP_LENGTH = "nip-length", REASONS["length"]
    NIP_BIRTH_DATE = "nip-birth_date", REASONS["birth_date"]
    NIP_BLOCK = "nip-block_13_14", REASONS["block_13_14"]
    NIP_SEX = "nip-sex", REASONS["sex"]
    NIP_SEQUENCE = "nip-sequence", REASONS["sequence"]
    NIP_FUTURE = "nip-future", REASONS["future"]
    NIP_AGE = "nip-age", REASONS["age"]
    SHORTENED = (
        "shortened",
        _("The spreadsheet has shortened this number: format the cell as text, type it anew."),
    )
    NO_AGENCY = "no-agency", _("There is no such agency (OPD).")
    NO_PLACE = "no-place", _("There is no such kelurahan.")
    PLACES = "places", _("More than one kelurahan has this name: please give the code.")
    RT_WITHOUT_RW = "rt-without-rw", _("An RT lies in an RW: please give both.")
    RW_OUTSIDE = "rw-outside", _("No RW or RT is kept outside the city.")
    NO_EMAIL = "no-email", _("This is no e-mail address.")
    NO_PHONE = "no-phone", _("This is no telephone number.")
    NO_DAY = "no-day", _("No day, such as 2026-12-01 or 1-12-2026.")
    MOVE_IN_THE_PAST = "move-in-the-past", MoveInThePast.title
    NEVER_SERVED = "never-served", _("Their last day is over: nobody is entered for that.")
    HAS_LEFT = (
        "has-left",
        _("An earlier file says that they left. If they came back, write - here."),
    )
    NOBODY = "nobody", _("Nobody is known by this number.")
    SOMEBODY_ELSE = "somebody-else", _("Somebody else has the one or the other number.")
    ONCE_ANOTHER = (
        "once-another",
        _(
            "By this number somebody of another name was once known. For a new person,"
            " write - under former_nip."
        ),
    )
    MEANWHILE = "meanwhile", _("Something changed since the dry run: please bring the file anew.")


def told(stored: Mapping[str, Any]) -> str:
    """A stored refusal in the language of whoever reads it now."""
    return refusals.told(stored, Reason)
