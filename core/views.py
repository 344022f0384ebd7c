"""Health, what a problem type means, and who looked at one's data."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from core import audit, audit_words, health, problems
from core.errors import Refusal

LOOKS_A_PAGE = 30
NOT_READY = _("The system is not ready.")


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"status": "live"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """This process can do its work; 503 names what it lacks, 200 what has to be mended."""
    failing = health.failing()
    if failing:
        return problems.plain(type="not-ready", title=NOT_READY, status=503, failing=failing)
    degraded = health.degraded()
    said = {"status": "degraded", "degraded": degraded} if degraded else {"status": "ready"}
    return JsonResponse({**said, "demo": settings.DEMO})


@require_GET
def problem_type(request: HttpRequest, name: str) -> HttpResponse:
    """What a problem's `type` means: its title and status."""
    known = known_types()
    if name not in known:
        raise Http404
    title, status = known[name]
    return JsonResponse({"type": f"/problems/{name}", "title": str(title), "status": status})


@never_cache
@require_safe
@login_required
def looks(request: HttpRequest) -> HttpResponse:
    """/data-saya/dilihat/: every look at one's data and every change of it, the latest first."""
    page = Paginator(audit.about(request.user), LOOKS_A_PAGE).get_page(request.GET.get("page"))
    told = [
        {
            "at": entry.at,
            "who": audit_words.who_did_it(entry),
            "what": audit_words.what_was_done(entry),
            "purpose": entry.purpose,
        }
        for entry in page.object_list
    ]
    return render(request, "core/looks.html", {"looks": told, "page": page})


def known_types() -> dict[str, tuple[problems.Title, int]]:
    """Title and status of every type that we release."""
    bare = {kind: (title, status) for status, (kind, title) in problems.BY_STATUS.items()}
    known = {kind: (title, status) for _exc, kind, title, status in problems.KNOWN}
    refused = {kind.type: (kind.title, kind.status) for kind in _refusals(Refusal)}
    del refused[Refusal.type]
    return {"not-ready": (NOT_READY, 503), **bare, **known, **refused}


def _refusals(kind: type[Refusal]) -> list[type[Refusal]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _refusals(child))]
