"""What a city may not set: figures less careful than the rule."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LEAST = {"SMALLEST_GROUP": 5, "SMALLEST_SHOPS": 3, "DOMINANCE_PERCENT": 10}


@register
def check_release_settings(**_: Any) -> list[CheckMessage]:
    """Stricter than 5 people, 3 owners and 10 percent is allowed, laxer never."""
    return [
        Error(
            f"{name} is {getattr(settings, name)}; it may not be below {least}.",
            hint="See docs/figures.md.",
            id="marketplace.E001",
        )
        for name, least in LEAST.items()
        if getattr(settings, name) < least
    ]
