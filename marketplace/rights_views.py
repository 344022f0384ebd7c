"""The ASN's pages on what is theirs to decide: taking part, their data, and leaving."""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.db import OperationalError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import Refusal
from core.throttling import TakingAlongThrottle
from marketplace import consent_texts, consents, erasure, my_data, personnel, taking_along
from marketplace.errors import ConsentTextChanged, NotAsn
from marketplace.models import Asn
from marketplace.place_forms import HomeForm, WorkplaceForm
from marketplace.views import asn_only

logger = logging.getLogger(__name__)

AFTERWARDS = "marketplace:record"


@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
def consent(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/persetujuan/: what is kept and what for; agreed to, it leads back to where one was."""
    if request.method != "POST":
        return _show_text(request, asn)
    try:
        done = _tried(request, lambda: consents.give(asn, digest=request.POST.get("digest", "")))
    except ConsentTextChanged as changed:
        messages.info(request, str(changed.title))
        return _show_text(request, asn, status=409)
    if not done:
        return _show_text(request, asn, status=503)
    messages.success(request, _("Thank you. You may now record purchases."))
    return redirect(_next(request) or AFTERWARDS)


@require_POST
@asn_only
def withdraw(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/persetujuan/tarik/: nothing more is recorded; one page says what comes then."""
    if _tried(request, lambda: consents.withdraw(asn)):
        messages.success(request, _("Your consent is withdrawn. Nothing more is recorded."))
    return redirect("marketplace:consent")


def _tried(request: HttpRequest, act: Callable[[], object]) -> bool:
    """Do it; False and a word where a lock took too long: a personnel file is being carried over,
    say, and all is undone."""
    try:
        act()
    except OperationalError as error:
        logger.warning("busy", exc_info=error)
        messages.error(request, _("The system is busy; please try again shortly."))
        return False
    return True


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


# --- My data -------------------------------------------------------------------------------------


@require_safe
@asn_only
def my_data_page(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/data-saya/: all that is kept of oneself, and what may be done about it."""
    context = {"mine": my_data.kept_of(asn), "text": consent_texts.current()}
    return render(request, "marketplace/my_data.html", context)


@require_safe
@asn_only
def take_along(request: HttpRequest, *, asn: Asn) -> HttpResponseBase:
    """/data-saya/unduh/: everything of it as one ZIP."""
    if not TakingAlongThrottle().allow_request(request, None):  # type: ignore[arg-type]
        messages.info(request, _("That is a lot at once. Please try again in an hour."))
        return redirect("marketplace:my-data")
    return FileResponse(
        taking_along.zip_of(asn),
        content_type="application/zip",
        as_attachment=True,
        filename=taking_along.FILE_NAME,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
def home(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/data-saya/rumah/: where one lives from a day on."""
    return _place(request, HomeForm, move=partial(personnel.move_home, asn))


@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
def workplace(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/data-saya/tempat-kerja/: where one works from a day on."""
    return _place(request, WorkplaceForm, move=partial(personnel.move_workplace, asn))


@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
def leave(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/data-saya/hapus/: what goes and what stays; one press, and it is done."""
    if request.method != "POST":
        return render(request, "marketplace/leave.html")
    with suppress(NotAsn):  # pressed twice at once: it is done
        if not _tried(request, lambda: erasure.erase(asn)):
            return render(request, "marketplace/leave.html", status=503)
    logout(request)
    return redirect("marketplace:left")


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    """/data-saya/terhapus/: said to whoever comes here; it knows nobody."""
    return render(request, "marketplace/left.html")


def _place(
    request: HttpRequest, kind: type[WorkplaceForm], *, move: Callable[..., object]
) -> HttpResponse:
    form = kind(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                move(**form.cleaned_data)
            except Refusal as refusal:
                form.add_error(None, str(refusal.detail or refusal.title))
            else:
                messages.success(request, _("Saved. What you bought before stays where it was."))
                return redirect("marketplace:my-data")
    return render(request, "marketplace/my_place.html", {"form": form}, status=status)
