"""What an ASN agreed to: the very text, who, and when."""

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.models.erasing import deleted_in_an_erasure_alone
from marketplace.models.people import Asn


class ConsentText(models.Model):
    """A text that somebody agreed to, as it stood then, in both languages. Never changed.

    `digest` is the SHA-256 of its version and both texts: another word makes another row.
    """

    digest = models.CharField(max_length=64, unique=True)
    version = models.CharField(max_length=40)
    indonesian = models.TextField()
    english = models.TextField()
    first_given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="consent_text_never_changed",
                operation=pgtrigger.Update | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"Consent text {self.version}"


class ConsentDecision(models.Model):
    """That an ASN agreed to a text, or took it back. A row each time, never changed.

    Whether a consent stands now is `Asn.consented_to`. A person's erasure takes their rows along:
    who took part once leaves no trace here.
    """

    class Kind(models.TextChoices):
        GIVEN = "given", _("Agreed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    asn = models.ForeignKey(Asn, on_delete=models.CASCADE, related_name="consent_decisions")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["kind", "at"], name="consent_decision_by_time")]
        triggers = [
            pgtrigger.Protect(name="consent_decision_append_only", operation=pgtrigger.Update),
            deleted_in_an_erasure_alone(),
        ]

    def __str__(self) -> str:
        return f"Consent decision of ASN {self.asn_id}"
