"""The shop window: the catalogue and the page of an UMKM."""

from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.fields import UUIDField
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    TitleFieldPanel,
)
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from cms.api.whole_pages import BadgesField, NameField, PictureField, RowsField, ShopStoryField
from cms.digest import page_digest
from cms.forms import UmkmPageForm
from cms.models.photos import photo_field
from cms.models.previews import PreviewedElsewhere
from cms.models.product import ProductPage
from cms.models.registered import check_name, follow, renew_search
from cms.models.shop_story import SHOP_STORY
from cms.panels import CompletenessPanel
from cms.whatsapp import chat_link
from core.brief_cache import for_everyone
from marketplace import registry
from marketplace.models import Category, Region, Umkm

WHATSAPP = RegexValidator(
    r"^(\+?62|0)[ .-]?8[0-9]([ .-]?[0-9]){6,11}$",
    _("An Indonesian mobile number, such as 0812 3456 7890."),
)
JOINED = ("category", "region", "photo", "logo")
"""What a shop's page points to and shows."""
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


class UmkmPage(PreviewedElsewhere, Page):
    """An UMKM as its visitors see it."""

    FACTS = frozenset({"live", "title", "category", "region", "rw", "rt"})

    summary = models.CharField(
        _("summary"), max_length=200, help_text=_("One or two sentences: what is special here?")
    )
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.PROTECT, related_name="+"
    )
    photo = photo_field(_("photo"))
    logo = photo_field(_("logo"))
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
    api_fields = [
        APIField("public_id", serializer=UUIDField(source="umkm.public_id", allow_null=True)),
        APIField("summary"),
        APIField("category", serializer=NameField()),
        APIField("kelurahan", serializer=NameField(source="region")),
        APIField("photo", serializer=PictureField("cover")),
        APIField("logo", serializer=PictureField("logo")),
        APIField("address"),
        APIField("latitude"),
        APIField("longitude"),
        APIField(
            "week",
            serializer=RowsField("first_day", "last_day", "opens", "closes", source="hours"),
        ),
        APIField("opening_hours"),
        APIField("whatsapp"),
        APIField("delivers"),
        APIField("payment_ways"),
        APIField("online_shops", serializer=RowsField("kind", "url", source="links")),
        APIField("valid_badges", serializer=BadgesField(source="*")),
        APIField("story", serializer=ShopStoryField()),
    ]
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
        check_name(self.title)
        if self.rt is not None and self.rw is None:
            raise ValidationError({"rw": _("An RT lies in an RW: please give both.")})
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError({"longitude": _("A position has a latitude and a longitude.")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            super().save(*args, **kwargs)
            follow(self, written=kwargs.get("update_fields"))
        self._state.fields_cache.pop("umkm_row", None)

    def write_registry(self) -> None:
        """Make, renew or close the registry's row, by whether the page is live."""
        if self.live and not self.alias_of_id:
            registry.register_umkm(page=self.page_ptr, facts=self.facts())
            self._register_waiting_products()
        else:
            registry.close_umkm(page=self.page_ptr)
        renew_search(self.pk)

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

    def chat_about(self, product: ProductPage) -> str:
        """Opens a chat with the shop that begins with an order of one of its products."""
        with translation.override(settings.LANGUAGE_CODE):
            words = gettext("Hello %(shop)s, I would like to order %(product)s. Is it there?")
        said = words % {"shop": self.title, "product": product.title}
        return chat_link(self.whatsapp, words=f"{said} {product.full_url}")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.catalogue import umkm_page  # these read the models
        from cms.stories import stories_about

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        self._join()
        return {**context, **umkm_page(self), "stories": stories_about(self)}

    def _join(self) -> None:
        """Read at once what the page is shown with; a draft that says another of it reads that."""
        joined = UmkmPage.objects.select_related("umkm_row", *JOINED, "region__parent")
        known = joined.filter(pk=self.pk).first()
        if known is None:
            return
        self._state.fields_cache["umkm_row"] = known.umkm
        for name in JOINED:
            if getattr(self, f"{name}_id") == getattr(known, f"{name}_id"):
                setattr(self, name, getattr(known, name))

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
