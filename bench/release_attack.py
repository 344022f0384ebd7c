"""What somebody who knows everything but the amounts works out from a month's public numbers.

Written from the rule, not from the code that cuts the blocks: linear programs over the purchases.
The attacker knows who bought what where and when, and each public number; not one amount.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from marketplace.booked import Booked
from marketplace.lenses import MonthCut
from marketplace.models import Lens

Blocks = Sequence[frozenset[str]]

KEYS: dict[Lens, Callable[[Booked], str]] = {
    Lens.HOME: lambda row: row.home,
    Lens.SHOP: lambda row: row.shop_place,
    Lens.AGENCY: lambda row: row.agency,
    Lens.RING: lambda row: row.ring,
    Lens.CATEGORY: lambda row: row.category,
    Lens.EVIDENCE: lambda row: row.evidence,
    Lens.PAYMENT: lambda row: row.payment,
    Lens.DAY: lambda row: row.day.isoformat(),
    Lens.FLOW: lambda row: f"{row.home.split('.')[0]}>{row.shop_place.split('.')[0]}",
}

CLOSE = 0.1
"""Somebody whose sum is known within a tenth is as good as read off."""


@dataclass(frozen=True)
class Told:
    """A public number: of which rows it is the sum, and how far it may be from it."""

    rows: Sequence[int]
    within: int


def smallest_isolated(rows: Sequence[Booked], homes: Blocks, shops: Blocks) -> int:
    """The fewest people whose joint sum some subtraction of the two exact lenses tells.

    Chosen are home blocks x and, of shop blocks whose every buyer lives in them, y; what is left is
    the money of the people z. The program is one of differences, so its optimum is whole.
    """
    pairs, standing = _standing(rows, homes, shops)
    smallest = len(standing)
    for part in _parts(pairs):
        people = [sorted(found & part) for found in standing if found & part]
        of_homes = sorted({home for home, _ in part})
        of_shops = sorted({shop for _, shop in part})
        first = of_homes[0]
        ways = [(first, shop) for shop in of_shops]
        ways += [(home, None) for home in of_homes[1:]]
        for home, shop in ways:
            smallest = min(
                smallest, _fewest(part, people, of_homes, of_shops, taken=home, left=shop)
            )
    return smallest


def bounded(rows: Sequence[Booked], told: Sequence[Told]) -> list[str]:
    """Everyone whose sum the public numbers bound within a tenth, above and below.

    Every amount is a variable that is at least nothing; only rows that are no voids are asked.
    """
    above, below, most, least = [], [], [], []
    amounts = np.array([row.amount for row in rows], dtype=float)
    for number in told:
        inside = _indicator(number.rows, len(rows))
        known = float(inside @ amounts)
        above.append(inside)
        most.append(known + number.within)
        below.append(-inside)
        least.append(number.within - known)
    constraints = csr_array(np.array(above + below))
    limits = np.array(most + least)
    of_person: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        of_person[row.buyer].append(number)
    return [
        buyer
        for buyer, numbers in of_person.items()
        if _is_close(_indicator(numbers, len(rows)), constraints, limits, amounts)
    ]


def _is_close(
    mine: np.ndarray, constraints: csr_array, limits: np.ndarray, amounts: np.ndarray
) -> bool:
    true = float(mine @ amounts)
    least = linprog(mine, A_ub=constraints, b_ub=limits, method="highs")
    if least.fun < true * (1 - CLOSE):
        return False
    most = linprog(-mine, A_ub=constraints, b_ub=limits, method="highs")
    return bool(-most.fun <= true * (1 + CLOSE))


def _indicator(numbers: Iterable[int], size: int) -> np.ndarray:
    found = np.zeros(size)
    found[list(numbers)] = 1
    return found


def _standing(
    rows: Sequence[Booked], homes: Blocks, shops: Blocks
) -> tuple[set[tuple[int, int]], list[set[tuple[int, int]]]]:
    """The pairs of blocks that somebody stands in, and those that each person does."""
    home_of = {key: number for number, block in enumerate(homes) for key in block}
    shop_of = {key: number for number, block in enumerate(shops) for key in block}
    nets: dict[tuple[str, tuple[int, int]], int] = defaultdict(int)
    for row in rows:
        nets[row.buyer, (home_of[row.home], shop_of[row.shop_place])] += row.amount
    of_person: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for (buyer, pair), amount in nets.items():
        if amount:
            of_person[buyer].add(pair)
    return {pair for pairs in of_person.values() for pair in pairs}, list(of_person.values())


def _parts(pairs: set[tuple[int, int]]) -> list[set[tuple[int, int]]]:
    """The pairs that hang together by a home block or a shop block."""
    parts: list[set[tuple[int, int]]] = []
    for pair in sorted(pairs):
        touching = [part for part in parts if any(pair[0] == h or pair[1] == s for h, s in part)]
        parts = [part for part in parts if part not in touching]
        parts.append({pair}.union(*touching))
    return parts


def _fewest(
    pairs: set[tuple[int, int]],
    people: Sequence[Sequence[tuple[int, int]]],
    homes: Sequence[int],
    shops: Sequence[int],
    *,
    taken: int,
    left: int | None,
) -> int:
    """The fewest people with home block `taken` chosen and shop block `left` not.

    Where `left` is None the first home block is not chosen, and so none of its shops.
    """
    column = {("home", home): number for number, home in enumerate(homes)}
    column |= {("shop", shop): len(homes) + number for number, shop in enumerate(shops)}
    first_person = len(column)
    entries: list[tuple[int, int, float]] = []
    count = 0
    for home, shop in sorted(pairs):  # a shop block is taken away only with all its buyers' homes
        entries += [(count, column["shop", shop], 1), (count, column["home", home], -1)]
        count += 1
    for number, standing in enumerate(people):
        for home, shop in standing:  # who has money left that is not taken away counts
            entries += [
                (count, column["home", home], 1),
                (count, column["shop", shop], -1),
                (count, first_person + number, -1),
            ]
            count += 1
    size = first_person + len(people)
    lines, columns, values = zip(*entries, strict=True)
    bounds: list[tuple[int, int]] = [(0, 1)] * size
    bounds[column["home", taken]] = (1, 1)
    bounds[column["shop", left] if left is not None else column["home", homes[0]]] = (0, 0)
    cost = np.zeros(size)
    cost[first_person:] = 1
    matrix = csr_array((values, (lines, columns)), shape=(count, size))
    found = linprog(cost, A_ub=matrix, b_ub=np.zeros(count), bounds=bounds, method="highs")
    return round(found.fun)


def public_numbers(rows: Sequence[Booked], month: MonthCut) -> list[Told]:
    """Every sum that is told of a month: of each block of each lens, and of what stayed."""
    found = []
    for cut in month.lenses:
        key = KEYS[cut.lens]
        for block in cut.cuts:
            inside = [number for number, row in enumerate(rows) if key(row) in block.keys]
            found.append(Told(inside, within=cut.unit // 2))
    for stayed in month.stayed:
        inside = [
            number for number, row in enumerate(rows) if row.home == row.shop_place == stayed.place
        ]
        spent = sum(row.amount for row in rows if row.home == stayed.place)
        found.append(Told(inside, within=-(-spent // 200)))
    return found
