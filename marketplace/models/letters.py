"""A person's own figures by mail: whether they want that, and what was sent."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.models.people import Asn


class LetterChoice(models.Model):
    """How often a person wants their own figures by mail; no row: not at all.

    One that was switched off is kept, so that the links in letters of before still end them.
    """

    class Every(models.TextChoices):
        NEVER = "never", _("Not by mail")
        WEEK = "week", _("Every week, on Monday")
        MONTH = "month", _("Every month, on the first")

    asn = models.OneToOneField(Asn, on_delete=models.CASCADE, related_name="letters")
    key = models.UUIDField(
        unique=True, default=uuid.uuid4, help_text="Random: what the link to end them carries."
    )
    every = models.CharField(max_length=5, choices=Every.choices, default=Every.NEVER)
    since = models.DateField(help_text="From which day this was chosen, in TIME_ZONE.")

    def __str__(self) -> str:
        return f"Letters of ASN {self.asn_id}"


class LetterSent(models.Model):
    """That the letter of one period was taken up: written before it leaves, so it leaves once."""

    choice = models.ForeignKey(LetterChoice, on_delete=models.CASCADE, related_name="sent")
    every = models.CharField(max_length=5, choices=LetterChoice.Every.choices)
    starts = models.DateField(help_text="First day of the period it tells of.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="letter_once_a_period", fields=["choice", "every", "starts"]
            ),
        ]

    def __str__(self) -> str:
        return f"Letter {self.choice_id} of {self.starts:%Y-%m-%d}"
