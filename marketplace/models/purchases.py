"""The ledger: purchases and voids, inserted only."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7
from marketplace.models.agencies import Agency
from marketplace.models.erasing import changed_in_an_erasure_alone
from marketplace.models.people import Buyer
from marketplace.models.regions import Region
from marketplace.models.registry import MOST_RUPIAH, Product, Umkm


def insert_only() -> pgtrigger.Trigger:
    """The trigger that refuses every UPDATE and DELETE of a row of the ledger."""
    return pgtrigger.Protect(name="insert_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Ring(models.TextChoices):
    """How near buyer and shop are, nearest first."""

    RT = "rt", _("Same RT")
    RW = "rw", _("Same RW")
    KELURAHAN = "kelurahan", _("Same kelurahan")
    KECAMATAN = "kecamatan", _("Same kecamatan")
    CITY = "city", _("Elsewhere in the city")
    OUTSIDE = "outside", _("Outside the city")


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    def standing(self) -> "PurchaseQuerySet":
        """Those that were not taken back."""
        return self.filter(void__isnull=True)


class Purchase(models.Model):
    """What an ASN says they bought at one UMKM on one day.

    Never changed: a `Void` takes it back. `home`, `shop_place`, `agency` and `ring` are frozen as
    they stood on that day: a later move changes no past. A person's erasure empties what they
    wrote (`note`, and the key their app chose), nothing else.
    """

    class Payment(models.TextChoices):
        CASH = "cash", _("Cash")
        QRIS = "qris", "QRIS"
        TRANSFER = "transfer", _("Bank transfer")
        EWALLET = "ewallet", _("E-wallet")
        OTHER = "other", _("Other")

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="purchases")
    umkm = models.ForeignKey(Umkm, on_delete=models.PROTECT, related_name="purchases")
    amount = models.IntegerField(help_text=_("Whole rupiah."))
    day = models.DateField(help_text=_("Calendar day in TIME_ZONE."))
    payment = models.CharField(max_length=8, choices=Payment.choices, default=Payment.CASH)
    note = models.CharField(max_length=200, blank=True)
    home = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    shop_place = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ring = models.CharField(max_length=9, choices=Ring.choices)
    book_month = models.DateField(help_text=_("First day of the month it counts in."))
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replacement"
    )
    client_key = models.CharField(
        max_length=255, help_text=_("The Idempotency-Key it was recorded under, kept for ever.")
    )
    fingerprint = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(auto_now_add=True)

    recorded_before = False
    """No column: set by the rule on what a repeated key already stood for."""

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        indexes = [
            # Holds all that one's own figures sum: a year of purchases is read from a few pages.
            models.Index(
                fields=["buyer", "-day", "-public_id"],
                include=["id", "ring", "umkm", "amount", "home", "book_month"],
                name="purchase_by_buyer_with_sums",
            ),
            models.Index(fields=["book_month"], name="purchase_by_book_month"),
            models.Index(fields=["day"], name="purchase_by_day"),  # a check goes month by month
        ]
        constraints = [
            models.CheckConstraint(
                name="purchase_amount_in_range",
                condition=Q(amount__gte=1, amount__lte=MOST_RUPIAH),
            ),
            models.CheckConstraint(
                name="purchase_book_month_is_a_first",
                condition=Q(book_month=TruncMonth("book_month")),
            ),
            models.CheckConstraint(
                name="purchase_not_its_own_replacement",
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
            ),
            models.UniqueConstraint(
                name="purchase_once_per_client_key", fields=["buyer", "client_key"]
            ),
        ]
        triggers = [*changed_in_an_erasure_alone("note", "client_key", "fingerprint")]

    def __str__(self) -> str:
        return f"Purchase {self.public_id}"  # reaches logs and tracebacks: no name, no amount


class PurchaseItem(models.Model):
    """One line of a purchase: a registered product, how many, and what it came to."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    amount = models.IntegerField(help_text=_("Whole rupiah, of the line."))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="purchase_item_in_range",
                condition=Q(quantity__gte=1, amount__gte=1, amount__lte=MOST_RUPIAH),
            ),
            models.UniqueConstraint(
                name="purchase_item_once_per_product", fields=["purchase", "product"]
            ),
        ]
        triggers = [insert_only()]

    def __str__(self) -> str:
        return f"Item of purchase {self.purchase_id}"


class Void(models.Model):
    """That a purchase was taken back, and why: a row, so that no purchase is ever updated."""

    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="void")
    reason = models.CharField(max_length=200)
    book_month = models.DateField(help_text=_("First day of the month it counts in."))
    voided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["book_month"], name="void_by_book_month")]
        constraints = [
            models.CheckConstraint(
                name="void_book_month_is_a_first",
                condition=Q(book_month=TruncMonth("book_month")),
            ),
        ]
        triggers = [*changed_in_an_erasure_alone("reason")]

    def __str__(self) -> str:
        return f"Void of purchase {self.purchase_id}"


class Evidence(models.Model):
    """What stands behind a purchase, as a row with time beside it; a release takes the highest.

    The last two kinds are reserved: nothing proves them yet, so the database takes neither.
    """

    class Kind(models.TextChoices):
        DECLARED = "declared", _("Declared")
        RECEIPT = "receipt", _("With receipt")
        TILL = "till", _("At the till")
        CONFIRMED = "confirmed", _("Confirmed by the shop")

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    actor_id = models.BigIntegerField(
        null=True,
        blank=True,
        help_text=_("The user's key, which outlives an erased user. Empty: the buyer."),
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="evidence_once_per_kind", fields=["purchase", "kind"]),
            models.CheckConstraint(
                name="evidence_kind_not_reserved", condition=Q(kind__in=["declared", "receipt"])
            ),
        ]
        triggers = [insert_only()]

    def __str__(self) -> str:
        return f"Evidence of purchase {self.purchase_id}"
