"""The demo's mailbox; signing in and out are Django's own views."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.mailbox import mails


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail the demo sent, for anyone: only where people and addresses are made up."""
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/mailbox.html", {"mails": mails()})
