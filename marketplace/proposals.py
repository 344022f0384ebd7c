"""The shops that ASN named and that wait for an editor: what an editor may see of them.

Name, place and a band of how often: never who bought, how much or when. So the address of a
proposal is its place and name: a UUIDv7 would tell the moment of its first purchase.
"""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import (
    Case,
    F,
    Func,
    IntegerChoices,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from marketplace import registry
from marketplace.errors import UmkmNotProposed
from marketplace.models import Purchase, Region, Umkm


class Band(IntegerChoices):
    """How often a proposed shop was bought at: all that is told of it."""

    MANY = 0, _("many")
    SOME = 1, _("several")
    NEW = 2, _("new")


SOME_FROM, MANY_FROM = 5, 20
"""Standing purchases from which a proposal is `SOME` and `MANY`."""


@dataclass(frozen=True)
class Outcome:
    """What became of the shop of a purchase that was recorded before it was listed."""

    status: Umkm.Status
    shop: Umkm


def waiting(*, within: Region | None = None) -> QuerySet[Umkm]:
    """Proposed shops with their `band`, in an order that tells neither time nor sum.

    `within` is a kecamatan, or everywhere outside the city. The count stays in the database.
    """
    shops = Umkm.objects.pending().alias(named=_purchases("umkm") + _purchases("umkm__merged_into"))
    if within is not None:
        outside = within.level == Region.Level.OUTSIDE
        shops = shops.filter(region=within) if outside else shops.filter(region__parent=within)
    band = Case(
        When(named__gte=MANY_FROM, then=Value(Band.MANY)),
        When(named__gte=SOME_FROM, then=Value(Band.SOME)),
        default=Value(Band.NEW),
        output_field=IntegerField(),
    )
    order = ("band", "region__name", "region__code", "folded_name")
    return shops.annotate(band=band).select_related("region__parent").order_by(*order)


def address_of(umkm: Umkm) -> str:
    """A proposal's key in an address: a folded name holds no hyphen, so it reads back."""
    return f"{umkm.region_id}-{umkm.folded_name.replace(' ', '-')}"


def at_address(address: str) -> Umkm:
    """The proposed shop of this address, or `UmkmNotProposed`: somebody may have decided."""
    return _at(waiting(), address)


def lock_at_address(address: str) -> Umkm:
    """The same, its row locked until the commit: of two editors at once the second is refused."""
    return _at(Umkm.objects.pending().select_for_update(no_key=True), address)


@transaction.atomic
def merge(address: str, *, into: Umkm, actor: AbstractBaseUser) -> Umkm:
    """Read a proposed shop as a listed one from now on; purchases keep their frozen places."""
    return registry.merge_umkm(umkm=lock_at_address(address), into=into, actor=actor)


@transaction.atomic
def refuse(address: str, *, reason: str, actor: AbstractBaseUser) -> Umkm:
    """Do not list a proposed shop, and say why."""
    return registry.refuse_umkm(umkm=lock_at_address(address), reason=reason, actor=actor)


def outcome_of(purchase: Purchase) -> Outcome | None:
    """What an editor decided since this purchase; None while it waits or was always listed."""
    umkm = purchase.umkm
    if umkm.status in (Umkm.Status.REFUSED, Umkm.Status.MERGED):
        return Outcome(Umkm.Status(umkm.status), umkm.standing)
    page = umkm.page if umkm.status == Umkm.Status.LISTED else None
    if page and page.first_published_at and purchase.recorded_at < page.first_published_at:
        return Outcome(Umkm.Status.LISTED, umkm)
    return None


def _at(shops: QuerySet[Umkm], address: str) -> Umkm:
    code, _hyphen, name = address.replace("\0", "").partition("-")
    umkm = shops.filter(region_id=code, folded_name=name.replace("-", " ")).first()
    if umkm is None:
        raise UmkmNotProposed
    return umkm


def _purchases(through: str) -> Coalesce:
    """How many standing purchases lead to the shop of the outer query by this path."""
    found = Purchase.objects.standing().filter(**{through: OuterRef("pk")}).order_by()
    counted = found.annotate(all=Func(F("pk"), function="COUNT")).values("all")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
