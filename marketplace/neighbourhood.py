"""The kelurahan where one ASN lives: what is released of it, and their own part in that."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from core.brief_cache import one_while_same
from marketplace import bands, releases
from marketplace.models import Asn, Lens, Purchase, Region
from marketplace.models.releases import Stayed
from marketplace.rounding import percent


@dataclass(frozen=True)
class Neighbourhood:
    """A year up to the last closed month, and one person's part in it, live.

    `spent` is what the ASN who live there spent anywhere, `received` what its shops took in from
    anybody, both released; `own` what this person spent from this home in the year so far, `share`
    how much of `spent` is theirs in whole percent, where that may be said. `if_each` is a
    calculation, no measurement: what comes together in a month if each of at least `residents` ASN
    reaches `band_low`. Whole rupiah.
    """

    place: Region
    year: int
    month: date
    spent: releases.Sum
    received: releases.Sum
    stayed: Stayed | None
    own: int
    share: int | None
    residents: int | None
    band_low: int
    if_each: int | None


@dataclass(frozen=True)
class Released:
    """What is released of a place in the year of a month."""

    place: Region
    spent: releases.Sum
    received: releases.Sum
    stayed: Stayed | None
    residents: int | None


def neighbourhood(asn: Asn, *, today: date) -> Neighbourhood | None:
    """The neighbourhood of where somebody lives today; None while no month of it is released.

    The year is that of the last closed month. What is released is the same for all who live there,
    and is put together for every kelurahan at once: who lives in the next one finds it.
    """
    month = releases.latest_month()
    home = asn.home_on(today)
    if month is None or home is None:
        return None
    code = home.region_id
    around = one_while_same("around", code, f"{month}", lambda: _released(month))
    if around is None:
        return None
    spent = around.spent
    live, booked = _own(asn, around.place, year=month.year, first=spent.first_month, last=month)
    low = bands.band_of_city(day=today).low
    return Neighbourhood(
        place=around.place,
        year=month.year,
        month=month,
        spent=spent,
        received=around.received,
        stayed=around.stayed,
        own=live,
        share=_share(booked, spent),
        residents=around.residents,
        band_low=low,
        if_each=around.residents * low if around.residents else None,
    )


def _released(month: date) -> dict[str, Released]:
    """All kelurahan and outside, by code; one that came to the city since is in none."""
    first, last = date(month.year, 1, 1), date(month.year, 12, 1)
    known = releases.months_released()
    stayed, residents = releases.stayed_by_place(month), releases.residents_by_place(month)

    def of_year(lens: Lens) -> dict[str, list[releases.Figure]]:
        return _by_place(
            releases.figures_between(Region.Level.KELURAHAN, first=first, last=last, lens=lens)
        )

    def added(place: Region, figures: list[releases.Figure]) -> releases.Sum:
        return releases.sum_up(place, figures, first=first, last=last, released=known)

    received = of_year(Lens.SHOP)
    return {
        code: Released(
            place=figures[0].place,
            spent=added(figures[0].place, figures),
            received=added(figures[0].place, received.get(code, [])),
            stayed=stayed.get(code),
            residents=residents.get(code),
        )
        for code, figures in of_year(Lens.HOME).items()
    }


def _by_place(figures: list[releases.Figure]) -> dict[str, list[releases.Figure]]:
    found = defaultdict[str, list[releases.Figure]](list)
    for figure in figures:
        found[figure.place.code].append(figure)
    return found


def _share(own: int, spent: releases.Sum) -> int | None:
    """What part of a sum of whole months is one's own."""
    if not spent.amount or spent.months < spent.closed:
        return None
    return max(0, min(100, percent(own, spent.amount)))


def _own(asn: Asn, home: Region, *, year: int, first: date, last: date) -> tuple[int, int]:
    """What one bought from this home less what one took back of it, in whole rupiah.

    Of the days of a year, then of the months it is booked in.
    """
    of_year, taken_back = Q(day__year=year), Q(void__book_month__range=(first, last))
    mine = Purchase.objects.filter(buyer_id=asn.buyer_id, home=home).aggregate(
        live=Sum("amount", filter=of_year & Q(void__isnull=True), default=0),
        booked=Sum("amount", filter=Q(book_month__range=(first, last)), default=0),
        back=Sum("amount", filter=taken_back, default=0),
    )
    return mine["live"], mine["booked"] - mine["back"]
