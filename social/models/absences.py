"""When an approver is away, and who stands in."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Absence(models.Model):
    """That an approver is away, both days included: reminders go to the substitute meanwhile."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    first = models.DateField()
    last = models.DateField()

    class Meta:
        ordering = ["first", "pk"]
        constraints = [
            models.CheckConstraint(
                name="social_absence_in_order", condition=Q(last__gte=F("first"))
            ),
            models.CheckConstraint(
                name="social_absence_substitute_is_another",
                condition=~Q(substitute=F("person")),
            ),
        ]

    def __str__(self) -> str:
        return f"Absence {self.pk}"
