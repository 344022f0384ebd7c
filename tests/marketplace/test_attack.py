"""What an attacker can work out from every public number, by linear algebra and nothing of ours.

All public numbers of a month are sums over people. People who stand in exactly the same sums have
the same weight in every combination of them: so the finest that any subtraction isolates are these
groups. Each must hold five people, none of whom can be read off by the second largest.
"""

from collections import defaultdict
from datetime import date

import pytest

from marketplace import closing, releases
from marketplace.models import Purchase
from tests.marketplace.city import City
from tests.marketplace.months import AUGUST, SEPTEMBER, after, draw_purchases, shops_in

Stay = tuple[object, str, date]
"""A buyer, where they live, and the month."""

MONTHS = [AUGUST, SEPTEMBER]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [60, 400])
def test_no_combination_of_public_numbers_isolates_fewer_than_five_people(
    city: City, seed: int, count: int
) -> None:
    places = [*city.kelurahan, city.outside]
    shops = shops_in(city.kelurahan[0], 8)
    for month in MONTHS:
        draw_purchases(places, shops, month=month, count=count, seed=seed * 100 + month.month)
        with after(month):
            closing.close_month(month)

    spent = money_by_person_and_home()
    for group in groups(public_sums(city, stays=spent), spent).values():
        people: dict[object, int] = defaultdict(int)
        for stay in group:
            people[stay[0]] += spent[stay]
        amounts = sorted(abs(amount) for amount in people.values() if amount)
        assert len(amounts) >= 5
        assert sum(amounts[:-2]) * 10 >= amounts[-1]


def money_by_person_and_home() -> dict[Stay, int]:
    spent: dict[Stay, int] = defaultdict(int)
    for row in Purchase.objects.values("buyer_id", "home_id", "book_month", "amount"):
        spent[row["buyer_id"], row["home_id"], row["book_month"]] += row["amount"]
    return spent


def public_sums(city: City, *, stays: dict[Stay, int]) -> list[set[Stay]]:
    """For each public number those who stand in it; the number is checked to be their sum."""
    found = []
    for place in [city.city, *city.kecamatan, *city.kelurahan, city.outside]:
        for figure in releases.months_of(place, first=MONTHS[0], last=MONTHS[-1]):
            inside = {
                stay
                for stay in stays
                if stay[1] in figure.places and figure.first_month <= stay[2] <= figure.month
            }
            assert sum(stays[stay] for stay in inside) == figure.amount
            found.append(inside)
    return found


def groups(sums: list[set[Stay]], spent: dict[Stay, int]) -> dict[frozenset[int], list[Stay]]:
    """People by the sums they stand in; those in none are isolated by none."""
    found: dict[frozenset[int], list[Stay]] = defaultdict(list)
    for stay in spent:
        standing = frozenset(number for number, inside in enumerate(sums) if stay in inside)
        if standing:
            found[standing].append(stay)
    return found
