"""The yearly survey of shops in the admin, for editors and administrators."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.widgets import AdminDateInput

from accounts.desk import DeskPage, menu_item_for
from core.refusals import Refused
from core.refusals import told as told_refusal
from core.sheet_forms import SheetForm
from marketplace import multiplier
from marketplace.errors import AnswerNotValid, SurveyClosed
from marketplace.models import LocalSurvey, Umkm
from marketplace.models.surveys import LEAST_ANSWERS
from marketplace.multiplier import Answer
from marketplace.survey_file import BadRow, read_answers, template

RIGHT = "marketplace.change_localsurvey"


class ShareField(forms.CharField):
    """`60` or `50-70`, in percent."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "text", "placeholder": "50-70", "autocomplete": "off"}
        super().__init__(max_length=12, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            return multiplier.share(super().clean(value))
        except AnswerNotValid as refused:
            raise forms.ValidationError(refused.title) from refused


class YearForm(forms.Form):
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=2000, max_value=2100)


class AnswerForm(forms.Form):
    """One shop's answers, as they were told."""

    umkm = forms.ModelChoiceField(label="UMKM", queryset=Umkm.objects.none())
    near = ShareField(
        label=gettext_lazy("Spent near: to suppliers, staff and owner in the city, percent"),
        help_text=gettext_lazy(
            "Of all that the shop spends. A percent, or from the least to the most."
        ),
    )
    again = ShareField(
        label=gettext_lazy("Spent near again, percent"),
        help_text=gettext_lazy("Of that: how much those spend in the city in their turn."),
    )
    answered_on = forms.DateField(label=gettext_lazy("Answered on"), widget=AdminDateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["umkm"].queryset = Umkm.objects.listed().order_by("name")  # type: ignore[attr-defined]

    def clean_answered_on(self) -> Any:
        day = self.cleaned_data["answered_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day


class SurveyPage(DeskPage):
    """Any page of the survey."""

    right = RIGHT
    header_icon = "form"
    breadcrumbs_items = [
        *DeskPage.breadcrumbs_items,
        {"url": reverse_lazy("local_survey:list"), "label": gettext_lazy("Survey of shops")},
    ]


class Surveys(SurveyPage):
    """The years, and opening one."""

    template_name = "marketplace/admin/surveys.html"
    page_title = gettext_lazy("Survey of shops")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = YearForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        survey = multiplier.open_survey(form.cleaned_data["year"], by=self.person)
        return redirect("local_survey:year", survey.year)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = YearForm(initial={"year": timezone.localdate().year})
        surveys = LocalSurvey.objects.all()
        return super().get_context_data(**{"form": form, "surveys": surveys, **kwargs})


class SurveyYear(SurveyPage):
    """One year: who answered and when, never what; answers by hand or by file; its end."""

    template_name = "marketplace/admin/survey.html"

    @cached_property
    def survey(self) -> LocalSurvey:
        return get_object_or_404(LocalSurvey, year=self.kwargs["year"])

    def get_page_title(self) -> str:
        return str(_("Survey of shops %(year)d") % {"year": self.survey.year})

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        """Enter, bring a file, drop or close, as the button says."""
        acts = {"file": self._bring, "drop": self._drop, "close": self._close}
        try:
            return acts.get(request.POST.get("act", ""), self._enter)()
        except SurveyClosed as refused:
            messages.error(request, str(refused.title))
            return self._again()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answers = self.survey.answers.select_related("umkm__region").order_by("umkm__name")
        initial = {"answered_on": timezone.localdate()}
        forms_ = {"form": AnswerForm(initial=initial), "sheet": SheetForm()}
        told = {"survey": self.survey, "answers": answers, "least": LEAST_ANSWERS}
        return super().get_context_data(**{**told, **forms_, **kwargs})

    def _enter(self) -> HttpResponse:
        form = AnswerForm(self.request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        multiplier.enter_answers(self.survey, [Answer(**form.cleaned_data)], by=self.person)
        messages.success(self.request, _("Entered. Thank you for asking."))
        return self._again()

    def _bring(self) -> HttpResponse:
        sheet = SheetForm(self.request.POST, self.request.FILES)
        if sheet.is_valid():
            try:
                content = sheet.cleaned_data["file"].read()
                given = read_answers(content, today=timezone.localdate())
                number = multiplier.enter_answers(self.survey, given, by=self.person)
            except Refused as refused:
                sheet.add_error("file", told_refusal(refused.refusal.stored()))
            except BadRow as bad:
                said = {"row": bad.row, "said": bad.said}
                sheet.add_error("file", _("Row %(row)d: %(said)s Nothing was taken.") % said)
            else:
                told = ngettext("%(n)d answer entered.", "%(n)d answers entered.", number)
                messages.success(self.request, told % {"n": number})
                return self._again()
        return self.render_to_response(self.get_context_data(sheet=sheet), status=422)

    def _drop(self) -> HttpResponse:
        answer = self.request.POST.get("answer", "")
        if answer.isdecimal() and len(answer) < 19:
            multiplier.drop_answer(self.survey, int(answer), by=self.person)
        return self._again()

    def _close(self) -> HttpResponse:
        if self.request.POST.get("sure"):
            multiplier.close_survey(self.survey, by=self.person)
        return self._again()

    def _again(self) -> HttpResponse:
        return redirect("local_survey:year", self.survey.year)


class Template(SurveyPage):
    """The file to begin with."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        content = template().encode("utf-8-sig")  # so that Excel reads it as UTF-8
        answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="survei-umkm.csv"'
        return answer


class SurveyViewSet(ViewSet):
    """Under its own menu item, for editors and administrators."""

    name = "local_survey"
    url_prefix = "survei-umkm"
    menu_label = gettext_lazy("Survey of shops")
    icon = "form"
    menu_order = 265
    menu_item_class = menu_item_for(RIGHT)
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Surveys.as_view(), name="list"),
            path("templat.csv", Template.as_view(), name="template"),
            path("<int:year>/", SurveyYear.as_view(), name="year"),
        ]

    def get_menu_url(self) -> str:
        return str(reverse_lazy("local_survey:list"))
