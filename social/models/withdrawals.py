"""That somebody wants a published post taken back, written before the platform is asked."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from social.models.posts import Post


class Withdrawal(models.Model):
    """A named person's wish that a published post goes, and what the platform said to it.

    Open until the platform says yes or no; one open wish a post. Kept for good.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending", _("No answer yet")
        GONE = "gone", _("Taken back")
        REFUSED = "refused", _("Not taken back")

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="withdrawals")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300)
    asked_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.PENDING)
    ended_at = models.DateTimeField(null=True)
    detail = models.CharField(
        max_length=300, blank=True, help_text="Why the platform has not taken it back so far."
    )
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=Q(outcome="pending"), name="social_withdrawal_one_open"
            ),
            models.CheckConstraint(
                name="social_withdrawal_ended_with_outcome",
                condition=Q(outcome="pending", ended_at=None)
                | (Q(outcome__in=["gone", "refused"]) & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(outcome="pending"),
                name="social_withdrawal_open",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="social_withdrawal_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="social_withdrawal_answered_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__outcome="pending"),
            ),
            pgtrigger.Protect(
                name="social_withdrawal_stays_itself",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("post", "asked_by", "reason", "asked_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"Withdrawal {self.pk} of post {self.post_id}: {self.outcome}"
