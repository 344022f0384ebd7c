"""What every template may say of this installation."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    """The city, its OpenID Connect if any, and `DEMO`: whether people and figures are made up."""
    return {
        "CITY_NAME": settings.CITY_NAME,
        "DEMO": settings.DEMO,
        "OIDC_NAME": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
    }
