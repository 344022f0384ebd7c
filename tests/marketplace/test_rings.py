"""How near a buyer and a shop are."""

import pytest

from marketplace.models import Home, Umkm
from marketplace.models.purchases import Ring
from marketplace.rings import ring_between
from tests.marketplace.city import City


@pytest.mark.parametrize(
    ("home", "shop", "ring"),
    [
        ((0, 3, 2), (0, 3, 2), Ring.RT),
        ((0, 3, 2), (0, 3, 1), Ring.RW),
        ((0, 3, None), (0, 3, 2), Ring.RW),
        ((0, 3, 2), (0, 4, 2), Ring.KELURAHAN),
        ((0, None, None), (0, None, None), Ring.KELURAHAN),
        ((0, 3, 2), (1, 3, 2), Ring.KECAMATAN),
        ((0, 3, 2), (3, 3, 2), Ring.CITY),
    ],
)
def test_the_nearest_ring_that_holds_both_is_taken(
    city: City,
    home: tuple[int, int | None, int | None],
    shop: tuple[int, int | None, int | None],
    ring: Ring,
) -> None:
    lives = Home(region=city.kelurahan[home[0]], rw=home[1], rt=home[2])
    sells = Umkm(region=city.kelurahan[shop[0]], rw=shop[1], rt=shop[2])

    assert ring_between(home=lives, umkm=sells) == ring


def test_whatever_lies_outside_is_in_the_outermost_ring(city: City) -> None:
    inside, outside = city.kelurahan[0], city.outside

    for lives, sells in [(inside, outside), (outside, inside), (outside, outside)]:
        ring = ring_between(home=Home(region=lives), umkm=Umkm(region=sells))
        assert ring == Ring.OUTSIDE
