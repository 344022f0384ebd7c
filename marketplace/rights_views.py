"""The ASN's pages on what is theirs to decide: agreeing to take part, and taking it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from marketplace import consent_texts, consents
from marketplace.errors import ConsentTextChanged
from marketplace.models import Asn
from marketplace.views import asn_only

AFTERWARDS = "marketplace:record"


@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
def consent(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/persetujuan/: what is kept and what for; agreed to, it leads back to where one was."""
    if request.method != "POST":
        return _show_text(request, asn)
    try:
        consents.give(asn, digest=request.POST.get("digest", ""))
    except ConsentTextChanged as changed:
        messages.info(request, str(changed.title))
        return _show_text(request, asn, status=409)
    messages.success(request, _("Thank you. You may now record purchases."))
    return redirect(_next(request) or AFTERWARDS)


@require_POST
@asn_only
def withdraw(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/persetujuan/tarik/: nothing more is recorded; one page says what comes then."""
    consents.withdraw(asn)
    messages.success(request, _("Your consent is withdrawn. Nothing more is recorded."))
    return redirect("marketplace:consent")


def _show_text(request: HttpRequest, asn: Asn, *, status: int = 200) -> HttpResponse:
    text, language = consent_texts.current(), get_language() or ""
    context: dict[str, Any] = {
        "title": text.title(language),
        "parts": text.parts(language),
        "text": text,
        "standing": consents.standing_of(asn),
        "next": _next(request),
    }
    return render(request, "marketplace/consent.html", context, status=status)


def _next(request: HttpRequest) -> str:
    """Where they were, if that is a page of this site."""
    asked = request.POST.get("next", request.GET.get("next", ""))
    own = url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if own else ""
