"""The front page."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class HomePage(Page):
    """Where a visitor arrives: what is near, new and running, and the city's money."""

    template = "cms/home_page.html"
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [
        "cms.UmkmIndexPage",
        "cms.CollectionIndexPage",
        "cms.StoryIndexPage",
        "cms.MapPage",
        "cms.FiguresPage",
    ]

    class Meta:
        verbose_name = _("front page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms import collections, stories  # these read the models
        from cms.catalogue import front_page

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {
            **context,
            **front_page(request),
            "collections": collections.collections()[: collections.ON_THE_FRONT],
            "stories": stories.stories()[: stories.ON_THE_FRONT],
        }
