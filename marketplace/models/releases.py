"""What others may read about other people: closed months cut into safe blocks, frozen."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncMonth
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from marketplace.models.agencies import Agency
from marketplace.models.purchases import insert_only
from marketplace.models.regions import Region
from marketplace.models.registry import Umkm

LEAST_REACH = 10
"""From so many buyers on it is told how many shopped at a shop."""
COUNT_STEP = 5
"""What counts of people, purchases and shops are rounded down to."""
LEAST_UNIT = 100_000
"""Rupiah that amounts are rounded to at least, outside the lenses by place."""


def refused_unless_computing(book: str) -> str:
    """PL/pgSQL: a row may join a release only while its month is closed and not yet released."""
    return (
        f"IF NOT EXISTS (SELECT 1 FROM {book} AND state = 'closed') THEN"
        " RAISE EXCEPTION 'a released month takes no further figure'"
        " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
    )


def joins_a_release_being_made() -> pgtrigger.Trigger:
    """The trigger that refuses a row of a release once its month is released."""
    return pgtrigger.Trigger(
        name="released_once",
        operation=pgtrigger.Insert,
        when=pgtrigger.Before,
        func=refused_unless_computing(
            "marketplace_bookmonth JOIN marketplace_release USING (month)"
            " WHERE marketplace_release.id = NEW.release_id"
        ),
    )


def _rough(*counts: str) -> Q:
    """That each of these counts was rounded down."""
    found = Q()
    for count in counts:
        found &= Q(**{f"{count}__gte": 0}) & Q(Exact(F(count) % COUNT_STEP, 0))
    return found


class Lens(models.TextChoices):
    """What a release tells apart. Of two the rupiah are exact, of all others rounded."""

    HOME = "home", _("Home of the buyer")
    SHOP = "shop", _("Place of the shop")
    AGENCY = "agency", _("Agency of the buyer")
    RING = "ring", _("How near they are")
    CATEGORY = "category", _("Kind of shop")
    EVIDENCE = "evidence", _("What it rests on")
    PAYMENT = "payment", _("Payment way")
    DAY = "day", _("Day bought")
    FLOW = "flow", _("From kecamatan to kecamatan")

    @classmethod
    def by_place(cls) -> "tuple[Lens, Lens]":
        """The two lenses that show a kelurahan, in exact rupiah."""
        return cls.HOME, cls.SHOP


class BookMonth(models.Model):
    """A month of the books. No row: open. Months close in order and never before they end."""

    class State(models.TextChoices):
        CLOSED = "closed", _("Closed, being computed")
        RELEASED = "released", _("Released")
        WITHHELD = "withheld", _("Released together with the next")

    month = models.DateField(primary_key=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.CLOSED)
    closed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["month"]
        constraints = [
            models.CheckConstraint(
                name="book_month_is_a_first", condition=Q(month=TruncMonth("month"))
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="never_another", fields=["month", "closed_at"]),
            pgtrigger.FSM(
                name="never_reopened",
                field="state",
                transitions=[
                    ("closed", "released"),
                    ("closed", "withheld"),
                    ("withheld", "released"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Release(models.Model):
    """One lens of one closed month (or of several released together), with its digest."""

    lens = models.CharField(max_length=10, choices=Lens.choices)
    month = models.DateField(help_text=_("First day of the last month it covers."))
    first_month = models.DateField(help_text=_("First day of the first month it covers."))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 over the rows behind it."))
    buyers = models.IntegerField(help_text=_("Distinct, in the whole city."))
    shops = models.IntegerField(help_text=_("Distinct owners, in the whole city."))
    unit = models.BigIntegerField(
        default=1, db_default=1, help_text="Rupiah that amounts are rounded to; 1 is exact."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="release_once_per_lens", fields=["lens", "month"]),
            models.CheckConstraint(
                name="release_months_in_order", condition=Q(first_month__lte=models.F("month"))
            ),
        ]
        triggers = [
            insert_only(),
            pgtrigger.Trigger(
                name="released_once",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=refused_unless_computing("marketplace_bookmonth WHERE month = NEW.month"),
            ),
        ]

    def __str__(self) -> str:
        return f"Release {self.lens} {self.month:%Y-%m}"


class Block(models.Model):
    """A set of keys whose joint figures are safe to show; counts are rounded when read.

    A key is what the lens tells apart: a region's or an agency's code, a ring, a day.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="blocks")
    keys = ArrayField(models.CharField(max_length=60), help_text="Codes, as the lens has them.")
    amount = models.BigIntegerField(help_text="Whole rupiah, net of voids, in the lens's unit.")
    purchases = models.IntegerField()
    buyers = models.IntegerField()
    shops = models.IntegerField()

    class Meta:
        triggers = [insert_only(), joins_a_release_being_made()]

    def __str__(self) -> str:
        return f"Block of release {self.release_id}"


class ShopReach(models.Model):
    """At least so many people shopped at a shop in the twelve months up to its release's.

    Already rounded: what nobody may read is not kept. A shop with fewer has no row.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="reach")
    umkm = models.ForeignKey(Umkm, on_delete=models.PROTECT, related_name="+")
    buyers = models.IntegerField(help_text=_("Distinct, rounded down."))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="shop_reach_once_per_release", fields=["umkm", "release"]),
            models.CheckConstraint(
                name="shop_reach_is_rough",
                condition=Q(buyers__gte=LEAST_REACH) & Q(Exact(F("buyers") % COUNT_STEP, 0)),
            ),
        ]
        triggers = [insert_only(), joins_a_release_being_made()]

    def __str__(self) -> str:
        return f"Reach of UMKM {self.umkm_id} in release {self.release_id}"


class Stayed(models.Model):
    """Of a kelurahan that both lenses by place show whole: how much of its money stayed in it."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="stayed")
    place = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    of_spent = models.SmallIntegerField(
        help_text="Percent of what its people spent that stayed in it."
    )
    of_received = models.SmallIntegerField(
        help_text="Percent of what its shops received that its own people brought."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="stayed_once_per_release", fields=["release", "place"]),
            models.CheckConstraint(
                name="stayed_is_percent",
                condition=Q(of_spent__range=(0, 100), of_received__range=(0, 100)),
            ),
        ]
        triggers = [insert_only(), joins_a_release_being_made()]

    def __str__(self) -> str:
        return f"What stayed in {self.place_id} in release {self.release_id}"


class Turnout(models.Model):
    """How many of the ASN of an agency, of several together, or of the city took part.

    Already rounded, as everything of people is; `employed` is the mean over the days. `agencies` is
    empty for the city, of which alone the quartiles and the year are told.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="turnouts")
    agencies = ArrayField(models.CharField(max_length=60), help_text="Codes; empty: the city.")
    employed = models.IntegerField()
    buyers = models.IntegerField()
    reached = models.IntegerField(help_text="Of the buyers, who reached the band.")
    first_timers = models.IntegerField(help_text="Of the buyers, who bought for the first time.")
    quartiles = ArrayField(
        models.BigIntegerField(), size=3, null=True, help_text="Of the buyers' rupiah, rounded."
    )
    year_buyers = models.IntegerField(null=True, help_text="Distinct in the year to date.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="turnout_once_per_release", fields=["release", "agencies"]
            ),
            models.CheckConstraint(
                name="turnout_is_rough",
                condition=_rough("buyers", "reached", "first_timers")
                & (Q(year_buyers__isnull=True) | _rough("year_buyers")),
            ),
        ]
        triggers = [insert_only(), joins_a_release_being_made()]

    def __str__(self) -> str:
        return f"Turnout in release {self.release_id}"


class Spread(models.Model):
    """Whether the city's money reaches many shops: of all shops together, already rounded."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="spread")
    top_ten = models.SmallIntegerField(
        null=True, help_text="Percent of the money that the ten largest received."
    )
    first_sales = models.IntegerField(help_text="Shops with a first sale.")
    never_bought = models.IntegerField(help_text="Listed shops without any sale yet.")
    listed = models.IntegerField()
    year_shops = models.IntegerField(help_text="Distinct in the year to date.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="spread_is_rough",
                condition=_rough("first_sales", "never_bought", "listed", "year_shops"),
            ),
        ]
        triggers = [insert_only(), joins_a_release_being_made()]

    def __str__(self) -> str:
        return f"Spread in release {self.release_id}"


class Residents(models.Model):
    """How many ASN lived in a kelurahan on the last day of a release, rounded down."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="residents")
    place = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    asn = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="residents_once_per_release", fields=["release", "place"]),
            models.CheckConstraint(name="residents_are_rough", condition=_rough("asn")),
        ]
        triggers = [insert_only(), joins_a_release_being_made()]

    def __str__(self) -> str:
        return f"Residents of {self.place_id} in release {self.release_id}"


class Staff(models.Model):
    """How many ASN served in an agency on the last day of a release, rounded down."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="staff")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    asn = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="staff_once_per_release", fields=["release", "agency"]),
            models.CheckConstraint(name="staff_are_rough", condition=_rough("asn")),
        ]
        triggers = [insert_only(), joins_a_release_being_made()]

    def __str__(self) -> str:
        return f"Staff of agency {self.agency_id} in release {self.release_id}"


class ShopTakings(models.Model):
    """About how much a shop received in a release, for its owner alone; merged shops are one.

    Already rounded: what nobody may read is not kept. A shop of which it may not be told has no
    row, as one that received nothing.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="takings")
    umkm = models.ForeignKey(Umkm, on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(help_text="Whole rupiah, net of voids, rounded to `unit`.")
    unit = models.BigIntegerField(help_text="Rupiah that the city's month is rounded to.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="shop_takings_once_per_release", fields=["umkm", "release"]
            ),
            models.CheckConstraint(
                name="shop_takings_are_rough",
                condition=Q(unit__gte=LEAST_UNIT, amount__gt=0)
                & Q(Exact(F("amount") % F("unit"), 0)),
            ),
        ]
        triggers = [insert_only(), joins_a_release_being_made()]

    def __str__(self) -> str:
        return f"Takings of UMKM {self.umkm_id} in release {self.release_id}"
