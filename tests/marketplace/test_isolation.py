"""What subtracting the two exact lenses could isolate, against a look at every subset."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.isolation import SCALE, Stay, find_leak, pair_weights

FIVE = 5


def stays(*people: tuple[int, int]) -> list[Stay]:
    """A person for each pair of a home block and a shop block, who spent Rp10,000 there."""
    return [Stay(home, shop, number, 10_000) for number, (home, shop) in enumerate(people)]


def subsets(values: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(values, size) for size in range(len(values) + 1))


def isolated(people: Sequence[Stay]) -> Iterator[set[object]]:
    """Everyone whose money is left when shop blocks are subtracted from home blocks that hold all
    who bought there: each set that some subtraction tells the sum of."""
    nets: dict[tuple[int, int, object], int] = defaultdict(int)
    for stay in people:
        nets[stay.home, stay.shop, stay.buyer] += stay.amount
    edges = [edge for edge, amount in nets.items() if amount]
    homes = sorted({home for home, _, _ in edges})
    shops = sorted({shop for _, shop, _ in edges})
    for from_homes in subsets(homes):
        for to_shops in subsets(shops):
            if all(home in from_homes for home, shop, _ in edges if shop in to_shops):
                yield {
                    buyer
                    for home, shop, buyer in edges
                    if home in from_homes and shop not in to_shops
                }


def test_five_people_between_two_places_are_no_leak() -> None:
    far = stays(*[(0, 0)] * 9, *[(0, 1)] * 5, *[(1, 1)] * 9)

    assert find_leak(far, least=FIVE) is None


def test_four_people_who_shop_elsewhere_are_found_by_subtraction() -> None:
    """Money from kelurahan 0 less money to kelurahan 0 is theirs alone."""
    far = stays(*[(0, 0)] * 9, *[(0, 1)] * 4, *[(1, 1)] * 9)

    leak = find_leak(far, least=FIVE)

    assert leak is not None
    assert (leak.home, leak.shop) == (0, 1)
    assert min(map(len, isolated(far)), key=lambda size: size or 99) == 4


def test_one_person_in_many_pairs_is_one_person() -> None:
    """A count of heads by pair would see eight here."""
    everywhere = [Stay(0, shop, "one", 10_000) for shop in range(1, 9)]
    others = [Stay(0, 0, f"home {n}", 10_000) for n in range(9)]
    beside = [Stay(1, shop, f"{shop} {n}", 10_000) for shop in range(1, 9) for n in range(9)]

    assert find_leak([*everywhere, *others, *beside], least=FIVE) is not None


def test_who_took_everything_back_weighs_nothing() -> None:
    taken_back = [Stay(0, 1, "one", 10_000), Stay(0, 1, "one", -10_000)]

    assert pair_weights([*taken_back, *stays((0, 0))]) == {(0, 0): SCALE}


def test_places_that_share_no_shop_are_looked_at_each_on_its_own() -> None:
    apart = stays(*[(0, 0)] * 9, *[(1, 1)] * 9)

    assert find_leak(apart, least=FIVE) is None
    assert find_leak(stays(*[(0, 0)] * 9, *[(1, 1)] * 3), least=FIVE) is not None


crowds = st.lists(
    st.builds(
        Stay,
        home=st.integers(0, 3),
        shop=st.integers(0, 3),
        buyer=st.integers(0, 25),
        amount=st.sampled_from([-5_000, 5_000, 20_000]),
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=150)
@given(people=crowds)
def test_where_no_leak_is_found_no_subtraction_isolates_fewer_than_five(people: list[Stay]) -> None:
    if find_leak(people, least=FIVE) is None:
        assert [found for found in isolated(people) if 0 < len(found) < FIVE] == []


@settings(max_examples=150)
@given(people=crowds)
def test_who_stands_in_one_pair_only_is_weighed_exactly(people: list[Stay]) -> None:
    """Then the smallest cut is the smallest set, and a leak is found where there is one alone."""
    once = list({stay.buyer: stay for stay in people}.values())
    sizes = [len(found) for found in isolated(once) if found]

    assert (find_leak(once, least=FIVE) is None) == (not sizes or min(sizes) >= FIVE)


@pytest.mark.parametrize("least", [1, 5, 9])
def test_a_stricter_city_asks_for_more_people(least: int) -> None:
    seven = stays(*[(0, 0)] * 12, *[(0, 1)] * 7, *[(1, 1)] * 12)

    assert (find_leak(seven, least=least) is None) == (least <= 7)
