"""Who asked to be named in a list of thanks: one row a person, gone when they end it."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from marketplace.models.agencies import Agency
from marketplace.models.consents import ConsentText
from marketplace.models.people import Asn
from marketplace.models.regions import Region

OF_WEEKS = 8
"""Of so many weeks it is told in how many somebody was active."""


class Recognition(models.Model):
    """That a person agreed to be named to the ASN of their agency, of their kelurahan, or both.

    The agency and the kelurahan are those they agreed to: a move ends it. `weeks` is how many of
    the last weeks of the released `month` had a purchase: written when they agree and when a month
    is closed, of no earlier month is anything kept. No row: not named.
    """

    asn = models.OneToOneField(Asn, on_delete=models.CASCADE, related_name="recognition")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(default=timezone.now)
    weeks = models.PositiveSmallIntegerField(default=0)
    month = models.DateField(null=True, help_text="The release that `weeks` is of.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="recognition_is_somewhere",
                condition=Q(agency__isnull=False) | Q(place__isnull=False),
            ),
            models.CheckConstraint(
                name="recognition_weeks_in_range", condition=Q(weeks__range=(0, OF_WEEKS))
            ),
        ]

    def __str__(self) -> str:
        return f"Recognition of ASN {self.asn_id}"
