"""The shop window: the catalogue, the page of an UMKM and the pages of its products.

A page is the only place where a fact is typed. Saving it writes the registry in the same
transaction, by whether the page is live: every way to publish, schedule, revert or unpublish ends
in `save()`, while `Page.publish()` is not called on each and the signals come after the commit.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    TitleFieldPanel,
)
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail.url_routing import RouteResult

from cms.digest import page_digest
from cms.forms import ProductPageForm, UmkmPageForm
from cms.models.product_details import Allergen, AllergensField, Variant
from cms.models.shop_story import SHOP_STORY
from cms.panels import CompletenessPanel
from cms.prices import PriceSpan, price_span
from cms.whatsapp import chat_link
from core.brief_cache import for_everyone
from marketplace import registry
from marketplace.models import Category, Product, Region, Umkm
from marketplace.models.registry import MOST_RUPIAH

WHATSAPP = RegexValidator(
    r"^(\+?62|0)[ .-]?8[0-9]([ .-]?[0-9]){6,11}$",
    _("An Indonesian mobile number, such as 0812 3456 7890."),
)
LONGEST_NAME = 120
"""As long as a name in the registry may be."""
NORTHERNMOST, SOUTHERNMOST = Decimal("6.1"), Decimal("-11.1")
WESTERNMOST, EASTERNMOST = Decimal("94.9"), Decimal("141.1")
"""Indonesia, in degrees."""


class UmkmIndexPage(Page):
    """The catalogue of all UMKM."""

    template = "cms/umkm_index_page.html"
    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.UmkmPage"]

    class Meta:
        verbose_name = _("catalogue page")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Words that are searched for are answered afresh: what is not found is counted."""
        draw = partial(self._draw, request, *args, **kwargs)
        return draw() if request.GET.get("q") else for_everyone(request, draw)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.catalogue import listing  # catalogue reads these models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **listing(request)}

    def _draw(self, request: HttpRequest, *args: Any, **kwargs: Any) -> TemplateResponse:
        """The page; 503 where a search took too long."""
        answer: TemplateResponse = super().serve(request, *args, **kwargs)
        if answer.context_data and answer.context_data.get("too_slow"):
            answer.status_code = 503
        return answer


class UmkmPage(Page):
    """An UMKM as its visitors see it."""

    FACTS = frozenset({"live", "title", "category", "region", "rw", "rt"})

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
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(SOUTHERNMOST), MaxValueValidator(NORTHERNMOST)],
        help_text=_("From a map, such as -7.966620. Empty: the middle of the kelurahan."),
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(WESTERNMOST), MaxValueValidator(EASTERNMOST)],
        help_text=_("From a map, such as 112.632632."),
    )
    opening_hours = models.CharField(
        _("note on the hours"),
        max_length=120,
        blank=True,
        help_text=_("What the table does not say: closed on holidays, until sold out …"),
    )
    delivers = models.BooleanField(_("delivers"), default=False)
    whatsapp = models.CharField(
        "WhatsApp", max_length=20, blank=True, validators=[WHATSAPP], help_text="08…"
    )
    payment_ways = models.CharField(
        _("ways to pay"), max_length=120, blank=True, help_text=_("Cash, QRIS, transfer …")
    )
    story = StreamField(SHOP_STORY, verbose_name=_("story"), blank=True)

    base_form_class = UmkmPageForm
    template = "cms/umkm_page.html"
    parent_page_types = ["cms.UmkmIndexPage"]
    subpage_types = ["cms.ProductPage"]
    search_fields = [*Page.search_fields, index.SearchField("summary")]
    content_panels = [
        CompletenessPanel(heading=_("Completeness")),
        TitleFieldPanel("title", help_text=_("The name of the shop, as on its sign.")),
        FieldPanel("summary"),
        FieldPanel("category"),
        MultiFieldPanel(
            [
                FieldPanel(
                    "photo", help_text=_("Wide, and of what people come for: 960 pixels or more.")
                ),
                FieldPanel("logo", help_text=_("Square; shown small over the photo.")),
            ],
            heading=_("Pictures"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("region"),
                FieldRowPanel(
                    [FieldPanel("rw"), FieldPanel("rt")],
                    help_text=_("Tell how near buyers live; visitors do not see them."),
                ),
                FieldPanel("address"),
                FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
            ],
            heading=_("Where"),
        ),
        MultiFieldPanel(
            [
                InlinePanel(
                    "hours",
                    label=_("Open on"),
                    help_text=_(
                        "A row for days with the same hours. Closing before it opens: after "
                        "midnight. The same time twice: around the clock."
                    ),
                ),
                FieldPanel("opening_hours"),
            ],
            heading=_("When"),
        ),
        MultiFieldPanel(
            [
                FieldPanel(
                    "whatsapp",
                    help_text=_("Such as 0812 3456 7890; the chat begins with a greeting."),
                ),
                FieldPanel("delivers", help_text=_("Itself, or by a courier that it orders.")),
                FieldPanel("payment_ways"),
                InlinePanel(
                    "links",
                    label=_("Online shop"),
                    help_text=_("Visitors see a button; nothing is fetched from there."),
                ),
            ],
            heading=_("Order and pay"),
        ),
        FieldPanel(
            "story", help_text=_("What makes people want to come, and how to order. Optional.")
        ),
        InlinePanel(
            "badges",
            heading=_("Badges"),
            label=_("Badge"),
            help_text=_("Visitors see a badge once an office has checked it, while it is valid."),
        ),
    ]

    class Meta:
        verbose_name = _("UMKM page")
        verbose_name_plural = _("UMKM pages")
        constraints = [
            models.CheckConstraint(
                name="umkm_page_position_is_whole",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
            )
        ]

    def clean(self) -> None:
        super().clean()
        _check_name(self.title)
        if self.rt is not None and self.rw is None:
            raise ValidationError({"rw": _("An RT lies in an RW: please give both.")})
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError({"longitude": _("A position has a latitude and a longitude.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            _follow(self, written=kwargs.get("update_fields"))
        self._state.fields_cache.pop("umkm_row", None)

    def write_registry(self) -> None:
        """Make, renew or close the registry's row, by whether the page is live."""
        if self.live and not self.alias_of_id:
            registry.register_umkm(page=self.page_ptr, facts=self.facts())
            self._register_waiting_products()
        else:
            registry.close_umkm(page=self.page_ptr)
        _renew_search(self.pk)

    @property
    def umkm(self) -> Umkm | None:
        """The registry's row of this page; none before it was first published."""
        return getattr(self, "umkm_row", None)

    @property
    def whatsapp_link(self) -> str:
        """Opens a chat with the shop that begins with a greeting in the city's language."""
        with translation.override(settings.LANGUAGE_CODE):
            words = gettext("Hello %(shop)s, I found your shop at ASN Belanja UMKM.")
        return chat_link(self.whatsapp, words=words % {"shop": self.title})

    def chat_about(self, product: "ProductPage") -> str:
        """Opens a chat with the shop that begins with an order of one of its products."""
        with translation.override(settings.LANGUAGE_CODE):
            words = gettext("Hello %(shop)s, I would like to order %(product)s. Is it there?")
        said = words % {"shop": self.title, "product": product.title}
        return chat_link(self.whatsapp, words=f"{said} {product.full_url}")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.catalogue import umkm_page  # these read the models
        from cms.stories import stories_about

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **umkm_page(self), "stories": stories_about(self)}

    def _register_waiting_products(self) -> None:
        """Products that were published while the shop was still a draft."""
        products = ProductPage.objects.child_of(self).live().prefetch_related("variants")
        for product in products.filter(product_row__isnull=True):
            product.write_row(self)

    def facts(self) -> registry.UmkmFacts:
        """What the registry keeps of this page."""
        return registry.UmkmFacts(
            name=self.title,
            category=self.category,
            region=self.region,
            rw=self.rw,
            rt=self.rt,
            page_digest=page_digest(self),
        )


class ProductPage(Page):
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
    photo = models.ForeignKey(
        "cms.Photo",
        verbose_name=_("photo"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
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
        _check_name(self.title)
        if self.price_to is not None and (self.price is None or self.price_to < self.price):
            raise ValidationError({"price_to": _("Not below the price, which comes with it.")})
        if registry.names_given_twice([variant.name for variant in self.variants.all()]):
            raise ValidationError(_("Two variants of one product need two names."))

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            _follow(self, written=kwargs.get("update_fields"))
        self._state.fields_cache.pop("product_row", None)

    def write_registry(self) -> None:
        """Make, renew or withdraw the registry's row, under the row of the shop's page."""
        shop = self.get_parent(update=True)
        self.write_row(shop)
        _renew_search(shop.pk)

    def write_row(self, shop: Page) -> None:
        """The registry's part of it."""
        if not self.live or self.alias_of_id:
            registry.withdraw_product(page=self.page_ptr)
        elif Umkm.objects.filter(page_id=shop.pk).exists():  # else when the shop is published
            registry.register_product(page=self.page_ptr, umkm_page=shop, facts=self._facts())

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

    def _facts(self) -> registry.ProductFacts:
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


def _renew_search(shop: int) -> None:
    from cms.search_entries import renew  # reads these models

    renew([shop])


def _check_name(title: str) -> None:
    if len(title) > LONGEST_NAME:
        longest = {"longest": LONGEST_NAME}
        raise ValidationError({"title": _("At most %(longest)d characters.") % longest})


def _follow(page: UmkmPage | ProductPage, *, written: Iterable[str] | None) -> None:
    """Let the registry follow what was written of a page.

    Saving a draft of a live page writes a few columns of an object that holds the draft's words:
    only what stands in the database is the page's.
    """
    if written is None:
        page.write_registry()
    elif _shown_fields(page) & set(written):
        type(page).objects.get(pk=page.pk).write_registry()


def _shown_fields(page: UmkmPage | ProductPage) -> set[str]:
    """The columns that visitors or the registry read: no draft is written to them."""
    return {*page.FACTS, *(field.name for field in page._meta.local_fields)} - {"page_ptr"}
