"""A page that is the same for everyone is drawn once a second, however many ask.

A second is short enough that nothing has to be told of changes, whatever made them: what an editor
saves is seen within two. Only whole answers to nobody in particular are kept: no session, no
message waiting, no cookie set on the way. Without the cache every page is drawn.
"""

import hashlib
import logging
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils.translation import get_language
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")


def for_everyone(
    request: HttpRequest, draw: Callable[[], HttpResponse | SimpleTemplateResponse]
) -> HttpResponse:
    """The page kept for this address and language, or the one that `draw` makes."""
    if not settings.CATALOGUE_CACHE_SECONDS or not _is_for_everyone(request):
        return draw()
    key = _key(request)
    try:
        kept = cache.get(key)
        if kept is None:
            return _keep(key, request, draw())
    except RedisError:
        logger.exception("not kept")
        return draw()
    content, content_type = kept
    return HttpResponse(content, content_type=content_type)


def _is_for_everyone(request: HttpRequest) -> bool:
    personal = any(name in request.COOKIES for name in PERSONAL_COOKIES)
    return request.method == "GET" and not personal and not getattr(request, "is_preview", False)


def _key(request: HttpRequest) -> str:
    """All that the page may depend on, but the time: that is what a second is for."""
    facts = (request.build_absolute_uri(), get_language(), request.headers.get("HX-Request", ""))
    return f"page:{hashlib.sha256(repr(facts).encode()).hexdigest()}"


def _keep(key: str, request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    if isinstance(answer, SimpleTemplateResponse):
        answer.render()
    sets_csrf = request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    if answer.status_code == 200 and not answer.cookies and not sets_csrf:
        kept = (answer.content, answer.headers["Content-Type"])
        cache.set(key, kept, settings.CATALOGUE_CACHE_SECONDS)
    return answer
