"""The pages on which somebody gives their account another e-mail address."""

import logging
from smtplib import SMTPException
from typing import cast

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import email_change
from accounts.errors import TooManyCodes, WrongCode
from accounts.forms import EmailChangeForm, EmailCodeForm
from accounts.models import User

logger = logging.getLogger(__name__)


@login_required
@reauthentication_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Ask for a code at the new address."""
    user = cast("User", request.user)
    form = EmailChangeForm(request.POST or None, user=user)
    if form.is_valid():
        try:
            email_change.ask(user, address=form.cleaned_data["email"], session=request.session)
        except TooManyCodes as refusal:
            form.add_error("email", str(refusal.title))
        except (SMTPException, OSError) as error:
            logger.warning("mail not sent", extra={"why": type(error).__name__, "user": user.pk})
            form.add_error("email", _("The mail could not be sent. Please try again shortly."))
        else:
            return redirect("accounts:email-code")
    return render(request, "accounts/email.html", {"form": form})


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code from there: from now on it is the address of the account."""
    asked = email_change.waiting(request.session)
    if asked is None:
        return redirect("accounts:email")
    form = EmailCodeForm(request.POST or None)
    if form.is_valid():
        user, given = cast("User", request.user), form.cleaned_data["code"]
        try:
            email_change.confirm(user, code=given, session=request.session)
        except (TooManyCodes, WrongCode) as refusal:
            form.add_error("code", str(refusal.title))
        else:
            messages.success(request, _("Your account has its new e-mail address."))
            return redirect("mfa_index")
    return render(request, "accounts/email_code.html", {"form": form, "address": asked.address})
