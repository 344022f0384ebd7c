"""Promotions: what editors curate for some days, out of which posts are made."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    Orderable,
    PreviewableMixin,
    Revision,
    RevisionMixin,
    WorkflowMixin,
)

from accounts.models import User
from cms.models.photos import photo_field
from core.ids import uuid7
from marketplace.models import Product, Umkm
from promotions.errors import PhotoNotAllowed

LONGEST_MESSAGE = 2_000


class PromotionQuerySet(models.QuerySet["Promotion"]):
    def running(self, day: date) -> "PromotionQuerySet":
        """Published ones whose days hold `day`."""
        return self.filter(live=True, starts__lte=day, ends__gte=day)

    def about(self, *, umkm: Iterable[Any], products: Iterable[Any]) -> "PromotionQuerySet":
        """Those that show one of these shops, one of their products, or one of these products."""
        return self.filter(
            Q(promoted_umkm__umkm__in=umkm)
            | Q(promoted_products__product__umkm__in=umkm)
            | Q(promoted_products__product__in=products)
        ).distinct()


class Promotion(WorkflowMixin, DraftStateMixin, RevisionMixin, PreviewableMixin, ClusterableModel):
    """Shops and products, a message and a period: an editor's hour a week.

    Published through Wagtail, its label stands on the shops' pages while it runs. Posts are made
    of it once, and whoever edited it signs none of them.
    """

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    title = models.CharField(_("title"), max_length=120)
    message = models.TextField(
        _("message"),
        max_length=LONGEST_MESSAGE,
        help_text=_("How every post begins. Prices, places and the link are added below it."),
    )
    starts = models.DateField(_("first day"), default=timezone.localdate)
    ends = models.DateField(_("last day"))
    photo = photo_field(
        _("photo"), help_text=_("Empty: the photo of the first product or shop that has one.")
    )
    channels = ParentalManyToManyField(
        "social.Channel",
        verbose_name=_("channels"),
        blank=True,
        related_name="+",
        limit_choices_to={"retired_at": None},
        help_text=_("One post is made for each."),
    )

    objects = PromotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        ordering = ["-starts", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="promotion_ends_after_it_begins",
                condition=Q(ends__gte=F("starts")),
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a photo that may not be posted while it is being chosen."""
        from promotions.pictures import refuse_unless_allowed  # the rule reads this model

        super().clean()
        try:
            refuse_unless_allowed(self.photo)
        except PhotoNotAllowed as refusal:
            raise ValidationError({"photo": str(refusal.detail)}) from refusal

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and let the shops' pages and the waiting posts follow what is live."""
        from promotions import promotions  # the rule reads this model

        with transaction.atomic():
            super().save(*args, **kwargs)
            promotions.follow(self)

    def save_revision(self, *args: Any, **kwargs: Any) -> Revision:
        """Save a revision; whoever made it has a hand in the posts that stand already."""
        from promotions import promotions  # the rule reads this model

        with transaction.atomic():
            revision = super().save_revision(*args, **kwargs)
            promotions.name_editor(self, kwargs.get("user"))
        return revision

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        return "promotions/preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        from promotions.captions import captions_of  # captions read this model

        return {"promotion": self, "captions": captions_of(self)}

    @property
    def shops(self) -> list[Umkm]:
        """The shops in order, those of single products last; a merged one as the one it became."""
        named = [row.umkm.standing for row in self.promoted_umkm.all()]
        selling = [row.product.umkm.standing for row in self.promoted_products.all()]
        return list(dict.fromkeys([*named, *selling]))

    @property
    def products(self) -> list[Product]:
        """The products in the order in which they were chosen."""
        return [row.product for row in self.promoted_products.all()]


class PromotedUmkm(Orderable):
    """That a promotion shows a shop."""

    promotion = ParentalKey(Promotion, on_delete=models.CASCADE, related_name="promoted_umkm")
    umkm = models.ForeignKey(
        Umkm, verbose_name="UMKM", on_delete=models.PROTECT, related_name="promoted"
    )

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(name="promoted_umkm_once", fields=["promotion", "umkm"]),
        ]

    def __str__(self) -> str:
        return f"Shop of promotion {self.promotion_id}"


class PromotedProduct(Orderable):
    """That a promotion shows a product."""

    promotion = ParentalKey(Promotion, on_delete=models.CASCADE, related_name="promoted_products")
    product = models.ForeignKey(
        Product, verbose_name=_("product"), on_delete=models.PROTECT, related_name="promoted"
    )

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(name="promoted_product_once", fields=["promotion", "product"]),
        ]

    def __str__(self) -> str:
        return f"Product of promotion {self.promotion_id}"


def editors_of(promotion: Promotion) -> set[User]:
    """Everyone who saved a revision of it or is in its history."""
    from wagtail.models import ModelLogEntry  # models load before Wagtail's log does

    saved = promotion.revisions.values("user_id")
    acted = ModelLogEntry.objects.for_instance(promotion).values("user_id")
    return set(User.objects.filter(Q(pk__in=saved) | Q(pk__in=acted)))
