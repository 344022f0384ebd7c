"""The employee number of a civil servant: NIP of a PNS, NI PPPK of a contract employee.

18 digits without a check digit: birth date, appointment (year and month 01-12 for a PNS, year and
contract code from 21 for PPPK), sex 1 or 2, sequence from 001 (Perka BKN 22/2007). It reveals birth
date and sex: encrypted at rest, looked up by keyed hash, shown masked, never in an address or log.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from core import secrets
from marketplace.errors import NipNotValid
from marketplace.models import Asn

SEPARATORS = re.compile(r"[\s.\-]")
EIGHTEEN_DIGITS = re.compile(r"[0-9]{18}")
DIGITS = 18
FIRST_CONTRACT_CODE = 21
YOUNGEST = 18
"""Years of age at the appointment."""

REASONS = {
    "length": _("A NIP has 18 digits."),
    "birth_date": _("The first 8 digits are no birth date."),
    "block_13_14": _("Digits 13 and 14 are neither a month nor a contract code."),
    "sex": _("Digit 15 must be 1 or 2."),
    "sequence": _("The last 3 digits begin at 001."),
    "future": _("The appointment lies in the future."),
    "age": _("The appointment lies before the age of 18."),
}
"""Why a text is no NIP: a stable code and what a person reads."""


@dataclass(frozen=True)
class Nip:
    """A number whose parts make sense; whether someone holds it only the personnel office knows."""

    digits: str
    kind: Asn.Kind

    @property
    def display(self) -> str:
        """As it is printed: `19900817 201504 1 999`. Reveals birth date and sex."""
        return " ".join(_parts(self.digits))


def parse_nip(text: str, *, today: date) -> Nip:
    """Read a NIP written with or without spaces, dots and hyphens.

    Raises `NipNotValid` with the first reason found, one of `REASONS`.
    """
    digits = SEPARATORS.sub("", text)
    if not EIGHTEEN_DIGITS.fullmatch(digits):
        raise NipNotValid("length")
    born, appointed, sex, sequence = _parts(digits)
    birth = _birth_date(born, today=today)
    kind = _kind(int(appointed[4:]))
    if sex not in "12":
        raise NipNotValid("sex")
    if sequence == "000":
        raise NipNotValid("sequence")
    _refuse_impossible_appointment(birth, appointed, kind=kind, today=today)
    return Nip(digits=digits, kind=kind)


def mask(digits: str) -> str:
    """What may be shown of a NIP: the sequence, which says neither birth date nor sex."""
    return f"•••••••• •••••• • {digits[-3:]}"


def digest(nip: Nip) -> tuple[str, int]:
    """The keyed hash by which a NIP is found, and the version of its key."""
    return secrets.lookup_digest(nip.digits, purpose="nip")


def digests(nip: Nip) -> list[str]:
    """Every hash under which this NIP may be stored, of the present key and of older ones."""
    return [found for found, _version in secrets.lookup_digests(nip.digits, purpose="nip")]


def _parts(digits: str) -> tuple[str, str, str, str]:
    return digits[:8], digits[8:14], digits[14], digits[15:]


def _birth_date(born: str, *, today: date) -> date:
    try:
        birth = datetime.strptime(born, "%Y%m%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise NipNotValid("birth_date") from None
    if birth > today:
        raise NipNotValid("birth_date")
    return birth


def _kind(block: int) -> Asn.Kind:
    if 1 <= block <= 12:
        return Asn.Kind.PNS
    if block >= FIRST_CONTRACT_CODE:
        return Asn.Kind.PPPK
    raise NipNotValid("block_13_14")


def _refuse_impossible_appointment(
    birth: date, appointed: str, *, kind: Asn.Kind, today: date
) -> None:
    """Compare by month for a PNS and by year for PPPK, whose number holds no month."""
    year, month = int(appointed[:4]), int(appointed[4:])
    if kind == Asn.Kind.PPPK:
        appointment, now, of_age = (year, 0), (today.year, 0), (birth.year + YOUNGEST, 0)
    else:
        appointment, now = (year, month), (today.year, today.month)
        of_age = (birth.year + YOUNGEST, birth.month)
    if appointment > now:
        raise NipNotValid("future")
    if appointment < of_age:
        raise NipNotValid("age")
