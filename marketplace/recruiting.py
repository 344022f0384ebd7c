"""Where shops are missing: kelurahan in which ASN live while little or nothing is listed."""

from datetime import date

from django.db.models import (
    Case,
    Count,
    DateField,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from marketplace.models import Home, Region, Umkm

STEP = 5
"""Heads are told in fives, rounded down: fewer than five are not told at all."""
LITTLE = 3
"""So few listed shops are little."""


def places_to_recruit(*, day: date) -> QuerySet[Region]:
    """Kelurahan with `living` (ASN, in fives) of at least five and `listed` of at most `LITTLE`.

    Those with nothing come first, then where most live. The exact number stays in the database.
    """
    places = Region.objects.kelurahan().select_related("parent")
    told = places.annotate(listed=_counted(_listed()), living=_counted(_homes(day)) / STEP * STEP)
    wanted = told.filter(living__gte=STEP, listed__lte=LITTLE)
    return wanted.order_by("listed", "-living", "code")


def _listed() -> QuerySet[Umkm]:
    return Umkm.objects.listed().filter(region=OuterRef("pk"))


def _homes(day: date) -> QuerySet[Home]:
    """The homes of this kelurahan that are in force on a day, of people who have not left."""
    begun = Case(When(valid_from__lte=day, then=F("valid_from")), output_field=DateField())
    ranked = Home.objects.annotate(begun=begun).order_by(
        "asn", F("begun").desc(nulls_last=True), "valid_from"
    )
    employed = Q(asn__left_on__isnull=True) | Q(asn__left_on__gte=day)
    in_force = ranked.filter(employed).distinct("asn").values("pk")
    return Home.objects.filter(pk__in=in_force, region=OuterRef("pk"))


def _counted(rows: QuerySet[Umkm] | QuerySet[Home]) -> Coalesce:
    counted = rows.order_by().values("region").annotate(all=Count("pk")).values("all")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
