"""What the personnel office brings: people, where they live and serve, and their activation.

A NIP is encrypted at rest and found by its keyed hash. Homes and postings are dated rows: a move is
dated today or later, so that nothing already bought counts elsewhere afterwards.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import sessions, tokens
from accounts.models import User
from core import audit, secrets
from marketplace import nip, registry
from marketplace.errors import AlreadyActivated, MoveInThePast, NipNotValid
from marketplace.models import OUTSIDE, Agency, Asn, Buyer, Home, Posting, Region
from marketplace.models.people import in_force
from marketplace.nip import Nip, parse_nip
from marketplace.tables import (
    BadRow,
    CellRefused,
    Loaded,
    Row,
    TableRefused,
    a_day,
    each_row,
    needed,
    read_rows,
    whole_number,
)

COLUMNS = [
    "nip",
    "name",
    "agency_code",
    "email",
    "phone",
    "home_kelurahan",
    "rw",
    "rt",
    "valid_from",
]

OUTSIDE_NAMES = {OUTSIDE, "luar kota", "luar"}
ROLE = "asn"
"""The group of everyone who is an activated ASN; config/roles.py says what it may do."""


@dataclass(frozen=True)
class Person:
    """One row of the personnel file, understood."""

    line: int
    nip: Nip
    name: str
    email: str
    phone: str
    agency: Agency
    region: Region
    rw: int | None
    rt: int | None
    valid_from: date


# --- Import --------------------------------------------------------------------------------------


def load_people(path: Path) -> Loaded:
    """Import the personnel office's CSV (`COLUMNS`). See `import_people`."""
    return import_people(read_rows(path, columns=COLUMNS))


@transaction.atomic
def import_people(rows: Iterable[Row]) -> Loaded:
    """Create the people who are new and renew the others; the same rows again change nothing.

    A new person's home and agency hold from `valid_from`; a known person's move is dated today or
    later. `home_kelurahan` is a Kemendagri code, an unmistakable name, or "luar kota".
    Raises `TableRefused` with every bad row, by line and reason; then nothing is imported.
    """
    rows = list(rows)
    people = each_row(rows, _Reader().person)
    _refuse_repeated_people(people)
    known = _known(people)
    new = [person for person in people if person.nip.digits not in known]
    old = [person for person in people if person.nip.digits in known]
    _refuse_moves_in_the_past(old, known)
    _create(new)
    changed = sum(_renew(known[person.nip.digits], person) for person in old)
    return Loaded(created=len(new), changed=changed, unchanged=len(old) - changed)


# --- The person ----------------------------------------------------------------------------------


def find_asn(number: Nip) -> Asn | None:
    """The person with this NIP, under the present key or an older one."""
    return Asn.objects.filter(nip_digest__in=nip.digests(number)).first()


def activated_asn(user: AbstractBaseUser | AnonymousUser) -> Asn | None:
    """The ASN that a signed-in user is, unless they are none or have left."""
    asn: Asn | None = getattr(user, "asn", None)  # kept on the user: asked once per request
    return None if asn is not None and has_left(asn) else asn


def has_left(asn: Asn) -> bool:
    """Whether the last day of a person is over."""
    return asn.left_on is not None and asn.left_on < timezone.localdate()


@transaction.atomic
def activate(asn: Asn, user: AbstractBaseUser) -> Asn:
    """Link a person to the user they sign in as, once.

    Raises `AlreadyActivated` when the person has another user or the user is another person.
    """
    asn = Asn.objects.select_for_update(no_key=True).get(pk=asn.pk)
    if asn.user_id == user.pk:
        return asn
    if asn.user_id is not None or Asn.objects.filter(user_id=user.pk).exists():
        raise AlreadyActivated
    asn.user_id = user.pk
    asn.save(update_fields=["user"])
    user.groups.add(Group.objects.get_or_create(name=ROLE)[0])  # type: ignore[attr-defined]
    audit.record(actor=user, action="asn.activated", subject=asn, subject_user=user)
    return asn


def close_sign_ins() -> int:
    """End the sign-in of everyone whose last day is over, and how many there were.

    Their purchases, and every figure of which they are part, stay. Run twice, it does nothing more.
    """
    left = Asn.objects.filter(left_on__lt=timezone.localdate(), user__is_active=True)
    return sum(_close_sign_in(asn) for asn in left.values_list("pk", flat=True))


@transaction.atomic
def _close_sign_in(pk: int) -> bool:
    users = User.objects.select_for_update(no_key=True).filter(asn=pk, is_active=True)
    user = users.first()
    if user is None:
        return False
    user.is_active = False
    user.save(update_fields=["is_active"])
    tokens.revoke_all(user)
    sessions.end_all(user)
    audit.record(actor=None, action="asn.sign_in_closed", subject_user=user)
    return True


@transaction.atomic
def move_home(
    asn: Asn, *, region: Region, rw: int | None, rt: int | None, valid_from: date
) -> Home:
    """Let a person live elsewhere from a day on; what was bought stays where it was.

    Raises `MoveInThePast`, `PlaceUnknown` or `AddressIncomplete`.
    """
    if valid_from < timezone.localdate():
        raise MoveInThePast
    registry.check_place(region, rw=rw, rt=rt)
    home, _created = Home.objects.update_or_create(
        asn=asn, valid_from=valid_from, defaults={"region": region, "rw": rw, "rt": rt}
    )
    audit.record(actor=asn.user, action="asn.moved", subject=asn, subject_user=asn.user)
    return home


# --- Reading a row -------------------------------------------------------------------------------


class _Reader:
    """Understands rows against the places and agencies there are, read once."""

    def __init__(self) -> None:
        self.today = timezone.localdate()
        self.agencies = {agency.code: agency for agency in Agency.objects.all()}
        self.places = _places_by_name()

    def person(self, row: Row) -> Person:
        region = self.place(row)
        rw = whole_number(row, "rw", least=1, most=999)
        rt = whole_number(row, "rt", least=1, most=999)
        if rt is not None and rw is None:
            raise CellRefused(_("an RT needs its RW"))
        if rw is not None and region.level == Region.Level.OUTSIDE:
            raise CellRefused(_("no RW or RT is kept outside the city"))
        return Person(
            line=row.line,
            nip=self.number(row),
            name=needed(row, "name", most=120),
            email=_email(row),
            phone=_phone(row),
            agency=self.agency(row),
            region=region,
            rw=rw,
            rt=rt,
            valid_from=a_day(row, "valid_from") or self.today,
        )

    def number(self, row: Row) -> Nip:
        try:
            return parse_nip(row["nip"], today=self.today)
        except NipNotValid as refused:
            raise CellRefused(
                _("nip: %(reason)s") % {"reason": nip.REASONS[refused.reason]}
            ) from None

    def agency(self, row: Row) -> Agency:
        agency = self.agencies.get(row["agency_code"])
        if agency is None:
            raise CellRefused(_("agency_code: there is no such agency"))
        return agency

    def place(self, row: Row) -> Region:
        found = self.places.get(row["home_kelurahan"].casefold(), [])
        if not found:
            raise CellRefused(_("home_kelurahan: there is no such kelurahan"))
        if len(found) > 1:
            raise CellRefused(_("home_kelurahan: more than one has this name, give the code"))
        return found[0]


def _places_by_name() -> Mapping[str, list[Region]]:
    places: dict[str, list[Region]] = {}
    for region in Region.objects.places():
        names = (
            OUTSIDE_NAMES if region.code == OUTSIDE else {region.code, region.name, region.alias}
        )
        for name in {name.casefold() for name in names if name}:
            places.setdefault(name, []).append(region)
    return places


def _email(row: Row) -> str:
    if row["email"]:
        try:
            validate_email(row["email"])
        except ValidationError:
            raise CellRefused(_("email is no address")) from None
    return row["email"]


def _phone(row: Row) -> str:
    phone = re.sub(r"[\s().-]", "", row["phone"])
    if phone and not re.fullmatch(r"\+?[0-9]{8,15}", phone):
        raise CellRefused(_("phone is no number"))
    return phone


def _refuse_repeated_people(people: list[Person]) -> None:
    first: dict[str, int] = {}
    bad = []
    for person in people:
        line = first.setdefault(person.nip.digits, person.line)
        if line != person.line:
            bad.append(BadRow(person.line, _("the same NIP as in line %d") % line))
    if bad:
        raise TableRefused(bad)


# --- Writing -------------------------------------------------------------------------------------


def _known(people: list[Person]) -> dict[str, Asn]:
    """Those of the people who are known already, by NIP, under every key that may have written."""
    digits = {digest: p.nip.digits for p in people for digest in nip.digests(p.nip)}
    known = Asn.objects.filter(nip_digest__in=list(digits)).prefetch_related("homes", "postings")
    return {digits[asn.nip_digest]: asn for asn in known}


def _create(people: list[Person]) -> None:
    asns = [_asn(person) for person in people]
    Buyer.objects.bulk_create([asn.buyer for asn in asns], batch_size=1_000)
    Asn.objects.bulk_create(asns, batch_size=1_000)
    pairs = list(zip(asns, people, strict=True))
    Home.objects.bulk_create([_home(asn, person) for asn, person in pairs], batch_size=1_000)
    Posting.objects.bulk_create([_posting(asn, person) for asn, person in pairs], batch_size=1_000)


def _asn(person: Person) -> Asn:
    digest, key_version = nip.digest(person.nip)
    return Asn(
        kind=person.nip.kind,
        nip_encrypted=secrets.encrypt(person.nip.digits),
        nip_digest=digest,
        nip_key_version=key_version,
        name=person.name,
        email=person.email,
        phone=person.phone,
        buyer=Buyer(),
    )


def _home(asn: Asn, person: Person) -> Home:
    return Home(
        asn=asn,
        region=person.region,
        rw=person.rw,
        rt=person.rt,
        valid_from=person.valid_from,
    )


def _posting(asn: Asn, person: Person) -> Posting:
    return Posting(asn=asn, agency=person.agency, valid_from=person.valid_from)


def _refuse_moves_in_the_past(people: list[Person], known: Mapping[str, Asn]) -> None:
    today = timezone.localdate()
    bad = [
        BadRow(person.line, MoveInThePast.title)
        for person in people
        if person.valid_from < today and _moves(known[person.nip.digits], person)
    ]
    if bad:
        raise TableRefused(bad)


def _moves(asn: Asn, person: Person) -> bool:
    return _new_home(asn, person) or _new_posting(asn, person)


def _new_home(asn: Asn, person: Person) -> bool:
    home = in_force(asn.homes.all(), person.valid_from)
    now = (person.region.pk, person.rw, person.rt)
    return home is None or (home.region_id, home.rw, home.rt) != now


def _new_posting(asn: Asn, person: Person) -> bool:
    posting = in_force(asn.postings.all(), person.valid_from)
    return posting is None or posting.agency_id != person.agency.pk


def _renew(asn: Asn, person: Person) -> bool:
    """Write what differs; whether anything did."""
    differing = [
        name for name in ("name", "email", "phone") if getattr(asn, name) != getattr(person, name)
    ]
    for name in differing:
        setattr(asn, name, getattr(person, name))
    if differing:
        asn.save(update_fields=differing)
    moved = _move(asn, person)
    return bool(differing) or moved


def _move(asn: Asn, person: Person) -> bool:
    new_home, new_posting = _new_home(asn, person), _new_posting(asn, person)
    if new_home:
        Home.objects.update_or_create(
            asn=asn,
            valid_from=person.valid_from,
            defaults={"region": person.region, "rw": person.rw, "rt": person.rt},
        )
    if new_posting:
        Posting.objects.update_or_create(
            asn=asn, valid_from=person.valid_from, defaults={"agency": person.agency}
        )
    return new_home or new_posting
