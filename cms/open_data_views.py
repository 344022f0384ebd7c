"""The open data of released figures: the catalogue, its dictionary, and the files."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cms import open_data
from core.brief_cache import while_same
from core.problems import plain
from marketplace import releases
from marketplace.errors import FigureUnknown

Views = Callable[..., HttpResponse]


def without_filters(view: Views) -> Views:
    """No filter is declared, so one that is asked for is refused with the addresses there are."""

    @wraps(view)
    def checked(request: HttpRequest, **named: str) -> HttpResponse:
        if not request.GET:
            return view(request, **named)
        return plain(
            type=FigureUnknown.type,
            title=FigureUnknown.title,
            status=FigureUnknown.status,
            detail=_("Files take no filter; each holds every released month."),
            declared={"filters": [], "files": open_data.addresses()},
        )

    return checked


@require_safe
@without_filters
@cache_control(public=True, max_age=300)
def catalogue(request: HttpRequest) -> HttpResponse:
    """`/data.json`, as harvesters look for it; in Indonesian whoever asks."""
    with translation.override("id"):
        return _json(open_data.catalogue(request.build_absolute_uri))


@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """Every dataset with its columns, for people."""
    return render(request, "cms/open_data.html", {"datasets": open_data.DATASETS})


@require_safe
@without_filters
@cache_control(public=True, max_age=300)
def dataset(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """All released months of one dataset."""
    found = open_data.dataset(slug)
    if found is None:
        raise Http404
    return while_same(request, releases.edition, lambda: _file(found, ending))


def _file(found: open_data.Dataset, ending: str) -> HttpResponse:
    with translation.override("id"):
        if ending == "json":
            return _json(open_data.as_json(found))
        text = open_data.as_csv(found)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="perputaran-{found.slug}.csv"'
    return response


def _json(document: Any) -> HttpResponse:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    response = HttpResponse(body, content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"
    return response
