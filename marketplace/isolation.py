"""Whether subtracting the money to some places from the money from some homes isolates people.

The two exact lenses share their rows: "what came from X" minus "what went to Y" is a sum of its
own. What subtraction can isolate are directed cuts of the graph of home blocks and shop blocks with
an edge per pair that somebody stands in: a set of homes, and of shops that nobody from elsewhere
bought at. Its weight is the money's people. Pure functions; the argument is in docs/figures.md.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

SCALE = 720_720
"""What one person weighs: divided by how many pairs they stand in (1 to 16 without a rest)."""

Pair = tuple[int, int]
"""A home block and a shop block, by number."""


@dataclass(frozen=True)
class Stay:
    """What a person spent, net, who lives in home block `home`, at shops of shop block `shop`."""

    home: int
    shop: int
    buyer: Hashable
    amount: int


@dataclass(frozen=True)
class Leak:
    """The lightest home block and the lightest shop block that a cut of too few people parts."""

    home: int
    shop: int
    home_weight: int
    shop_weight: int


def find_leak(stays: Iterable[Stay], *, least: int) -> Leak | None:
    """A leak through which fewer than `least` people could be isolated, or None if there is none.

    The weight of a pair is the sum over its people of 1 / (pairs that person stands in), rounded
    down: so a cut's weight never exceeds the people in it, and `least` proves as many. Of the
    minimum cuts found the smallest is told.
    """
    weights = pair_weights(stays)
    found: tuple[int, Leak] | None = None
    for part in _connected(weights):
        worst = _worst(part, least=least)
        if worst and (found is None or worst[0] < found[0]):
            found = worst
    return found[1] if found else None


def pair_weights(stays: Iterable[Stay]) -> dict[Pair, int]:
    """What the people of each pair weigh, in parts of SCALE; who nets to nothing weighs none."""
    nets: dict[tuple[Hashable, Pair], int] = defaultdict(int)
    for stay in stays:
        nets[stay.buyer, (stay.home, stay.shop)] += stay.amount
    standing: dict[Hashable, list[Pair]] = defaultdict(list)
    for (buyer, pair), amount in nets.items():
        if amount:
            standing[buyer].append(pair)
    weights: dict[Pair, int] = defaultdict(int)
    for pairs in standing.values():
        for pair in pairs:
            weights[pair] += SCALE // len(pairs)
    return dict(weights)


def _connected(weights: Mapping[Pair, int]) -> Iterator[dict[Pair, int]]:
    """The parts of the graph that share no block: a cut across two of them is one of each."""
    homes, shops = _numbered(weights)
    size = len(homes) + len(shops)
    rows = [homes[home] for home, _ in weights]
    columns = [shops[shop] for _, shop in weights]
    graph = csr_array((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    count, labels = connected_components(graph, directed=False)
    for label in range(count):
        yield {pair: weight for pair, weight in weights.items() if labels[homes[pair[0]]] == label}


def _worst(weights: dict[Pair, int], *, least: int) -> tuple[int, Leak] | None:
    """The smallest directed cut below `least` people in one connected part of the graph.

    Any cut either holds the first home, then it parts it from some shop; or it does not, then it
    parts some home from the first one. So a flow for each block finds the smallest of all.
    """
    homes, shops = _numbered(weights)
    enough = least * SCALE
    graph = _graph(weights, homes, shops, most=enough)
    first = next(iter(homes.values()))
    ways = [(first, shop) for shop in shops.values()]
    ways += [(home, first) for home in homes.values() if home != first]
    smallest = min(
        ((maximum_flow(graph, start, end).flow_value, start, end) for start, end in ways),
        default=None,
    )
    if smallest is None or smallest[0] >= enough:
        return None
    inside = _source_side(graph, smallest[1], smallest[2])
    return smallest[0], _lightest(weights, homes, shops, inside)


def _numbered(weights: Mapping[Pair, int]) -> tuple[dict[int, int], dict[int, int]]:
    """A node of the graph for each home block, then one for each shop block."""
    homes = {home: node for node, home in enumerate(sorted({home for home, _ in weights}))}
    shops = sorted({shop for _, shop in weights})
    return homes, {shop: len(homes) + node for node, shop in enumerate(shops)}


def _graph(
    weights: Mapping[Pair, int], homes: dict[int, int], shops: dict[int, int], *, most: int
) -> csr_array:
    """From home to shop what the pair weighs, back without limit; `most` is as good as no limit."""
    size = len(homes) + len(shops)
    there = [
        (homes[home], shops[shop], min(weight, most)) for (home, shop), weight in weights.items()
    ]
    back = [(shop, home, most) for home, shop, _ in there]
    starts, ends, capacities = zip(*there, *back, strict=True)
    return csr_array((np.array(capacities, dtype=np.int32), (starts, ends)), shape=(size, size))


def _source_side(graph: csr_array, start: int, end: int) -> set[int]:
    """The nodes on the start's side of a minimum cut: those that still take flow."""
    residual = graph - maximum_flow(graph, start, end).flow
    residual.data = np.maximum(residual.data, 0)
    residual.eliminate_zeros()
    reached, _ = breadth_first_order(residual, start, directed=True)
    return {int(node) for node in reached}


def _lightest(
    weights: Mapping[Pair, int], homes: dict[int, int], shops: dict[int, int], inside: set[int]
) -> Leak:
    of_home: dict[int, int] = defaultdict(int)
    of_shop: dict[int, int] = defaultdict(int)
    for (home, shop), weight in weights.items():
        of_home[home] += weight
        of_shop[shop] += weight
    home_weight, home = min((of_home[home], home) for home in homes if homes[home] in inside)
    shop_weight, shop = min((of_shop[shop], shop) for shop in shops if shops[shop] not in inside)
    return Leak(home, shop, home_weight, shop_weight)
