"""The intent to publish, written before the call that cannot be taken back."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from social.models.posts import Post


class Attempt(models.Model):
    """One call to a platform: committed before it leaves, its outcome beside it afterwards.

    At most one per claim. An attempt without outcome whose lease is over makes its post
    unclear, never waiting: the call may have arrived.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending", _("No answer yet")
        PUBLISHED = "published", _("Published")
        NOT_SENT = "not-sent", _("Nothing left")
        REFUSED = "refused", _("Refused")
        UNKNOWN = "unknown", _("Unclear")

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="attempt_log")
    claim = models.UUIDField(unique=True)
    started_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=20, choices=Outcome, default=Outcome.PENDING)
    ended_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="social_attempt_ended_with_outcome",
                condition=Q(outcome="pending", ended_at=None)
                | (~Q(outcome="pending") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["started_at"], name="social_attempt_started")]
        triggers = [
            pgtrigger.Protect(name="social_attempt_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="social_attempt_answered_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__outcome="pending"),
            ),
            pgtrigger.Protect(
                name="social_attempt_stays_itself",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("post", "claim", "started_at"),
            ),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.pk} of post {self.post_id}: {self.outcome}"
