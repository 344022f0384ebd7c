"""What the public pages of figures show; every number comes through `marketplace.releases`."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localdate

from cms import figures_lenses
from cms.figures_map import draw_map
from cms.models.map import Outline
from core.calendar import month_named, months_between
from core.charts import Point
from core.sql import Sql, fetch
from marketplace import bands, goals, multiplier, releases
from marketplace.errors import FigureUnknown
from marketplace.models import Lens, Region

COLOURS = 6
"""How many kecamatan have a colour of their own on the map; more begin again."""


@dataclass(frozen=True)
class Area:
    """A kecamatan, or the homes outside the city: its sum, and those of its kelurahan."""

    figure: releases.Figure
    mark: int
    figures: list[releases.Figure]


SIDES = {"": Lens.HOME, "toko": Lens.SHOP}
"""What the page's switch says: from homes, or to shops."""


@dataclass(frozen=True)
class Reckoned:
    """What it would be if everyone at home here reached where the band begins: not measured."""

    each: int
    residents: int
    amount: int


EDITION = """
SELECT (SELECT max(id) FROM wagtailcore_pagelogentry),
    (SELECT max(id) FROM wagtailcore_modellogentry)
"""


def edition() -> str:
    """Another one whenever a figure is released, the counter moves, or somebody edits something."""
    [edited] = fetch(Sql(EDITION, ()))
    return f"{releases.edition()}:{edited}:{localdate()}"


def city_context(month_text: str, side: str = "") -> dict[str, Any]:
    """The city's page in one released month, by default the last; empty before there is one.

    `side` names whether places show money from their homes or to their shops. Raises
    `FigureUnknown` for a month or a side that is none.
    """
    if side not in SIDES:
        raise FigureUnknown
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
    figures, areas = _places(month, SIDES[side])
    return {
        "month": month,
        "side": side,
        "months": months,
        **told,
        "figure": figure,
        "year": releases.year_of(city, month.year),
        "course": _course(_history(city, month), month),
        "areas": areas,
        "map": draw_map(
            figures,
            {area.figure.place.code: area.mark for area in areas},
            dict(Outline.objects.values_list("region", "sketch")),
        ),
        "names": _names(),
        "sections": figures_lenses.sections(month),
        "flows": figures_lenses.flows(month),
        "spread": figures_lenses.spread(month),
        "people": figures_lenses.people(month),
        "sums": figures_lenses.sums(city, month),
    }


def region_context(code: str) -> dict[str, Any]:
    """One place's page: the last released month, the year, and the months before."""
    place = releases.place(code)
    month = releases.latest_month()
    if month is None or place.level == Region.Level.CITY:  # the city has its own page
        raise FigureUnknown
    history = _history(place, month)
    figure = releases.figure(place, month)
    return {
        "place": place,
        "month": month,
        "figure": figure,
        "year": releases.year_of(place, month.year),
        "shop": _shop_figure(place, month),
        "shop_year": releases.year_of(place, month.year, lens=Lens.SHOP),
        "stayed": releases.stayed(figure),
        "reckoned": _reckoned(figure),
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


def csv_text(month_text: str, side: str = "") -> str:
    """The file of one month: code, name, months, rupiah, counts, and what a sum is joint with.

    Names are the registry's own, so no cell can begin a formula.
    """
    if side not in SIDES:
        raise FigureUnknown
    month = _asked(month_text, releases.released_months())
    head = ["kode", "nama", "bulan_awal", "bulan_akhir", "rupiah", "pembelian", "pembeli", "umkm"]
    target = StringIO()
    rows = csv.writer(target)
    rows.writerow([*head, "bersama"])
    figures = releases.kelurahan_figures(month, lens=SIDES[side])
    rows.writerows(_csv_row(figure) for figure in figures)
    return target.getvalue()


def _places(month: date, lens: Lens) -> tuple[list[releases.Figure], list[Area]]:
    """Every kelurahan, and the same by kecamatan; empty where the lens is not shown in a month."""
    try:
        figures = releases.kelurahan_figures(month, lens=lens)
        return figures, _areas(releases.kecamatan_figures(month, lens=lens), figures)
    except FigureUnknown:
        return [], []


def _shop_figure(place: Region, month: date) -> releases.Figure | None:
    """What the shops of a place received; None where the lens is not shown in this month."""
    try:
        return releases.figure(place, month, lens=Lens.SHOP)
    except FigureUnknown:
        return None


def _reckoned(figure: releases.Figure) -> Reckoned | None:
    """Of all the places that a figure stands for, so that it can be held against it."""
    residents = releases.residents_of(figure)
    if not residents:
        return None
    each = bands.band_of_city(day=figure.month).low
    months = months_between(figure.first_month, figure.month) + 1
    return Reckoned(each, residents, each * residents * months)


def _asked(text: str, months: list[date]) -> date:
    """The month named as YYYY-MM, by default the last. Raises `FigureUnknown`."""
    if not text and months:
        return months[0]
    try:
        return month_named(text)
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
