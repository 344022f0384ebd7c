"""The shop window: the catalogue, the page of an UMKM and the pages of its products.

A page is the only place where a fact is typed. Saving it writes the registry in the same
transaction, by whether the page is live: every way to publish, schedule, revert or unpublish ends
in `save()`, while `Page.publish()` is not called on each and the signals come after the commit.
"""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page
from wagtail.search import index

from marketplace import registry
from marketplace.models import Category, Product, Region, Umkm
from marketplace.models.registry import MOST_RUPIAH

WHATSAPP = RegexValidator(
    r"^(\+?62|0)8\d{7,12}$", _("An Indonesian mobile number, such as 0812 3456 7890.")
)


class UmkmIndexPage(Page):
    """The catalogue of all UMKM."""

    template = "cms/umkm_index_page.html"
    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.UmkmPage"]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.catalogue import listing  # catalogue reads these models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **listing(request)}


class UmkmPage(Page):
    """An UMKM as its visitors see it."""

    summary = models.CharField(
        _("summary"), max_length=200, help_text=_("One or two sentences: what is special here?")
    )
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="+"
    )
    photo = models.ForeignKey(
        "cms.Photo",
        verbose_name=_("photo"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    logo = models.ForeignKey(
        "cms.Photo",
        verbose_name=_("logo"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    region = models.ForeignKey(
        Region,
        verbose_name=_("kelurahan"),
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"level": Region.Level.KELURAHAN},
    )
    rw = models.PositiveSmallIntegerField("RW", null=True, blank=True)
    rt = models.PositiveSmallIntegerField("RT", null=True, blank=True)
    address = models.CharField(
        _("address"),
        max_length=200,
        blank=True,
        help_text=_("As precise as the owner wants; the kelurahan is shown anyway."),
    )
    opening_hours = models.CharField(_("opening hours"), max_length=120, blank=True)
    whatsapp = models.CharField(
        "WhatsApp", max_length=20, blank=True, validators=[WHATSAPP], help_text="08…"
    )
    marketplace_link = models.URLField(_("online shop"), blank=True)
    payment_ways = models.CharField(
        _("ways to pay"), max_length=120, blank=True, help_text=_("Cash, QRIS, transfer …")
    )
    story = StreamField(
        [
            (
                "text",
                blocks.RichTextBlock(label=_("Text"), features=["bold", "italic", "link", "ul"]),
            ),
            ("picture", ImageBlock(label=_("Picture"))),
            ("quote", blocks.BlockQuoteBlock(label=_("Quote"))),
            ("order", blocks.TextBlock(label=_("How to order"))),
        ],
        verbose_name=_("story"),
        blank=True,
    )

    template = "cms/umkm_page.html"
    parent_page_types = ["cms.UmkmIndexPage"]
    subpage_types = ["cms.ProductPage"]
    search_fields = [*Page.search_fields, index.SearchField("summary")]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("category"),
        FieldPanel("photo"),
        MultiFieldPanel(
            [
                FieldPanel("region"),
                FieldRowPanel([FieldPanel("rw"), FieldPanel("rt")]),
                FieldPanel("address"),
                FieldPanel("opening_hours"),
            ],
            heading=_("Where and when"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("whatsapp"),
                FieldPanel("marketplace_link"),
                FieldPanel("payment_ways"),
            ],
            heading=_("Order and pay"),
        ),
        FieldPanel("story"),
        FieldPanel("logo"),
    ]

    class Meta:
        verbose_name = _("UMKM page")
        verbose_name_plural = _("UMKM pages")

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            if self.live:
                registry.register_umkm(page=self.page_ptr, facts=self._facts())
                self._register_waiting_products()
            else:
                registry.close_umkm(page=self.page_ptr)
        self._state.fields_cache.pop("umkm_row", None)

    @property
    def umkm(self) -> Umkm | None:
        """The registry's row of this page; none before it was first published."""
        return getattr(self, "umkm_row", None)

    @property
    def whatsapp_link(self) -> str:
        """Opens a chat with the shop; empty without a number."""
        digits = self.whatsapp.lstrip("+")
        international = f"62{digits[1:]}" if digits.startswith("0") else digits
        return f"https://wa.me/{international}" if digits else ""

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.catalogue import umkm_page  # catalogue reads these models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **umkm_page(self)}

    def _register_waiting_products(self) -> None:
        """Products that were published while the shop was still a draft."""
        products = ProductPage.objects.child_of(self).live()
        for product in products.filter(product_row__isnull=True):
            product.register()

    def _facts(self) -> registry.UmkmFacts:
        return registry.UmkmFacts(
            name=self.title, category=self.category, region=self.region, rw=self.rw, rt=self.rt
        )


class ProductPage(Page):
    """One product of an UMKM."""

    summary = models.CharField(_("summary"), max_length=200, blank=True)
    price = models.PositiveIntegerField(
        _("price"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_RUPIAH)],
        help_text=_("Whole rupiah. Empty: ask the shop."),
    )
    unit = models.CharField(
        _("unit"), max_length=30, blank=True, help_text=_("porsi, bungkus, kg …")
    )
    photo = models.ForeignKey(
        "cms.Photo",
        verbose_name=_("photo"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    available = models.BooleanField(_("available now"), default=True)

    template = "cms/product_page.html"
    parent_page_types = ["cms.UmkmPage"]
    subpage_types: list[str] = []
    search_fields = [*Page.search_fields, index.SearchField("summary")]
    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("price"), FieldPanel("unit")]),
        FieldPanel("photo"),
        FieldPanel("available"),
    ]

    class Meta:
        verbose_name = _("product page")
        verbose_name_plural = _("product pages")

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            if self.live and self._shop_is_registered():
                self.register()
            elif not self.live:
                registry.withdraw_product(page=self.page_ptr)
        self._state.fields_cache.pop("product_row", None)

    @property
    def product(self) -> Product | None:
        """The registry's row of this page; none before it was first published."""
        return getattr(self, "product_row", None)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.catalogue import product_page  # catalogue reads these models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **product_page(self)}

    def register(self) -> None:
        """Make or renew the registry's row under the row of the shop's page."""
        registry.register_product(
            page=self.page_ptr, umkm_page=self.get_parent(), facts=self._facts()
        )

    def _shop_is_registered(self) -> bool:
        """A product of a draft shop is registered when the shop is published."""
        return Umkm.objects.filter(page_id=self.get_parent().pk).exists()

    def _facts(self) -> registry.ProductFacts:
        return registry.ProductFacts(name=self.title, price=self.price, unit=self.unit)
