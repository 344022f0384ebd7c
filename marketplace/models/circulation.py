"""Rollups of standing purchases on bounded keys, kept in the ledger's own transaction.

Internal: only the auditor reads them, and each look is logged. What others read is released.
"""

from django.db import models

from marketplace.models.people import Buyer
from marketplace.models.purchases import Ring
from marketplace.models.regions import Region

ALL_SHOP_PLACES = ""


class CirculationCell(models.Model):
    """Rupiah of standing purchases by day, home kelurahan, shop kelurahan and ring."""

    day = models.DateField()
    home = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    shop_place = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    ring = models.CharField(max_length=9, choices=Ring.choices)
    amount = models.BigIntegerField()
    purchases = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="circulation_cell_once", fields=["day", "home", "shop_place", "ring"]
            ),
        ]

    def __str__(self) -> str:
        return f"Circulation of {self.day:%Y-%m-%d}"


class CirculationMonth(models.Model):
    """Rupiah of standing purchases by calendar month of the day, home, shop place and ring.

    Every purchase is in two rows: that of its shop's place, and that of all shop places. So a sum
    over years reads a few thousand rows, however much was bought.
    """

    month = models.DateField()
    home = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+", db_index=False)
    shop_place = models.CharField(
        max_length=13, blank=True, help_text="A region's code; empty: all of them together."
    )
    ring = models.CharField(max_length=9, choices=Ring.choices)
    amount = models.BigIntegerField()
    purchases = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="circulation_month_once", fields=["shop_place", "home", "month", "ring"]
            ),
        ]

    def __str__(self) -> str:
        return f"Circulation of {self.month:%Y-%m}"


class BuyerMonth(models.Model):
    """Rupiah of one buyer's standing purchases by calendar month of the day bought."""

    month = models.DateField()
    buyer = models.ForeignKey(Buyer, on_delete=models.PROTECT, related_name="months")
    amount = models.BigIntegerField()
    purchases = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="buyer_month_once", fields=["buyer", "month"]),
        ]

    def __str__(self) -> str:
        return f"Month {self.month:%Y-%m} of a buyer"
