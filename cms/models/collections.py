"""Collections that editors curate: picked by hand, filled by a rule, or both."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    MultipleChooserPanel,
    PageChooserPanel,
)
from wagtail.api import APIField
from wagtail.models import Orderable, Page
from wagtail.search import index

from cms.api.whole_pages import MembersField, PictureField
from cms.forms import CollectionPageForm
from cms.models.lists import ListPage
from cms.models.photos import photo_field
from cms.models.previews import PreviewedElsewhere
from marketplace.models import Category, Region

MOST_MEMBERS = 48
"""As many cards as one page of a collection shows."""


class CollectionIndexPage(ListPage):
    """ "Koleksi": every curated collection."""

    subpage_types = ["cms.CollectionPage"]
    template = ListPage.template
    card = "components/collection_card.html"
    heading = _("All collections")
    icon = "basket"
    to_come = _("The first collection is being put together")

    class Meta:
        verbose_name = _("page of all collections")

    def entries(self) -> QuerySet["CollectionPage"]:
        from cms.collections import collections  # the rules read these models

        return collections()


class CollectionPage(PreviewedElsewhere, Page):
    """Shops and products under one idea: the picks first, then what the rule finds."""

    class Kind(models.TextChoices):
        NONE = "", _("No rule: only what was picked")
        SHOPS = "shops", _("Shops")
        PRODUCTS = "products", _("Products")

    class Order(models.TextChoices):
        NEWEST = "newest", _("Newest first")
        NEAREST = "nearest", _("Nearest to a place first")

    intro = models.CharField(
        _("introduction"),
        max_length=240,
        help_text=_("One or two sentences that make one want to look."),
    )
    photo = photo_field(_("photo"))
    kind = models.CharField(
        _("filled by a rule with"),
        max_length=8,
        choices=Kind.choices,
        default=Kind.NONE,
        blank=True,
    )
    category = models.ForeignKey(
        Category,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    place = models.ForeignKey(
        Region,
        verbose_name=_("in this kelurahan or kecamatan"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    words = models.CharField(
        _("words"), max_length=100, blank=True, help_text=_("As a visitor would type them.")
    )
    price_most = models.PositiveIntegerField(
        _("price up to"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Whole rupiah. For shops: one of its products costs no more."),
    )
    halal = models.BooleanField(
        _("halal only"),
        default=False,
        help_text=_("Shops whose halal certificate was checked and is valid."),
    )
    open_from = models.TimeField(
        _("open by"),
        null=True,
        blank=True,
        help_text=_("Shops that open at this hour or earlier, on some day of the week."),
    )
    order = models.CharField(_("order"), max_length=8, choices=Order.choices, default=Order.NEWEST)
    near = models.ForeignKey(
        Region,
        verbose_name=_("near"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("The place from whose middle nearness is measured."),
    )
    at_most = models.PositiveSmallIntegerField(
        _("filled up to"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MEMBERS)],
        help_text=_("How many cards the rule fills the collection up to, the picks included."),
    )

    base_form_class = CollectionPageForm
    template = "cms/collection_page.html"
    parent_page_types = ["cms.CollectionIndexPage"]
    subpage_types: list[str] = []
    search_fields = [*Page.search_fields, index.SearchField("intro")]
    api_fields = [
        APIField("intro"),
        APIField("photo", serializer=PictureField("cover")),
        APIField("members", serializer=MembersField(source="*")),
    ]
    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("photo"),
        MultipleChooserPanel(
            "picks",
            label=_("Pick"),
            heading=_("Picked by hand"),
            help_text=_("Shown first, in this order. A closed shop is left out by itself."),
            chooser_field_name="member",
            panels=[PageChooserPanel("member", ["cms.UmkmPage", "cms.ProductPage"])],
        ),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldRowPanel([FieldPanel("category"), FieldPanel("place")]),
                FieldRowPanel([FieldPanel("words"), FieldPanel("price_most")]),
                FieldRowPanel([FieldPanel("halal"), FieldPanel("open_from")]),
                FieldRowPanel([FieldPanel("order"), FieldPanel("near")]),
                FieldPanel("at_most"),
            ],
            heading=_("Filled by a rule"),
            help_text=_("Follows the catalogue by itself: new shops join, closed ones leave."),
        ),
    ]

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")

    def clean(self) -> None:
        super().clean()
        if self.order == self.Order.NEAREST and self.near_id is None:
            raise ValidationError({"near": _("Nearest to which place?")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.collections import collection_page  # the rules read these models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **collection_page(self)}


class CollectionPick(Orderable):
    """A shop's or a product's page that an editor put into a collection."""

    page = ParentalKey(CollectionPage, on_delete=models.CASCADE, related_name="picks")
    member = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("shop or product"),
        on_delete=models.CASCADE,
        related_name="+",
    )

    def __str__(self) -> str:
        return f"Pick {self.pk}"
