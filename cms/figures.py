"""What the public pages of figures show; every number comes through `marketplace.releases`."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.utils.formats import date_format

from cms.figures_map import draw_map
from core.charts import Point
from marketplace import goals, multiplier, releases
from marketplace.errors import FigureUnknown
from marketplace.models import Region

COLOURS = 6
"""How many kecamatan have a colour of their own on the map; more begin again."""


@dataclass(frozen=True)
class Area:
    """A kecamatan, or the homes outside the city: its sum, and those of its kelurahan."""

    figure: releases.Figure
    mark: int
    figures: list[releases.Figure]


def city_context(month_text: str) -> dict[str, Any]:
    """The city's page in one released month, by default the last; empty before there is one."""
    months = releases.released_months()
    told = {
        "waiting": releases.waiting_months(),
        "live": releases.live_counter(),
        "goals": goals.shown(),
        "multiplier": multiplier.latest(),
    }
    if not months:
        return {"month": None, **told}
    city = releases.city()
    figure = releases.figure(city, _asked(month_text, months))
    month = figure.month  # of a month released together with the next: the last of both
    figures = releases.kelurahan_figures(month)
    areas = _areas(releases.kecamatan_figures(month), figures)
    return {
        "month": month,
        "months": months,
        **told,
        "figure": figure,
        "year": releases.year_of(city, month.year),
        "course": _course(_history(city, month), month),
        "areas": areas,
        "map": draw_map(figures, {area.figure.place.code: area.mark for area in areas}),
        "names": _names(),
    }


def region_context(code: str) -> dict[str, Any]:
    """One place's page: the last released month, the year, and the months before."""
    place = releases.place(code)
    month = releases.latest_month()
    if month is None or place.level == Region.Level.CITY:  # the city has its own page
        raise FigureUnknown
    history = _history(place, month)
    return {
        "place": place,
        "month": month,
        "figure": releases.figure(place, month),
        "year": releases.year_of(place, month.year),
        "course": _course(history, month),
        "history": history,
        "within": _within(place, releases.kelurahan_figures(month)),
        "names": _names(),
        "goals": goals.shown(place),
    }


def city_money() -> dict[str, Any]:
    """The city's last released month (None before there is one), its counter and its goal."""
    month = releases.latest_month()
    amount = releases.figure(releases.city(), month).amount if month else None
    return {
        "month": month,
        "amount": amount,
        "live": releases.live_counter(),
        "goal": goals.of_the_city_now(),
    }


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


def _asked(text: str, months: list[date]) -> date:
    """The month named as YYYY-MM, by default the last. Raises `FigureUnknown`."""
    if not text and months:
        return months[0]
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)
    except ValueError as error:
        raise FigureUnknown from error


def _course(history: Iterable[releases.Figure], month: date) -> list[Point]:
    """The months in which the place stands alone, as columns."""
    return [
        Point(
            label=date_format(figure.month, "M"),
            value=figure.amount,
            now=figure.month == month,
        )
        for figure in history
        if figure.whole
    ]


def _history(place: Region, month: date) -> list[releases.Figure]:
    """Up to twelve months that end with `month`, oldest first."""
    first = date(month.year - 1, month.month, 1)
    return releases.months_of(place, first=first, last=month)[-12:]


def _areas(
    kecamatan: Iterable[releases.Figure], kelurahan: Sequence[releases.Figure]
) -> list[Area]:
    """Every kecamatan with its kelurahan, then what lies in none."""
    inside = [
        Area(figure, number % COLOURS + 1, _within(figure.place, kelurahan))
        for number, figure in enumerate(kecamatan)
    ]
    alone = [figure for figure in kelurahan if figure.place.level == Region.Level.OUTSIDE]
    return inside + [Area(figure, 0, []) for figure in alone]


def _within(place: Region, kelurahan: Iterable[releases.Figure]) -> list[releases.Figure]:
    return [figure for figure in kelurahan if figure.place.parent_id == place.code]


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
