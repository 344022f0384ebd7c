"""Which shops an ASN most likely means: those bought from lately, those next door, those named so.

Reads the registry only; money plays no part in the order.
"""

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from marketplace.models import Asn, Region, Umkm
from marketplace.models.purchases import Purchase

SHOWN = 12
LATELY = 60
"""How many of the latest purchases are looked through for the shops of late."""
SHORT = 2
"""Words this short ("bu", "di") make no two shops alike."""
KINDS = frozenset({"depot", "kantin", "kedai", "kios", "lapak", "rumah", "toko", "usaha", "warung"})
"""What any shop may be called: no two are alike for it."""


def recent_shops(asn: Asn, *, most: int = 5) -> list[Umkm]:
    """The listed shops an ASN bought from last, latest first, each once."""
    latest = Purchase.objects.filter(buyer_id=asn.buyer_id).order_by("-day", "-public_id")[:LATELY]
    order = list(dict.fromkeys(latest.values_list("umkm_id", flat=True)))
    shops = {shop.pk: shop for shop in _listed().filter(pk__in=order)}
    return [shops[pk] for pk in order if pk in shops][:most]


def shops_next_door(home: Region, *, most: int = 6) -> list[Umkm]:
    """Listed shops in one kelurahan."""
    return list(_listed().filter(region=home).order_by("name", "pk")[:most])


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
