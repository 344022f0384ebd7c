"""What waits between an ASN who typed their NIP and the account they get."""

from django.db import models
from django.db.models import Q


class Activation(models.Model):
    """That an activation was asked for with a NIP, whether anyone has it or not.

    It holds no NIP: only the keyed hashes by which the personnel file is searched. A worker makes
    the code, so that it is nowhere but in the mail; of it a keyed hash stays here. One row for the
    code by mail, one for the code on paper: asking for the former ends no printed one.
    """

    digest = models.CharField(max_length=64, help_text="Keyed hash of the NIP, by the newest key.")
    digests = models.JSONField(help_text="Its hashes by every key in use.")
    key_version = models.PositiveSmallIntegerField(
        null=True, help_text="Of the key that made `digest` and `code_digest`."
    )
    by_hand = models.BooleanField(default=False, help_text="Printed for somebody without address.")
    asked_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True, help_text="A worker has looked into it.")
    code_digest = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField(null=True)
    wrong_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="activation_once_a_nip", fields=["digest", "by_hand"]),
            models.CheckConstraint(
                name="activation_code_expires",
                condition=Q(code_digest="") | Q(expires_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="activation_unhandled",
                fields=["asked_at"],
                condition=Q(handled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Activation {self.pk}"


class ActivationNotice(models.Model):
    """That the address in the personnel file is yet to be told of an activation."""

    asn = models.OneToOneField(
        "marketplace.Asn", on_delete=models.CASCADE, related_name="activation_notice"
    )
    activated_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Notice for ASN {self.asn_id}"
