"""The city's figures on the home page of Wagtail's admin; every number is a released one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wagtail.admin.ui.components import Component
from wagtail.permission_policies.pages import PagePermissionPolicy

from cms.admin.pages import WORK_ON_PAGES
from core.calendar import months_before
from marketplace import books, releases
from marketplace.models import BookMonth, Region


@dataclass(frozen=True)
class Column:
    """One month of the comparison; what is not released in it is None."""

    month: date
    figure: releases.Figure | None
    people: releases.TakingPart | None


@dataclass(frozen=True)
class Overview:
    """The last released month beside the one before and the same one last year, and its year."""

    figure: releases.Figure
    closed_on: date
    columns: list[Column]
    year: releases.Sum

    @property
    def people(self) -> releases.TakingPart | None:
        """Who took part in the last month."""
        return self.columns[0].people


@dataclass(frozen=True)
class Books:
    """How far the books are: the months that wait, the counters that move, the next closing."""

    waiting: list[BookMonth]
    live: list[releases.Live]
    next_month: date | None
    closes_on: date | None


class FiguresPanel(Component):
    """For who looks after people: the last month, who took part, the year, and the books."""

    name = "city_figures"
    template_name = "cms/admin/figures_panel.html"
    order = 70

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """As many statements whatever the number of months."""
        user = parent_context["request"].user
        return {
            "overview": overview(),
            "books": state_of_books(),
            "works_on_pages": PagePermissionPolicy().user_has_any_permission(user, WORK_ON_PAGES),
        }


class PublicFiguresPanel(Component):
    """For everyone else at work here: what the public page says, and the way to it."""

    name = "city_figures"
    template_name = "cms/admin/public_figures_panel.html"
    order = 300

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Empty before the first month is released."""
        month = releases.latest_month()
        return {"figure": releases.figure(releases.city(), month) if month else None}


def overview() -> Overview | None:
    """The last released month and what it is held against; None before there is one."""
    closed = releases.closing_days()
    if not closed:
        return None
    last = max(closed)
    city, since = releases.city(), months_before(last, 12)
    figures = releases.months_of(city, first=since, last=last)
    people = releases.city_turnouts_between(since, last)
    figure = figures[-1]
    months = [last, months_before(figure.first_month, 1), since]
    return Overview(
        figure=figure,
        closed_on=closed[last],
        columns=[_column(month, figures, people) for month in months],
        year=_year(city, figures),
    )


def state_of_books() -> Books:
    """What is counted now, and when it is closed."""
    month, day = books.next_closing() or (None, None)
    return Books(releases.waiting_months(), releases.live_months(), month, day)


def _column(
    month: date, figures: Iterable[releases.Figure], people: Iterable[releases.TakingPart]
) -> Column:
    return Column(
        month,
        next((each for each in figures if each.month == month), None),
        next((each for each in people if each.month == month), None),
    )


def _year(city: Region, figures: Iterable[releases.Figure]) -> releases.Sum:
    """The calendar year of the last figure, up to it."""
    within = list(figures)
    year = within[-1].month.year
    return releases.add_up(
        city,
        [each for each in within if each.first_month.year == year],
        first=date(year, 1, 1),
        last=date(year, 12, 1),
    )
