"""An ASN's own purchases, month by month, as they read them back."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Count, Q, Sum, TextChoices
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from core.calendar import first_of_month
from marketplace.models import Asn, Purchase, Umkm
from marketplace.models.purchases import PurchaseQuerySet
from marketplace.purchases import purchases_of


class Status(TextChoices):
    """Whether a purchase stands."""

    RECORDED = "recorded", _("Counts")
    VOIDED = "voided", _("Taken back")


@dataclass(frozen=True)
class Wanted:
    """Which of the own purchases are asked for: both days included, nothing said means any."""

    since: date | None = None
    until: date | None = None
    umkm: Umkm | None = None
    status: str = ""
    payment: str = ""


EVERYTHING = Wanted()


@dataclass(frozen=True)
class Month:
    """The purchases of one month, latest first; `total` is whole rupiah of those that stand."""

    month: date
    purchases: list[Purchase]
    total: int
    standing: int


@dataclass(frozen=True)
class MonthTotal:
    """What stands of one month: whole rupiah, and how many purchases they are."""

    month: date
    amount: int
    purchases: int


def years_of(asn: Asn) -> list[int]:
    """The years in which this ASN bought something, latest first."""
    days = Purchase.objects.filter(buyer_id=asn.buyer_id).dates("day", "year", order="DESC")
    return [day.year for day in days]


def shops_of(asn: Asn) -> list[Umkm]:
    """The shops in which this ASN bought something, as they are read now, by name."""
    bought = Purchase.objects.filter(buyer_id=asn.buyer_id)
    shops = Umkm.objects.filter(pk__in=bought.values("umkm")).select_related("merged_into")
    standing = {shop.standing.pk: shop.standing for shop in shops}
    return sorted(standing.values(), key=lambda shop: (shop.name, shop.pk))


def purchases_wanted(asn: Asn, wanted: Wanted = EVERYTHING) -> PurchaseQuerySet:
    """The own purchases that are asked for, latest day first."""
    found = purchases_of(asn).filter(_condition(wanted))
    return found.order_by("-day", "-public_id")


def months_of(asn: Asn, wanted: Wanted = EVERYTHING) -> list[Month]:
    """Own purchases in months, latest first; the voided ones stand among them."""
    grouped = groupby(purchases_wanted(asn, wanted), key=lambda each: first_of_month(each.day))
    return [_month(month, list(found)) for month, found in grouped]


def month_totals(asn: Asn, wanted: Wanted = EVERYTHING) -> list[MonthTotal]:
    """What stands of each month in which something was bought, latest first; one query."""
    standing = Purchase.objects.standing().filter(_condition(wanted), buyer_id=asn.buyer_id)
    rows = (
        standing.annotate(month=TruncMonth("day"))
        .values_list("month")
        .annotate(amount=Sum("amount"), purchases=Count("pk"))
        .order_by("-month")
    )
    return [MonthTotal(month, amount, purchases) for month, amount, purchases in rows]


def _condition(wanted: Wanted) -> Q:
    condition = Q()
    if wanted.since:
        condition &= Q(day__gte=wanted.since)
    if wanted.until:
        condition &= Q(day__lte=wanted.until)
    if wanted.umkm:
        shop = wanted.umkm.standing
        condition &= Q(umkm=shop) | Q(umkm__merged_into=shop)
    if wanted.status:
        condition &= Q(void__isnull=wanted.status == Status.RECORDED)
    if wanted.payment:
        condition &= Q(payment=wanted.payment)
    return condition


def _month(month: date, purchases: list[Purchase]) -> Month:
    standing = [purchase.amount for purchase in purchases if not hasattr(purchase, "void")]
    return Month(month=month, purchases=purchases, total=sum(standing), standing=len(standing))
