"""The emergency stop: that nothing at all is sent, since when, and until when."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Overdue(models.TextChoices):
    """What becomes of the posts whose time came while sending was stopped."""

    SEND = "send", _("Send them now, in their order")
    MOVE = "move", _("Move each by as long as sending was stopped")
    HOLD = "hold", _("Hold them, and look at each one")


class SendingStop(models.Model):
    """That a person halted all sending, and who let it go on; at most one is open.

    Kept for good. While one is open no attempt begins, on any channel.
    """

    stopped_at = models.DateTimeField()
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)
    resumed_at = models.DateTimeField(null=True)
    resumed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    overdue = models.CharField(max_length=10, choices=Overdue, blank=True)

    class Meta:
        verbose_name = _("stop of all sending")
        verbose_name_plural = _("stops of all sending")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["resumed_at"],
                condition=Q(resumed_at=None),
                nulls_distinct=False,
                name="social_stop_one_open",
            ),
            models.CheckConstraint(
                name="social_stop_resumed_by_somebody",
                condition=Q(resumed_at=None, resumed_by=None, overdue="")
                | (
                    Q(resumed_at__isnull=False, resumed_by__isnull=False)
                    & Q(overdue__in=Overdue.values)
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="social_stop_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="social_stop_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__resumed_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="social_stop_stays_itself",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("stopped_at", "stopped_by", "reason"),
            ),
        ]

    def __str__(self) -> str:
        return f"Stop {self.pk} of all sending"
