"""What allauth asks of this installation: no sign-up, our pages, and secrets that are sealed."""

from typing import Any, cast

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from qrcode.image.svg import SvgPathImage

from accounts import second_factor
from accounts.models import User
from core import secrets


def first_page(user: User) -> str:
    """Where somebody begins who was on the way to nowhere: who works somewhere, there."""
    for permission, place in settings.WORKPLACES.items():
        if user.has_perm(permission):
            return resolve_url(place)
    return resolve_url(settings.LOGIN_REDIRECT_URL)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the city, and what happened is said by our pages."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return first_page(cast("User", request.user))

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return redirect("accounts:sign-in")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """None of allauth's: they repeat names, and our pages say it themselves."""

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """The first factor asks for no password again: there is nothing yet to take over."""
        return second_factor.is_set_up(context.request.user)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets at rest are encrypted with FIELD_KEYS."""

    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(encrypted_text)

    def get_totp_label(self, user: User) -> str:
        return user.username  # it stands in an app on a phone: no address of a person

    def build_totp_svg(self, url: str) -> str:
        """An element to be set into the page: the policy allows no picture from a data address."""
        image = qrcode.make(url, image_factory=SvgPathImage, border=2)
        return str(image.to_string(encoding="unicode"))
