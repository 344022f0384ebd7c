"""The public figures: the city's money and each kelurahan's, from released blocks only."""

from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.models import Page


class FiguresPage(RoutablePageMixin, Page):
    """ "Perputaran uang": one page for the city and one address per kelurahan below it."""

    template = "cms/figures_page.html"
    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []
