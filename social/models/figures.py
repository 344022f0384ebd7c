"""How a published post is received: one look an hour, a day and a week after it came out."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from social.models.posts import Post


class PostFigures(models.Model):
    """One look at a post, and the numbers that its platform told; kept for good.

    `numbers` are whole numbers by name, of the moment `taken_at`. Not taken yet, it is asked for
    again at `next_try_at`. That none was taken says nothing about the post.
    """

    class Age(models.TextChoices):
        SOON = "soon", _("Right after publishing")
        HOUR = "1h", _("After an hour")
        DAY = "24h", _("After a day")
        WEEK = "7d", _("After a week")

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="figures")
    age = models.CharField(max_length=10, choices=Age)
    taken_at = models.DateTimeField(null=True)
    numbers = models.JSONField(default=dict)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    detail = models.CharField(max_length=300, blank=True, help_text="What the last try came to.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["post", "age"], name="social_figures_once_an_age"),
            models.CheckConstraint(
                name="social_figures_age_known", condition=Q(age__in=["soon", "1h", "24h", "7d"])
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(taken_at=None), name="social_figures_open"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="social_figures_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="social_figures_taken_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__taken_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Figures {self.age} of post {self.post_id}"
