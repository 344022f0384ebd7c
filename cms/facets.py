"""How many shops or products each further filter would lead to, in one query.

A count is of what would be shown if that filter were chosen: the filters that stand narrow it,
but for the one it would replace.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from cms import search as searching
from cms.search import WISHES, PriceBand, Search
from core.sql import Rows, Sql, all_of

BY_CATEGORY, BY_KECAMATAN, BY_REGION, ALL = 0b011, 0b101, 0b110, 0b111
"""What GROUPING() answers: a bit for each column that a row is not grouped by."""


@dataclass
class Facets:
    """`total`: what matches; else counts by the filter's value. `places` holds both levels."""

    total: int = 0
    categories: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    prices: Counter[str] = field(default_factory=Counter)
    wishes: Counter[str] = field(default_factory=Counter)


def counted(rows: Rows) -> Facets:
    """What `query` found."""
    facets = Facets()
    for row in rows:
        _add(row, to=facets)
    return facets


def query(search: Search, *, kind: str) -> Sql:
    """What counts all that matches, and every filter that could be added.

    It counts by category and place, then sums by each of them.

    What a visitor wishes of a shop narrows all of them; category, place and price only others.
    """
    asked = searching.conditions(search, kind=kind)
    chosen = {name: asked.pop(name, Sql("true")) for name in ("category", "place", "price")}
    where, priced = all_of(asked.values()), chosen["price"]
    bands = [searching.in_band(band) for band in PriceBand]
    wishes = [all_of([priced, condition()]) for condition in WISHES.values()]
    counted = [priced, *bands, *wishes]
    counts = ", ".join(
        f"count(*) FILTER (WHERE {each.text}) AS count_{place}"
        for place, each in enumerate(counted)
    )
    sums = ", ".join(
        f"sum(count_{place}) FILTER (WHERE in_category AND in_place)::int"
        for place in range(len(counted))
    )
    text = f"""
        WITH counted AS (
            SELECT category_id, kecamatan_id, region_id,
                {chosen["category"].text} AS in_category, {chosen["place"].text} AS in_place,
                {counts}
            FROM cms_searchentry WHERE {where.text}
            GROUP BY category_id, kecamatan_id, region_id
        )
        SELECT grouping(category_id, kecamatan_id, region_id),
            coalesce(category_id, region_id, kecamatan_id),
            sum(count_0) FILTER (WHERE in_place)::int,
            sum(count_0) FILTER (WHERE in_category)::int,
            {sums}
        FROM counted GROUP BY GROUPING SETS ((category_id), (kecamatan_id), (region_id), ())
    """
    params = [chosen["category"].params, chosen["place"].params]
    params += [each.params for each in counted]
    return Sql(text, sum((*params, where.params), ()))


def _add(row: tuple[Any, ...], *, to: Facets) -> None:
    grouping, value, in_place, in_category, *of_all = row
    if grouping == BY_CATEGORY:
        to.categories[value] += in_place or 0
    elif grouping in (BY_REGION, BY_KECAMATAN):
        to.places[value] += in_category or 0
    else:
        counts = [each or 0 for each in of_all]
        to.total = counts[0]
        to.prices.update(dict(zip(PriceBand.values, counts[1:], strict=False)))
        to.wishes.update(dict(zip(WISHES, counts[1 + len(PriceBand.values) :], strict=True)))
