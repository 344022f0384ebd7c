"""What each row of the personnel file would change, against what is known: nothing is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from core import secrets
from core.refusals import Refusal, Refused, SheetReason
from marketplace import nip
from marketplace.models import Asn, FormerNip, PersonnelLine
from marketplace.models.people import in_force
from marketplace.nip import Nip
from marketplace.personnel import has_left
from marketplace.personnel_file.reading import Person, Understood, home_line
from marketplace.personnel_file.reasons import Reason

Leads = PersonnelLine.Leads
AT_ONCE = 1_000
"""Rows that are looked up together."""
CONTACT = ("name", "email", "phone")


@dataclass(frozen=True)
class Change:
    """One thing that a row changes, in words that may be kept: a NIP is masked."""

    what: str
    before: str
    after: str
    since: str = ""

    def stored(self) -> list[str]:
        return [self.what, self.before, self.after, self.since]


@dataclass
class Plan:
    """What one row leads to. `asn` is who it is about, None for a new person."""

    row: int
    person: Person | None
    asn: Asn | None = None
    leads_to: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notes_home: bool = False

    @property
    def writes(self) -> bool:
        """Whether anything is to be written, be it only what the file said of a home."""
        return not self.refusals and (self.notes_home or self.leads_to != [Leads.SAME])

    def leads(self, what: str) -> bool:
        return what in self.leads_to


def plan_rows(rows: Iterable[Understood], *, locking: bool = False) -> list[Plan]:
    """Plan every row, in the order of the file; `locking` keeps whom they are about until the end.

    A second row about the same person is refused.
    """
    found = list(rows)
    known = _Known([row.person for row in found if row.person], locking=locking)
    taken: dict[Any, int] = {}
    return [_plan(row, known, taken) for row in found]


def _plan(row: Understood, known: "_Known", taken: dict[Any, int]) -> Plan:
    plan = Plan(row.row, row.person, refusals=list(row.refusals))
    if row.person is not None:
        try:
            _refuse_repeated(taken, row.row, {row.person.nip.digits}, "nip")
            plan.asn = known.who(row.person)
            if plan.asn:
                _refuse_repeated(taken, row.row, {plan.asn.pk}, "nip")
                _compare(plan, plan.asn, row.person)
            else:
                _enter(plan, row.person)
        except Refused as refused:
            plan.refusals.append(refused.refusal)
    if plan.refusals:
        plan.leads_to, plan.changes, plan.notes_home = [Leads.REFUSED], [], False
    return plan


def _refuse_repeated(taken: dict[Any, int], row: int, keys: set[Any], column: str) -> None:
    for key in keys:
        first = taken.setdefault(key, row)
        if first != row:
            raise Refused(SheetReason.SAME_AS_ROW, column=column, row=first)


# --- Who it is -----------------------------------------------------------------------------------


class _Known:
    """The people whom some rows may be about, by their numbers under every key in use."""

    def __init__(self, people: Sequence[Person], *, locking: bool) -> None:
        self.now: dict[str, Asn] = {}
        self.once: dict[str, Asn] = {}
        rest = iter(people)
        while some := list(islice(rest, AT_ONCE)):
            self._look_up(some, locking=locking)

    def _look_up(self, people: Sequence[Person], *, locking: bool) -> None:
        numbers = {number.digits: number for person in people for number in _numbers(person)}
        digits = {
            digest: said for said, number in numbers.items() for digest in nip.digests(number)
        }
        former = FormerNip.objects.filter(nip_digest__in=list(digits))
        once = {digits[each.nip_digest]: each.asn_id for each in former}
        current = _people(locking=locking).filter(nip_digest__in=list(digits))
        for asn in current:
            self.now[digits[asn.nip_digest]] = asn
        others = set(once.values()) - {asn.pk for asn in self.now.values()}
        by_key = {asn.pk: asn for asn in self.now.values()}
        if others:
            found = _people(locking=locking).filter(pk__in=others)
            by_key |= {asn.pk: asn for asn in found}
        self.once |= {said: by_key[pk] for said, pk in once.items() if pk in by_key}

    def who(self, person: Person) -> Asn | None:
        """Whom a row is about; None for a new person. Raises `Refused` where that is not plain."""
        now, once = self.now.get(person.nip.digits), self.once.get(person.nip.digits)
        if person.former is not None:
            return self._renumbered(person.former, now=now, once=once)
        if now is not None or once is None or person.number_is_theirs:
            return now
        if once.name.casefold() != person.name.casefold():
            raise Refused(Reason.ONCE_ANOTHER, column="former_nip")
        return once

    def _renumbered(self, former: Nip, *, now: Asn | None, once: Asn | None) -> Asn:
        named = self.now.get(former.digits) or self.once.get(former.digits)
        if named is None:
            raise Refused(Reason.NOBODY, column="former_nip")
        if any(other is not None and other.pk != named.pk for other in (now, once)):
            raise Refused(Reason.SOMEBODY_ELSE, column="former_nip")
        return named


def _numbers(person: Person) -> Iterator[Nip]:
    yield person.nip
    if person.former is not None:
        yield person.former


def _people(*, locking: bool) -> QuerySet[Asn]:
    rows = Asn.objects.order_by("pk").prefetch_related("homes", "postings__agency")
    return rows.select_for_update(no_key=True) if locking else rows


# --- What changes --------------------------------------------------------------------------------


def _enter(plan: Plan, person: Person) -> None:
    if person.left_on is not None and person.left_on < timezone.localdate():
        raise Refused(Reason.NEVER_SERVED, column="left_on")
    plan.leads_to = [Leads.CREATED]
    since = person.valid_from.isoformat()
    plan.changes = [
        Change("agency_code", "", person.agency.code, since),
        Change("home_kelurahan", "", person.home, since),
    ]
    if person.left_on is not None:
        plan.leads_to.append(Leads.LEAVES)
        plan.changes.append(Change("left_on", "", person.left_on.isoformat()))


def _compare(plan: Plan, asn: Asn, person: Person) -> None:
    _compare_service(plan, asn, person)
    _compare_number(plan, asn, person)
    _compare_moves(plan, asn, person)
    changed = [name for name in CONTACT if getattr(asn, name) != getattr(person, name)]
    if changed:
        plan.leads_to.append(Leads.CHANGED)
        plan.changes += [
            Change(name, getattr(asn, name), getattr(person, name)) for name in changed
        ]
    plan.leads_to = plan.leads_to or [Leads.SAME]


def _compare_service(plan: Plan, asn: Asn, person: Person) -> None:
    """Their last day: none said leaves what stands, and who has left is not brought back by it."""
    left, said = has_left(asn), person.left_on
    if said is None and not person.comes_back:
        if left:
            raise Refused(Reason.HAS_LEFT, column="left_on")
        return
    if said == asn.left_on:
        return
    plan.changes.append(Change("left_on", _iso(asn.left_on), _iso(said)))
    comes_back = said is None or (left and said >= timezone.localdate())
    plan.leads_to.append(Leads.RETURNED if comes_back else Leads.LEAVES)


def _compare_number(plan: Plan, asn: Asn, person: Person) -> None:
    if person.former is None or asn.nip_digest in nip.digests(person.nip):
        return
    plan.leads_to.append(Leads.RENUMBERED)
    before = nip.mask(secrets.decrypt(asn.nip_encrypted))
    plan.changes.append(Change("nip", before, nip.mask(person.nip.digits)))


def _compare_moves(plan: Plan, asn: Asn, person: Person) -> None:
    """Another agency or home from a day on; who has none gets a first one, and moves nowhere."""
    since = person.valid_from.isoformat()
    posting = in_force(asn.postings.all(), person.valid_from)
    serves = posting.agency.code if posting else ""
    if serves != person.agency.code:
        plan.leads_to.append(Leads.POSTED)
        plan.changes.append(Change("agency_code", serves, person.agency.code, since))
    home = in_force(asn.homes.all(), person.valid_from)
    lives = home_line(home.region_id, home.rw, home.rt) if home else ""
    plan.notes_home = asn.home_in_file != person.home
    if lives != person.home and (plan.notes_home or not lives):
        plan.leads_to.append(Leads.MOVED)
        plan.changes.append(Change("home_kelurahan", lives, person.home, since))
    moves = (serves and plan.leads(Leads.POSTED)) or (lives and plan.leads(Leads.MOVED))
    if moves and person.valid_from < timezone.localdate():
        raise Refused(Reason.MOVE_IN_THE_PAST, column="valid_from")


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
