"""Pages of which there is one, with an introduction; among them those that list what is below."""

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.models import Page

ENTRIES_A_PAGE = 12


class IntroducedPage(Page):
    """A page below the front page: there is one of its kind, and it says what it is."""

    intro = models.CharField(_("introduction"), max_length=200, blank=True)

    max_count = 1
    parent_page_types = ["cms.HomePage"]
    content_panels = [*Page.content_panels, FieldPanel("intro")]
    api_fields = [APIField("intro")]

    class Meta:
        abstract = True


class ListPage(IntroducedPage):
    """Every page of a kind as cards; before there is one, what will be here."""

    template = "cms/list_page.html"  # to be named again: Wagtail gives each class one of its own
    card: str
    """The template of a card, which is given `page`."""
    heading: Promise
    icon: str
    to_come: Promise

    class Meta:
        abstract = True

    def entries(self) -> QuerySet[Any]:
        """All that is listed, in its order, with all that a card shows."""
        raise NotImplementedError

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        entries = Paginator(self.entries(), ENTRIES_A_PAGE)
        return {**context, "entries": entries.get_page(request.GET.get("page"))}
