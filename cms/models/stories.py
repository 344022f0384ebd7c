"""Stories: articles about the people behind the shops, and what they make."""

from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultipleChooserPanel, PageChooserPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageBlock
from wagtail.models import Orderable, Page
from wagtail.search import index

from cms.api.whole_pages import MentionsField, PictureField, StoryBodyField
from cms.models.lists import ListPage
from cms.models.photos import photo_field

FEATURES = ["h2", "h3", "bold", "italic", "link", "ul", "ol"]


class StoryQuoteBlock(blocks.StructBlock):
    """What somebody said."""

    words = blocks.TextBlock(label=_("Words"))
    who = blocks.CharBlock(label=_("Who said it"), max_length=120, required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")


class StoryIndexPage(ListPage):
    """ "Cerita": every story, the latest first."""

    subpage_types = ["cms.StoryPage"]
    template = ListPage.template
    card = "components/story_card.html"
    heading = _("All stories")
    icon = "book"
    to_come = _("The first story is being written")

    class Meta:
        verbose_name = _("page of all stories")

    def entries(self) -> QuerySet["StoryPage"]:
        from cms.stories import stories  # the rules read these models

        return stories()


class StoryPage(Page):
    """An article, with the shops it tells of."""

    intro = models.CharField(
        _("introduction"),
        max_length=240,
        help_text=_("What the story is about, in a sentence or two."),
    )
    photo = photo_field(_("photo"))
    day = models.DateField(_("date"), default=timezone.localdate)
    body = StreamField(
        [
            ("text", blocks.RichTextBlock(label=_("Text"), features=FEATURES)),
            ("picture", ImageBlock(label=_("Picture"))),
            (
                "gallery",
                blocks.ListBlock(
                    ImageBlock(label=_("Picture")),
                    label=_("Gallery"),
                    icon="image",
                    min_num=2,
                    max_num=12,
                ),
            ),
            ("quote", StoryQuoteBlock()),
            ("shop", blocks.PageChooserBlock(["cms.UmkmPage"], label=_("Shop"), icon="home")),
            (
                "product",
                blocks.PageChooserBlock(["cms.ProductPage"], label=_("Product"), icon="tag"),
            ),
        ],
        verbose_name=_("story"),
        blank=True,
    )

    template = "cms/story_page.html"
    parent_page_types = ["cms.StoryIndexPage"]
    subpage_types: list[str] = []
    search_fields = [*Page.search_fields, index.SearchField("intro"), index.SearchField("body")]
    api_fields = [
        APIField("intro"),
        APIField("photo", serializer=PictureField("cover")),
        APIField("day"),
        APIField("parts", serializer=StoryBodyField(source="*")),
        APIField("shops", serializer=MentionsField(source="*")),
    ]
    content_panels = [
        *Page.content_panels,
        FieldPanel("intro"),
        FieldPanel("photo"),
        FieldPanel("day"),
        FieldPanel("body"),
        MultipleChooserPanel(
            "mentions",
            label=_("Shop"),
            heading=_("Shops in this story"),
            help_text=_("They are shown below the story, and their pages lead to it."),
            chooser_field_name="shop",
            panels=[PageChooserPanel("shop", ["cms.UmkmPage"])],
        ),
    ]

    class Meta:
        verbose_name = _("story page")
        verbose_name_plural = _("story pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms.stories import story_page  # the rules read these models

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **story_page(self)}


class StoryMention(Orderable):
    """A shop that a story tells of."""

    page = ParentalKey(StoryPage, on_delete=models.CASCADE, related_name="mentions")
    shop = models.ForeignKey(
        "cms.UmkmPage", verbose_name=_("shop"), on_delete=models.CASCADE, related_name="mentions"
    )

    def __str__(self) -> str:
        return f"Mention {self.pk}"
