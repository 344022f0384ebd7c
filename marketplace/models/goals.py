"""What people fill together, and days to shop on: invitations, never owed by anyone."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7
from marketplace.models.agencies import Agency
from marketplace.models.regions import Region

MOST_OF_A_GOAL = 10**14
"""Whole rupiah."""
LEAST_OF_A_GOAL = 1_000_000


class CollectiveGoal(models.Model):
    """An amount that a kelurahan, a kecamatan, an agency or the whole city fills in whole months.

    Neither `region` nor `agency`: the city. What fills it are the figures that anybody can read.
    """

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    amount = models.BigIntegerField(_("amount"), help_text="Whole rupiah.")
    first_month = models.DateField(_("first month"), help_text="Its first day.")
    last_month = models.DateField(_("last month"), help_text="Its first day.")

    class Meta:
        ordering = ["-last_month", "name"]
        verbose_name = _("collective goal")
        verbose_name_plural = _("collective goals")
        constraints = [
            models.CheckConstraint(
                name="goal_of_one_kind", condition=Q(region=None) | Q(agency=None)
            ),
            models.CheckConstraint(
                name="goal_amount_in_range",
                condition=Q(amount__gte=LEAST_OF_A_GOAL, amount__lte=MOST_OF_A_GOAL),
            ),
            models.CheckConstraint(
                name="goal_in_whole_months",
                condition=Q(first_month=TruncMonth("first_month"))
                & Q(last_month=TruncMonth("last_month"))
                & Q(first_month__lte=F("last_month")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CampaignDay(models.Model):
    """A day, or a weekday that comes again within a period, on which the city invites to shop.

    `weekdays` counts from Monday, 1; none means each day of the period. It changes no figure.
    """

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=60)
    invitation = models.CharField(_("invitation"), max_length=200)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    weekdays = ArrayField(models.SmallIntegerField(), blank=True, default=list, size=7)

    class Meta:
        ordering = ["-first_day", "name"]
        verbose_name = _("campaign day")
        verbose_name_plural = _("campaign days")
        constraints = [
            models.CheckConstraint(
                name="campaign_ends_after_it_begins", condition=Q(first_day__lte=F("last_day"))
            ),
            models.CheckConstraint(
                name="campaign_on_weekdays",
                condition=Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]),
            ),
        ]

    def __str__(self) -> str:
        return self.name
