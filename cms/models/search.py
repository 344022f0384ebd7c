"""What is searched, in one narrow table, and what was searched for in vain."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from cms.models.multiranges import MultirangeField
from marketplace.models import Category, Region


class SearchEntry(models.Model):
    """A listed shop or product as lists filter, order and show it: there are no others here.

    Written by cms/search_entries.py in the transaction that changes or closes it. `name` and
    `others` hold folded words, `shown` what a list says of it. A product carries the place, the
    category, the hours and the badges of its shop.
    """

    class Kind(models.TextChoices):
        SHOP = "shop", _("Shops")
        PRODUCT = "product", _("Products")

    page = models.OneToOneField(
        "wagtailcore.Page", on_delete=models.CASCADE, primary_key=True, related_name="search_entry"
    )
    kind = models.CharField(max_length=7, choices=Kind)
    shop = models.ForeignKey("cms.UmkmPage", on_delete=models.CASCADE, related_name="+")
    public_id = models.UUIDField(unique=True)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="+")
    kecamatan = models.ForeignKey(Region, on_delete=models.CASCADE, null=True, related_name="+")
    price = models.IntegerField(
        null=True, help_text=_("Whole rupiah; of a shop, that of its cheapest product.")
    )
    bands = models.SmallIntegerField(
        default=0, help_text="A bit for each band of prices in which it is sold."
    )
    delivers = models.BooleanField()
    open_seconds = MultirangeField(
        "int4multirange", help_text="When it is open, in seconds since Monday 00.00 in WIB."
    )
    halal_days = MultirangeField("datemultirange", help_text="Days a checked badge holds on.")
    curated_days = MultirangeField("datemultirange", help_text="Days its checked NIB holds on.")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    name = models.TextField()
    others = models.TextField()
    shown = models.JSONField(default=dict)
    document = models.GeneratedField(
        expression=SearchVector(F("name"), config="simple", weight="A")
        + SearchVector(F("others"), config="simple", weight="D"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    written_at = models.DateTimeField(db_index=True)

    wagtail_reference_index_ignore = True

    class Meta:
        indexes = [
            GinIndex(fields=["document"], name="search_entry_by_word"),
            models.Index(fields=["kind", "-public_id"], name="search_entry_by_kind_and_age"),
        ]

    def __str__(self) -> str:
        return self.name


class SearchMiss(models.Model):
    """Words that found nothing, where and on which day, and how often; never who searched."""

    words = models.CharField(_("words"), max_length=60)
    place = models.ForeignKey(
        Region,
        verbose_name=_("place"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
    )
    day = models.DateField(_("day"))
    count = models.PositiveIntegerField(_("times"), default=0)

    class Meta:
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        indexes = [models.Index(fields=["day"], name="search_miss_by_day")]
        constraints = [
            models.UniqueConstraint(
                name="search_miss_once_a_day",
                fields=["words", "place", "day"],
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.words
