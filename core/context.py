"""What every template may say of this installation."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    """`CITY_NAME`, and `DEMO`: whether shops, people and figures are made up."""
    return {"CITY_NAME": settings.CITY_NAME, "DEMO": settings.DEMO}
