"""One ASN's year on a card to keep or share: their own figures, no name, nobody beside them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, Sum
from django.db.models.fields import DateField
from django.db.models.functions import Coalesce, Trunc

from marketplace.errors import NothingThatYear
from marketplace.models import Asn, Purchase
from marketplace.models.purchases import PurchaseQuerySet
from marketplace.rings import OWN_KELURAHAN
from marketplace.rounding import percent

FIRST_YEAR = 2000


@dataclass(frozen=True)
class YearCard:
    """What stands of one year up to `until`: whole rupiah, and `home_share` in whole percent.

    `shops` are different UMKM, merged ones being one; `home_share` is the rupiah spent in the
    kelurahan where the person lived on the day; `weeks` began on Monday and had a purchase.
    """

    year: int
    until: date
    amount: int
    purchases: int
    shops: int
    home_share: int
    weeks: int


def year_card(asn: Asn, *, year: int, today: date) -> YearCard:
    """The card of a year, exact and live; one query.

    Raises `NothingThatYear` where no purchase stands: a card of nothing is no present.
    """
    if not FIRST_YEAR <= year <= today.year:  # nor is there a card of a year without a calendar
        raise NothingThatYear
    of_year = _standing(asn, until=today).filter(day__year=year)
    found = of_year.aggregate(
        spent=Sum("amount", default=0),
        near=Sum("amount", filter=Q(ring__in=OWN_KELURAHAN), default=0),
        purchases=Count("pk"),
        shops=Count(Coalesce(F("umkm__merged_into"), F("umkm")), distinct=True),
        weeks=Count(Trunc("day", "week", output_field=DateField()), distinct=True),
    )
    spent = found["spent"]
    if not spent:
        raise NothingThatYear
    return YearCard(
        year=year,
        until=min(today, date(year, 12, 31)),
        amount=spent,
        purchases=found["purchases"],
        shops=found["shops"],
        home_share=percent(found["near"], spent),
        weeks=found["weeks"],
    )


def years_of(asn: Asn, *, today: date) -> list[int]:
    """The years that have a card, the latest first."""
    days = _standing(asn, until=today).dates("day", "year", order="DESC")
    return [day.year for day in days]


def _standing(asn: Asn, *, until: date) -> PurchaseQuerySet:
    bought = Purchase.objects.filter(buyer_id=asn.buyer_id, day__lte=until)
    return bought.standing()
