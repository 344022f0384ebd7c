"""When an answer became what it is: `Last-Modified`, beside the `ETag`.

No column could tell: an answer changes with rows of many tables, with the hour of the day and with
a new version of ours. So the answer itself is watched: its digest is kept beside the second since
which it is so, and another digest takes a later second. Where that memory is lost the answer counts
as new. The date may be later than the change, then somebody is sent what they have; it is never
earlier, so nobody keeps what is no longer right.
"""

import hashlib
import logging
import time

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.utils.decorators import decorator_from_middleware
from django.utils.http import http_date
from django.utils.translation import get_language
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

REMEMBERED_SECONDS = 7 * 86_400


class DatedGetMiddleware(ConditionalGetMiddleware):
    """`ETag` and `Last-Modified`, and a 304 for who still has the right answer."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.method != "GET" or response.status_code != 200:
            return response
        assert isinstance(response, HttpResponse)  # an answer in one piece
        now = int(time.time())
        since = seen_since(_name(request), body=response.content, now=now)
        if since is not None and since <= now:
            response.headers["Last-Modified"] = http_date(since)
        answer = super().process_response(request, response)
        if since is not None:  # this very second may see another body: no 304 by it
            answer.headers.setdefault("Last-Modified", http_date(now))
        return answer


dated_page = decorator_from_middleware(DatedGetMiddleware)
"""For views of single things. A list has as many addresses as there are questions: too many to
remember, and what leaves it takes its date along. Lists have their `ETag`."""


def seen_since(name: str, *, body: bytes, now: int) -> int | None:
    """The second (Unix time) since which `name` was seen to be `body`; None without the cache.

    What is first seen now counts from the next second: two bodies of one second have one date, by
    which neither may be taken for the other.
    """
    digest = hashlib.sha256(body).hexdigest()
    try:
        known, since = cache.get(name, ("", 0))
        if known != digest:
            since = max(now, since) + 1
            cache.set(name, (digest, since), REMEMBERED_SECONDS)
    except RedisError:
        logger.exception("no date")
        return None
    found: int = since
    return found


def _name(request: HttpRequest) -> str:
    """All that says which answer it is; a query that a view passes over makes no other."""
    facts = (request.get_host(), request.path, get_language())
    return f"since:{hashlib.sha256(repr(facts).encode()).hexdigest()}"
