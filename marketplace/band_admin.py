"""The band of a month in Wagtail's admin, for administrators: a list by date, and another one."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets import AdminDateInput
from wagtail.permission_policies import ModelPermissionPolicy

from accounts.desk import menu_item_for
from accounts.models import User
from core.errors import Refusal
from core.money import rupiah_span
from marketplace import bands
from marketplace.forms import RupiahField
from marketplace.models import Agency, Band

STATES = {
    "holds": gettext_lazy("holds now"),
    "comes": gettext_lazy("from that day on"),
}


class BandForm(forms.ModelForm):
    """Whose, how much, and from when."""

    agency = forms.ModelChoiceField(
        label="OPD",
        queryset=Agency.objects.all(),
        required=False,
        empty_label=gettext_lazy("The whole city"),
        help_text=gettext_lazy("An OPD's own band goes before the city's, for its units too."),
    )
    low = RupiahField(label=gettext_lazy("From, a month"), required=False)
    high = RupiahField(
        label=gettext_lazy("Up to, a month"),
        required=False,
        help_text=gettext_lazy(
            "Both empty: an OPD takes the city's band again, the city that of the settings."
        ),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("Holds from"),
        widget=AdminDateInput,
        help_text=gettext_lazy("Today or later. What was before stays as it was."),
    )

    FIELD_OF = {"band-in-the-past": "valid_from", "band-upside-down": "high"}  # noqa: RUF012

    class Meta:
        model = Band
        fields = ["agency", "low", "high", "valid_from"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"valid_from": timezone.localdate(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def set_band(self, by: User) -> Band | None:
        """Hand over to the rule; None with what is wrong beside the field."""
        try:
            return bands.set_band(**self.cleaned_data, by=by)
        except Refusal as refusal:
            self.add_error(self.FIELD_OF.get(refusal.type), str(refusal.title))
            return None

    def _get_validation_exclusions(self) -> set[str]:
        """The rule says what is no band, in words; the database's constraints hold behind it."""
        return {field.name for field in Band._meta.fields}


class AddBand(generic.CreateView):
    """Another band from a day on; none is ever changed."""

    model = Band
    form_class = BandForm
    permission_policy = ModelPermissionPolicy(Band)
    index_url_name = "bands:index"
    add_url_name = "bands:add"
    header_icon = "calendar-check"
    page_title = gettext_lazy("Another band")

    def form_valid(self, form: Any) -> HttpResponse:
        if form.set_band(cast(User, self.request.user)) is None:
            self.produced_error_message = self.get_error_message()
            return self.form_invalid(form)
        messages.success(self.request, _("The band is written down."))
        return redirect("bands:index")


class BandIndex(generic.IndexView):
    """Every decision, the latest day first. What is over stays readable."""

    model = Band
    permission_policy = ModelPermissionPolicy(Band)
    any_permission_required = ["add"]
    index_url_name = "bands:index"
    add_url_name = "bands:add"
    page_title = gettext_lazy("Band of a month")
    header_icon = "calendar-check"
    default_ordering = ("-valid_from", "-pk")
    is_searchable = False
    paginate_by = 50
    columns = [
        Column("agency", label="OPD", accessor=lambda band: whose(band)),
        Column("band", label=gettext_lazy("Rupiah a month"), accessor=lambda band: span_of(band)),
        Column(
            "valid_from",
            label=gettext_lazy("Holds from"),
            accessor=lambda band: date_format(band.valid_from, "j F Y"),
        ),
        Column("state", label=gettext_lazy("State"), accessor=lambda band: band.state_said),
        Column(
            "decided_on",
            label=gettext_lazy("Written down"),
            accessor=lambda band: date_format(band.decided_on, "j F Y"),
        ),
    ]

    def get_base_queryset(self) -> QuerySet[Band]:
        return Band.objects.select_related("agency")

    def get_index_results_url(self) -> None:
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        states = bands.states()
        for band in context["object_list"]:
            band.state_said = STATES.get(states.get(band.pk, ""), "–")
        return context


class BandViewSet(ViewSet):
    """Under "Settings", for who may set bands."""

    name = "bands"
    url_prefix = "bands"
    menu_label = gettext_lazy("Band of a month")
    icon = "calendar-check"
    menu_item_class = menu_item_for(bands.RIGHT)
    add_to_settings_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", BandIndex.as_view(), name="index"),
            path("new/", AddBand.as_view(), name="add"),
        ]


def whose(band: Band) -> str:
    """The agency, or the city."""
    return str(band.agency or _("The whole city"))


def span_of(band: Band) -> str:
    """From how much to how much, or whose band is taken."""
    if band.low is None:
        return _("the city's band") if band.agency_id else _("the band of the settings")
    return rupiah_span(band.low, band.high)
