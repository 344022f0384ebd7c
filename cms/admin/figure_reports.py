"""The reports of figures, with filters and as files: for who looks after people and leads the city.

What they show is released already; so nothing here is a look at anybody that would be logged. None
of their columns can be sorted by: agencies and places are no league.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format, number_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from accounts.desk import menu_item_for
from cms.admin.exports import PlainCells
from cms.admin.figure_filters import FigureFilters, LensFilters, MoneyFilters, TurnoutFilters
from cms.admin.figure_rows import Period, lens_rows, money_rows, range_of, turnout_rows
from cms.templatetags.figures import least, others_named
from core.calendar import month_named
from core.money import rupiah
from marketplace.exports import BYTE_ORDER_MARK
from marketplace.figures import SEES_RATES
from marketplace.models import Lens, Region, Turnout

NOT_TOLD = "–"
LONGEST_SHEET_NAME = 31
WIDE, NARROW = 34, 16
"""Widths of columns, in characters."""


def money(name: str) -> Callable[[Any], str]:
    """How a column of rupiah is shown on the page."""

    def said(row: Any) -> str:
        amount = getattr(row, name)
        return NOT_TOLD if amount is None else rupiah(amount)

    return said


def count(name: str) -> Callable[[Any], str]:
    """How a column of counts is shown, below a head that says "at least"."""

    def said(row: Any) -> str:
        found = getattr(row, name)
        return NOT_TOLD if found is None else least(found)

    return said


def period_said(row: Any) -> str:
    """One month, or from one to another."""
    first, last = (date_format(month_named(each), "M Y") for each in (row.first, row.last))
    return last if first == last else f"{first} – {last}"


def places_said(row: Any) -> str:
    """With which places a sum is joint; a file names them all."""
    return others_named(row.places)


def months_said(row: Any) -> str:
    """In how many of the closed months a place stands alone."""
    return _("%(months)d of %(closed)d") % {"months": row.months, "closed": row.closed}


def rate_said(row: Any) -> str:
    """So many percent, below a head that says "at least"."""
    return NOT_TOLD if row.rate is None else f"{row.rate}%"


def day_said(row: Any) -> str:
    """The day on which a month was closed."""
    return NOT_TOLD if row.closed_on is None else date_format(row.closed_on, "j M Y")


def employed_said(row: Any) -> str:
    """How many ASN were employed."""
    return number_format(row.employed, force_grouping=True)


def number(name: str, label: Any, accessor: Callable[[Any], str]) -> Column:
    """A column of numbers."""
    return Column(name, label=label, accessor=accessor, classname="figure-number")


PERIOD = Column(
    "last", label=gettext_lazy("Period"), accessor=period_said, classname="figure-period"
)
CLOSED = Column(
    "closed_on", label=gettext_lazy("Closed on"), accessor=day_said, classname="figure-period"
)
COUNTS = [
    number("purchases", gettext_lazy("Purchases, at least"), count("purchases")),
    number("buyers", gettext_lazy("People, at least"), count("buyers")),
    number("shops", gettext_lazy("Shops, at least"), count("shops")),
]


class FigureReport(PlainCells, ReportView):
    """What the reports share: who may open them, what may be asked, and how files are named."""

    results_template_name = "cms/admin/figure_report_results.html"
    header_icon = "table"
    model = Turnout
    permission_policy = ModelPermissionPolicy(Turnout)
    any_permission_required = ["view"]
    paginate_by = 60
    is_export: bool
    filterset_class: type[FigureFilters]
    note: Any = ""
    wide = {"place", "places", "agency", "name"}
    file = ""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """What is not declared is said on the page, as a 400, and never written into a file."""
        if self.refusals:
            self.is_export = False
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        if self.refusals:
            response.status_code = 400
        return response

    @cached_property
    def refusals(self) -> list[str]:
        """What was asked for and is not there."""
        return list(self.filters.refusals(self.request.GET))

    def get_filtered_queryset(self) -> Sequence[Any]:
        """The rows asked for."""
        return [] if self.refusals else self.rows(self.filters.form.cleaned_data)

    def rows(self, asked: dict[str, str]) -> Sequence[Any]:
        """The rows of a report, for what was asked."""
        raise NotImplementedError

    def within(self, asked: dict[str, str]) -> Period:
        """The months that were asked for."""
        year, month = asked["year"], asked["month"]
        return range_of(
            year=int(year) if year else None, month=month_named(month) if month else None
        )

    def get_filename(self) -> str:
        """The report, what was asked, and from which month to which."""
        asked = self.filters.form.cleaned_data
        chosen = [asked[name] for name in asked if asked[name] and name not in ("year", "month")]
        rows = self.object_list
        months = [min(row.first for row in rows), max(row.last for row in rows)] if rows else []
        return "-".join([self.file, *chosen, *dict.fromkeys(months)]).replace(" ", "-").lower()

    def stream_csv(self, queryset: Any) -> Iterator[bytes]:
        """Begun by what tells the most used spreadsheet program that it is UTF-8."""
        yield BYTE_ORDER_MARK.encode()
        yield from super().stream_csv(queryset)

    def write_xlsx(self, queryset: Any, output: Any) -> None:
        """As Wagtail does, but to be read as it opens: heads that stay, columns wide enough."""
        book = Workbook(write_only=True, iso_dates=True)
        sheet = book.create_sheet(str(self.page_title)[:LONGEST_SHEET_NAME])
        sheet.freeze_panes = "A2"
        for place, name in enumerate(self.list_export, start=1):
            width = WIDE if name in self.wide else NARROW
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.append(self._heads(sheet, queryset))
        for row in queryset:
            sheet.append(self.generate_xlsx_row(sheet, self.to_row_dict(row)))
        book.save(output)

    def generate_xlsx_row(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """Numbers stay numbers, and are shown in groups of three."""
        for cell in super().generate_xlsx_row(*args, **kwargs):
            if isinstance(cell.value, int):
                cell.number_format = "#,##0"
            yield cell

    def _heads(self, sheet: Any, queryset: Any) -> Iterator[Any]:
        for name in self.list_export:
            head = WriteOnlyCell(sheet, value=self.get_heading(queryset, name))
            head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True)
            yield head


class MoneyReport(FigureReport):
    """Money by place, from homes or to shops, by month, quarter or year; exact rupiah."""

    page_title = gettext_lazy("Money by place")
    index_url_name = "figure_reports:money"
    index_results_url_name = "figure_reports:money_results"
    filterset_class = MoneyFilters
    file = "perputaran"
    note = gettext_lazy(
        "Exact rupiah of closed months, net of what was taken back. “bersama”: the sum of several"
        " places together; it stands in the row of each, so do not add these up. A quarter or a"
        " year of a place is the sum of the months in which it stands alone. Counts are at least"
        " ones, rounded down to fives."
    )
    place = Column("place", label=gettext_lazy("Place"))
    within_column = Column("within", label=gettext_lazy("Kecamatan"))
    of_each = [PERIOD, number("amount", "Rupiah", money("amount"))]
    of_month = [
        number("joint", gettext_lazy("Rupiah, together"), money("joint")),
        Column("places", label=gettext_lazy("Together with"), accessor=places_said),
        *COUNTS,
        CLOSED,
    ]
    of_sum = [number("months", gettext_lazy("Months in it"), months_said), CLOSED]
    export_headings = {
        "code": gettext_lazy("Code"),
        "place": gettext_lazy("Place"),
        "within": gettext_lazy("Kecamatan"),
        "first": gettext_lazy("First month"),
        "last": gettext_lazy("Last month"),
        "mark": gettext_lazy("Mark"),
        "amount": "Rupiah",
        "joint": gettext_lazy("Rupiah, together"),
        "places": gettext_lazy("Together with"),
        "months": gettext_lazy("Months in it"),
        "closed": gettext_lazy("Months closed"),
        "purchases": gettext_lazy("Purchases, at least"),
        "buyers": gettext_lazy("People, at least"),
        "shops": gettext_lazy("Shops, at least"),
        "label": gettext_lazy("Label"),
        "unit": gettext_lazy("Rounded to (Rp)"),
        "closed_on": gettext_lazy("Closed on"),
    }
    list_export = list(export_headings)

    @cached_property
    def columns(self) -> list[Column]:
        """A sum of months says in how many of them a place stands alone; a month, with whom not."""
        asked = self.filters.form.cleaned_data
        lies_in_one = asked.get("level") == Region.Level.KELURAHAN
        place = [self.place, self.within_column] if lies_in_one else [self.place]
        rest = self.of_month if asked.get("period") == "month" else self.of_sum
        return [*place, *self.of_each, *rest]

    def rows(self, asked: dict[str, str]) -> Sequence[Any]:
        return money_rows(
            Lens(asked["lens"]),
            Region.Level(asked["level"]),
            period=asked["period"],
            within=self.within(asked),
        )


class TurnoutReport(FigureReport):
    """How many of each agency take part, by month; small agencies are shown together."""

    page_title = gettext_lazy("Taking part by agency")
    index_url_name = "figure_reports:turnout"
    index_results_url_name = "figure_reports:turnout_results"
    filterset_class = TurnoutFilters
    file = "partisipasi"
    note = gettext_lazy(
        "At least so many of the ASN employed, their mean over the days of the month. People are"
        " rounded down to fives, a rate is never 0 or 100. Agencies with few people are shown"
        " together. The order is that of their codes: this is no league. Late entries count in the"
        " month in which they are booked."
    )
    columns = [
        Column("agency", label=gettext_lazy("Agency")),
        PERIOD,
        number("employed", gettext_lazy("ASN employed"), employed_said),
        number("buyers", gettext_lazy("Took part, at least"), count("buyers")),
        number("rate", gettext_lazy("Rate, at least"), rate_said),
        number("reached", gettext_lazy("Reached the band, at least"), count("reached")),
        number("first_timers", gettext_lazy("For the first time, at least"), count("first_timers")),
        CLOSED,
    ]
    export_headings = {
        "code": gettext_lazy("Code"),
        "agency": gettext_lazy("Agency"),
        "first": gettext_lazy("First month"),
        "last": gettext_lazy("Last month"),
        "mark": gettext_lazy("Mark"),
        "employed": gettext_lazy("ASN employed"),
        "buyers": gettext_lazy("Took part, at least"),
        "rate": gettext_lazy("Percent, at least"),
        "reached": gettext_lazy("Reached the band, at least"),
        "first_timers": gettext_lazy("For the first time, at least"),
        "label": gettext_lazy("Label"),
        "closed_on": gettext_lazy("Closed on"),
    }
    list_export = list(export_headings)

    def rows(self, asked: dict[str, str]) -> Sequence[Any]:
        return turnout_rows(agency=asked["agency"], within=self.within(asked))


class LensReport(FigureReport):
    """The city's money in any other lens that is declared, by month; rounded rupiah."""

    page_title = gettext_lazy("Money by other lenses")
    index_url_name = "figure_reports:lenses"
    index_results_url_name = "figure_reports:lenses_results"
    filterset_class = LensFilters
    file = "perputaran"
    note = gettext_lazy(
        "Rupiah are rounded each on its own, so that they need not add up to the city's. “bersama”:"
        " several together. A month that is not shown in this lens is missing. Counts are at least"
        " ones, rounded down to fives."
    )
    columns = [
        Column("name", label=gettext_lazy("What it is of")),
        PERIOD,
        number("amount", "Rupiah", money("amount")),
        number("unit", gettext_lazy("Rounded to"), money("unit")),
        *COUNTS,
        CLOSED,
    ]
    export_headings = {
        "code": gettext_lazy("Code"),
        "name": gettext_lazy("What it is of"),
        "first": gettext_lazy("First month"),
        "last": gettext_lazy("Last month"),
        "mark": gettext_lazy("Mark"),
        "amount": "Rupiah",
        "unit": gettext_lazy("Rounded to (Rp)"),
        "purchases": gettext_lazy("Purchases, at least"),
        "buyers": gettext_lazy("People, at least"),
        "shops": gettext_lazy("Shops, at least"),
        "label": gettext_lazy("Label"),
        "closed_on": gettext_lazy("Closed on"),
    }
    list_export = list(export_headings)

    def rows(self, asked: dict[str, str]) -> Sequence[Any]:
        return lens_rows(Lens(asked["lens"]), within=self.within(asked))


@dataclass(frozen=True)
class Listed:
    """A report by the name of its address, and its place in the menu."""

    view: type[FigureReport]
    name: str
    address: str
    order: int


REPORTS = [
    Listed(MoneyReport, "money", "perputaran/", 10),
    Listed(TurnoutReport, "turnout", "partisipasi/", 20),
    Listed(LensReport, "lenses", "lensa/", 30),
]


def figure_report_urls() -> list[URLPattern]:
    """One address per report, and one per its list alone."""
    return [
        each
        for report in REPORTS
        for each in (
            path(report.address, report.view.as_view(), name=report.name),
            path(
                f"{report.address}results/",
                report.view.as_view(results_only=True),
                name=f"{report.name}_results",
            ),
        )
    ]


def figure_report_item(report: Listed) -> MenuItem:
    """Its item in Wagtail's menu of reports, for who may open it."""
    return menu_item_for(SEES_RATES)(
        report.view.page_title,
        reverse(f"figure_reports:{report.name}"),
        name=f"figures-{report.name}",
        icon_name="table",
        order=report.order,
    )
