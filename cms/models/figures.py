"""The public figures: the city's money and each kelurahan's, from released blocks only."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page

from core.brief_cache import while_same
from marketplace.errors import FigureUnknown


class FiguresPage(RoutablePageMixin, Page):
    """ "Perputaran uang": the city's page, and one address per kelurahan below it."""

    template = "cms/figures_page.html"
    max_count = 1
    parent_page_types = ["cms.HomePage"]
    subpage_types: list[str] = []

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As any page; drawn again when a figure or a text may have changed."""
        from cms import figures

        drawn = super().serve
        return while_same(request, figures.edition, lambda: drawn(request, *args, **kwargs))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from cms import figures  # figures reads what marketplace released

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **_or_404(figures.city_context, *_asked(request))}

    @path("csv/")
    def csv(self, request: HttpRequest) -> HttpResponse:
        """Every kelurahan of one month as the page shows it."""
        from cms import figures

        text = _or_404(figures.csv_text, *_asked(request))
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="perputaran.csv"'
        return response

    @path("<slug:slug>/")
    def region(self, request: HttpRequest, slug: str) -> HttpResponse:
        """One kelurahan or kecamatan, at its code with hyphens: pages' addresses hold no dots."""
        from cms import figures

        context = {
            **super().get_context(request),
            **_or_404(figures.region_context, slug.replace("-", ".")),
        }
        return TemplateResponse(request, "cms/figures_region.html", context)


def _asked(request: HttpRequest) -> tuple[str, str]:
    """The month, and whether from homes or to shops."""
    return request.GET.get("bulan", ""), request.GET.get("lensa", "")


def _or_404(rule: Any, *arguments: Any) -> Any:
    try:
        return rule(*arguments)
    except FigureUnknown as error:
        raise Http404 from error
