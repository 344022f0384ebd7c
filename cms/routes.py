"""The way to the pages that every visit passes: the front page and those right below it.

Wagtail asks PostgreSQL four times which site was called, which page is its front page and which
lies below it. A city has one site and a handful of such pages: each process keeps them for a
second. What a page may be seen by is asked at each request, as ever.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail.models import Page, Site

from cms.known import Kept

View = Callable[..., HttpResponse]


def by_known_way(view: View) -> View:
    """Tell Wagtail's view what is known of a path; it finds the rest, and all with several sites.

    Wagtail leaves both on the request once it found them, and looks there first.
    """

    @wraps(view)
    def answer(request: HttpRequest, path: str) -> HttpResponse:
        ways = WAYS.all()
        if ways:
            request._wagtail_site = ways["site"]  # type: ignore[attr-defined]
            if page := ways["pages"].get(path.strip("/")):
                request._wagtail_route_for_request = page.route(request, [])  # type: ignore[attr-defined]
        return view(request, path)

    return answer


def _ways() -> dict[str, Any]:
    """The only site, and its fixed pages by their path; nothing where there are several sites."""
    sites = list(Site.objects.select_related("root_page")[:2])
    if len(sites) != 1 or not sites[0].is_default_site:
        return {}
    front = sites[0].root_page.specific
    below = Page.objects.child_of(front).live().specific()
    pages = {page.slug: page for page in below}
    return {"site": sites[0], "pages": {"": front, **pages} if front.live else pages}


WAYS = Kept(_ways)
