"""Cutting a month into blocks that are safe to show: pure functions, no database.

The rule and its reasons: docs/figures.md. Sources: Denning 1979 on trackers; the p% rule of the
Handbook on Statistical Disclosure Control.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

Places = frozenset[str]

ROOT = ""
"""The parent of every kecamatan and of "outside the city"."""


@dataclass(frozen=True)
class Row:
    """What one buyer living in `place` spent at the shops of one `owner`, net of voids.

    `amount` is whole rupiah and may be negative in a month that holds more voids than purchases;
    `purchases` is net, too.
    """

    place: str
    buyer: Hashable
    owner: Hashable
    amount: int
    purchases: int


@dataclass(frozen=True)
class Safety:
    """How many people and owners a block must hold, and how far the largest may stand out."""

    buyers: int = 5
    owners: int = 3
    dominance: int = 10


@dataclass(frozen=True)
class Cut:
    """A set of places with its joint figures; `buyers` and `owners` are distinct."""

    places: Places
    amount: int
    purchases: int
    buyers: int
    owners: int


class Ledger:
    """The rows of the months to cut, by place."""

    def __init__(self, rows: Iterable[Row], *, safety: Safety) -> None:
        self.safety = safety
        self._rows: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            self._rows[row.place].append(row)

    def within(self, places: Places) -> list[Row]:
        """The rows of these homes."""
        return [row for place in sorted(places) for row in self._rows.get(place, ())]

    def buyers(self, places: Places) -> list[int]:
        """|net| rupiah of each buyer whose net sum is not zero, largest first."""
        return _nets((row.buyer, row.amount) for row in self.within(places))

    def is_safe(self, places: Places) -> bool:
        """Whether the joint figures of these places tell of no one.

        At least `buyers` people and `owners` different owners with a sum, and all others than the
        two largest buyers together at least `dominance` percent of the largest.
        """
        largest = self.buyers(places)
        if len(largest) < max(self.safety.buyers, 2):
            return False
        owners = _nets((row.owner, row.amount) for row in self.within(places))
        if len(owners) < self.safety.owners:
            return False
        rest = sum(largest[2:])
        return rest * 100 >= largest[0] * self.safety.dominance

    def cut(self, places: Places) -> Cut:
        """The joint figures of these places."""
        rows = self.within(places)
        return Cut(
            places=places,
            amount=sum(row.amount for row in rows),
            purchases=sum(row.purchases for row in rows),
            buyers=len(self.buyers(places)),
            owners=len(_nets((row.owner, row.amount) for row in rows)),
        )


def cut_blocks(ledger: Ledger, *, parents: Mapping[str, str]) -> list[Places] | None:
    """Safe blocks that part all places of `parents`, or None if even the whole is unsafe.

    `parents` names for each place the kecamatan it lies in, or `ROOT`. Safe children stay; the
    others (also empty ones) become one rest of their parent, which safe siblings with the fewest
    buyers join until it is safe; if it never is, it goes up. At the root the smallest safe block
    anywhere joins. Ties go by code.
    """
    safe: list[Places] = []
    rest: set[str] = set()
    for kecamatan in sorted(set(parents.values()) - {ROOT}):
        children = [place for place in parents if parents[place] == kecamatan]
        blocks, left = _part(ledger, children)
        safe += blocks
        rest |= left
    top = [place for place in parents if parents[place] == ROOT]
    whole = [frozenset([place]) for place in sorted(top) if ledger.is_safe(frozenset([place]))]
    safe += whole
    rest |= set(top) - {place for block in whole for place in block}
    return _absorb(ledger, frozenset(rest), safe)


def _part(ledger: Ledger, children: list[str]) -> tuple[list[Places], Places]:
    """The blocks of one kecamatan, and the places that go up because no joining made them safe."""
    alone = [frozenset([place]) for place in sorted(children)]
    safe = [block for block in alone if ledger.is_safe(block)]
    rest = frozenset(children) - {place for block in safe for place in block}
    joined = _absorb(ledger, rest, safe)
    return (joined, frozenset()) if joined is not None else ([], frozenset(children))


def _absorb(ledger: Ledger, rest: Places, safe: list[Places]) -> list[Places] | None:
    """`safe` with the rest joined to its smallest blocks until it is safe itself; None if never."""
    if not rest:
        return safe
    waiting = sorted(safe, key=lambda block: (len(ledger.buyers(block)), min(block)))
    while not ledger.is_safe(rest):
        if not waiting:
            return None
        rest = rest | waiting.pop(0)
    return [*waiting, rest]


def _nets(amounts: Iterable[tuple[Hashable, int]]) -> list[int]:
    """|net| by key, without zeros, largest first."""
    nets: dict[Hashable, int] = defaultdict(int)
    for key, amount in amounts:
        nets[key] += amount
    return sorted((abs(net) for net in nets.values() if net), reverse=True)
