"""The pages on which an ASN looks back: the own purchases, narrowed down, and as a file."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace import consents, diary, exports
from marketplace.history_forms import HistoryForm
from marketplace.models import Asn
from marketplace.views import asn_only

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@asn_only
def purchases(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/belanja/: the own purchases in months, of a year or of the days asked for."""
    years = diary.years_of(asn)
    form = HistoryForm(request.GET, asn=asn, years=years)
    wanted = form.wanted(default_year=years[0] if years else timezone.localdate().year)
    months = diary.months_of(asn, wanted)
    context = {
        "form": form,
        "agreed": consents.stands(asn),
        "months": months,
        "years": years,
        "year": form.year_of(wanted),
        "narrowed": form.narrows,
        "amount": sum(month.total for month in months),
        "standing": sum(month.standing for month in months),
        "query": form.query(wanted),
    }
    return render(request, "marketplace/purchases.html", context, status=form.http_status)


@require_safe
@asn_only
def as_csv(request: HttpRequest, *, asn: Asn) -> HttpResponseBase:
    """/belanja/belanja-saya.csv: what the page shows, or without parameters everything."""
    lines = exports.csv_lines(asn, _wanted(request, asn))
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="belanja-saya.csv"'
    return answer


@require_safe
@asn_only
def as_xlsx(request: HttpRequest, *, asn: Asn) -> HttpResponseBase:
    """/belanja/belanja-saya.xlsx: the same as a workbook."""
    file = exports.xlsx_file(asn, _wanted(request, asn))
    named: dict[str, Any] = {"as_attachment": True, "filename": "belanja-saya.xlsx"}
    return FileResponse(file, content_type=XLSX, **named)


def _wanted(request: HttpRequest, asn: Asn) -> diary.Wanted:
    return HistoryForm(request.GET, asn=asn, years=diary.years_of(asn)).wanted()
