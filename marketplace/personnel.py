"""A civil servant: found by NIP, activated, moved, and signed out once their last day is over.

A NIP is encrypted at rest and found by its keyed hash. Homes and workplaces are dated rows: a move
is dated today or later, so that nothing already bought counts elsewhere afterwards.
"""

from collections.abc import Sequence
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser, Group
from django.db import transaction
from django.utils import timezone

from accounts import sessions, tokens
from accounts.models import User
from core import audit
from marketplace import consents, nip, registry
from marketplace.errors import AlreadyActivated, MoveInThePast
from marketplace.models import Asn, Home, Region, Workplace
from marketplace.nip import Nip

ROLE = "asn"
"""The group of everyone who is an activated ASN; config/roles.py says what it may do."""


def find_asn(number: Nip) -> Asn | None:
    """The person with this NIP, under the present key or an older one.

    A number they have no longer finds nobody here: it may have been a colleague's.
    """
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
    Asn.objects.filter(pk=pk).update(sign_in_closed_at=timezone.now())
    tokens.revoke_all(user)
    sessions.end_all(user)
    audit.record(actor=None, action="asn.sign_in_closed", subject_user=user)
    return True


def reopen_sign_ins(asns: Sequence[Asn], *, by: User | None) -> None:
    """Let people who came back sign in again, where leaving had closed it.

    An account that an administrator switched off stays so.
    """
    closed = {asn.user_id: asn for asn in asns if asn.user_id and asn.sign_in_closed_at}
    users = list(User.objects.filter(pk__in=closed, is_active=False))
    User.objects.filter(pk__in=[user.pk for user in users]).update(is_active=True)
    Asn.objects.filter(pk__in=[asn.pk for asn in closed.values()]).update(sign_in_closed_at=None)
    audit.record_each(
        [(closed[user.pk], user, {}) for user in users], actor=by, action="asn.sign_in_reopened"
    )


@transaction.atomic
def move_home(
    asn: Asn, *, region: Region, rw: int | None, rt: int | None, valid_from: date
) -> Home:
    """Let a person live elsewhere from a day on; what was bought stays where it was.

    Said again it changes nothing.
    Raises `MoveInThePast`, `PlaceUnknown` or `AddressIncomplete`, `NotAsn` for who was erased.
    """
    if valid_from < timezone.localdate():
        raise MoveInThePast
    registry.check_place(region, rw=rw, rt=rt)
    held = consents.hold(asn)
    now = held.home_on(valid_from)
    if now is not None and (now.region_id, now.rw, now.rt) == (region.pk, rw, rt):
        return now
    said = {"region": region, "rw": rw, "rt": rt, "by_person": True}
    home, _created = Home.objects.update_or_create(asn=held, valid_from=valid_from, defaults=said)
    audit.record(actor=asn.user, action="asn.moved", subject=asn, subject_user=asn.user)
    return home


@transaction.atomic
def move_workplace(asn: Asn, *, region: Region, valid_from: date) -> Workplace:
    """Let a person work in another kelurahan from a day on; what was bought is not touched.

    Said again it changes nothing.
    Raises `MoveInThePast` or `PlaceUnknown`, `NotAsn` for who was erased.
    """
    if valid_from < timezone.localdate():
        raise MoveInThePast
    registry.check_place(region, rw=None, rt=None)
    held = consents.hold(asn)
    now = held.workplace_on(valid_from)
    if now is not None and now.region_id == region.pk:
        return now
    workplace, _created = Workplace.objects.update_or_create(
        asn=held, valid_from=valid_from, defaults={"region": region}
    )
    audit.record(actor=asn.user, action="asn.workplace_changed", subject=asn, subject_user=asn.user)
    return workplace
