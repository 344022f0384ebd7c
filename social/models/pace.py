"""When a channel speaks: its weekly slots and quiet hours, and the city's own quiet times."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from social.models.channels import Channel

LONGEST_GAP = 24 * 60


class Weekday(models.IntegerChoices):
    """As Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class ChannelPace(models.Model):
    """How one channel paces itself; a channel without a row keeps the city's quiet times only.

    Times are of the day in TIME_ZONE. Quiet hours may lie over midnight.
    """

    channel = models.OneToOneField(Channel, on_delete=models.CASCADE, related_name="pace")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    gap_minutes = models.PositiveSmallIntegerField(
        default=0, help_text="Between one post and the next."
    )
    keeps_city_times = models.BooleanField(
        default=True, help_text="Whether the city's holidays and quiet times hold here."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="social_pace_quiet_hours_whole",
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False)
                & ~Q(quiet_from=F("quiet_until")),
            ),
            models.CheckConstraint(
                name="social_pace_gap_within_a_day", condition=Q(gap_minutes__lte=LONGEST_GAP)
            ),
        ]

    def __str__(self) -> str:
        return f"Pace of channel {self.channel_id}"


class WeeklySlot(models.Model):
    """A time of the week that a channel likes to post at."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    at = models.TimeField()

    class Meta:
        ordering = ["weekday", "at"]
        constraints = [
            models.UniqueConstraint(fields=["channel", "weekday", "at"], name="social_slot_once"),
            models.CheckConstraint(
                name="social_slot_on_a_weekday", condition=Q(weekday__in=Weekday.values)
            ),
        ]

    def __str__(self) -> str:
        return f"Slot {self.weekday} {self.at}"


class Holiday(models.Model):
    """Days on which no channel posts, the last one included."""

    name = models.CharField(max_length=100)
    first = models.DateField()
    last = models.DateField()

    class Meta:
        ordering = ["first", "pk"]
        constraints = [
            models.CheckConstraint(
                name="social_holiday_in_order", condition=Q(last__gte=F("first"))
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QuietTime(models.Model):
    """A time of the week at which no channel posts, for prayer above all; typed by the city."""

    name = models.CharField(max_length=100)
    weekday = models.PositiveSmallIntegerField(
        choices=Weekday, null=True, blank=True, help_text="Empty: every day."
    )
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["weekday", "begins", "pk"]
        constraints = [
            models.CheckConstraint(
                name="social_quiet_time_in_order", condition=Q(begins__lt=F("ends"))
            ),
            models.CheckConstraint(
                name="social_quiet_time_on_a_weekday",
                condition=Q(weekday=None) | Q(weekday__in=Weekday.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name
