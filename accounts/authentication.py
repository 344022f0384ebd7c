"""How an API request says who it is from: a token of an app, or the session of a page."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts import second_factor
from accounts.errors import SecondFactorMissing, TokenOnlyReads
from accounts.models import ApiToken, User
from accounts.tokens import find_token


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Token abu_…`."""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = authentication.get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != self.keyword.lower():
            return None
        token = find_token(words[1]) if len(words) == 2 else None
        if token is None:
            raise exceptions.AuthenticationFailed(_("The token is unknown, expired or revoked."))
        if second_factor.is_lacking(token.user):
            raise SecondFactorMissing
        if token.scope == ApiToken.Scope.READ and request.method not in SAFE_METHODS:
            raise TokenOnlyReads
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of our own pages, with its CSRF token."""


class TokenScheme(OpenApiAuthenticationExtension):
    """Describes the token in the API document."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Token abu_…`",
        }


class SessionScheme(OpenApiAuthenticationExtension):
    """Describes the session cookie in the API document."""

    target_class = SessionAuthentication
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "The session of the city's own pages; writing needs `X-CSRFToken`.",
        }
