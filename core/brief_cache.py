"""A page that is the same for everyone is drawn once a second, however many ask.

A second is short enough that nothing has to be told of changes, whatever made them: what an editor
saves is seen within two. Only whole answers to nobody in particular are kept: no session, no
message waiting, no cookie set on the way. Without the cache every page is drawn.
"""

import hashlib
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils.translation import get_language
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")


View = Callable[..., HttpResponse]


def kept_first(view: View) -> View:
    """Answer with what is kept before anything is looked up: not even which page it is."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _kept(request) or view(request, *args, **kwargs)

    return answer


def for_everyone(
    request: HttpRequest, draw: Callable[[], HttpResponse | SimpleTemplateResponse]
) -> HttpResponse:
    """The page that `draw` makes; for a second it is everybody's at this address and language."""
    if not _is_for_everyone(request):
        return draw()
    return _keep(request, draw())


def _kept(request: HttpRequest) -> HttpResponse | None:
    if not _is_for_everyone(request):
        return None
    try:
        kept = cache.get(_key(request))
    except RedisError:
        logger.exception("not read")
        return None
    return HttpResponse(kept[0], content_type=kept[1]) if kept else None


def _is_for_everyone(request: HttpRequest) -> bool:
    if not settings.CATALOGUE_CACHE_SECONDS:
        return False
    personal = any(name in request.COOKIES for name in PERSONAL_COOKIES)
    return request.method == "GET" and not personal and not getattr(request, "is_preview", False)


def _key(request: HttpRequest) -> str:
    """All that the page may depend on, but the time: that is what a second is for."""
    facts = (request.build_absolute_uri(), get_language(), request.headers.get("HX-Request", ""))
    return f"page:{hashlib.sha256(repr(facts).encode()).hexdigest()}"


def _keep(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    if isinstance(answer, SimpleTemplateResponse):
        answer.render()
    sets_csrf = request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    if answer.status_code == 200 and not answer.cookies and not sets_csrf:
        kept = (answer.content, answer.headers["Content-Type"])
        try:
            cache.set(_key(request), kept, settings.CATALOGUE_CACHE_SECONDS)
        except RedisError:
            logger.exception("not kept")
    return answer
