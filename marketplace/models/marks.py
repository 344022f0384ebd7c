"""What stands beside a purchase that looks improbable: marks, and what an auditor decided."""

from collections.abc import Sequence

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from marketplace.models.erasing import deleted_in_an_erasure_alone
from marketplace.models.purchases import Purchase


def kept_as_written() -> Sequence[pgtrigger.Trigger]:
    """Refuse every change; a person's erasure takes the rows along: they may tell who it was."""
    unchanged = pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)
    return [unchanged, deleted_in_an_erasure_alone()]


class Mark(models.Model):
    """That a rule finds a purchase improbable; marked, it counts like any other.

    Written after recording, once per rule (marketplace/marks.py). `beside` is the earlier purchase
    it looks improbable beside, if there is one.
    """

    class Rule(models.TextChoices):
        AGAIN = "again", _("Same shop and amount within minutes")
        ABOVE_HABIT = "above-habit", _("Far above what is usual for this person")
        SERIES = "series", _("Many small round amounts in a row")
        OWN_SHOP = "own-shop", _("At one's own business")

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="marks")
    rule = models.CharField(max_length=11, choices=Rule.choices)
    beside = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="mark_once_per_rule", fields=["purchase", "rule"]),
        ]
        triggers = [*kept_as_written()]

    def __str__(self) -> str:
        return f"Mark of purchase {self.purchase_id}"


class Decision(models.Model):
    """What an auditor decided of a marked purchase, once, with a reason its buyer reads.

    One that does not count is taken back by a `Void` written with it, so totals equal the ledger.
    """

    class Verdict(models.TextChoices):
        COUNTS = "counts", _("It counts")
        DOES_NOT_COUNT = "does-not-count", _("It does not count")

    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=14, choices=Verdict.choices)
    reason = models.CharField(max_length=200)
    auditor_id = models.BigIntegerField(help_text="The user's key, which outlives an erased user.")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        triggers = [*kept_as_written()]

    def __str__(self) -> str:
        return f"Decision on purchase {self.purchase_id}"


class NotNow(models.Model):
    """That a buyer did not want to repeat this purchase when the next one was due."""

    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="not_now")
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Not now after purchase {self.purchase_id}"
