"""Whose shop it is, and what its owner may read of it: how many shopped there, about how much.

An administrator links a shop to the account of its owner. Nobody else reads its sums, and another
owner's shop reads as none. See docs/figures.md.
"""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from core import audit
from marketplace import releases
from marketplace.errors import NoSuchAccount, NotYourShop
from marketplace.models import Umkm
from marketplace.releases import Takings

ROLE = "umkm_owner"
"""The group of everyone who is linked to a shop; config/roles.py says what it may do."""
MAY_LINK = "accounts.change_user"
SHOWN_MONTHS = 24


@dataclass(frozen=True)
class OwnShop:
    """A shop as its owner reads it; `buyers` at least, of the last twelve closed months.

    None where it is not told: too few and none look alike.
    """

    umkm: Umkm
    buyers: int | None
    months: tuple[Takings, ...]


def shops_of(user: User) -> QuerySet[Umkm]:
    """The shops that are linked to an account, by name; what was merged is no shop of its own."""
    no_shop = (Umkm.Status.PENDING, Umkm.Status.REFUSED, Umkm.Status.MERGED)
    mine = Umkm.objects.filter(owner=user).exclude(status__in=no_shop)
    return mine.select_related("region").order_by("name", "pk")


def own_shop(user: User, public_id: UUID) -> OwnShop:
    """One's own shop with its closed months, newest first. Raises `NotYourShop`."""
    umkm = shops_of(user).filter(public_id=public_id).first()
    if umkm is None:
        raise NotYourShop
    months = releases.shop_takings(umkm, months=SHOWN_MONTHS)
    return OwnShop(umkm, releases.shop_reach(umkm), tuple(months))


def linked() -> QuerySet[Umkm]:
    """Every shop that is linked to an account."""
    found = Umkm.objects.filter(owner__isnull=False).select_related("owner", "region")
    return found.order_by("name", "pk")


@transaction.atomic
def link_owner(umkm: Umkm, *, username: str, by: User) -> None:
    """Let the account with this sign-in name read a shop's figures, and the one before no more.

    An empty name leaves the shop to nobody. Said again it changes nothing. Raises `NoSuchAccount`.
    """
    held = Umkm.objects.select_for_update(no_key=True).get(pk=umkm.pk)
    before = held.owner
    owner = _account(username) if username else None
    if owner == before:
        return
    held.owner = owner
    held.save(update_fields=["owner"])
    if before is not None:
        _let_go(before, held, by=by)
    if owner is not None:
        owner.groups.add(Group.objects.get_or_create(name=ROLE)[0])
        audit.record(actor=by, action="umkm.owner_linked", subject=held, subject_user=owner)


def _let_go(user: User, umkm: Umkm, *, by: User) -> None:
    if not Umkm.objects.filter(owner=user).exists():
        user.groups.remove(*user.groups.filter(name=ROLE))
    audit.record(actor=by, action="umkm.owner_unlinked", subject=umkm, subject_user=user)


def _account(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise NoSuchAccount
    return found
