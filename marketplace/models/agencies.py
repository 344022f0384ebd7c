"""The city's agencies (OPD), which split and merge: dated rows, never an enum."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Agency(models.Model):
    """An OPD or one of its units. A unit that ends keeps its past and names its successor."""

    code = models.CharField(max_length=30, unique=True)
    abbreviation = models.CharField(max_length=40)
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=30)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="units"
    )
    successor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="predecessors"
    )
    valid_from = models.DateField(null=True, blank=True, help_text=_("Empty: from the beginning."))
    valid_until = models.DateField(null=True, blank=True, help_text=_("Last day. Empty: still."))
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "agencies"
        constraints = [
            models.CheckConstraint(
                name="agency_ends_after_it_begins",
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.abbreviation
