"""A page that is the same for everyone is drawn once a second, however many ask.

A second is short enough that nothing has to be told of changes, whatever made them: what an editor
saves is seen within two. Only whole answers to nobody in particular are kept: no session, no
message waiting, no cookie set on the way. Without the cache every page is drawn.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils.translation import get_language
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

LONGEST = 60
"""Seconds for which a page is kept that says itself when it is another."""

LONGEST_OF_VALUES = 600
"""The same for a value, whose edition says all that it depends on but the names of places."""

PERSONAL_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")


T = TypeVar("T")
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
    return _keep(_key(request), draw(), request, settings.CATALOGUE_CACHE_SECONDS)


def while_same(
    request: HttpRequest,
    edition: Callable[[], str],
    draw: Callable[[], HttpResponse | SimpleTemplateResponse],
) -> HttpResponse:
    """The same for a page that changes with its `edition`: kept while that stays, for a minute."""
    if not _is_for_everyone(request):
        return draw()
    key = _key(request, edition())
    return _read(key) or _keep(key, draw(), request, LONGEST)


def one_while_same(
    name: str, key: str, edition: str, make: Callable[[], Mapping[str, T]]
) -> T | None:
    """What `make` answers under `key`, the same for everyone until `edition` is another.

    All that it answers is kept for ten minutes, each by itself: who asks for the next finds it.
    That it answers nothing under `key` is kept, too.
    """
    if not settings.CATALOGUE_CACHE_SECONDS:
        return make().get(key)

    def place(key: str) -> str:
        return f"value:{name}:{key}:{edition}"

    kept: tuple[T | None] | None = _get(place(key))
    if kept is None:
        made: dict[str, T | None] = {key: None, **make()}
        _set_all({place(each): (value,) for each, value in made.items()}, LONGEST_OF_VALUES)
        kept = (made[key],)
    return kept[0]


def _kept(request: HttpRequest) -> HttpResponse | None:
    return _read(_key(request)) if _is_for_everyone(request) else None


def _read(key: str) -> HttpResponse | None:
    kept = _get(key)
    return HttpResponse(kept[0], headers=kept[1]) if kept else None


def _is_for_everyone(request: HttpRequest) -> bool:
    if not settings.CATALOGUE_CACHE_SECONDS:
        return False
    personal = any(name in request.COOKIES for name in PERSONAL_COOKIES)
    return request.method == "GET" and not personal and not getattr(request, "is_preview", False)


def _key(request: HttpRequest, edition: str = "") -> str:
    """All that the page may depend on, but the time: that is what a second is for."""
    asked = request.headers.get("HX-Request", "")
    facts = (request.build_absolute_uri(), get_language(), asked, edition)
    return f"page:{hashlib.sha256(repr(facts).encode()).hexdigest()}"


def _keep(
    key: str, answer: HttpResponse | SimpleTemplateResponse, request: HttpRequest, seconds: int
) -> HttpResponse:
    if isinstance(answer, SimpleTemplateResponse):
        answer.render()
    sets_csrf = request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
    if answer.status_code == 200 and not answer.cookies and not sets_csrf:
        _set(key, (answer.content, dict(answer.headers)), seconds)
    return answer


def _get(key: str) -> Any:
    try:
        return cache.get(key)
    except RedisError:
        logger.exception("not read")
        return None


def _set(key: str, value: Any, seconds: float) -> None:
    _set_all({key: value}, seconds)


def _set_all(values: dict[str, Any], seconds: float) -> None:
    try:
        cache.set_many(values, seconds)
    except RedisError:
        logger.exception("not kept")
