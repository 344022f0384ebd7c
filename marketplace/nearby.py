"""Which shops somebody most likely means: those close by, those named so.

Reads the registry only; money plays no part in the order.
"""

from collections.abc import Sequence

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from marketplace.models import Region, Umkm

SHOWN = 12
SHORT = 2
"""Words this short ("bu", "di") make no two shops alike."""
KINDS = frozenset({"depot", "kantin", "kedai", "kios", "lapak", "rumah", "toko", "usaha", "warung"})
"""What any shop may be called: no two are alike for it."""


def shops_around(
    places: Sequence[Region], *, most: int, without: Sequence[Umkm] = ()
) -> list[Umkm]:
    """Listed shops with a page: those in one of these places first, then in their kecamatan."""
    near = Case(
        When(region__in=places, then=Value(0)),
        When(region__parent__in=[place.parent_id for place in places], then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    shops = _listed().filter(page__live=True).exclude(pk__in=[shop.pk for shop in without])
    return list(shops.annotate(far=near).order_by("far", "name", "pk")[:most])


def shops_named(words: str, *, home: Region | None) -> list[Umkm]:
    """Listed shops whose name or place holds every word, those near `home` first."""
    shops = _listed()
    for word in words.split()[:6]:
        shops = shops.filter(
            Q(name__icontains=word)
            | Q(region__name__icontains=word)
            | Q(region__alias__icontains=word)
        )
    return list(shops.annotate(far=_distance(home)).order_by("far", "name", "pk")[:SHOWN])


def shops_alike(umkm: Umkm) -> list[Umkm]:
    """Listed shops that share a longer word of this one's name, those near it first."""
    shared = Q(region=umkm.region_id, folded_name=umkm.folded_name)
    for word in umkm.folded_name.split()[:6]:
        if len(word) > SHORT and word not in KINDS:
            shared |= Q(folded_name__contains=word)
    alike = _listed().filter(shared).annotate(far=_distance(umkm.region))
    return list(alike.order_by("far", "name", "pk")[:SHOWN])


def _listed() -> QuerySet[Umkm]:
    return Umkm.objects.listed().select_related("region__parent", "category")


def _distance(home: Region | None) -> Case:
    """0 in the same kelurahan, 1 in the same kecamatan, 2 elsewhere."""
    if home is None:
        return Case(default=Value(2), output_field=IntegerField())
    return Case(
        When(region=home, then=Value(0)),
        When(region__parent=home.parent_id, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
