"""The programs an integrator answers for: what each may do, its secrets, and its end."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import clients
from accounts.errors import ClientRevoked
from accounts.models import ApiClient, User
from accounts.scopes import Scope


@login_required
@permission_required(clients.OWNS, raise_exception=True)
@never_cache
@require_safe
def own_clients(request: HttpRequest) -> HttpResponse:
    """Those that nobody revoked, also when they have expired: an administrator may extend them."""
    now = timezone.now()
    working = clients.working_secrets(now).order_by("-created_at")
    mine = _own(request).prefetch_related(Prefetch("secrets", working, to_attr="working"))
    told = [
        {
            "client": client,
            "expired": client.expires_at <= now,
            "scopes": [Scope(scope).label for scope in client.scopes if scope in Scope.values],
        }
        for client in mine
    ]
    return render(request, "accounts/clients.html", {"told": told})


@login_required
@permission_required(clients.OWNS, raise_exception=True)
@never_cache
@require_POST
def replace(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new secret, on the one page on which it stands; another person's client does not exist."""
    client = _one(request, public_id)
    try:
        secret = clients.replace_secret(client, by=_reader(request))
    except ClientRevoked as error:  # meanwhile
        raise Http404 from error
    return render(request, "accounts/client_secret.html", {"client": client, "secret": secret})


@login_required
@permission_required(clients.OWNS, raise_exception=True)
@require_POST
def end_old(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let only the newest secret work."""
    try:
        clients.end_old_secrets(_one(request, public_id), by=_reader(request))
    except ClientRevoked as error:
        raise Http404 from error
    messages.success(request, _("Only the newest secret works now."))
    return redirect("accounts:clients")


@login_required
@permission_required(clients.OWNS, raise_exception=True)
@require_POST
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End one of one's own for good."""
    client = _one(request, public_id)
    clients.revoke(client, by=_reader(request))
    said = _("%(name)s is revoked: it is let in no more.")
    messages.success(request, said % {"name": client.name})
    return redirect("accounts:clients")


def _one(request: HttpRequest, public_id: UUID) -> ApiClient:
    return get_object_or_404(_own(request), public_id=public_id)


def _own(request: HttpRequest) -> QuerySet[ApiClient]:
    return _reader(request).clients.standing()


def _reader(request: HttpRequest) -> User:
    return cast("User", request.user)
