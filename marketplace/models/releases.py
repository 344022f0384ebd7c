"""What others may read about other people: closed months cut into safe blocks, frozen."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncMonth
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from marketplace.models.purchases import insert_only
from marketplace.models.registry import Umkm

LEAST_REACH = 10
"""From so many buyers on it is told how many shopped at a shop."""
REACH_STEP = 5
"""What their number is rounded down to."""


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

    class Lens(models.TextChoices):
        HOME = "home", _("Home of the buyer")

    lens = models.CharField(max_length=10, choices=Lens.choices)
    month = models.DateField(help_text=_("First day of the last month it covers."))
    first_month = models.DateField(help_text=_("First day of the first month it covers."))
    digest = models.CharField(max_length=64, help_text=_("SHA-256 over the rows behind it."))
    buyers = models.IntegerField(help_text=_("Distinct, in the whole city."))
    shops = models.IntegerField(help_text=_("Distinct owners, in the whole city."))
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
    """A set of places whose joint figures are safe to show; counts are rounded when read."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="blocks")
    places = ArrayField(models.CharField(max_length=13), help_text=_("Region codes."))
    amount = models.BigIntegerField(help_text=_("Whole rupiah, net of voids."))
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
                condition=Q(buyers__gte=LEAST_REACH) & Q(Exact(F("buyers") % REACH_STEP, 0)),
            ),
        ]
        triggers = [insert_only(), joins_a_release_being_made()]

    def __str__(self) -> str:
        return f"Reach of UMKM {self.umkm_id} in release {self.release_id}"
