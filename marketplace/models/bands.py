"""What a month of shopping may come to: the city's invitation by date, and a person's own goal."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketplace.models.agencies import Agency
from marketplace.models.people import Asn
from marketplace.models.registry import MOST_RUPIAH


class Band(models.Model):
    """The indicative band of a month from a day on, of the city or of one agency.

    Written down and never changed: another decision for the same day stands before it. Without
    rupiah an agency takes the band above its own again, the city that of the settings.
    """

    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bands",
        help_text="None: the city.",
    )
    low = models.IntegerField(null=True, blank=True, help_text="Whole rupiah a month.")
    high = models.IntegerField(null=True, blank=True, help_text="Whole rupiah a month.")
    valid_from = models.DateField()
    decided_on = models.DateField(help_text="The day in TIME_ZONE on which it was written down.")

    class Meta:
        verbose_name = _("band")
        verbose_name_plural = _("bands")
        constraints = [
            models.CheckConstraint(
                name="band_has_both_ends_or_none",
                condition=Q(low__isnull=True, high__isnull=True)
                | Q(  # said twice: a comparison with nothing is neither true nor false
                    low__isnull=False,
                    high__isnull=False,
                    low__gte=1,
                    high__gte=F("low"),
                    high__lte=MOST_RUPIAH,
                ),
            ),
            models.CheckConstraint(
                name="band_changes_no_past", condition=Q(valid_from__gte=F("decided_on"))
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Band from {self.valid_from:%Y-%m-%d}"


class OwnGoal(models.Model):
    """How much a person would like to spend a month: told by themselves, seen by them alone."""

    asn = models.OneToOneField(Asn, on_delete=models.CASCADE, related_name="goal")
    amount = models.IntegerField(help_text="Whole rupiah a month.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="own_goal_in_range", condition=Q(amount__gte=1, amount__lte=MOST_RUPIAH)
            ),
        ]

    def __str__(self) -> str:
        return f"Goal of ASN {self.asn_id}"
