"""The registry: the few facts about UMKM and products that money needs.

A page in `cms` is where these facts are typed; publishing it writes them here. Nothing is deleted
once a purchase points at it.
"""

import uuid
from collections.abc import Sequence

import pgtrigger
from django.conf import settings
from django.db import connection, models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Trim
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7
from marketplace.models.regions import Region

MOST_RUPIAH = 2_000_000_000
"""The largest amount of one purchase or price, in whole rupiah."""


def folded(name: str | F) -> Trim:
    """A name as it is compared: lower case, letters and digits only, single spaces."""
    words = Func(
        Lower(name if isinstance(name, F) else Value(name)),
        Value("[^[:alnum:]]+"),
        Value(" "),
        Value("g"),
        function="REGEXP_REPLACE",
    )
    return Trim(words, output_field=models.CharField(max_length=120))


FOLDED_NAMES = """
SELECT trim(regexp_replace(lower(name), '[^[:alnum:]]+', ' ', 'g'))
FROM unnest(%s::text[]) WITH ORDINALITY AS given(name, place) ORDER BY place
"""


def folded_names(names: Sequence[str]) -> list[str]:
    """The names as `folded` has the database compare them, in their order."""
    with connection.cursor() as cursor:
        cursor.execute(FOLDED_NAMES, [list(names)])
        return [folded_name for (folded_name,) in cursor.fetchall()]


class Category(models.Model):
    """A kind of shop, with its name in both languages."""

    slug = models.SlugField(primary_key=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name


class UmkmQuerySet(models.QuerySet["Umkm"]):
    def listed(self) -> "UmkmQuerySet":
        return self.filter(status=Umkm.Status.LISTED)

    def pending(self) -> "UmkmQuerySet":
        return self.filter(status=Umkm.Status.PENDING)


class Umkm(models.Model):
    """A shop money can go to: listed with a page, or pending because an ASN named it.

    `merged_into` (one hop) joins two shops: purchases keep their row and are read through it.
    `owner_key` is random and equal for the shops of one owner.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Proposed")
        LISTED = "listed", _("Listed")
        CLOSED = "closed", _("Closed")
        REFUSED = "refused", _("Not listed")
        MERGED = "merged", _("Merged")

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    name = models.CharField(max_length=120)
    folded_name = models.GeneratedField(
        expression=folded(F("name")),
        output_field=models.CharField(max_length=120),
        db_persist=True,
        help_text=_("The name as it is compared."),
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="umkm"
    )
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="umkm")
    rw = models.PositiveSmallIntegerField(null=True, blank=True)
    rt = models.PositiveSmallIntegerField(null=True, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    refusal_reason = models.CharField(max_length=200, blank=True)
    owner_key = models.UUIDField(default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="umkm",
    )
    page = models.OneToOneField(
        "wagtailcore.Page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="umkm_row",
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    page_digest = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("SHA-256 of what its page shows: another one is a change to tell."),
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UmkmQuerySet.as_manager()

    class Meta:
        verbose_name = "UMKM"
        verbose_name_plural = "UMKM"
        permissions = [("own_umkm", "Can read the figures of shops of their own")]
        indexes = [
            models.Index(fields=["status", "region"], name="umkm_by_status_and_region"),
            models.Index(fields=["region", "folded_name"], name="umkm_by_place_and_name"),
        ]
        constraints = [
            models.CheckConstraint(
                name="umkm_merged_says_into_what",
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="umkm_not_merged_into_itself",
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
            ),
            models.CheckConstraint(
                name="umkm_listed_has_a_category",
                condition=~Q(status="listed") | Q(category__isnull=False),
            ),
            models.CheckConstraint(
                name="umkm_rt_lies_in_an_rw",
                condition=Q(rt__isnull=True) | Q(rw__isnull=False),
            ),
            models.UniqueConstraint(
                name="umkm_proposed_once_per_name_and_place",
                fields=["region", "folded_name"],
                condition=Q(status="pending"),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="merged_one_hop",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__merged_into__isnull=False),
                func=(
                    "IF EXISTS (SELECT 1 FROM marketplace_umkm WHERE"
                    " (id = NEW.merged_into_id AND merged_into_id IS NOT NULL)"
                    " OR merged_into_id = NEW.id) THEN"
                    " RAISE EXCEPTION 'an UMKM is merged over one hop only'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> "Umkm":
        """The shop this one is read as."""
        return self.merged_into or self


class ProductQuerySet(models.QuerySet["Product"]):
    def listed(self) -> "ProductQuerySet":
        return self.filter(status=Product.Status.LISTED, umkm__status=Umkm.Status.LISTED)

    def without_variants(self) -> "ProductQuerySet":
        """Those that have a page of their own."""
        return self.filter(parent__isnull=True)


class Product(models.Model):
    """Something an UMKM sells; a variant is a product with a parent and without a page.

    `price` is the lowest and `price_to` the highest, where there is more than one.
    """

    class Status(models.TextChoices):
        LISTED = "listed", _("Listed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    umkm = models.ForeignKey(Umkm, on_delete=models.PROTECT, related_name="products")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="variants"
    )
    name = models.CharField(max_length=120)
    folded_name = models.GeneratedField(
        expression=folded(F("name")),
        output_field=models.CharField(max_length=120),
        db_persist=True,
        help_text=_("The name as it is compared."),
    )
    price = models.IntegerField(null=True, blank=True, help_text=_("Whole rupiah."))
    price_to = models.IntegerField(null=True, blank=True, help_text=_("Whole rupiah."))
    unit = models.CharField(max_length=30, blank=True)
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.LISTED)
    page = models.OneToOneField(
        "wagtailcore.Page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="product_row",
    )
    page_digest = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text=_("SHA-256 of what its page shows: another one is a change to tell."),
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="product_price_in_range",
                condition=Q(price__isnull=True) | Q(price__gte=1, price__lte=MOST_RUPIAH),
            ),
            models.CheckConstraint(
                name="product_not_its_own_variant",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
            models.CheckConstraint(
                name="product_prices_in_order",
                condition=Q(price_to__isnull=True)
                | Q(price__isnull=False, price_to__gt=F("price"), price_to__lte=MOST_RUPIAH),
            ),
            models.CheckConstraint(
                name="product_variant_has_no_page",
                condition=Q(parent__isnull=True) | Q(page__isnull=True),
            ),
            models.UniqueConstraint(
                name="product_variant_once_per_name", fields=["parent", "folded_name"]
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="variant_one_hop",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__parent__isnull=False),
                func=(
                    "IF NOT EXISTS (SELECT 1 FROM marketplace_product WHERE id = NEW.parent_id"
                    " AND parent_id IS NULL"
                    " AND (umkm_id = NEW.umkm_id OR NEW.status = 'withdrawn')) OR"
                    " EXISTS (SELECT 1 FROM marketplace_product WHERE parent_id = NEW.id) THEN"
                    " RAISE EXCEPTION 'a variant stands below a product of the same UMKM'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """The name by itself; a variant's with that of its product."""
        return f"{self.parent.name}, {self.name}" if self.parent else self.name
