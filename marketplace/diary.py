"""An ASN's own purchases, month by month, as they read them back."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from core.calendar import first_of_month
from marketplace.models import Asn, Purchase
from marketplace.purchases import purchases_of


@dataclass(frozen=True)
class Month:
    """The purchases of one month, latest first; `total` is whole rupiah of those that stand."""

    month: date
    purchases: list[Purchase]
    total: int


def years_of(asn: Asn) -> list[int]:
    """The years in which this ASN bought something, latest first."""
    days = Purchase.objects.filter(buyer_id=asn.buyer_id).dates("day", "year", order="DESC")
    return [day.year for day in days]


def months_of(asn: Asn, *, year: int) -> list[Month]:
    """A year of own purchases in months, latest first; the voided ones stand among them."""
    purchases = purchases_of(asn).filter(day__year=year).order_by("-day", "-public_id")
    grouped = groupby(purchases, key=lambda purchase: first_of_month(purchase.day))
    return [_month(month, list(found)) for month, found in grouped]


def _month(month: date, purchases: list[Purchase]) -> Month:
    standing = (purchase.amount for purchase in purchases if not hasattr(purchase, "void"))
    return Month(month=month, purchases=purchases, total=sum(standing))
