"""The rows of the reports of figures: what is released, month by month, never ordered by a figure.

Every number comes through `marketplace.releases`. A place or an agency that may not be shown alone
has the mark "bersama" and the joint sum, whether nobody took part there or too few.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from cms import figures_lenses
from cms.open_data import ALONE, NO_KEY, TOGETHER
from core.calendar import months_before, months_between, next_month
from marketplace import lenses, releases
from marketplace.models import Agency, Lens, Region
from marketplace.models.purchases import Ring

MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
"""How many calendar months a period has, by what it is called."""

Period = tuple[date, date]


@dataclass(frozen=True)
class MoneyRow:
    """A place in a period: its own rupiah or, of a month, those it has together with `places`.

    Of a quarter or a year `amount` is the sum of the `months` of `closed` in which it stands alone.
    """

    code: str
    place: str
    within: str
    first: str
    last: str
    mark: str
    amount: int | None
    joint: int | None
    places: list[str]
    months: int
    closed: int
    purchases: int | None
    buyers: int | None
    shops: int | None
    closed_on: date | None
    label: str
    unit: int = 1


@dataclass(frozen=True)
class TurnoutRow:
    """How many of an agency's ASN took part in a month, at least; or of several together."""

    code: str
    agency: str
    first: str
    last: str
    mark: str
    employed: int
    buyers: int
    rate: int | None
    reached: int
    first_timers: int
    closed_on: date
    label: str


@dataclass(frozen=True)
class LensRow:
    """A key of a lens in a month, or several together; rupiah are rounded to `unit`."""

    code: str
    name: str
    first: str
    last: str
    mark: str
    amount: int
    unit: int
    purchases: int
    buyers: int
    shops: int
    closed_on: date | None
    label: str


def released_years() -> list[int]:
    """Every year of which a month is released, the newest first."""
    return sorted({month.year for month in releases.released_months()}, reverse=True)


def range_of(*, year: int | None, month: date | None) -> Period:
    """The months that a year and a month, if any are named, leave over; all of them if none is."""
    found = releases.released_months()
    first, last = date(year or date.min.year, 1, 1), date(year or date.max.year, 12, 1)
    if month is not None:
        earlier = [each for each in found if each < month]
        first = max(first, next_month(earlier[0]) if earlier else date.min)
        last = min(last, month)
    return first, last


def money_rows(lens: Lens, level: Region.Level, *, period: str, within: Period) -> list[MoneyRow]:
    """Every place of a level in each period, the newest first, then by code."""
    if MONTHS_OF[period] == 1:
        first, last = within
        figures = releases.figures_between(level, first=first, last=last, lens=lens)
        days, names = releases.closing_days(), figures_lenses.area_names()
        rows = [_month_row(figure, names, days) for figure in figures]
        return sorted(rows, key=lambda row: row.last, reverse=True)
    return list(_sum_rows(lens, level, MONTHS_OF[period], within))


def turnout_rows(*, agency: str, within: Period) -> list[TurnoutRow]:
    """The city and each agency in each month, the newest first, then by code; or one of these."""
    found = releases.turnouts_between(*within)
    known = Agency.objects.in_bulk(field_name="code")
    rows = [_turnout_row(each, known) for each in found if not agency or agency in each.agencies]
    return sorted(rows, key=lambda row: row.last, reverse=True)


def lens_rows(lens: Lens, *, within: Period) -> list[LensRow]:
    """How each month is parted in one lens, the newest first, then in the order of its keys."""
    first, last = within
    days, names = releases.closing_days(), _names(lens)
    found = releases.parts_between(lens, first=first, last=last)
    return [
        _lens_row(lens, parts, part, names, days)
        for parts in reversed(found)
        for part in sorted(parts.parts, key=lambda part: _place_in_order(lens, part))
    ]


def _month_row(
    figure: releases.Figure, names: Mapping[str, str], days: Mapping[date, date]
) -> MoneyRow:
    own = f"{figure.place.code}."
    others = [names[code] for code in figure.places if not f"{code}.".startswith(own)]
    months = months_between(figure.first_month, figure.month) + 1
    return MoneyRow(
        **_who(figure.place, names),
        first=_named(figure.first_month),
        last=_named(figure.month),
        mark=ALONE if figure.whole else TOGETHER,
        amount=figure.amount if figure.whole else None,
        joint=None if figure.whole else figure.amount,
        places=[] if figure.whole else sorted(others),
        months=months,
        closed=months,
        purchases=figure.purchases,
        buyers=figure.buyers,
        shops=figure.shops,
        closed_on=days.get(figure.month),
        label=_("measured"),
    )


def _sum_rows(lens: Lens, level: Region.Level, length: int, within: Period) -> Iterator[MoneyRow]:
    released, days = releases.months_released(), releases.closing_days()
    periods = _periods(released, length, within)
    if not periods:
        return
    names = figures_lenses.area_names()
    figures = releases.figures_between(level, first=periods[-1][0], last=periods[0][1], lens=lens)
    for first, last in periods:
        inside = [each for each in figures if first <= each.first_month and each.month <= last]
        for place, told in _by_place(inside):
            found = releases.sum_up(place, told, first=first, last=last, released=released)
            yield _sum_row(found, names, max(each.month for each in told), days)


def _periods(released: Iterable[date], length: int, within: Period) -> list[Period]:
    """The quarters or years that hold a released month of the range, the newest first."""
    months = [month for month in released if within[0] <= month <= within[1]]
    firsts = {months_before(month, (month.month - 1) % length) for month in months}
    return [(first, months_before(first, 1 - length)) for first in sorted(firsts, reverse=True)]


def _by_place(figures: Iterable[releases.Figure]) -> list[tuple[Region, list[releases.Figure]]]:
    """The figures of each place, by code."""
    found: dict[str, list[releases.Figure]] = {}
    for figure in figures:
        found.setdefault(figure.place.code, []).append(figure)
    return [(found[code][0].place, found[code]) for code in sorted(found)]


def _sum_row(
    found: releases.Sum, names: Mapping[str, str], month: date, days: Mapping[date, date]
) -> MoneyRow:
    return MoneyRow(
        **_who(found.place, names),
        first=_named(found.first_month),
        last=_named(found.last_month),
        mark=TOGETHER if found.amount is None else ALONE,
        amount=found.amount,
        joint=None,
        places=[],
        months=found.months,
        closed=found.closed,
        purchases=None,
        buyers=None,
        shops=None,
        closed_on=days.get(month),
        label=_("measured"),
    )


def _who(place: Region, names: Mapping[str, str]) -> dict[str, str]:
    over = place.parent if place.level == Region.Level.KELURAHAN else None
    return {"code": place.code, "place": names[place.code], "within": over.name if over else ""}


def _turnout_row(each: releases.TakingPart, known: Mapping[str, Agency]) -> TurnoutRow:
    return TurnoutRow(
        code=_codes(each.agencies) if each.agencies else "",
        agency=_agencies_named(each.agencies, known) if each.agencies else _("The whole city"),
        first=_named(each.first_month),
        last=_named(each.month),
        mark=TOGETHER if len(each.agencies) > 1 else ALONE,
        employed=each.employed,
        buyers=each.buyers,
        rate=each.rate,
        reached=each.reached,
        first_timers=each.first_timers,
        closed_on=each.closed_on,
        label=_("measured"),
    )


def _agencies_named(codes: Sequence[str], known: Mapping[str, Agency]) -> str:
    """One by its name, several by what they are called for short."""
    if len(codes) == 1:
        [code] = codes
        return known[code].name if code in known else code or _("Without an agency")
    return "; ".join(
        known[code].abbreviation if code in known else code or _("Without an agency")
        for code in sorted(codes)
    )


def _lens_row(
    lens: Lens,
    parts: releases.Parts,
    part: releases.Part,
    names: Mapping[str, str],
    days: Mapping[date, date],
) -> LensRow:
    keys = sorted(part.keys)
    return LensRow(
        code=_codes(keys),
        name="; ".join(_key_named(lens, key, names) for key in keys),
        first=_named(parts.first_month),
        last=_named(parts.month),
        mark=TOGETHER if len(keys) > 1 else ALONE,
        amount=part.amount,
        unit=parts.unit,
        purchases=part.purchases,
        buyers=part.buyers,
        shops=part.shops,
        closed_on=days.get(parts.month),
        label=_("measured"),
    )


def _names(lens: Lens) -> dict[str, str]:
    """What keys of a lens are called that need a table to be read."""
    if lens == Lens.AGENCY:
        return dict(Agency.objects.values_list("code", "abbreviation"))
    return figures_lenses.area_names()


def _key_named(lens: Lens, key: str, names: Mapping[str, str]) -> str:
    if lens == Lens.AGENCY:
        return names.get(key, key) if key else _("Without an agency")
    return figures_lenses.name_of(lens, key, dict(names))


def _place_in_order(lens: Lens, part: releases.Part) -> tuple[int, str]:
    """Rings as they follow one another, late entries before the days, all else by code."""
    if lens == Lens.RING:
        return min(Ring.values.index(key) for key in part.keys), ""
    if lens == Lens.DAY and lenses.EARLIER in part.keys:
        return -1, ""
    return 0, min(part.keys)


def _codes(keys: Iterable[str]) -> str:
    return ";".join(key or NO_KEY for key in sorted(keys))


def _named(month: date) -> str:
    return f"{month:%Y-%m}"
