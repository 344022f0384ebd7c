"""`{% receipt_of purchase %}`: the photo of an own purchase's receipt, and what may be done."""

from typing import Any

from django import template
from django.conf import settings

from marketplace import receipts
from marketplace.api.receipts import address_of
from marketplace.models import Purchase, Receipt
from marketplace.receipt_views import ReceiptForm

register = template.Library()


@register.inclusion_tag("marketplace/receipt.html", takes_context=True)
def receipt_of(context: dict[str, Any], purchase: Purchase) -> dict[str, Any]:
    """For the page of its owner alone: it makes the link that opens the photo to the reader."""
    told: dict[str, Any] = {
        "purchase": purchase,
        "form": ReceiptForm(),
        "csrf_token": context.get("csrf_token"),
        **receipt_rules(),
    }
    receipt: Receipt | None = getattr(purchase, "receipt", None)
    if receipt is None:
        return told
    told["receipt"] = receipt
    if receipt.file:
        told["photo"] = address_of(receipt, reader=context["user"])["url"]
        told["similar"] = receipts.similar_purchases(receipt)
        told["kept_until"] = receipts.kept_until(receipt)
        told["removable"] = receipts.may_be_removed(receipt)
        told["removable_until"] = receipts.removable_until(receipt)
    return told


@register.simple_tag
def receipt_rules() -> dict[str, int]:
    """What the city's settings say about photos."""
    return {
        "days": settings.RECEIPT_DAYS,
        "removable_days": receipts.removable_days(),
        "megabytes": settings.RECEIPT_MEGABYTES,
    }
