"""Months as a city might have them, drawn by chance: for what is released of them, and attacks."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from marketplace.blocks import ROOT
from marketplace.booked import Booked
from marketplace.lenses import World

MONTH = date(2026, 10, 1)
AGENCIES = [f"OPD-{number}" for number in range(1, 31)]
CATEGORIES = ["kuliner", "fesyen", "kriya", "jasa", "agro"]


@dataclass(frozen=True)
class Shape:
    """How large a city is, and how near its people shop."""

    buyers: int
    shops: int
    kelurahan: int = 57
    kecamatan: int = 5
    own: float = 0.6
    """The part of purchases in one's own kelurahan."""
    wanderers: float = 0.02
    """The part of people who shop in many kelurahan."""


def world_of(shape: Shape) -> World:
    """The tree of places: kelurahan dealt out to kecamatan, and outside."""
    parents = {
        f"k{number % shape.kecamatan}.{number}": f"k{number % shape.kecamatan}"
        for number in range(shape.kelurahan)
    }
    return World(parents=parents | {"outside": ROOT}, agencies=AGENCIES, categories=CATEGORIES)


def draw(shape: Shape, *, seed: int) -> list[Booked]:
    """A month of purchases: one to six a person, some kelurahan crowded, amounts with a tail."""
    chance = random.Random(seed)  # noqa: S311 (the same month each time)
    places = [place for place in world_of(shape).parents if place != "outside"]
    shops = {place: [] for place in places}
    for number in range(shape.shops):
        shops[places[number % len(places)]].append(number)
    found = []
    crowded = [chance.lognormvariate(0, 0.6) for _ in places]
    for number in range(shape.buyers):
        home = "outside" if chance.random() < 0.05 else chance.choices(places, crowded)[0]
        wanders = chance.random() < shape.wanderers
        agency = AGENCIES[min(int(chance.expovariate(0.12)), len(AGENCIES) - 1)]
        for _ in range(8 if wanders else chance.randint(1, 6)):
            stays = not wanders and home in shops and shops[home] and chance.random() < shape.own
            found.append(
                _purchase(
                    chance,
                    f"b{number}",
                    home,
                    agency,
                    home if stays else _busy(chance, places, shops),
                    shops,
                )
            )
    return found


def _busy(chance: random.Random, places: Sequence[str], shops: dict[str, list[int]]) -> str:
    """Any kelurahan with a shop; those early in the list draw more people."""
    while True:
        place = places[int(len(places) * chance.random() ** 1.5)]
        if shops[place]:
            return place


def _purchase(
    chance: random.Random,
    buyer: str,
    home: str,
    agency: str,
    place: str,
    shops: dict[str, list[int]],
) -> Booked:
    shop = chance.choice(shops[place])
    return Booked(
        home=home,
        shop_place=place,
        agency=agency,
        ring=chance.choice(["rt", "rw", "kelurahan"]) if home == place else "city",
        category=CATEGORIES[shop % len(CATEGORIES)],
        evidence=chance.choices(["declared", "receipt"], [9, 1])[0],
        payment=chance.choice(["cash", "cash", "qris", "ewallet"]),
        day=MONTH + timedelta(days=chance.randrange(31)),
        buyer=buyer,
        owner=f"o{shop}",
        shop=shop,
        amount=round(chance.lognormvariate(11, 0.8)) // 500 * 500 + 500,
        purchases=1,
    )
