"""How an API request says who it is from: an app's token, a program's secret, a page's session."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts import second_factor
from accounts.clients import find_client
from accounts.errors import (
    ClientNotHere,
    ClientScopeMissing,
    SecondFactorMissing,
    TokenOnlyReads,
)
from accounts.models import ApiClient, ApiToken, User
from accounts.scopes import Scope
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


class ClientAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer abk_…`: a program of another office, where a view names its scope.

    It is nobody, so that no view takes it for its owner; a view that names none refuses it.
    """

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiClient] | None:
        words = authentication.get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != self.keyword.lower():
            return None
        client = find_client(words[1] if len(words) == 2 else "")
        scope = scope_of(request.parser_context["view"])
        if scope is None or request.method not in SAFE_METHODS:
            raise ClientNotHere
        if scope not in client.scopes:
            raise ClientScopeMissing(scope)
        return AnonymousUser(), client

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


def scope_of(view: Any) -> Scope | None:
    """The scope that lets a client read a view; None where nothing does."""
    scope: Scope | None = getattr(view, "client_scope", None)
    return scope


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


class ClientScheme(OpenApiAuthenticationExtension):
    """Describes a client's secret in the API document, on the routes that it opens."""

    target_class = ClientAuthentication
    name = "client"

    def get_security_requirement(self, auto_schema: Any) -> Any:
        """Its scope, on a route that has one; None: on this route it is none of the ways."""
        scope = scope_of(auto_schema.view)
        return None if scope is None else {self.name: [scope.value]}

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "abk_…",
            "description": "The secret of a program of another office; it opens the scopes given.",
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
