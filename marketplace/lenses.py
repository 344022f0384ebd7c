"""In which lenses a month is released, and how each is cut: pure functions over booked rows.

Two lenses by place show exact rupiah and are audited against each other; every other lens is cut by
the same rule and rounded. See docs/figures.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING

from core.calendar import next_month
from marketplace.blocks import (
    ROOT,
    Cut,
    Keys,
    Ledger,
    Row,
    Safety,
    cut_blocks,
    cut_runs,
    join_sibling,
)
from marketplace.booked import Booked
from marketplace.models import Evidence, Purchase
from marketplace.models.purchases import Ring
from marketplace.models.releases import Lens
from marketplace.rounding import percent, rounding_unit

if TYPE_CHECKING:
    from marketplace.isolation import Stay

EARLIER = "earlier"
"""The key of days before the months released: late entries."""
NONE = ""
"""The key of what has no agency or no category."""
FLOW_MARGIN = 20
"""A pair of kecamatan stands alone only where so many people stand in both its margins."""

Spent = dict[tuple[str, str, str], int]
"""Net rupiah by home, shop place and buyer."""

KEY_OF: dict[Lens, Callable[[Booked], str]] = {
    Lens.HOME: lambda row: row.home,
    Lens.SHOP: lambda row: row.shop_place,
    Lens.AGENCY: lambda row: row.agency,
    Lens.RING: lambda row: row.ring,
    Lens.CATEGORY: lambda row: row.category,
    Lens.EVIDENCE: lambda row: row.evidence,
    Lens.PAYMENT: lambda row: row.payment,
}


@dataclass(frozen=True)
class World:
    """What there is, also where nobody bought: nothing and withheld have to look alike.

    `parents` names for each kelurahan its kecamatan, and `ROOT` for "outside the city".
    """

    parents: Mapping[str, str]
    agencies: Sequence[str]
    categories: Sequence[str]


@dataclass(frozen=True)
class LensCut:
    """A lens cut into blocks; amounts are rounded to `unit` rupiah, which is 1 where exact."""

    lens: Lens
    unit: int
    cuts: list[Cut]


@dataclass(frozen=True)
class Stayed:
    """Of a kelurahan, in whole percent: what its people spent that stayed in it, and what its shops
    received that its own people brought."""

    place: str
    of_spent: int
    of_received: int


@dataclass(frozen=True)
class MonthCut:
    """All that is released of the months: the lens of homes first, and one that is missing could
    not be made safe."""

    lenses: list[LensCut]
    stayed: list[Stayed]
    city: Cut
    ledgers: Mapping[Lens, Ledger] = field(repr=False)

    def of(self, lens: Lens) -> list[Cut]:
        """The blocks of one lens; none if it could not be made safe."""
        return next((each.cuts for each in self.lenses if each.lens == lens), [])


def cut_month(
    rows: Sequence[Booked], *, world: World, months: Sequence[date], safety: Safety
) -> MonthCut | None:
    """Every lens of these months cut into safe blocks, or None if the city as a whole is unsafe."""
    ledgers = {lens: _ledger(rows, KEY_OF[lens], lens, safety) for lens in KEY_OF}
    ledgers[Lens.DAY] = _ledger(rows, _day_in(months), Lens.DAY, safety)
    ledgers[Lens.FLOW] = _ledger(rows, _flow_in(world), Lens.FLOW, safety)
    home, shop = ledgers[Lens.HOME], ledgers[Lens.SHOP]
    home_blocks = cut_blocks(home, parents=world.parents)
    if home_blocks is None:
        return None
    shop_blocks = cut_blocks(shop, parents=world.parents)
    if shop_blocks is not None:
        home_blocks, shop_blocks = audited(
            home_blocks, shop_blocks, _by_place(rows), home=home, shop=shop, parents=world.parents
        )
    city = home.cut(frozenset(world.parents))
    unit = rounding_unit(city.amount)
    blocks: dict[Lens, list[Keys] | None] = {
        Lens.HOME: home_blocks,
        Lens.SHOP: shop_blocks,
        Lens.AGENCY: cut_blocks(ledgers[Lens.AGENCY], parents=_flat([*world.agencies, NONE])),
        Lens.RING: cut_blocks(ledgers[Lens.RING], parents=_flat(Ring.values)),
        Lens.CATEGORY: cut_blocks(ledgers[Lens.CATEGORY], parents=_flat([*world.categories, NONE])),
        Lens.EVIDENCE: cut_blocks(ledgers[Lens.EVIDENCE], parents=_flat(Evidence.Kind.values)),
        Lens.PAYMENT: cut_blocks(ledgers[Lens.PAYMENT], parents=_flat(Purchase.Payment.values)),
        Lens.DAY: cut_runs(ledgers[Lens.DAY], [EARLIER, *days_of(months)]),
        Lens.FLOW: _cut_flows(ledgers[Lens.FLOW], rows, world),
    }
    lenses = [
        LensCut(lens, 1 if lens in Lens.by_place() else unit, _cuts(ledgers[lens], found))
        for lens, found in blocks.items()
        if found is not None
    ]
    stayed = list(_stayed(rows, home_blocks, shop_blocks or [], home, shop, safety))
    return MonthCut(lenses, stayed, city, ledgers)


def audited(
    home_blocks: list[Keys],
    shop_blocks: list[Keys],
    spent: Spent,
    *,
    home: Ledger,
    shop: Ledger,
    parents: Mapping[str, str],
) -> tuple[list[Keys], list[Keys] | None]:
    """Both cuts, coarsened until no subtraction of one from the other isolates too few people.

    Of a leak's two blocks the one of less weight joins its sibling of fewest buyers. Failing
    closed: None instead of shop blocks where nothing is left to join.
    """
    from marketplace.isolation import find_leak  # SciPy: seconds and 58 MB that no web worker needs

    while True:
        leak = find_leak(_stays(spent, home_blocks, shop_blocks), least=home.safety.buyers)
        if leak is None:
            return home_blocks, shop_blocks
        may_join_home = len(home_blocks) > 1
        if len(shop_blocks) > 1 and not (may_join_home and leak.home_weight < leak.shop_weight):
            block = shop_blocks[leak.shop]
            shop_blocks = join_sibling(shop, shop_blocks, block, parents=parents)
        elif may_join_home:
            block = home_blocks[leak.home]
            home_blocks = join_sibling(home, home_blocks, block, parents=parents)
        else:
            return home_blocks, None


def days_of(months: Iterable[date]) -> list[str]:
    """Every day of these months, as keys."""
    days = []
    for month in months:
        count = (next_month(month) - month).days
        days += [(month + timedelta(days=number)).isoformat() for number in range(count)]
    return days


def flow_key(home: str, shop: str) -> str:
    """The key of the money from one kecamatan (or outside) to another."""
    return f"{home}>{shop}"


def _ledger(
    rows: Iterable[Booked], key: Callable[[Booked], str], lens: Lens, safety: Safety
) -> Ledger:
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        found = sums[key(row), row.buyer, row.owner]
        found[0] += row.amount
        found[1] += row.purchases
    return Ledger(
        (Row(*group, *found) for group, found in sums.items()),
        safety=safety,
        by_shop=lens in (Lens.SHOP, Lens.FLOW),
    )


def _cuts(ledger: Ledger, blocks: Iterable[Keys]) -> list[Cut]:
    return [ledger.cut(block) for block in sorted(blocks, key=min)]


def _flat(keys: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(keys, ROOT)


def _day_in(months: Sequence[date]) -> Callable[[Booked], str]:
    return lambda row: EARLIER if row.day < months[0] else row.day.isoformat()


def _flow_in(world: World) -> Callable[[Booked], str]:
    def key(row: Booked) -> str:
        return flow_key(_over(row.home, world), _over(row.shop_place, world))

    return key


def _over(place: str, world: World) -> str:
    """The kecamatan of a kelurahan; outside is its own."""
    return world.parents[place] or place


def _cut_flows(ledger: Ledger, rows: Iterable[Booked], world: World) -> list[Keys] | None:
    """Every pair of kecamatan; one with a thin margin never stands alone."""
    areas = sorted({_over(place, world) for place in world.parents})
    from_home: dict[str, set[str]] = defaultdict(set)
    to_shop: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        from_home[_over(row.home, world)].add(row.buyer)
        to_shop[_over(row.shop_place, world)].add(row.buyer)

    def has_margins(key: str) -> bool:
        home, shop = key.split(">")
        return min(len(from_home[home]), len(to_shop[shop])) >= FLOW_MARGIN

    pairs = [flow_key(home, shop) for home, shop in product(areas, areas)]
    return cut_blocks(ledger, parents=_flat(pairs), may_stand_alone=has_margins)


def _by_place(rows: Iterable[Booked]) -> Spent:
    found: Spent = defaultdict(int)
    for row in rows:
        found[row.home, row.shop_place, row.buyer] += row.amount
    return found


def _stays(
    spent: Spent, home_blocks: Sequence[Keys], shop_blocks: Sequence[Keys]
) -> "Iterator[Stay]":
    from marketplace.isolation import Stay

    homes = {key: number for number, block in enumerate(home_blocks) for key in block}
    shops = {key: number for number, block in enumerate(shop_blocks) for key in block}
    for (home, shop, buyer), amount in spent.items():
        yield Stay(homes[home], shops[shop], buyer, amount)


def _stayed(
    rows: Iterable[Booked],
    home_blocks: Iterable[Keys],
    shop_blocks: Iterable[Keys],
    home: Ledger,
    shop: Ledger,
    safety: Safety,
) -> Iterable[Stayed]:
    """The kelurahan that both lenses show whole and whose three sets are each safe."""
    both = set(home_blocks) & set(shop_blocks)
    whole = {key for block in both if len(block) == 1 for key in block}
    sets: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for key in {row.home, row.shop_place} & whole:
            part = "stayed" if row.home == row.shop_place else "out" if key == row.home else "in"
            sets[key].append(Row(part, row.buyer, row.owner, row.amount, row.purchases))
    for key in sorted(sets):
        parts = Ledger(sets[key], safety=safety, by_shop=True)
        spent = home.cut(frozenset([key])).amount
        received = shop.cut(frozenset([key])).amount
        within = parts.cut(frozenset(["stayed"])).amount
        if all(parts.is_safe(frozenset([part])) for part in ("stayed", "out", "in")) and (
            0 <= within <= min(spent, received) and min(spent, received) > 0
        ):
            yield Stayed(key, percent(within, spent), percent(within, received))
