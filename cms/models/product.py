"""The page of a product of an UMKM."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.fields import ListField, UUIDField
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    TitleFieldPanel,
)
from wagtail.api import APIField
from wagtail.models import Page
from wagtail.search import index
from wagtail.url_routing import RouteResult

from cms.api.whole_pages import PicturesField, RowsField
from cms.digest import page_digest
from cms.forms import ProductPageForm
from cms.models.photos import photo_field
from cms.models.previews import PreviewedElsewhere
from cms.models.product_details import Allergen, AllergensField, Variant
from cms.models.registered import check_name, follow, renew_search
from cms.prices import PriceSpan, price_span
from marketplace import registry
from marketplace.models import Product, Umkm
from marketplace.models.registry import MOST_RUPIAH


class ProductPage(PreviewedElsewhere, Page):
    """One product of an UMKM."""

    FACTS = frozenset({"live", "title", "price", "unit"})
    MOST_PICTURES = 8
    MOST_VARIANTS = 20
    LONGEST_WAIT = 90
    """Days ahead that a shop may ask for."""

    summary = models.CharField(_("summary"), max_length=200, blank=True)
    price = models.PositiveIntegerField(
        _("price"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_RUPIAH)],
        help_text=_("Whole rupiah. Empty: ask the shop."),
    )
    price_to = models.PositiveIntegerField(
        _("price up to"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(MOST_RUPIAH)],
        help_text=_("Only where the price depends on size or choice: the highest one."),
    )
    unit = models.CharField(
        _("unit"), max_length=30, blank=True, help_text=_("porsi, bungkus, kg …")
    )
    photo = photo_field(_("photo"))
    available = models.BooleanField(_("available now"), default=True)
    preorder_days = models.PositiveSmallIntegerField(
        _("ordered days ahead"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_WAIT)],
        help_text=_("How many days before, if it is made to order. Empty: at once."),
    )
    allergens = AllergensField(
        verbose_name=_("allergens"),
        help_text=_("What is in it that some people cannot stand; nothing ticked: not known."),
    )

    base_form_class = ProductPageForm
    template = "cms/product_page.html"
    parent_page_types = ["cms.UmkmPage"]
    subpage_types: list[str] = []
    search_fields = [*Page.search_fields, index.SearchField("summary")]
    api_fields = [
        APIField("public_id", serializer=UUIDField(source="product.public_id", allow_null=True)),
        APIField("summary"),
        APIField("price"),
        APIField("price_to"),
        APIField("unit"),
        APIField("available"),
        APIField("preorder_days"),
        APIField("contained_allergens", serializer=ListField(source="allergens")),
        APIField(
            "offered_variants",
            serializer=RowsField("name", "price", "available", source="variants"),
        ),
        APIField("all_pictures", serializer=PicturesField(source="photos")),
    ]
    content_panels = [
        TitleFieldPanel("title", help_text=_("What it is called on the shop's list.")),
        FieldPanel("summary"),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [FieldPanel("price"), FieldPanel("price_to"), FieldPanel("unit")],
                ),
                FieldRowPanel([FieldPanel("available"), FieldPanel("preorder_days")]),
            ],
            heading=_("Price and when"),
        ),
        FieldPanel("photo"),
        InlinePanel(
            "pictures",
            heading=_("More pictures"),
            label=_("Picture"),
            max_num=MOST_PICTURES,
            help_text=_("From other sides, of the inside, in use; the photo above comes first."),
        ),
        InlinePanel(
            "variants",
            heading=_("Variants"),
            label=_("Variant"),
            max_num=MOST_VARIANTS,
            help_text=_("Sizes, tastes or kinds, each with its own price if it has one."),
        ),
        FieldPanel("allergens"),
    ]

    class Meta:
        verbose_name = _("product page")
        verbose_name_plural = _("product pages")
        constraints = [
            models.CheckConstraint(
                name="product_page_prices_in_order",
                condition=Q(price_to__isnull=True)
                | Q(price__isnull=False, price_to__gte=models.F("price")),
            ),
            models.CheckConstraint(
                name="product_page_allergens_known",
                condition=Q(allergens__contained_by=Allergen.values),
            ),
        ]

    def clean(self) -> None:
        super().clean()
        check_name(self.title)
        if self.price_to is not None and (self.price is None or self.price_to < self.price):
            raise ValidationError({"price_to": _("Not below the price, which comes with it.")})
        if registry.names_given_twice([variant.name for variant in self.variants.all()]):
            raise ValidationError(_("Two variants of one product need two names."))

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            follow(self, written=kwargs.get("update_fields"))
        self._state.fields_cache.pop("product_row", None)

    def write_registry(self) -> None:
        """Make, renew or withdraw the registry's row, under the row of the shop's page."""
        shop = self.get_parent(update=True)
        self.write_row(shop)
        renew_search(shop.pk)

    def write_row(self, shop: Page) -> None:
        """The registry's part of it."""
        if not self.live or self.alias_of_id:
            registry.withdraw_product(page=self.page_ptr)
        elif Umkm.objects.filter(page_id=shop.pk).exists():  # else when the shop is published
            registry.register_product(page=self.page_ptr, umkm_page=shop, facts=self.facts())

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """A product is out of view while its shop is."""
        if not self.get_parent().live:
            raise Http404
        return super().route(request, path_components)

    @property
    def product(self) -> Product | None:
        """The registry's row of this page; none before it was first published."""
        return getattr(self, "product_row", None)

    @property
    def prices(self) -> PriceSpan:
        """From what to what it is sold, its variants included."""
        of_variants = [variant.price for variant in self.variants.all()]
        return price_span(price=self.price, price_to=self.price_to, variants=of_variants)

    def prices_of(self, variant: Variant) -> PriceSpan:
        """A variant without a price of its own costs what the product costs."""
        if variant.price is not None:
            return PriceSpan(variant.price)
        return price_span(price=self.price, price_to=self.price_to)

    @property
    def photos(self) -> list[Any]:
        """All its pictures, the first one first; one shown twice is shown once."""
        first = [self.photo] if self.photo else []
        more = self.pictures.select_related("photo").prefetch_related("photo__renditions")
        return list(dict.fromkeys([*first, *(picture.photo for picture in more)]))

    @property
    def allergen_names(self) -> list[str]:
        """What it holds, in the reader's language and the order of the list."""
        return [str(kind.label) for kind in Allergen if kind in self.allergens]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.catalogue import product_page  # catalogue reads these models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **product_page(self)}

    def facts(self) -> registry.ProductFacts:
        """What the registry keeps of this page."""
        prices = self.prices
        return registry.ProductFacts(
            name=self.title,
            price=prices.low,
            price_to=prices.high,
            unit=self.unit,
            page_digest=page_digest(self),
            variants=tuple(self._variant_facts(variant) for variant in self.variants.all()),
        )

    def _variant_facts(self, variant: Variant) -> registry.VariantFacts:
        prices = self.prices_of(variant)
        return registry.VariantFacts(variant.name, prices.low, prices.high)
