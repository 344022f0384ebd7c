"""The numbers of permits and certificates: which kinds there are, and what each looks like.

Sources: PP 24/2018 (NIB: 13 digits), PerBPOM 22/2018 (P-IRT: 15 digits, the last two the year it
ends), dated public samples of BPJPH (halal: ID and 17 digits).
"""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class BadgeKind(models.TextChoices):
    NIB = "nib", "NIB"
    PIRT = "pirt", "P-IRT"
    HALAL = "halal", "Halal"


SHAPES = {
    BadgeKind.NIB: (re.compile(r"\d{13}"), _("A NIB has 13 digits.")),
    BadgeKind.PIRT: (
        re.compile(r"[1-8]\d{14}"),
        _("A P-IRT number has 15 digits, the first from 1 to 8."),
    ),
    BadgeKind.HALAL: (
        re.compile(r"ID\d{17}"),
        _("A halal certificate's number is ID and 17 digits."),
    ),
}
PREFIX = re.compile(r"^(P-?IRT|NIB|HALAL)")
SEPARATORS = re.compile(r"[\s.\-/:]")


def checked_number(kind: str, number: str) -> str:
    """The number as it is kept: without separators or a name before it.

    Raises `ValidationError` (field `number`) if it cannot be a number of that kind.
    """
    bare = SEPARATORS.sub("", PREFIX.sub("", number.strip().upper()))
    shape, refusal = SHAPES[BadgeKind(kind)]
    if not shape.fullmatch(bare):
        raise ValidationError({"number": refusal})
    return bare


def expiry_said_by(kind: str, number: str) -> date | None:
    """The last day that the number itself tells: a P-IRT ends with the year of its last digits."""
    if kind != BadgeKind.PIRT:
        return None
    return date(2000 + int(number[-2:]), 12, 31)
