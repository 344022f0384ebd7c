"""Which apps are signed in as oneself, and how each of them, or all, is ended."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions, tokens
from accounts.models import User


@login_required
@never_cache
@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """One's tokens that still work."""
    return render(request, "accounts/devices.html", {"tokens": _reader(request).tokens.usable()})


@login_required
@require_POST
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End one of one's own; another person's does not exist."""
    token = get_object_or_404(_reader(request).tokens.usable(), public_id=public_id)
    tokens.revoke_token(token)
    messages.success(request, _("%(name)s is signed out.") % {"name": token.name})
    return redirect("accounts:devices")


@login_required
@require_POST
@transaction.atomic
def end_all(request: HttpRequest) -> HttpResponse:
    """End all of them, and every session: this one as well."""
    tokens.revoke_all(_reader(request))
    sessions.end_all(_reader(request))
    request.session.flush()
    return redirect("accounts:sign-in")


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)
