"""The way to the city's OpenID Connect and back."""

import logging
from typing import Any

from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from requests import RequestException

from core.throttling import may_take_a_step
from marketplace.sso import DID_NOT_WORK, CityOpenId

logger = logging.getLogger(__name__)


class Back(OAuth2CallbackView):
    """What comes back belongs to the browser that went: by state, and by the nonce beside it."""

    def _get_state(self, request: HttpRequest, provider: Any) -> tuple[Any, Any]:
        state, response = super()._get_state(request, provider)
        self.adapter.nonce = (state or {}).get("nonce", "")
        return state, response


@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the provider's sign-in page."""
    return _walk(request, OAuth2LoginView)


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Take what the provider answered."""
    return _walk(request, Back)


def _walk(request: HttpRequest, step: Any) -> HttpResponse:
    if not settings.OIDC_ISSUER:
        raise Http404
    if not may_take_a_step(request):
        return _did_not_work(request, status=429)
    view = step.adapter_view(CityOpenId(request, settings.OIDC_PROVIDER_ID))
    try:
        return view(request)
    except (OAuth2Error, RequestException) as error:
        logger.warning("OpenID Connect does not answer", extra={"why": type(error).__name__})
        return _did_not_work(request, status=503)


def _did_not_work(request: HttpRequest, *, status: int) -> HttpResponse:
    return render(request, "marketplace/sso_refused.html", {"why": DID_NOT_WORK}, status=status)
