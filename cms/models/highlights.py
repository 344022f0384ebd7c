"""What runs at a shop right now: shown on its page, written by promotions."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class HighlightQuerySet(models.QuerySet["Highlight"]):
    def running(self, day: date) -> "HighlightQuerySet":
        """Those whose days hold `day`, on pages that are live."""
        return self.filter(starts__lte=day, until__gte=day, page__live=True)


class Highlight(models.Model):
    """A label on an UMKM's page for some days; `source` is the writer's own key, once a page."""

    page = models.ForeignKey("cms.UmkmPage", on_delete=models.CASCADE, related_name="highlights")
    label = models.CharField(max_length=120)
    link = models.CharField(max_length=500, blank=True)
    starts = models.DateField()
    until = models.DateField(help_text=_("Last day."))
    source = models.CharField(max_length=80)

    objects = HighlightQuerySet.as_manager()

    class Meta:
        ordering = ["until", "pk"]
        constraints = [
            models.UniqueConstraint(name="highlight_once_a_page", fields=["page", "source"]),
            models.CheckConstraint(
                name="highlight_ends_after_it_begins", condition=Q(until__gte=F("starts"))
            ),
        ]

    def __str__(self) -> str:
        return self.label
