"""Places, by their Kemendagri code."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

OUTSIDE = "outside"
"""The code of the one row that stands for everywhere outside the city."""


class RegionQuerySet(models.QuerySet["Region"]):
    def kelurahan(self) -> "RegionQuerySet":
        return self.filter(level=Region.Level.KELURAHAN)

    def kecamatan(self) -> "RegionQuerySet":
        return self.filter(level=Region.Level.KECAMATAN)

    def places(self) -> "RegionQuerySet":
        """Where a home or a shop may be: a kelurahan, or outside the city."""
        return self.filter(level__in=[Region.Level.KELURAHAN, Region.Level.OUTSIDE])


class Region(models.Model):
    """A place in the tree of one city, keyed by its Kemendagri code (`35.73.01.1001`).

    Names repeat (Klojen is a kecamatan and a kelurahan in it): only the code tells them apart.
    BPS codes are another system and are never stored here.
    """

    class Level(models.TextChoices):
        PROVINCE = "province", _("Province")
        CITY = "city", _("City")
        KECAMATAN = "kecamatan", _("Kecamatan")
        KELURAHAN = "kelurahan", _("Kelurahan")
        OUTSIDE = "outside", _("Outside the city")

    code = models.CharField(max_length=13, primary_key=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    name = models.CharField(max_length=80)
    alias = models.CharField(
        max_length=80, blank=True, help_text=_("How the place is spelled day to day.")
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    postal_code = models.CharField(max_length=5, blank=True)
    population = models.PositiveIntegerField(null=True, blank=True)
    population_period = models.CharField(max_length=10, blank=True)
    population_source = models.CharField(max_length=120, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="region_outside_is_one_row",
                condition=Q(code=OUTSIDE, level="outside")
                | (~Q(code=OUTSIDE) & ~Q(level="outside")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
