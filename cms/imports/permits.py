"""Badges in a row: number, until when, who checked it and when, each kind in columns of its own.

A shop with several numbers of one kind has them apart by a semicolon, and what is said of them in
the same order; said once, it holds for all. What a row does not say of a number stays.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from cms.badge_numbers import BadgeKind, checked_number, expiry_said_by
from cms.imports.reasons import Reason
from cms.models import Badge, UmkmPage
from core.refusals import Refused, SheetReason

Permit = dict[str, str | None]
"""One badge: `number`, `until`, `office`, `checked`; days as YYYY-MM-DD."""

LONGEST_NUMBER = 30
LONGEST_OFFICE = 80
WRONG = {
    BadgeKind.NIB: Reason.NO_NIB,
    BadgeKind.PIRT: Reason.NO_PIRT,
    BadgeKind.HALAL: Reason.NO_HALAL,
}
SHORTENED = re.compile(r"\d([.,]\d+)?e\+\d+", re.IGNORECASE)
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T.*)?")
DAY_FIRST = re.compile(r"(\d{1,2})[ ./-]([\w]+)[ ./-](\d{4})")
MONTHS = ["jan", "feb", "mar", "apr", "mei", "jun", "jul", "agu", "sep", "okt", "nov", "des"]
PARTS = ("until", "office", "checked")


# --- Cells ---------------------------------------------------------------------------------------


def read_numbers(text: str, kind: str) -> list[str]:
    """The numbers in a cell. Raises `Refused`."""
    if SHORTENED.fullmatch(text):
        raise Refused(Reason.SHORTENED)
    try:
        return list(dict.fromkeys(checked_number(kind, each) for each in split(text)))
    except ValidationError:
        raise Refused(WRONG[BadgeKind(kind)]) from None


def read_offices(text: str) -> list[str | None]:
    """The offices in a cell; `-` is none. Raises `Refused`."""
    if any(len(each) > LONGEST_OFFICE for each in split(text)):
        raise Refused(SheetReason.TOO_LONG, most=LONGEST_OFFICE)
    return [None if each == "-" else each for each in split(text)]


def read_days(text: str) -> list[str | None]:
    """The days in a cell; `-` is none. Raises `Refused`."""
    return [None if each == "-" else _day(each) for each in split(text)]


def split(text: str) -> list[str]:
    """The parts of a cell that says several things."""
    return [each.strip() for each in text.split(";") if each.strip()]


def _day(text: str) -> str:
    """2026-11-24, 24/11/2026, 24-11-2026 and 24 November 2026: the day comes before the month."""
    iso, said = ISO_DAY.fullmatch(text), DAY_FIRST.fullmatch(text)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3])).isoformat()
        if said:
            return date(int(said[3]), _month(said[2]), int(said[1])).isoformat()
    except ValueError:
        pass
    raise Refused(Reason.NO_DAY)


def _month(text: str) -> int:
    return int(text) if text.isdecimal() else MONTHS.index(text.lower()[:3]) + 1


# --- What a row leads to -------------------------------------------------------------------------


def permits_of(page: UmkmPage, kind: str) -> list[Permit]:
    """The badges of one kind that a page has."""
    return [
        {
            "number": badge.number,
            "until": badge.valid_until and badge.valid_until.isoformat(),
            "office": badge.checked_by_office or None,
            "checked": badge.checked_on and badge.checked_on.isoformat(),
        }
        for badge in page.badges.all()
        if badge.kind == kind
    ]


def after_row(kind: str, standing: list[Permit], values: Mapping[str, Any]) -> list[Permit]:
    """The badges of one kind that a shop has after a row. Raises `Refused`, `column` a key."""
    numbers: list[str] = values.get(kind, [each["number"] for each in standing])
    stood = {each["number"]: each for each in standing}
    for part in PARTS:
        given = values.get(f"{kind}_{part}")
        if given and not numbers and any(given):
            raise Refused(SheetReason.MISSING, column=kind)
        if given and len(given) not in (1, len(numbers)) and numbers:
            raise Refused(Reason.NOT_AS_MANY, column=f"{kind}_{part}")
    return [
        _permit(kind, number, place, stood.get(number, {}), values)
        for place, number in enumerate(numbers)
    ]


def _permit(kind: str, number: str, place: int, stood: Permit, values: Mapping[str, Any]) -> Permit:
    permit: Permit = {"number": number}
    for part in PARTS:
        given = values.get(f"{kind}_{part}")
        permit[part] = given[place if len(given) > 1 else 0] if given else stood.get(part)
    if permit["until"] is None:
        told = expiry_said_by(kind, number)
        permit["until"] = told.isoformat() if told else None
    if (permit["office"] is None) != (permit["checked"] is None):
        missing = "office" if permit["office"] is None else "checked"
        raise Refused(Reason.HALF_A_CHECK, column=f"{kind}_{missing}")
    if permit["checked"] and permit["checked"] > timezone.localdate().isoformat():
        raise Refused(Reason.CHECKED_LATER, column=f"{kind}_checked")
    return permit


def fill_permits(page: UmkmPage, kind: str, permits: list[Permit]) -> None:
    """Let a page have these badges of one kind, and the others that it has."""
    badges = list(page.badges.all())
    known = {badge.number: badge for badge in badges if badge.kind == kind}
    rows = [_filled(known.get(each["number"] or ""), kind, each) for each in permits]
    others = [badge for badge in badges if badge.kind != kind]
    order = list(BadgeKind.values)
    page.badges = sorted([*others, *rows], key=lambda badge: order.index(badge.kind))


def _filled(badge: Badge | None, kind: str, permit: Permit) -> Badge:
    badge = badge or Badge(kind=kind, number=permit["number"])
    badge.valid_until = date.fromisoformat(permit["until"]) if permit["until"] else None
    badge.checked_by_office = permit["office"] or ""
    badge.checked_on = date.fromisoformat(permit["checked"]) if permit["checked"] else None
    return badge


def said_permits(permits: list[Permit]) -> str:
    """Badges as an editor reads them in a line."""
    parts = ([each[name] for name in ("number", *PARTS) if each[name]] for each in permits)
    return "; ".join(", ".join(map(str, each)) for each in parts)
