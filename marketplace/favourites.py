"""Where an ASN most likely buys next, and what is due to be bought again.

Both are read from the own purchases in one bounded look, after the fact: nothing is kept, nothing
is recorded by itself. Shops that were merged are one, closed and refused ones are left out.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from django.db import transaction
from django.utils import timezone

from marketplace import consents, nearby
from marketplace.errors import PurchaseUnknown
from marketplace.models import Asn, NotNow, Purchase, Region, Umkm

FAVOURITES = 5
LOOKED_BACK = timedelta(days=400)
LOOKED_THROUGH = 200
"""How many of the latest purchases are looked through."""

HALF_LIFE_DAYS = 30
"""After so many days a purchase speaks half as loud."""
HOURS_NEAR = 2.0
"""How many hours apart two times of day are when they are hardly the same any more."""
OTHER_HOUR = 0.25
UNKNOWN_HOUR = 0.5
"""What was recorded on a later day does not say at which hour it was bought."""
SAME_WEEKDAY = 1.5
CLOSE_BY = 1.25

SHORTEST_EVERY, LONGEST_EVERY = 5, 40
"""Days between two purchases that are a habit: neither daily nor twice a year."""
OFTEN = 21
"""Days: what comes oftener has to come three times in its rhythm, anything else twice."""
LAST_GAPS = 4


@dataclass(frozen=True)
class Favourite:
    """A shop, and the own purchase there that says the usual amount and payment way.

    No purchase: never bought from, but close by.
    """

    umkm: Umkm
    purchase: Purchase | None = None


@dataclass(frozen=True)
class Repeat:
    """What is due again: the usual purchase, the last one, the days between two, and when."""

    umkm: Umkm
    usual: Purchase
    last: Purchase
    every: int
    due: date


@dataclass(frozen=True)
class Likely:
    """The likeliest shops, the likeliest first, and at most one purchase that is due again."""

    favourites: list[Favourite]
    repeat: Repeat | None

    @property
    def shops(self) -> list[Umkm]:
        """All of them."""
        return [each.umkm for each in self.favourites]

    @property
    def bought(self) -> list[Favourite]:
        """The shops bought from."""
        return [each for each in self.favourites if each.purchase]

    @property
    def near(self) -> list[Umkm]:
        """The shops close by, where there are too few others."""
        return [each.umkm for each in self.favourites if not each.purchase]


def likely(asn: Asn, *, now: datetime | None = None) -> Likely:
    """What an ASN most likely records next; who bought at less than five shops gets near ones."""
    now = timezone.localtime(now)
    shops = by_shop(_past(asn, today=now.date()))
    places = _places(asn, now.date())
    ranked = sorted(shops, key=lambda shop: -_likelihood(shops[shop], now=now, places=places))
    bought = [Favourite(shop, usual(shops[shop])) for shop in ranked[:FAVOURITES]]
    near = [
        Favourite(shop) for shop in nearby.shops_around(places, most=FAVOURITES, without=ranked)
    ]
    return Likely([*bought, *near][:FAVOURITES], due_again(shops, today=now.date()))


@transaction.atomic
def not_now(*, asn: Asn, purchase: Purchase) -> None:
    """Stop offering to repeat an own purchase; said twice, it changes nothing.

    Raises `PurchaseUnknown` for another person's.
    """
    if purchase.buyer_id != consents.hold(asn).buyer_id:
        raise PurchaseUnknown
    NotNow.objects.get_or_create(purchase=purchase)


def usual(purchases: Sequence[Purchase]) -> Purchase:
    """Of purchases at one shop, latest first, the last one of the amount that is most common."""
    counts = Counter(purchase.amount for purchase in purchases)
    return max(purchases, key=lambda purchase: counts[purchase.amount])  # the first of equal ones


def by_shop(purchases: Iterable[Purchase]) -> dict[Umkm, list[Purchase]]:
    """Purchases, in their order, by the shop they are read at, where one can still buy."""
    found: dict[Umkm, list[Purchase]] = {}
    for purchase in purchases:
        shop = purchase.umkm.standing
        if shop.status in (Umkm.Status.LISTED, Umkm.Status.PENDING):
            found.setdefault(shop, []).append(purchase)
    return found


def due_again(shops: dict[Umkm, list[Purchase]], *, today: date) -> Repeat | None:
    """The purchase that comes at regular intervals and is due about today, the longest due first.

    A habit that was left, or waved off since it was last bought, is not spoken of again.
    """
    found = [_rhythm(shop, purchases) for shop, purchases in shops.items()]
    due = [each for each in found if each and abs((today - each.due).days) <= slack(each.every)]
    due = [each for each in due if not hasattr(each.last, "not_now")]
    return min(due, key=lambda each: (each.due, each.umkm.pk), default=None)


def slack(every: int) -> int:
    """How many days early or late still are in rhythm: one in a week, four or five in a month."""
    return max(1, round(every * 0.15))


def _rhythm(shop: Umkm, purchases: Sequence[Purchase]) -> Repeat | None:
    days = sorted({purchase.day for purchase in purchases})[-LAST_GAPS - 1 :]
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    every = round(median(gaps)) if gaps else 0
    if not SHORTEST_EVERY <= every <= LONGEST_EVERY or len(gaps) < (3 if every < OFTEN else 2):
        return None
    in_rhythm = all(abs(gap - every) <= slack(every) for gap in gaps)
    of_late = [purchase for purchase in purchases if purchase.day >= days[0]]
    one = usual(of_late)
    # An amount that changes each time is not ours to guess: the form is there for it.
    steady = 2 * sum(purchase.amount == one.amount for purchase in of_late) >= len(of_late)
    if not in_rhythm or not steady:
        return None
    return Repeat(shop, one, purchases[0], every, days[-1] + timedelta(days=every))


def _past(asn: Asn, *, today: date) -> list[Purchase]:
    """The own purchases that stand, latest first."""
    mine = Purchase.objects.standing().filter(buyer_id=asn.buyer_id, day__gte=today - LOOKED_BACK)
    mine = mine.select_related(
        "umkm__region__parent", "umkm__merged_into__region__parent", "not_now"
    )
    return list(mine.order_by("-day", "-public_id")[:LOOKED_THROUGH])


def _places(asn: Asn, day: date) -> list[Region]:
    """The kelurahan of home and work."""
    home = asn.home_on(day)
    begun = asn.workplaces.select_related("region").filter(valid_from__lte=day)
    work = begun.order_by("valid_from").last()
    return [place.region for place in (home, work) if place]


def _likelihood(purchases: Sequence[Purchase], *, now: datetime, places: Sequence[Region]) -> float:
    """How likely a shop is next, from the purchases there."""
    heard = sum(_loudness(purchase, now=now) for purchase in purchases)
    close = purchases[0].umkm.standing.region_id in {place.pk for place in places}
    return heard * (CLOSE_BY if close else 1)


def _loudness(purchase: Purchase, *, now: datetime) -> float:
    """How much one purchase says of the next: how lately, at this hour, on this weekday."""
    age = max((now.date() - purchase.day).days, 0)
    weekday = SAME_WEEKDAY if purchase.day.weekday() == now.weekday() else 1
    return 0.5 ** (age / HALF_LIFE_DAYS) * weekday * _same_hour(purchase, now=now)


def _same_hour(purchase: Purchase, *, now: datetime) -> float:
    recorded = timezone.localtime(purchase.recorded_at)
    if recorded.date() != purchase.day:
        return UNKNOWN_HOUR
    apart = abs((recorded.hour - now.hour) + (recorded.minute - now.minute) / 60)
    apart = min(apart, 24 - apart)  # 23.30 and 00.30 are one hour apart
    return OTHER_HOUR + (1 - OTHER_HOUR) * math.exp(-((apart / HOURS_NEAR) ** 2))
