"""Cutting a month into blocks that are safe to show: pure functions, no database.

The rule and its reasons: docs/figures.md. Sources: Denning 1979 on trackers; the p% rule of the
Handbook on Statistical Disclosure Control.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Keys = frozenset[str]

ROOT = ""
"""The parent of every kecamatan, of "outside the city", and of keys of a lens without a tree."""


class Row(NamedTuple):
    """What one buyer spent under one key of a lens at the shops of one `owner`, net of voids.

    A key is what the lens tells apart: a place, an agency, a day. `amount` is whole rupiah and may
    be negative in a month that holds more voids than purchases; `purchases` is net, too.
    """

    key: str
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
    """A set of keys with its joint figures; `buyers` and `owners` are distinct."""

    keys: Keys
    amount: int
    purchases: int
    buyers: int
    owners: int


@dataclass(frozen=True)
class Sums:
    """What the rule asks of a set of rows: |net| rupiah by person and by owner, largest first."""

    amount: int
    purchases: int
    buyers: Sequence[int] = field(repr=False)
    owners: Sequence[int] = field(repr=False)


class Ledger:
    """The rows of the months to cut, by key.

    `by_shop`: where the lens tells where the shop is, no shop may dominate either.
    """

    def __init__(self, rows: Iterable[Row], *, safety: Safety, by_shop: bool = False) -> None:
        self.safety = safety
        self.by_shop = by_shop
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._sums: dict[Keys, Sums] = {}
        for row in rows:
            self._rows[row.key].append(row)

    def within(self, keys: Keys) -> list[Row]:
        """The rows under these keys."""
        return [row for key in sorted(keys) for row in self._rows.get(key, ())]

    def buyers(self, keys: Keys) -> Sequence[int]:
        """|net| rupiah of each buyer whose net sum is not zero, largest first."""
        return self._of(keys).buyers

    def is_safe(self, keys: Keys) -> bool:
        """Whether the joint figures of these keys tell of no one.

        At least `buyers` people and `owners` different owners with a sum, and all others than the
        two largest buyers together at least `dominance` percent of the largest.
        """
        sums = self._of(keys)
        if len(sums.buyers) < max(self.safety.buyers, 2) or len(sums.owners) < self.safety.owners:
            return False
        dominated = self._dominates(sums.buyers) or (self.by_shop and self._dominates(sums.owners))
        return not dominated

    def cut(self, keys: Keys) -> Cut:
        """The joint figures of these keys."""
        sums = self._of(keys)
        return Cut(keys, sums.amount, sums.purchases, len(sums.buyers), len(sums.owners))

    def _dominates(self, largest: Sequence[int]) -> bool:
        return sum(largest[2:]) * 100 < largest[0] * self.safety.dominance

    def _of(self, keys: Keys) -> Sums:
        if keys not in self._sums:
            rows = self.within(keys)
            self._sums[keys] = Sums(
                amount=sum(row.amount for row in rows),
                purchases=sum(row.purchases for row in rows),
                buyers=_nets((row.buyer, row.amount) for row in rows),
                owners=_nets((row.owner, row.amount) for row in rows),
            )
        return self._sums[keys]


def cut_blocks(
    ledger: Ledger,
    *,
    parents: Mapping[str, str],
    may_stand_alone: Callable[[str], bool] = lambda _key: True,
) -> list[Keys] | None:
    """Safe blocks that part all keys of `parents`, or None if even the whole is unsafe.

    `parents` names for each key what it lies in (a kelurahan its kecamatan), or `ROOT`. Safe
    children stay; the others (also empty ones) become one rest of their parent, which safe siblings
    with the fewest buyers join until it is safe; if it never is, it goes up. At the root the
    smallest safe block anywhere joins. Ties go by code.
    """
    safe: list[Keys] = []
    rest: set[str] = set()
    for parent in sorted(set(parents.values()) - {ROOT}):
        children = [key for key in parents if parents[key] == parent]
        blocks, left = _part(ledger, children, may_stand_alone)
        safe += blocks
        rest |= left
    top = [key for key in parents if parents[key] == ROOT]
    whole = _alone(ledger, top, may_stand_alone)
    safe += whole
    rest |= set(top) - {key for block in whole for key in block}
    return _absorb(ledger, frozenset(rest), safe)


def cut_runs(ledger: Ledger, keys: Sequence[str]) -> list[Keys] | None:
    """Blocks of keys that follow one another (days), each as short as it may be.

    What is left at the end joins the blocks before it. None if even the whole is unsafe.
    """
    blocks: list[Keys] = []
    run: Keys = frozenset()
    for key in keys:
        run |= {key}
        if ledger.is_safe(run):
            blocks.append(run)
            run = frozenset()
    while run and not ledger.is_safe(run):
        if not blocks:
            return None
        run |= blocks.pop()
    return [*blocks, run] if run else blocks


def join_sibling(
    ledger: Ledger, blocks: Sequence[Keys], block: Keys, *, parents: Mapping[str, str]
) -> list[Keys]:
    """The blocks with one of them joined to its sibling of fewest buyers that makes it safe.

    Siblings share a parent with it; where no such joining is safe, any block may be the one, and
    where none is, all become one.
    """
    others = [each for each in blocks if each != block]
    over = {parents[key] for key in block}
    ordered = sorted(
        others,
        key=lambda each: (
            not over & {parents[key] for key in each},
            len(ledger.buyers(each)),
            min(each),
        ),
    )
    for other in ordered:
        if ledger.is_safe(block | other):
            return [*(each for each in others if each != other), block | other]
    return [frozenset().union(*blocks)]


def _part(
    ledger: Ledger, children: list[str], may_stand_alone: Callable[[str], bool]
) -> tuple[list[Keys], Keys]:
    """The blocks of one parent, and the keys that go up because no joining made them safe."""
    safe = _alone(ledger, children, may_stand_alone)
    rest = frozenset(children) - {key for block in safe for key in block}
    joined = _absorb(ledger, rest, safe)
    return (joined, frozenset()) if joined is not None else ([], frozenset(children))


def _alone(
    ledger: Ledger, keys: Iterable[str], may_stand_alone: Callable[[str], bool]
) -> list[Keys]:
    allowed = [frozenset([key]) for key in sorted(keys) if may_stand_alone(key)]
    return [block for block in allowed if ledger.is_safe(block)]


def _absorb(ledger: Ledger, rest: Keys, safe: list[Keys]) -> list[Keys] | None:
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
