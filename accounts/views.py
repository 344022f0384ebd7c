"""The demo's mailbox, signing in by password, a lost one, and one's own account in the admin."""

from typing import Any

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.views import LoginView, PasswordResetView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.admin.views.account import AccountView, NameEmailSettingsPanel

from accounts.adapters import first_page
from accounts.forms import SignInForm
from accounts.mailbox import mails
from core.throttling import may_try_to_sign_in


@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail the demo sent, for anyone: only where people and addresses are made up."""
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/mailbox.html", {"mails": mails()})


class SignIn(LoginView):
    """Name and password; who works in the admin begins there."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: SignInForm) -> HttpResponse:
        """The password was right; allauth goes on, to the second factor if there is one."""
        user = form.get_user()
        wanted = self.get_redirect_url() or first_page(user)
        return perform_login(self.request, user, email_verification="none", redirect_url=wanted)

    def get_default_redirect_url(self) -> str:
        return first_page(self.request.user)


class PasswordForgotten(PasswordResetView):
    """Asks for the address of an account; says the same whether there is one or not."""

    def form_valid(self, form: PasswordResetForm) -> HttpResponse:
        if not may_try_to_sign_in(self.request):  # nobody's mailbox is to be flooded
            return redirect(self.get_success_url())
        return super().form_valid(form)


class Account(AccountView):
    """Wagtail's account page: a user has no names, and a new address is proved first elsewhere."""

    def get_panels(self) -> list[Any]:
        panels = super().get_panels()
        return [panel for panel in panels if type(panel) is not NameEmailSettingsPanel]
