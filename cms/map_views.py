"""The map's points and outlines: few bytes, and none where the browser has them already."""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from cms import map as rules


@require_safe
def shops(request: HttpRequest) -> HttpResponse:
    """Places and shops under the map's filters, asked for anew each time, so never out of date."""
    return _kept(request, rules.document(rules.MapForm(request.GET).places()))


@require_safe
def outlines(request: HttpRequest) -> HttpResponse:
    """The outlines of kelurahan that the operator loaded."""
    return _kept(request, rules.outlines())


def _kept(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = HttpResponse(body, content_type="application/json")
    answer.headers["ETag"] = etag
    patch_cache_control(answer, public=True, no_cache=True)
    return answer
