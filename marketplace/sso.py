"""Signing in with the city's own OpenID Connect, a Keycloak for example.

allauth walks the steps (PKCE, state, issuer, audience, expiry); here the signature and the nonce
are checked too, and what the provider says is boiled down: `sub` is the identity, the NIP claim
finds the person on the first sign-in and is kept nowhere. Who is not in the personnel file gets no
account.
"""

import hmac
import logging
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from jwt import PyJWTError, get_unverified_header

from accounts.models import User
from marketplace import activation, personnel
from marketplace.errors import NipNotValid
from marketplace.models import Asn
from marketplace.nip import parse_nip

logger = logging.getLogger(__name__)

SIGNED_WITH = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}
LONGEST_SUBJECT = 191
DISCOVERY_SECONDS = 300

UNKNOWN = _(
    "Your NIP is not in the city's personnel file, so no account was made. Please ask your "
    "personnel office to add you, then sign in again."
)
NO_NIP = _(
    "The sign-in said nothing of your NIP, so no account was made. Please tell an administrator of "
    "the city."
)
HAS_LEFT = _("By the personnel file you no longer serve here, so this sign-in is closed.")
DID_NOT_WORK = _("Signing in did not work this time. Nothing was changed; please try again.")


@dataclass(frozen=True)
class Claims:
    """What is used of all that the provider said; kept no longer than the request."""

    subject: str
    nip: str
    email: str


# --- allauth's two hooks: what is asked of the provider, and what is made of its answer ----------


class CityOpenId(OpenIDConnectOAuth2Adapter):
    """Talks to the provider."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description, kept for minutes; it must be of the issuer we mean."""
        key = f"oidc-discovery:{settings.OIDC_ISSUER}"
        found: dict[str, Any] | None = cache.get(key)
        if found is None:
            found = super().openid_config
            if found.get("issuer") != settings.OIDC_ISSUER:
                raise OAuth2Error("another issuer")
            cache.set(key, found, DISCOVERY_SECONDS)
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return settings.BASE_URL.rstrip("/") + reverse("marketplace:sso-back")

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        claims = self._verified(app, kwargs["response"].get("id_token", ""))
        if settings.OIDC_NIP_CLAIM not in claims and self.openid_config.get("userinfo_endpoint"):
            more = self._fetch_user_info(token.token)
            if more.get("sub") != claims["sub"]:
                raise OAuth2Error("userinfo of another subject")
            claims = {**more, **claims}
        return self.get_provider().sociallogin_from_response(request, claims)

    def _verified(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            header = get_unverified_header(id_token)
            if header.get("alg") not in SIGNED_WITH or "kid" not in header:
                raise OAuth2Error("not signed as it should be")
            claims: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=settings.OIDC_ISSUER,
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (PyJWTError, KeyError) as error:
            raise OAuth2Error("no valid id token") from error
        _refuse_unfitting(claims, client=app.client_id, nonce=self.nonce)
        return claims


class CityProvider(OpenIDConnectProvider):
    """The provider as allauth sees it; nothing in the address changes what is asked of it."""

    oauth2_adapter_class = CityOpenId

    def redirect_from_request(self, request: HttpRequest) -> HttpResponse:
        kwargs = super().get_redirect_from_request_kwargs(request)
        nonce = random.token_urlsafe(24)
        return self.redirect(
            request,
            process="login",
            next_url=kwargs.get("next_url"),
            scope=self.get_scope(),
            auth_params={"nonce": nonce},
            nonce=nonce,
        )

    def sociallogin_from_response(
        self, request: HttpRequest, response: dict[str, Any]
    ) -> SocialLogin:
        """Nothing of the claims but `sub` on what allauth may store."""
        account = SocialAccount(provider=self.sub_id, uid=str(response["sub"]), extra_data={})
        login = SocialLogin(user=User(), account=account, provider=self)
        login.claims = _boiled_down(response)
        return login


class SocialAdapter(DefaultSocialAccountAdapter):
    """Who somebody is whom the provider let in."""

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Any:
        return CityProvider(request, app=self.get_app(request, provider=provider))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.is_existing:
            asn = Asn.objects.filter(user=sociallogin.user).first()
        else:
            asn = _link(request, sociallogin)
        if asn is not None and personnel.has_left(asn):
            raise _refusal(request, HAS_LEFT)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, exception: Any = None, **kwargs: Any
    ) -> None:
        logger.warning("sign-in by OpenID Connect failed", extra={"why": type(exception).__name__})
        raise _refusal(request, DID_NOT_WORK)


# --- Inside --------------------------------------------------------------------------------------


def _refuse_unfitting(claims: Mapping[str, Any], *, client: str, nonce: str) -> None:
    """What allauth leaves out: the nonce of this browser, the party it was made for, `sub`."""
    if not nonce or not hmac.compare_digest(str(claims.get("nonce", "")), nonce):
        raise OAuth2Error("another nonce")
    if claims.get("azp", client) != client:
        raise OAuth2Error("made for another party")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise OAuth2Error("no usable subject")


def _boiled_down(claims: Mapping[str, Any]) -> Claims:
    return Claims(
        subject=str(claims["sub"]),
        nip=str(claims.get(settings.OIDC_NIP_CLAIM, "")),
        email=str(claims.get(settings.OIDC_EMAIL_CLAIM, "")),
    )


@transaction.atomic
def _link(request: HttpRequest, login: SocialLogin) -> Asn:
    """The person whom the NIP names, now with an account and this identity; or nothing at all."""
    claims: Claims = login.claims
    asn = _locked_person(request, claims.nip)
    if personnel.has_left(asn):
        raise _refusal(request, HAS_LEFT)
    user = asn.user or _new_user(asn, claims.email)
    if asn.user is None:
        asn = personnel.activate(asn, user)
        activation.note_activated(asn)
    login.user = login.account.user = user
    login.account.save()
    logger.info("OpenID Connect identity linked", extra={"user": user.pk})
    return asn


def _locked_person(request: HttpRequest, text: str) -> Asn:
    if not text:
        raise _refusal(request, NO_NIP)
    try:
        number = parse_nip(text, today=timezone.localdate())
    except NipNotValid:
        raise _refusal(request, UNKNOWN) from None
    found = personnel.find_asn(number)
    if found is None:
        raise _refusal(request, UNKNOWN)
    return (
        Asn.objects.select_for_update(no_key=True, of=("self",))
        .select_related("user")
        .get(pk=found.pk)
    )


def _new_user(asn: Asn, claimed: str) -> User:
    """An account without a password. Its name says nothing; the file's address comes first."""
    try:
        validate_email(asn.email or claimed)
    except ValidationError:
        claimed = ""
    return User.objects.create_user(f"asn-{random.token_hex(5)}", asn.email or claimed)


def _refusal(request: HttpRequest, why: Promise) -> ImmediateHttpResponse:
    return ImmediateHttpResponse(
        render(request, "marketplace/sso_refused.html", {"why": why}, status=403)
    )
