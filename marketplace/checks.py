"""What a city may not set: figures less careful than the rule, photos where a web server looks."""

from pathlib import Path
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


@register
def check_receipts_are_private(**_: Any) -> list[CheckMessage]:
    """Photos of receipts lie in no folder that a web server may serve."""
    options = settings.STORAGES["receipts"].get("OPTIONS", {})
    on_disk = "location" in options and "bucket_name" not in options
    served = {"MEDIA_ROOT": settings.MEDIA_ROOT, "STATIC_ROOT": settings.STATIC_ROOT}
    return [
        Error(
            f"RECEIPT_ROOT lies inside {name}, which a web server serves.",
            hint="See docs/operations.md.",
            id="marketplace.E002",
        )
        for name, root in served.items()
        if on_disk and Path(options["location"]).resolve().is_relative_to(Path(root).resolve())
    ]
