"""What the reports of figures may be asked for: what is declared, and a clear word for the rest."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import ChoiceFilter
from wagtail.admin.filters import WagtailFilterSet

from cms.admin.figure_rows import released_years
from marketplace import releases
from marketplace.models import Agency, Lens, Region

PERIODS = [
    ("month", gettext_lazy("Month")),
    ("quarter", gettext_lazy("Quarter")),
    ("year", gettext_lazy("Year")),
]
LEVELS = [
    (level.value, level.label)
    for level in (Region.Level.KELURAHAN, Region.Level.KECAMATAN, Region.Level.CITY)
]
OF_THE_PAGE = {"p", "export", "_w_filter_fragment"}
"""What Wagtail itself writes into an address."""


def one_of(choices: list[tuple[str, Any]], label: Any) -> ChoiceFilter:
    """A filter that always has a value: the first one if none is named."""
    return ChoiceFilter(
        choices=choices,
        label=label,
        initial=choices[0][0],
        empty_label=None,
        widget=forms.RadioSelect,
    )


class FigureFilters(WagtailFilterSet):
    """A year and a month, of those released; the others have their first choice if not named."""

    year = ChoiceFilter(label=gettext_lazy("Year"), empty_label=gettext_lazy("All"))
    month = ChoiceFilter(label=gettext_lazy("Month"), empty_label=gettext_lazy("All"))

    class Meta:
        model = Region  # needs one; no row of it is filtered
        fields: list[str] = []

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        asked = data.copy() if data is not None else None
        for name, each in self.base_filters.items():
            if asked is not None and "initial" in each.extra:
                asked.setdefault(name, each.extra["initial"])
        super().__init__(asked, *args, **kwargs)
        months = [f"{month:%Y-%m}" for month in releases.released_months()]
        years = [str(year) for year in released_years()]
        self.filters["month"].extra["choices"] = [(month, month) for month in months]
        self.filters["year"].extra["choices"] = [(year, year) for year in years]

    def refusals(self, asked: Any) -> Iterator[str]:
        """What of the address is not declared, each with what is."""
        for name in asked:
            if name not in self.filters and name not in OF_THE_PAGE:
                yield _("“%(name)s” cannot be asked for. What can: %(declared)s.") % {
                    "name": name[:30],
                    "declared": ", ".join(self.filters),
                }
        for name in self.form.errors:
            field = self.form.fields[name]
            yield _("%(field)s “%(value)s” is not there. What is: %(declared)s.") % {
                "field": field.label,
                "value": str(self.data.get(name, ""))[:30],
                "declared": ", ".join(str(value) for value, _label in field.choices if value),
            }


class MoneyFilters(FigureFilters):
    """Places: from homes or to shops, how large, over which period."""

    lens = one_of([(lens.value, lens.label) for lens in Lens.by_place()], gettext_lazy("Seen from"))
    level = one_of(LEVELS, gettext_lazy("Places"))
    period = one_of(PERIODS, gettext_lazy("Period"))


class TurnoutFilters(FigureFilters):
    """One agency, or all."""

    agency = ChoiceFilter(label=gettext_lazy("Agency"), empty_label=gettext_lazy("All"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Agency.objects.values_list("code", "abbreviation")
        self.filters["agency"].extra["choices"] = list(found.order_by("abbreviation"))


class LensFilters(FigureFilters):
    """Any lens but those by place."""

    lens = one_of(
        [
            (lens.value, lens.label)
            for lens in (
                Lens.RING,
                Lens.CATEGORY,
                Lens.EVIDENCE,
                Lens.PAYMENT,
                Lens.DAY,
                Lens.FLOW,
                Lens.AGENCY,
            )
        ],
        gettext_lazy("Seen from"),
    )
