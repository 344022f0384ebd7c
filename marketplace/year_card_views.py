"""/partisipasi/rapor/: one's own year on a card, looked at and downloaded by oneself alone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace import year_card_drawing
from marketplace.errors import NothingThatYear
from marketplace.models import Asn
from marketplace.views import asn_only
from marketplace.year_card import YearCard, year_card, years_of

WITHOUT = "no"
"""What ?rupiah= says where the sum is left out."""


@require_safe
@asn_only
def page(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/partisipasi/rapor/: the card of ?year=, with the sum unless ?rupiah=no."""
    years = years_of(asn, today=timezone.localdate())
    if not years:
        return render(request, "marketplace/year_card.html", {"years": years})
    asked = request.GET.get("year", "")
    is_year = len(asked) == 4 and asked.isdecimal()
    card = _card_or_404(asn, year=int(asked) if is_year else years[0])
    with_rupiah = request.GET.get("rupiah") != WITHOUT
    context = {
        "years": years,
        "card": card,
        "with_rupiah": with_rupiah,
        "size": year_card_drawing.SIZE,
        "words": year_card_drawing.words_of(card, with_rupiah=with_rupiah),
    }
    return render(request, "marketplace/year_card.html", context)


@require_safe
@asn_only
def picture(request: HttpRequest, *, asn: Asn, year: int) -> HttpResponse:
    """/partisipasi/rapor/2026.png: drawn for whoever asks, kept nowhere."""
    card = _card_or_404(asn, year=year)
    words = year_card_drawing.words_of(card, with_rupiah=request.GET.get("rupiah") != WITHOUT)
    return HttpResponse(
        year_card_drawing.draw(words),
        content_type="image/png",
        headers={"Content-Disposition": year_card_drawing.disposition(year)},
    )


def _card_or_404(asn: Asn, *, year: int) -> YearCard:
    try:
        return year_card(asn, year=year, today=timezone.localdate())
    except NothingThatYear as nothing:
        raise Http404 from nothing
