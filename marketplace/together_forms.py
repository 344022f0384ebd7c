"""Forms of goals and campaign days, for the city's own staff in the admin."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail.admin.widgets import AdminDateInput

from core.calendar import month_named, months_between
from marketplace.campaigns import MOST_DAYS, days_of
from marketplace.forms import RupiahField
from marketplace.goals import MOST_MONTHS
from marketplace.models import Agency, CampaignDay, CollectiveGoal, Region
from marketplace.models.goals import LEAST_OF_A_GOAL, MOST_OF_A_GOAL

OF_AGENCY = "opd:"
"""What stands before an agency's code where a place or an agency is chosen."""

WEEKDAYS = [
    (1, gettext_lazy("Monday")),
    (2, gettext_lazy("Tuesday")),
    (3, gettext_lazy("Wednesday")),
    (4, gettext_lazy("Thursday")),
    (5, gettext_lazy("Friday")),
    (6, gettext_lazy("Saturday")),
    (7, gettext_lazy("Sunday")),
]


class MonthField(forms.Field):
    """`2026-11`, kept as the first day of the month."""

    default_error_messages = {"invalid": gettext_lazy("A month is written as 2026-10.")}

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "month", "placeholder": "2026-10", "maxlength": 7}
        super().__init__(widget=forms.TextInput(attrs=attrs), **kwargs)

    def to_python(self, value: Any) -> date | None:
        if not value:
            return None
        try:
            month = month_named(str(value).strip())
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["invalid"]) from error
        if not 2000 <= month.year <= 2100:
            raise forms.ValidationError(self.error_messages["invalid"])
        return month

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value


class GoalForm(forms.ModelForm):
    """Who fills it together, how much and in which months."""

    place = forms.ChoiceField(label=gettext_lazy("Who fills it together"), required=False)
    amount = RupiahField(label=gettext_lazy("Amount"))
    first_month = MonthField(label=gettext_lazy("First month"))
    last_month = MonthField(label=gettext_lazy("Last month"))

    class Meta:
        model = CollectiveGoal
        fields = ["name", "amount", "first_month", "last_month"]

    field_order = ["name", "place", "amount", "first_month", "last_month"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = _places()  # type: ignore[attr-defined]
        agency = self.instance.agency
        chosen = f"{OF_AGENCY}{agency.code}" if agency else self.instance.region_id
        self.fields["place"].initial = chosen or ""
        self.fields["amount"].validators = []
        self.fields["amount"].help_text = _("In rupiah. The figures that fill it are public ones.")
        self.fields["last_month"].help_text = _("Whole months, 36 at the most.")

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if not LEAST_OF_A_GOAL <= amount <= MOST_OF_A_GOAL:
            raise forms.ValidationError(_("From Rp1 million to Rp100 trillion."))
        return amount

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("first_month"), said.get("last_month")
        if first and last and not 0 <= months_between(first, last) < MOST_MONTHS:
            self.add_error("last_month", _("From the first month on, 36 months at the most."))
        self._choose(said.get("place", ""))
        return said

    def _choose(self, chosen: str) -> None:
        """Set who fills it: a place, an agency, or neither for the city."""
        code = chosen.removeprefix(OF_AGENCY)
        is_agency = chosen.startswith(OF_AGENCY)
        self.instance.agency = Agency.objects.get(code=code) if is_agency else None
        self.instance.region_id = None if is_agency else chosen or None


class CampaignForm(forms.ModelForm):
    """A day, or a weekday within a period."""

    first_day = forms.DateField(label=gettext_lazy("First day"), widget=AdminDateInput)
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=AdminDateInput)
    weekdays = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("of a campaign", "On these weekdays"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None: every day of the period."),
    )

    class Meta:
        model = CampaignDay
        fields = ["name", "invitation", "first_day", "last_day", "weekdays"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("Such as “Selasa Belanja Tetangga”.")
        self.fields["invitation"].help_text = _("One friendly sentence; nobody has to come.")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        first, last = said.get("first_day"), said.get("last_day")
        if not first or not last:
            return said
        if not first <= last < first + timedelta(days=MOST_DAYS):
            self.add_error("last_day", _("From the first day on, a year at the most."))
            return said
        days = CampaignDay(first_day=first, last_day=last, weekdays=said.get("weekdays") or [])
        if not any(days_of(days, first=first, last=last)):
            self.add_error("weekdays", _("None of these weekdays lies in the period."))
        return said


def _places() -> list[tuple[str, Any]]:
    """The city, then each kecamatan with its kelurahan, then the agencies."""
    inside = Region.objects.kelurahan() | Region.objects.kecamatan()
    found = list(inside.select_related("parent").order_by("code"))
    groups = [
        (
            each.name,
            [(each.code, _("Kecamatan %(name)s") % {"name": each.name})]
            + [(one.code, one.name) for one in found if one.parent_id == each.code],
        )
        for each in found
        if each.level == Region.Level.KECAMATAN
    ]
    found_agencies = Agency.objects.order_by("abbreviation")
    agencies = [(f"{OF_AGENCY}{each.code}", each.abbreviation) for each in found_agencies]
    return [("", _("The whole city")), *groups, ("OPD", agencies)]
