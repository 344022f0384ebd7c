"""What the public pages of figures show; every number comes through `marketplace.releases`."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.utils.formats import date_format

from core.charts import Point
from marketplace import releases
from marketplace.errors import FigureUnknown
from marketplace.models import Region

MAP_WIDTH = 400
LARGEST_BUBBLE = 17.0
SMALLEST_BUBBLE = 4.0


@dataclass(frozen=True)
class Bubble:
    """A kelurahan on the map, at its centroid; joint ones are small and hollow."""

    figure: releases.Figure
    x: str
    y: str
    radius: str


@dataclass(frozen=True)
class Bubbles:
    """The map: its height at a width of 400, and the bubbles, the largest first."""

    height: int
    bubbles: list[Bubble]


def city_context(month_text: str) -> dict[str, Any]:
    """The city's page in one released month, by default the last; empty before there is one."""
    months = releases.released_months()
    if not months:
        return {"month": None}
    month = _asked(month_text, months)
    city, figures = releases.city(), releases.kelurahan_figures(month)
    return {
        "month": month,
        "months": months,
        "figure": releases.figure(city, month),
        "year": releases.year_of(city, month.year),
        "course": _course(city, month),
        "groups": _by_kecamatan(figures),
        "map": draw_map([figure for figure in figures if figure.place.latitude is not None]),
        "names": _names(),
    }


def region_context(code: str) -> dict[str, Any]:
    """One place's page: the last released month, the year, and the months before."""
    place = releases.place(code)
    month = releases.latest_month()
    if month is None or place.level == Region.Level.CITY:  # the city has its own page
        raise FigureUnknown
    return {
        "place": place,
        "month": month,
        "figure": releases.figure(place, month),
        "year": releases.year_of(place, month.year),
        "course": _course(place, month),
        "history": _history(place, month),
        "names": _names(),
    }


def city_money() -> dict[str, Any] | None:
    """The city's sum of the last released month, or None before there is one."""
    month = releases.latest_month()
    if month is None:
        return None
    return {"month": month, "amount": releases.figure(releases.city(), month).amount}


def csv_text(month_text: str) -> str:
    """The file of one month: code, name, months, rupiah, counts, and what a sum is joint with.

    Names are the registry's own, so no cell can begin a formula.
    """
    month = _asked(month_text, releases.released_months())
    head = ["kode", "nama", "bulan_awal", "bulan_akhir", "rupiah", "pembelian", "pembeli", "umkm"]
    target = StringIO()
    rows = csv.writer(target)
    rows.writerow([*head, "bersama"])
    rows.writerows(_csv_row(figure) for figure in releases.kelurahan_figures(month))
    return target.getvalue()


def draw_map(figures: Sequence[releases.Figure]) -> Bubbles | None:
    """Kelurahan at their centroids, sized by area to their rupiah where they stand alone."""
    if not figures:
        return None
    west, east = _span([float(figure.place.longitude or 0) for figure in figures])
    south, north = _span([float(figure.place.latitude or 0) for figure in figures])
    scale = MAP_WIDTH / (east - west)
    most = max((figure.amount for figure in figures if figure.whole), default=0) or 1
    bubbles = [
        Bubble(
            figure=figure,
            x=f"{(float(figure.place.longitude or 0) - west) * scale:.1f}",
            y=f"{(north - float(figure.place.latitude or 0)) * scale:.1f}",
            radius=f"{_radius(figure, most):.1f}",
        )
        for figure in figures
    ]
    largest_first = sorted(bubbles, key=lambda bubble: -float(bubble.radius))
    return Bubbles(height=round((north - south) * scale), bubbles=largest_first)


def _radius(figure: releases.Figure, most: int) -> float:
    if not figure.whole:
        return SMALLEST_BUBBLE
    share = max(figure.amount, 0) / most
    return max(SMALLEST_BUBBLE, LARGEST_BUBBLE * share**0.5)


def _span(values: list[float]) -> tuple[float, float]:
    """Least and most with a margin around them, so that no bubble is cut off."""
    least, most = min(values), max(values)
    margin = (most - least or 0.01) * 0.07
    return least - margin, most + margin


def _asked(text: str, months: list[date]) -> date:
    if not text:
        return months[0] if months else _no_month()
    try:
        month = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)
    except ValueError as error:
        raise FigureUnknown from error
    return month


def _no_month() -> date:
    raise FigureUnknown


def _course(place: Region, month: date) -> list[Point]:
    """The months in which the place stands alone, as columns."""
    return [
        Point(
            label=date_format(figure.month, "M"),
            value=figure.amount if figure.whole else 0,
            now=figure.month == month,
        )
        for figure in _history(place, month)
    ]


def _history(place: Region, month: date) -> list[releases.Figure]:
    """Up to twelve months that end with `month`, oldest first."""
    first = date(month.year - 1, month.month, 1)
    return releases.months_of(place, first=first, last=month)[-12:]


def _by_kecamatan(figures: Iterable[releases.Figure]) -> list[tuple[str, list[releases.Figure]]]:
    groups: dict[str, list[releases.Figure]] = {}
    for figure in figures:
        parent = figure.place.parent
        groups.setdefault(parent.name if parent else "", []).append(figure)
    return [(name, groups[name]) for name in groups]


def _names() -> dict[str, str]:
    return dict(Region.objects.places().values_list("code", "name"))


def _csv_row(figure: releases.Figure) -> list[str]:
    others = [code for code in figure.places if code != figure.place.code]
    counts = [figure.purchases, figure.buyers, figure.shops]
    return [
        figure.place.code,
        figure.place.name,
        f"{figure.first_month:%Y-%m}",
        f"{figure.month:%Y-%m}",
        str(figure.amount),
        *("" if count is None else str(count) for count in counts),
        " ".join(others),
    ]
