"""How many shops or products each further filter would lead to, in one query.

A count is of what would be shown if that filter were chosen: the filters that stand narrow it,
but for the one it would replace.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count

from cms import search as searching
from cms.search import PriceBand, Search


@dataclass
class Facets:
    """`total`: what matches; else counts by the filter's value. `places` holds both levels."""

    total: int = 0
    categories: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    prices: Counter[str] = field(default_factory=Counter)
    wishes: Counter[str] = field(default_factory=Counter)


def count(search: Search, *, kind: str) -> Facets:
    """Count what matches, and every filter that could be added."""
    facets = Facets()
    for row in _rows(search, kind=kind):
        _add(row, search=search, to=facets)
    return facets


def _rows(search: Search, *, kind: str) -> Iterable[Any]:
    """Counts by category and place; what a visitor wishes of a shop narrows all of them."""
    found = searching.worded(search, kind=kind).filter(searching.wished(search))
    priced = searching.priced(search)
    bands = {
        f"price_{band.name}": Count("pk", filter=searching.in_band(band)) for band in PriceBand
    }
    wishes = {
        f"wish_{name}": Count("pk", filter=priced & condition())
        for name, condition in searching.WISHES.items()
    }
    totals = {"total": Count("pk", filter=priced) if priced else Count("pk")}
    by_place = found.order_by().values("category", "kecamatan", "region")
    return by_place.annotate(**totals, **bands, **wishes)


def _add(row: dict[str, Any], *, search: Search, to: Facets) -> None:
    in_category = search.category in ("", row["category"])
    in_place = search.place in ("", row["kecamatan"], row["region"])
    if in_place:
        to.categories[row["category"]] += row["total"]
    if in_category:
        to.places.update({row["kecamatan"]: row["total"], row["region"]: row["total"]})
    if in_category and in_place:
        to.total += row["total"]
        to.prices.update({band.value: row[f"price_{band.name}"] for band in PriceBand})
        to.wishes.update({name: row[f"wish_{name}"] for name in searching.WISHES})
