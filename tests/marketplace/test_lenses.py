"""Every lens of a month: pure functions, no database."""

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from marketplace.blocks import ROOT, Keys, Safety
from marketplace.booked import Booked
from marketplace.lenses import (
    EARLIER,
    FLOW_MARGIN,
    MonthCut,
    World,
    cut_month,
    days_of,
)
from marketplace.models import Lens
from marketplace.rounding import LEAST_UNIT, rounded, rounding_unit

OCTOBER = date(2026, 10, 1)
TREE = {"1a": "1", "1b": "1", "1c": "1", "2a": "2", "2b": "2", "2c": "2", "outside": ROOT}
WORLD = World(
    parents=TREE, agencies=["DINKES", "DISKOP", "SETDA"], categories=["fesyen", "kuliner"]
)


def one(
    buyer: str, *, home: str = "1a", shop: str = "1a", amount: int = 20_000, **told: object
) -> Booked:
    """What one person spent, at a shop of an owner of its own in that place."""
    number = int("".join(filter(str.isdigit, buyer)) or 0) % 4
    facts: dict[str, object] = {
        "agency": "SETDA",
        "ring": "city",
        "category": "kuliner",
        "evidence": "declared",
        "payment": "cash",
        "day": OCTOBER,
        "owner": f"{shop} owner {number}",
        "shop": number,
        "purchases": 1,
    } | told
    return Booked(home=home, shop_place=shop, buyer=buyer, amount=amount, **facts)  # type: ignore[arg-type]


def crowd(count: int, *, home: str = "1a", shop: str = "1a", **told: object) -> list[Booked]:
    return [one(f"{home}-{shop}-{n}", home=home, shop=shop, **told) for n in range(count)]


def everywhere(count: int = 12) -> list[Booked]:
    """So many at home in each place, and as many who shop in the next one."""
    places = sorted(TREE)
    nexts = [*places[1:], places[0]]
    return [
        row
        for home, other in zip(places, nexts, strict=True)
        for row in [*crowd(count, home=home, shop=home), *crowd(count, home=home, shop=other)]
    ]


def cut(rows: Iterable[Booked]) -> MonthCut:
    found = cut_month(list(rows), world=WORLD, months=[OCTOBER], safety=Safety())
    assert found is not None
    return found


def blocks(month: MonthCut, lens: Lens) -> set[Keys]:
    return {block.keys for block in month.of(lens)}


def test_a_city_that_is_unsafe_as_a_whole_has_no_lens() -> None:
    assert cut_month(crowd(4), world=WORLD, months=[OCTOBER], safety=Safety()) is None


def test_where_enough_live_and_shop_both_lenses_show_each_kelurahan() -> None:
    month = cut(everywhere())

    alone = {frozenset([place]) for place in TREE}
    assert blocks(month, Lens.HOME) == blocks(month, Lens.SHOP) == alone


def test_a_shop_that_dominates_its_place_is_not_shown_alone_by_place_of_shop() -> None:
    large = crowd(20, shop="1b", owner="one", amount=2_000_000)

    month = cut([*everywhere(), *large])

    assert frozenset(["1b"]) in blocks(month, Lens.HOME)
    assert frozenset(["1b"]) not in blocks(month, Lens.SHOP)


def test_a_city_that_one_shop_dominates_has_no_lens_of_shops() -> None:
    month = cut(crowd(20, owner="one", amount=50_000_000) + everywhere())

    assert month.of(Lens.SHOP) == []
    assert month.of(Lens.HOME)
    assert month.stayed == []


def test_four_who_shop_elsewhere_are_not_found_by_subtraction() -> None:
    """Money from 1a less money to 1a would be theirs alone."""
    others = [place for place in TREE if place != "1a"]
    rows = [row for place in others for row in crowd(12, home=place, shop=place)]

    month = cut([*rows, *crowd(30), *crowd(4, shop="1b")])

    assert not {frozenset(["1a"])} <= blocks(month, Lens.HOME) & blocks(month, Lens.SHOP)


def test_what_stayed_is_told_where_all_three_sets_are_safe() -> None:
    month = cut(everywhere())

    told = {each.place: (each.of_spent, each.of_received) for each in month.stayed}
    assert told == dict.fromkeys(TREE, (50, 50))


def test_what_stayed_is_not_told_where_too_few_carried_money_out() -> None:
    rows = [row for row in everywhere() if not (row.home == "1a" and row.shop_place == "1b")]

    month = cut([*rows, *crowd(4, shop="1c")])

    assert "1a" not in {each.place for each in month.stayed}


def test_a_lens_without_a_tree_joins_what_is_unsafe_with_the_smallest() -> None:
    month = cut(
        [
            *crowd(9, agency="SETDA"),
            *[one(f"kes {n}", agency="DINKES") for n in range(6)],
            *[one(f"kop {n}", agency="DISKOP") for n in range(2)],
        ]
    )

    assert blocks(month, Lens.AGENCY) == {frozenset(["SETDA"]), frozenset(["DINKES", "DISKOP", ""])}


def test_nobody_of_an_agency_and_too_few_are_cut_alike() -> None:
    rows = [*crowd(9), *[one(f"kes {n}", agency="DINKES") for n in range(6)]]

    nobody = blocks(cut(rows), Lens.AGENCY)
    too_few = blocks(cut([*rows, one("kop 1", agency="DISKOP")]), Lens.AGENCY)

    assert nobody == too_few


def test_days_that_follow_one_another_are_joined_until_they_are_safe() -> None:
    first = [row for n in range(3) for row in crowd(2, day=OCTOBER + timedelta(days=n))]
    spread = [one(f"{n}", day=OCTOBER + timedelta(days=n % 3)) for n in range(18)]

    month = cut([*spread, *first, *crowd(5, day=date(2026, 9, 30))])

    found = sorted(sorted(block) for block in blocks(month, Lens.DAY))
    days = days_of([OCTOBER])
    assert found[0] == [days[0]]
    assert [EARLIER] in found
    assert found[2][0] == days[2]
    assert found[2][-1] == days[-1]
    assert sorted(day for block in found for day in block) == sorted([EARLIER, *days])


def test_a_pair_of_kecamatan_stands_alone_only_between_broad_margins() -> None:
    broad = crowd(FLOW_MARGIN, home="1a", shop="2a")
    thin = crowd(FLOW_MARGIN - 1, home="outside", shop="2a")

    month = cut([*broad, *crowd(FLOW_MARGIN, home="2a", shop="1a"), *thin])

    found = blocks(month, Lens.FLOW)
    assert frozenset(["1>2"]) in found
    assert frozenset(["outside>2"]) not in found


@pytest.mark.parametrize("seed", range(6))
def test_every_lens_parts_the_same_rows_and_each_block_is_safe(seed: int) -> None:
    rows = drawn(seed)
    month = cut(rows)

    for lens in Lens:
        assert sum(block.amount for block in month.of(lens)) == sum(row.amount for row in rows)
        assert all(block.buyers >= 5 and block.owners >= 3 for block in month.of(lens)), lens


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    rows = drawn(seed)

    assert cut(rows).lenses == cut(rows[::-1]).lenses


def drawn(seed: int) -> list[Booked]:
    """A month of some hundred purchases, most near home, with facts of every kind."""
    chance = random.Random(seed)  # noqa: S311 (the same month each time)
    places = sorted(TREE)
    homes = {f"buyer {n}": chance.choice(places) for n in range(90)}
    return [
        one(
            buyer,
            home=homes[buyer],
            shop=homes[buyer] if chance.random() < 0.6 else chance.choice(places),
            amount=round(chance.paretovariate(1.3) * 10_000),
            agency=chance.choice([*WORLD.agencies, ""]),
            ring=chance.choice(["rt", "rw", "kelurahan", "kecamatan", "city", "outside"]),
            category=chance.choice([*WORLD.categories, ""]),
            evidence=chance.choice(["declared", "receipt"]),
            payment=chance.choice(["cash", "qris"]),
            day=OCTOBER + timedelta(days=chance.randrange(-3, 31)),
            owner=f"owner {chance.randrange(40)}",
        )
        for buyer in chance.choices(list(homes), k=400)
    ]


def test_amounts_are_rounded_to_a_percent_of_the_month_at_least() -> None:
    assert rounding_unit(4_000_000) == LEAST_UNIT
    assert rounding_unit(123_456_789) == 1_300_000
    assert rounding_unit(1_000_000_000) == 10_000_000
    assert rounding_unit(0) == LEAST_UNIT
    assert [rounded(amount, 100_000) for amount in (149_999, 150_000, -40_000, -60_000)] == [
        100_000,
        200_000,
        0,
        -100_000,
    ]


def test_each_day_of_the_months_is_a_key() -> None:
    by_month: dict[str, int] = defaultdict(int)
    for day in days_of([date(2028, 2, 1), date(2028, 3, 1)]):
        by_month[day[:7]] += 1

    assert by_month == {"2028-02": 29, "2028-03": 31}
