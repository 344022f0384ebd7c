"""Signing in over the API."""

from django.urls import path

from accounts.api import tokens

urlpatterns = [
    path("auth/tokens", tokens.TokenList.as_view(), name="tokens"),
    path("auth/tokens/current", tokens.CurrentToken.as_view(), name="current-token"),
    path("auth/tokens/<uuid:public_id>", tokens.OneToken.as_view(), name="token"),
    path("me", tokens.Me.as_view(), name="me"),
]
