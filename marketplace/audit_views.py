"""The auditor's pages: marked purchases, one of them, who it is of, and the decision.

What the looks are for is asked once and kept in the session: it stands in no address.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from core.errors import Refusal
from marketplace import auditing
from marketplace.audit_forms import DecisionForm, PurposeForm
from marketplace.auditing import State
from marketplace.errors import MarkUnknown
from marketplace.models import Purchase

PURPOSE = "audit_purpose"
SHOWN = 20

AuditView = Callable[..., HttpResponseBase]


def auditor_only(view: AuditView) -> AuditView:
    """For who may look at marked purchases; no cache may keep what they see."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        if not request.user.has_perm(auditing.LOOKS):
            raise PermissionDenied
        return view(request, auditor=request.user, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@auditor_only
def marked(request: HttpRequest, *, auditor: User) -> HttpResponse:
    """/audit/belanja/: asks what for, then lists what the rules marked; ?keadaan=decided."""
    if request.method == "POST":
        return _purpose_said(request)
    purpose = request.session.get(PURPOSE)
    if purpose is None:
        return render(request, "marketplace/audit_purpose.html", {"form": PurposeForm()})
    state = State.DECIDED if request.GET.get("keadaan") == State.DECIDED else State.WAITING
    page = Paginator(auditing.marked(state), SHOWN).get_page(request.GET.get("page"))
    purchases = [mark.purchase for mark in page.object_list]
    auditing.write_down(purchases, auditor=auditor, purpose=purpose)
    context = {
        "page": page,
        "purchases": [_shown(purchase) for purchase in purchases],
        "state": state,
        "states": State,
        "purpose": purpose,
    }
    return render(request, "marketplace/audit_marks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@auditor_only
def one(request: HttpRequest, *, auditor: User, public_id: UUID) -> HttpResponse:
    """/audit/belanja/<id>/: one marked purchase, and the decision on it."""
    if PURPOSE not in request.session:
        return redirect("marketplace:audit-marks")
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _decide(request, auditor, public_id, form)
    return _show(request, auditor, public_id, form, status=400 if request.method == "POST" else 200)


@require_POST
@auditor_only
def person(request: HttpRequest, *, auditor: User, public_id: UUID) -> HttpResponse:
    """/audit/belanja/<id>/orang/: who it is of, with a purpose of its own."""
    asked = PurposeForm(request.POST)
    if PURPOSE not in request.session:
        return redirect("marketplace:audit-marks")
    if not asked.is_valid():
        return _show(request, auditor, public_id, DecisionForm(), asking=asked, status=400)
    try:
        found = auditing.open_person(
            auditor=auditor, public_id=public_id, purpose=asked.cleaned_data["purpose"]
        )
    except MarkUnknown as unknown:
        raise Http404 from unknown
    return _show(request, auditor, public_id, DecisionForm(), person=found)


def _purpose_said(request: HttpRequest) -> HttpResponse:
    form = PurposeForm(request.POST)
    if not form.is_valid():
        return render(request, "marketplace/audit_purpose.html", {"form": form}, status=400)
    request.session[PURPOSE] = form.cleaned_data["purpose"]
    return redirect("marketplace:audit-marks")


def _decide(
    request: HttpRequest, auditor: User, public_id: UUID, form: DecisionForm
) -> HttpResponse:
    if not auditor.has_perm(auditing.DECIDES):
        raise PermissionDenied
    try:
        auditing.decide(auditor=auditor, public_id=public_id, **form.cleaned_data)
    except MarkUnknown as unknown:
        raise Http404 from unknown
    except Refusal as refusal:
        messages.error(request, str(refusal.detail or refusal.title))
        return redirect("marketplace:audit-mark", public_id=public_id)
    messages.success(request, _("Decided. The person reads your reason beside their purchase."))
    return redirect("marketplace:audit-marks")


def _show(
    request: HttpRequest,
    auditor: User,
    public_id: UUID,
    form: DecisionForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    try:
        purchase = auditing.one_marked(public_id)
    except MarkUnknown as unknown:
        raise Http404 from unknown
    auditing.write_down([purchase], auditor=auditor, purpose=request.session[PURPOSE])
    context = {"shown": _shown(purchase), "form": form, "asking": PurposeForm(), **more}
    return render(request, "marketplace/audit_mark.html", context, status=status)


def _shown(purchase: Purchase) -> dict[str, Any]:
    return {"purchase": purchase, "buyer": auditing.pseudonym(purchase)}
