"""How often one may ask. Rates are settings; the counters live in the cache."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

if TYPE_CHECKING:  # named in settings: imported while DRF's views are
    from rest_framework.request import Request
    from rest_framework.views import APIView


class AnonymousThrottle(AnonRateThrottle):
    """By address, for who is not signed in."""

    scope = "anonymous"


class UserThrottle(UserRateThrottle):
    """By user. A repeated request whose first answer is kept always gets it."""

    scope = "user"

    def get_cache_key(self, request: "Request", view: "APIView") -> str | None:
        if not request.user.is_authenticated:
            return None
        key: str | None = super().get_cache_key(request, view)
        return key

    def allow_request(self, request: "Request", view: "APIView") -> bool:
        return super().allow_request(request, view) or _repeats_a_finished(request)


class SignInThrottle(AnonRateThrottle):
    """By address, on every path that takes a password or a code."""

    scope = "sign-in"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def may_try_to_sign_in(request: HttpRequest) -> bool:
    """Count this try by address against the sign-in rate; False when there were too many."""
    return SignInThrottle().allow_request(request, None)  # type: ignore[arg-type]


def _repeats_a_finished(request: "Request") -> bool:
    from core import idempotency  # needs models, which load after the settings

    return idempotency.is_finished(request)
