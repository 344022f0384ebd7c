"""The pages on which an ASN activates their account. No NIP stands in an address or session."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core.errors import Refusal
from core.throttling import may_activate
from marketplace import activation, nip
from marketplace.errors import TooManyActivations
from marketplace.forms import ActivationForm, AskForCodeForm


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Asks for a NIP; the answer is the same whether anyone has it."""
    form = AskForCodeForm(request.POST or None)
    if form.is_valid():
        number = form.cleaned_data["nip"]
        if may_activate(request, nip.digest(number)[0]):
            activation.ask(number)
            typed = ActivationForm(initial={"nip": number.display})
            return render(request, "marketplace/activate_code.html", {"form": typed, "asked": True})
        form.add_error(None, TooManyActivations.title)
    return render(request, "marketplace/activate.html", {"form": form})


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest) -> HttpResponse:
    """Takes the code, and makes the account."""
    form = ActivationForm(request.POST or None)
    if form.is_valid() and _activated(request, form):
        messages.success(request, _("Your account is active. Please sign in."))
        return redirect("accounts:sign-in")
    return render(request, "marketplace/activate_code.html", {"form": form})


def _activated(request: HttpRequest, form: ActivationForm) -> bool:
    given = form.cleaned_data
    if not may_activate(request, nip.digest(given["nip"])[0]):
        form.add_error(None, TooManyActivations.title)
        return False
    try:
        activation.activate(
            number=given["nip"],
            code=given["code"],
            username=given["username"],
            password=given["password"],
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal.title))
        return False
    return True
