"""The page where anyone says what is wrong with a shop's or a product's page; no sign-in."""

from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Page

from cms.complaints import page_in_view, report
from cms.models import Complaint
from cms.models.complaints import LONGEST_WORDS
from core.throttling import may_report

TOO_MANY = 429


class ReportForm(forms.Form):
    """What is wrong: its kind, and words where the kind does not say it all."""

    kind = forms.ChoiceField(
        label=_("What is wrong?"), choices=Complaint.Kind.choices, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=_("Tell us more"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What should it say? Please no names, phone numbers, RT or RW."),
    )

    def clean_words(self) -> str:
        """Something else has to be said."""
        words: str = self.cleaned_data["words"]
        if not words and self.cleaned_data.get("kind") == Complaint.Kind.OTHER:
            raise forms.ValidationError(_("Please say in a few words what is wrong."))
        return words


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """/laporkan/<public_id>/: the form, or what was said put before the editors."""
    page = _page(public_id)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, page, form, status=422 if form.is_bound else 200)
    if not may_report(request):
        form.add_error(None, gettext("That is a lot at once. Please try again in an hour."))
        return _form(request, page, form, status=TOO_MANY)
    report(page, kind=form.cleaned_data["kind"], words=form.cleaned_data["words"])
    return redirect("cms:reported", public_id)


@require_safe
def reported(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """/laporkan/<public_id>/terima-kasih/: thanks, and the way back."""
    return render(request, "cms/reported.html", {"page": _page(public_id)})


def _form(request: HttpRequest, page: Page, form: ReportForm, *, status: int) -> HttpResponse:
    return render(request, "cms/report.html", {"page": page, "form": form}, status=status)


def _page(public_id: UUID) -> Page:
    page = page_in_view(public_id)
    if page is None:
        raise Http404
    return page
