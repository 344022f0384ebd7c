"""Holds who needs a second factor and has none: they may set one up, and nothing else."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode

from accounts import second_factor
from accounts.errors import SecondFactorMissing
from core import problems

OPEN = {"mfa_activate_totp", "accounts:sign-out", "core:language", "core:live", "core:ready"}
"""Names of the addresses that answer all the same."""


class SecondFactorMiddleware:
    """For sessions, on every address, Wagtail's admin too; tokens are held where they are read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None  # nobody is asked who they are on pages that are the same for all
        way = request.resolver_match
        if (way and way.view_name in OPEN) or not second_factor.is_lacking(request.user):
            return None
        return _refused() if request.path.startswith("/api/") else _led_to_setup(request)


def _refused() -> HttpResponse:
    refusal = SecondFactorMissing
    return problems.plain(type=refusal.type, title=refusal.title, status=refusal.status)


def _led_to_setup(request: HttpRequest) -> HttpResponse:
    response = redirect("mfa_activate_totp")
    if request.method == "GET":
        response["Location"] += "?" + urlencode({"next": request.get_full_path()})
    return response
