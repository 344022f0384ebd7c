"""That a photo of a receipt was given for a purchase; the photo lies in private storage."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from marketplace.models.purchases import Purchase


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def with_photo(self) -> "ReceiptQuerySet":
        """Those whose photo is still kept."""
        return self.exclude(file="")


class Receipt(models.Model):
    """The photo of a purchase's receipt, and what is left to know once it was removed.

    The row outlives its photo, as the evidence that was written with it does: that there was one,
    and the digests, which recognise the same photo and from which none can be drawn again.
    """

    class Removal(models.TextChoices):
        OWNER = "owner", "By its owner"
        TIME = "time", "Its time was over"

    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="receipt")
    file = models.CharField(
        max_length=100, blank=True, help_text="Name in STORAGES['receipts']; empty: removed."
    )
    upload_digest = models.CharField(max_length=64, help_text="SHA-256 of the bytes that came.")
    picture_digest = models.CharField(
        max_length=64, db_index=True, help_text="SHA-256 of the pixels as they are kept."
    )
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField(help_text="Bytes as they are kept.")
    kept_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    removal = models.CharField(max_length=5, choices=Removal.choices, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["kept_at"], condition=~Q(file=""), name="receipt_with_photo_by_age"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="receipt_file_once", fields=["file"], condition=~Q(file="")
            ),
            models.CheckConstraint(
                name="receipt_has_a_photo_or_a_removal",
                condition=Q(removed_at__isnull=True, removal="") & ~Q(file="")
                | Q(removed_at__isnull=False, file="") & ~Q(removal=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Receipt of purchase {self.purchase_id}"
