"""What an operator may not set: a front end whose previews could be read on the way."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

AT_HOME = {"localhost", "127.0.0.1", "::1"}


@register
def check_preview_address(**_: Any) -> list[CheckMessage]:
    """HEADLESS_PREVIEW_URL is empty, or https; http only on this machine."""
    address = urlsplit(settings.HEADLESS_PREVIEW_URL)
    private = address.scheme == "https" or address.hostname in AT_HOME
    whole = address.scheme in ("http", "https") and address.hostname and not address.fragment
    if not settings.HEADLESS_PREVIEW_URL or (private and whole):
        return []
    return [
        Error(
            "HEADLESS_PREVIEW_URL is no https address of a page.",
            hint="See docs/settings.md.",
            id="cms.E001",
        )
    ]
