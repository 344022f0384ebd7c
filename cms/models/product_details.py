"""What a product page holds beside its facts: more pictures, variants, and what is in it."""

from typing import Any

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable

from marketplace.models.registry import MOST_RUPIAH


class Allergen(models.TextChoices):
    """What a label of food has to tell of, as BPOM lists it (Peraturan BPOM 31/2018, allergens)."""

    GLUTEN = "gluten", _("cereals with gluten (wheat, rye, barley, oats)")
    EGG = "egg", _("egg")
    FISH = "fish", _("fish")
    CRUSTACEANS = "crustaceans", _("crustaceans (shrimp, crab)")
    PEANUT = "peanut", _("peanut")
    SOY = "soy", _("soy")
    MILK = "milk", _("milk")
    TREE_NUTS = "tree_nuts", _("tree nuts (cashew, almond)")
    SULPHITE = "sulphite", _("sulphite")
    SESAME = "sesame", _("sesame")


class AllergensField(ArrayField):
    """Some of the allergens, ticked one by one; in the order in which they are listed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("base_field", models.CharField(max_length=11, choices=Allergen))
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> forms.Field:
        return forms.MultipleChoiceField(
            label=capfirst(self.verbose_name),
            required=False,
            choices=Allergen.choices,
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
        )


class ProductPicture(Orderable):
    """One more picture of a product, after its first."""

    page = ParentalKey("cms.ProductPage", on_delete=models.CASCADE, related_name="pictures")
    photo = models.ForeignKey(
        "cms.Photo", verbose_name=_("photo"), on_delete=models.CASCADE, related_name="+"
    )

    panels = [FieldPanel("photo")]

    class Meta(Orderable.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return f"Picture {self.photo_id} of page {self.page_id}"


class Variant(Orderable):
    """A size, taste or kind in which a product is sold; the registry has a row for each."""

    page = ParentalKey("cms.ProductPage", on_delete=models.CASCADE, related_name="variants")
    name = models.CharField(
        _("name"), max_length=60, help_text=_("What sets it apart: 250 gram, pedas, lengan panjang")
    )
    price = models.PositiveIntegerField(
        _("price"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_RUPIAH)],
        help_text=_("Whole rupiah. Empty: as the product."),
    )
    available = models.BooleanField(_("available now"), default=True)

    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("price")]),
        FieldPanel("available"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("variant")
        verbose_name_plural = _("variants")

    def __str__(self) -> str:
        return self.name
