"""Setting up a second factor, signing in with it, and the codes for when the phone is lost.

allauth's views with our forms, pages and audit log.
"""

from typing import Any

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.adapters import first_page
from accounts.forms import AgainByCodeForm, AgainForm, CodeForm, SetUpForm
from core import audit


class Code(base.AuthenticateView):
    """The second step of signing in."""

    form_class = CodeForm
    template_name = "accounts/code.html"


class Again(account.ReauthenticateView):
    """The password once more, before the second factor is changed."""

    form_class = AgainForm
    template_name = "accounts/again.html"


class AgainByCode(base.ReauthenticateView):
    """A code once more, for an account without a password."""

    form_class = AgainByCodeForm
    template_name = "accounts/again.html"


@method_decorator(never_cache, name="dispatch")
class Security(base.IndexView):
    """How one's account is kept safe, and where to change it."""

    template_name = "accounts/security.html"


@method_decorator([login_required, never_cache], name="dispatch")
class SetUp(totp.ActivateTOTPView):
    """An app is tied to the account: from now on its codes are asked for."""

    form_class = SetUpForm
    template_name = "accounts/second_factor_set_up.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with transaction.atomic():
                return super().dispatch(request, *args, **kwargs)
        except IntegrityError:  # pressed twice: the first one did it
            return redirect("mfa_index")

    def form_valid(self, form: SetUpForm) -> HttpResponse:
        response = super().form_valid(form)
        user = self.request.user
        factor = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
        factor.wrap().validate_code(form.cleaned_data["code"])  # so that it opens nothing later
        record_authentication(self.request, user, "mfa", reauthenticated=True)
        audit.record(actor=user, action="user.second_factor_added", subject_user=user)
        return response


@method_decorator(never_cache, name="dispatch")
class TakeOff(totp.DeactivateTOTPView):
    """The app is untied, to tie another one."""

    template_name = "accounts/second_factor_take_off.html"

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        user = self.request.user
        audit.record(actor=user, action="user.second_factor_removed", subject_user=user)
        return super().form_valid(form)


class RecoveryCodes(recovery.ViewRecoveryCodesView):
    """Codes to write down: each opens the account once, without the phone."""

    template_name = "accounts/recovery_codes.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "onward": first_page(self.request.user)}


@method_decorator(never_cache, name="dispatch")
class NewRecoveryCodes(recovery.GenerateRecoveryCodesView):
    """New ones; the old ones end."""

    template_name = "accounts/recovery_codes_new.html"
    success_url = reverse_lazy("mfa_view_recovery_codes")

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        user = self.request.user
        audit.record(actor=user, action="user.recovery_codes_made", subject_user=user)
        return super().form_valid(form)
