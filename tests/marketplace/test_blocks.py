"""Cutting a month into blocks: no database, only rows, a tree and the rule."""

from collections import defaultdict
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.blocks import ROOT, Keys, Ledger, Row, Safety, cut_blocks

TREE = {"1a": "1", "1b": "1", "1c": "1", "2a": "2", "2b": "2", "2c": "2", "outside": ROOT}


def crowd(place: str, buyers: int, *, owners: int = 3, amount: int = 10_000) -> list[Row]:
    """So many people of a place, each at a shop of one of so many owners."""
    return [
        Row(place, f"{place} buyer {n}", f"{place} owner {n % owners}", amount, 1)
        for n in range(buyers)
    ]


def ledger(*rows: Iterable[Row], safety: Safety | None = None) -> Ledger:
    return Ledger([row for some in rows for row in some], safety=safety or Safety())


def cut(*rows: Iterable[Row]) -> set[Keys] | None:
    blocks = cut_blocks(ledger(*rows), parents=TREE)
    return None if blocks is None else set(blocks)


def places(*codes: str) -> Keys:
    return frozenset(codes)


def test_five_people_at_three_owners_are_safe_and_fewer_are_not() -> None:
    here = places("1a")

    assert ledger(crowd("1a", 5)).is_safe(here)
    assert not ledger(crowd("1a", 4)).is_safe(here)
    assert not ledger(crowd("1a", 9, owners=2)).is_safe(here)
    assert not ledger().is_safe(here)


def test_who_took_everything_back_is_not_counted() -> None:
    taken_back = [Row("1a", "1a buyer 4", "1a owner 1", -10_000, -1)]

    assert not ledger(crowd("1a", 5), taken_back).is_safe(places("1a"))


@pytest.mark.parametrize(("largest", "safe"), [(300_000, True), (300_001, False)])
def test_the_others_without_the_second_are_a_tenth_of_the_largest(largest: int, safe: bool) -> None:
    rows = crowd("1a", 5)
    rows[0] = Row("1a", "1a buyer 0", "1a owner 0", largest, 1)

    assert ledger(rows).is_safe(places("1a")) is safe  # three others spent 30,000


def test_a_place_that_is_safe_stands_alone() -> None:
    everywhere = [crowd(place, 5) for place in TREE]

    assert cut(*everywhere) == {places(place) for place in TREE}


def test_unsafe_and_empty_places_of_a_kecamatan_stand_together() -> None:
    second = [crowd(place, 5) for place in ("2a", "2b", "2c", "outside")]

    found = cut(crowd("1a", 3), crowd("1b", 3), crowd("1c", 9), *second)

    assert found is not None
    assert places("1a", "1b") in found
    assert places("1c") in found


def test_the_sibling_of_fewest_buyers_joins_an_empty_place() -> None:
    others = [crowd(place, 5) for place in ("2a", "2b", "2c", "outside")]

    found = cut(crowd("1b", 9), crowd("1c", 6), *others)

    assert found is not None
    assert {places("1a", "1c"), places("1b")} <= found


def test_between_siblings_of_as_many_buyers_the_lower_code_joins() -> None:
    others = [crowd(place, 5) for place in ("2a", "2b", "2c", "outside")]

    found = cut(crowd("1b", 6), crowd("1c", 6), *others)

    assert found is not None
    assert places("1a", "1b") in found


def test_a_kecamatan_that_is_never_safe_joins_the_smallest_block_anywhere() -> None:
    found = cut(crowd("2a", 9), crowd("2b", 6), crowd("2c", 8), crowd("outside", 7))

    assert found == {
        places("1a", "1b", "1c", "2b"),
        places("2a"),
        places("2c"),
        places("outside"),
    }


def test_a_city_that_is_unsafe_as_a_whole_waits() -> None:
    assert cut(crowd("1a", 2), crowd("2b", 2)) is None
    assert cut() is None


def test_nobody_and_too_few_are_cut_alike() -> None:
    others = [crowd(place, 5 + n) for n, place in enumerate(TREE) if place != "1a"]

    assert cut(*others) == cut(crowd("1a", 1), *others)


rows = st.lists(
    st.builds(
        Row,
        key=st.sampled_from(sorted(TREE)),
        buyer=st.integers(0, 40),
        owner=st.integers(0, 8),
        amount=st.integers(-50_000, 1_000_000),
        purchases=st.integers(-1, 5),
    ),
    max_size=150,
)


@given(rows=rows)
def test_blocks_part_the_city_and_each_is_safe(rows: list[Row]) -> None:
    blocks = cut_blocks(Ledger(rows, safety=Safety()), parents=TREE)

    if blocks is None:
        assert not tells_of_no_one(rows)
        return
    assert sorted(place for block in blocks for place in block) == sorted(TREE)
    for block in blocks:
        assert tells_of_no_one([row for row in rows if row.key in block])


@given(rows=rows)
def test_the_order_of_the_rows_changes_nothing(rows: list[Row]) -> None:
    def found(of: list[Row]) -> set[Keys] | None:
        blocks = cut_blocks(Ledger(of, safety=Safety()), parents=TREE)
        return None if blocks is None else set(blocks)

    assert found(rows) == found(rows[::-1])


@given(rows=rows)
def test_the_blocks_add_up_to_the_city(rows: list[Row]) -> None:
    months = Ledger(rows, safety=Safety())
    blocks = cut_blocks(months, parents=TREE) or []

    if blocks:
        assert sum(months.cut(block).amount for block in blocks) == sum(r.amount for r in rows)


def tells_of_no_one(rows: list[Row]) -> bool:
    """The rule once more, written without the code it holds."""
    buyers: dict[object, int] = defaultdict(int)
    owners: dict[object, int] = defaultdict(int)
    for row in rows:
        buyers[row.buyer] += row.amount
        owners[row.owner] += row.amount
    spent = sorted(abs(amount) for amount in buyers.values() if amount)
    many = len(spent) >= 5 and sum(1 for amount in owners.values() if amount) >= 3
    return many and 10 * sum(spent[:-2]) >= spent[-1]
