"""/partisipasi/terima-kasih/: who asked to be thanked by name, and one's own choice about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Refusal
from marketplace import consent_texts, consents, recognition
from marketplace.errors import ConsentTextChanged
from marketplace.models import Asn
from marketplace.models.recognition import OF_WEEKS
from marketplace.views import asn_only


@require_safe
@asn_only
def thanks(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/partisipasi/terima-kasih/: the lists of the own agency and kelurahan."""
    context = {
        "lists": recognition.lists_for(asn),
        "standing": recognition.standing_of(asn),
        "of_weeks": OF_WEEKS,
        "least": recognition.LEAST_TO_NAME,
    }
    return render(request, "marketplace/thanks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
def choose(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/partisipasi/terima-kasih/nama-saya/: how one would appear, and to agree or to end it."""
    if request.method != "POST":
        return _ask(request, asn)
    if "end" in request.POST:
        recognition.end(asn)
        messages.success(request, _("Your name is in no list any more."))
        return redirect("marketplace:thanks")
    try:
        recognition.agree(
            asn,
            digest=request.POST.get("digest", ""),
            in_agency="agency" in request.POST,
            in_place="kelurahan" in request.POST,
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.detail or refusal.title))
        status = 409 if isinstance(refusal, ConsentTextChanged) else 400
        return _ask(request, asn, status=status)
    messages.success(request, _("Thank you. You may end it at any time."))
    return redirect("marketplace:thanks")


def _ask(request: HttpRequest, asn: Asn, *, status: int = 200) -> HttpResponse:
    text, language = consent_texts.of_recognition(), get_language() or ""
    context: dict[str, Any] = {
        "text": text,
        "title": text.title(language),
        "parts": text.parts(language),
        "standing": recognition.standing_of(asn),
        "shown": recognition.would_show(asn),
        "own": recognition.own_lists(asn),
        "of_weeks": OF_WEEKS,
        "agreed": consents.stands(asn),
    }
    return render(request, "marketplace/recognition.html", context, status=status)
