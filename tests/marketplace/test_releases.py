"""The one door: what may be said of a place, and that it never tells more, or moves."""

from collections.abc import Callable
from datetime import date

import pytest

from marketplace import closing, releases
from marketplace.errors import FigureUnknown
from marketplace.models import Asn, BookMonth, Lens, Purchase, Region, Release, Umkm
from marketplace.purchases import void_purchase
from marketplace.releases import Figure, Parts
from tests.marketplace.city import City
from tests.marketplace.factories import PurchaseFactory, RegionFactory
from tests.marketplace.months import (
    AUGUST,
    SEPTEMBER,
    after,
    draw_purchases,
    neighbours,
    on,
    shop,
    shops_in,
)

MID_AUGUST, MID_SEPTEMBER = date(2026, 8, 20), date(2026, 9, 14)


def close(month: date) -> None:
    with after(month):
        closing.close_month(month)


def public(city: City, months: list[date]) -> list[str]:
    """Every number that anybody can read, as text."""
    places = [city.city, *city.kecamatan, *city.kelurahan, city.outside]
    said = [repr(releases.declared())]
    for place in places:
        said += [repr(releases.figure(place, month)) for month in months]
        said += [repr(releases.year_of(place, months[-1].year)), repr(history(place))]
    for month in months:
        said += [repr(releases.kelurahan_figures(month)), repr(releases.turnouts(month))]
        said += [repr(parts_or_none(lens, month)) for lens in Lens]
        said += [repr(spread_of(month)), repr(stayed_in(city, month))]
    return said


def spread_of(month: date) -> tuple[object, ...]:
    found = releases.spread(month)
    return found.top_ten, found.first_sales, found.never_bought, found.listed, found.year_shops


def parts_or_none(lens: Lens, month: date) -> Parts | None:
    """A lens that could not be made safe in a month is told by its absence."""
    try:
        return releases.parts(lens, month)
    except FigureUnknown:
        return None


def stayed_in(city: City, month: date) -> list[tuple[object, object]]:
    """Of each kelurahan how much stayed, and how many live there."""
    return [
        (
            found and (found.of_spent, found.of_received),
            releases.residents(place, month),
        )
        for place in city.kelurahan
        for found in [releases.stayed(releases.figure(place, month))]
    ]


def history(place: Region) -> list[Figure]:
    return releases.months_of(place, first=date(2000, 1, 1), last=date(2100, 1, 1))


@pytest.fixture
def august(city: City) -> City:
    """Six people of kelurahan 0 and seven of kelurahan 3 each spent Rp10,000; it is closed."""
    shops = shops_in(city.kelurahan[0])
    shop(neighbours(city.kelurahan[0], 6), shops, day=MID_AUGUST)
    shop(neighbours(city.kelurahan[3], 7), shops, day=MID_AUGUST)
    shop(neighbours(city.kelurahan[5], 2), shops, day=MID_AUGUST)
    close(AUGUST)
    return city


def test_a_place_that_is_not_safe_shows_the_joint_sum_with_its_places(august: City) -> None:
    joint = releases.figure(august.kelurahan[5], AUGUST)

    assert not joint.whole
    assert joint.amount == 90_000
    assert joint.places == tuple(place.code for place in august.kelurahan[3:6])


def test_a_place_of_whole_blocks_shows_its_own_sum(august: City) -> None:
    kecamatan = releases.figure(august.kecamatan[1], AUGUST)
    city = releases.figure(august.city, AUGUST)

    assert (kecamatan.whole, kecamatan.amount) == (True, 90_000)
    assert (city.whole, city.amount) == (True, 150_000)
    blocks = Release.objects.get(lens=Lens.HOME).blocks.all()
    assert sum(block.amount for block in blocks) == city.amount


def test_counts_are_rounded_down_to_fives(august: City) -> None:
    city = releases.figure(august.city, AUGUST)
    joint = releases.figure(august.kelurahan[5], AUGUST)

    assert (city.purchases, city.buyers, city.shops) == (15, 15, 0)
    assert (joint.purchases, joint.buyers, joint.shops) == (5, 5, 0)


def test_nothing_and_withheld_look_alike(august: City) -> None:
    nobody = releases.figure(august.kelurahan[4], AUGUST)
    withheld = releases.figure(august.kelurahan[5], AUGUST)

    def without_place(figure: Figure) -> dict[str, object]:
        return {**vars(figure), "place": None}

    assert without_place(nobody) == without_place(withheld)


def test_a_year_is_the_sum_of_its_whole_months_and_says_how_many(august: City) -> None:
    five = neighbours(august.kelurahan[5], 8)
    shop(five, shops_in(august.kelurahan[0]), day=MID_SEPTEMBER)
    close(SEPTEMBER)

    year = releases.year_of(august.kelurahan[5], 2026)
    of_city = releases.year_of(august.city, 2026)

    assert releases.figure(august.kelurahan[5], SEPTEMBER).amount == 80_000
    assert not releases.figure(august.kelurahan[5], SEPTEMBER).whole  # the others joined it
    assert (year.amount, year.months, year.closed) == (None, 0, 2)
    assert (of_city.amount, of_city.months, of_city.closed) == (230_000, 2, 2)


def test_a_place_is_the_sum_of_its_blocks_and_a_year_of_its_months(city: City) -> None:
    for seed, month in enumerate((AUGUST, SEPTEMBER)):
        shops = shops_in(city.kelurahan[0], 6)
        draw_purchases(city.kelurahan, shops, month=month, count=250, seed=seed)
        close(month)

    months = [releases.figure(city.city, month).amount for month in (AUGUST, SEPTEMBER)]

    assert sum(months) == sum(Purchase.objects.values_list("amount", flat=True))
    for place in (city.city, *city.kecamatan, *city.kelurahan):
        whole = [figure.amount for figure in history(place) if figure.whole]
        assert releases.year_of(place, 2026).amount == (sum(whole) if whole else None)


def take_back(purchase: Purchase) -> None:
    void_purchase(asn=purchase.buyer.asn, purchase=purchase, reason="Salah ketik")


def record_late(purchase: Purchase) -> None:
    PurchaseFactory(asn=purchase.buyer.asn, umkm=purchase.umkm, day=purchase.day, amount=999_000)


@pytest.mark.parametrize("act", [take_back, record_late])
def test_nothing_after_closing_changes_a_byte_of_a_closed_month(
    august: City, act: Callable[[Purchase], None]
) -> None:
    before = public(august, [AUGUST])

    with on(date(2026, 9, 5)):
        act(Purchase.objects.latest("pk"))

    assert public(august, [AUGUST]) == before


def test_with_or_without_a_purchase_in_the_open_month_the_public_bytes_are_the_same(
    august: City,
) -> None:
    before = public(august, [AUGUST])

    for asn in Asn.objects.all()[::4]:
        with on(date(2026, 9, 6)):
            PurchaseFactory(asn=asn, umkm=Umkm.objects.earliest("pk"), day=date(2026, 9, 6))
        assert public(august, [AUGUST]) == before


def test_what_is_late_counts_in_the_first_open_month(august: City) -> None:
    purchase = Purchase.objects.latest("pk")
    with on(date(2026, 9, 5)):
        record_late(purchase)

    assert Purchase.objects.latest("pk").book_month == SEPTEMBER
    assert Purchase.objects.latest("pk").day == purchase.day


def test_a_kelurahan_that_comes_later_changes_no_byte_of_a_closed_month(august: City) -> None:
    before = public(august, [AUGUST])

    new = RegionFactory(code="35.73.01.1009", parent=august.kecamatan[0])

    assert public(august, [AUGUST]) == before
    with pytest.raises(FigureUnknown):
        releases.figure(new, AUGUST)


def test_a_release_over_the_turn_of_a_year_is_in_neither_year(city: City) -> None:
    december, january = date(2026, 12, 1), date(2027, 1, 1)
    people, shops = neighbours(city.kelurahan[0]), shops_in(city.kelurahan[0])
    shop(people[:2], shops, day=date(2026, 12, 14))
    shop(people[2:], shops, day=date(2027, 1, 14))
    close(december)
    close(january)

    for year in (2026, 2027):
        found = releases.year_of(city.city, year)
        assert (found.amount, found.months, found.closed) == (None, 0, 1)
    assert releases.figure(city.city, december) == releases.figure(city.city, january)


def test_a_closed_month_says_that_it_is_being_computed(august: City) -> None:
    BookMonth.objects.create(month=SEPTEMBER)

    with pytest.raises(FigureUnknown) as refused:
        releases.figure(august.city, SEPTEMBER)

    assert refused.value.detail == BookMonth.State.CLOSED.label


def test_what_is_not_released_is_unknown_and_the_declared_is_named(august: City) -> None:
    province = Region.objects.create(code="35", level=Region.Level.PROVINCE, name="Jawa Timur")

    for ask in (
        lambda: releases.figure(august.city, SEPTEMBER),
        lambda: releases.figure(province, AUGUST),
        lambda: releases.year_of(august.city, 2025),
        lambda: releases.place("35.73.99"),
        lambda: releases.place("\x00"),
    ):
        with pytest.raises(FigureUnknown) as refused:
            ask()
        assert refused.value.extra["declared"]["month"] == ["2026-08"]
