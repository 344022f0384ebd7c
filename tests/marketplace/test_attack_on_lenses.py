"""What an attacker works out who knows all purchases but their amounts, and every public number.

The attack is written without the code that cuts the blocks (bench/release_attack.py); the bench
runs it on more and larger months.
"""

import pytest

from bench.release_attack import bounded, public_numbers, smallest_isolated
from bench.release_months import MONTH, Shape, draw, world_of
from marketplace.blocks import Keys, Safety
from marketplace.booked import Booked
from marketplace.lenses import MonthCut, cut_month
from marketplace.models import Lens

HOMEBODIES = Shape(buyers=70, shops=40, kelurahan=7, kecamatan=2, own=0.9, wanderers=0.1)
MIXED = Shape(buyers=70, shops=30, kelurahan=7, kecamatan=2, own=0.4)


def released(shape: Shape, seed: int) -> tuple[list[Booked], MonthCut]:
    rows = draw(shape, seed=seed)
    month = cut_month(rows, world=world_of(shape), months=[MONTH], safety=Safety())
    assert month is not None
    return rows, month


def blocks(month: MonthCut, lens: Lens) -> list[Keys]:
    return [cut.keys for cut in month.of(lens)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("shape", [HOMEBODIES, MIXED], ids=["homebodies", "mixed"])
def test_no_subtraction_of_the_exact_lenses_isolates_fewer_than_five(
    shape: Shape, seed: int
) -> None:
    rows, month = released(shape, seed)

    homes, shops = blocks(month, Lens.HOME), blocks(month, Lens.SHOP)

    assert smallest_isolated(rows, homes, shops) >= 5


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("shape", [HOMEBODIES, MIXED], ids=["homebodies", "mixed"])
def test_all_public_numbers_together_bound_nobody_within_a_tenth(shape: Shape, seed: int) -> None:
    rows, month = released(shape, seed)

    assert bounded(rows, public_numbers(rows, month)) == []


def test_the_attack_finds_what_is_not_audited() -> None:
    """Every kelurahan exact in both lenses, as it would be without the rule."""
    rows = draw(HOMEBODIES, seed=1)
    alone = [frozenset([place]) for place in world_of(HOMEBODIES).parents]

    assert smallest_isolated(rows, alone, alone) < 5
