"""The one page for the mayor's meeting in Wagtail's admin, for who may see how many take part."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from accounts.desk import DeskPage, menu_item_for
from marketplace import brief, releases
from marketplace.errors import FigureUnknown
from marketplace.figures import SEES_RATES


class BriefPage(DeskPage):
    """The file of ?month=, by default the last released; else a page that names those there are."""

    right = SEES_RATES
    page_title = _("One page for the mayor's meeting")
    header_icon = "doc-full"
    template_name = "marketplace/admin/brief_missing.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = super().dispatch(request, *args, **kwargs)
        add_never_cache_headers(answer)
        return answer

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            found = brief.brief_of(brief.asked_month(request.GET.get("month", "")))
        except FigureUnknown:
            context = self.get_context_data(months=releases.released_months())
            return self.render_to_response(context, status=404)
        name = file_name(found.figure.month)
        return HttpResponse(
            pdf_of(found),
            content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )


def pdf_of(found: brief.Brief) -> bytes:
    """The page, with the public addresses under which its figures stand."""
    from marketplace import brief_drawing  # fpdf2: a second and 58 MB that few web workers need

    site = settings.BASE_URL.rstrip("/")
    return brief_drawing.draw(found, page=f"{site}/perputaran/", data=f"{site}/data/")


def file_name(month: date) -> str:
    """`perputaran-kota-malang-2026-10.pdf`."""
    return f"perputaran-{slugify(settings.CITY_NAME)}-{month:%Y-%m}.pdf"


def brief_urls() -> list[URLPattern]:
    """Where the page is asked for."""
    return [path("ringkasan/", BriefPage.as_view(), name="marketplace_brief")]


def brief_item() -> MenuItem:
    """In the menu of reports."""
    return menu_item_for(SEES_RATES)(
        _("Page for the mayor's meeting (PDF)"),
        reverse("marketplace_brief"),
        name="mayors-brief",
        icon_name="doc-full",
        order=90,
    )
