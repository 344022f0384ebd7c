"""Content security policies: a strict one for the site, others for the admin and the API's docs."""

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

SITE: dict[str, Any] = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "manifest-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [SELF],
    "upgrade-insecure-requests": settings.HTTPS,
}
# Wagtail's admin sets styles from scripts, previews in frames and shows what was just chosen.
ADMIN: dict[str, Any] = {
    **SITE,
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "media-src": [SELF],
    "frame-src": [SELF],
}
# Swagger UI draws its icons from data addresses and sets styles from its script.
DOCS: dict[str, Any] = {
    **SITE,
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
}
# What people uploaded runs nothing, whatever it claims to be.
MEDIA: dict[str, Any] = {"default-src": [NONE], "sandbox": True}


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp, with the policy chosen by where the address lies."""

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002 (django-csp's signature)
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only:
            parts.config = parts.config or policy_for(request.path)
        return parts


def policy_for(path: str) -> dict[str, Any]:
    """The directives for an address of this site."""
    if path.startswith("/admin/"):
        return ADMIN
    if path.startswith("/api/v1/docs/"):
        return DOCS
    if path.startswith(settings.MEDIA_URL):
        return MEDIA
    return SITE
