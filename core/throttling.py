"""How often one may ask. Rates are settings; the counters live in Redis, kept by `limits`.

A count is one call that nobody can come between (DRF reads a list and writes it back: two calls,
and of two requests at once one is not counted). Without Redis reading and recording go on
uncounted; signing in waits until it is back.
"""

import hashlib
import logging
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItemPerSecond
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis import ConnectionPool
from redis.exceptions import RedisError
from rest_framework import throttling

if TYPE_CHECKING:  # named in settings: imported while DRF's views are
    from rest_framework.request import Request
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)


def _limiter() -> SlidingWindowCounterRateLimiter:
    return _limiter_at(settings.CACHES["default"]["LOCATION"])


@lru_cache(maxsize=1)
def _limiter_at(redis_url: str) -> SlidingWindowCounterRateLimiter:
    pool = ConnectionPool.from_url(redis_url)
    storage = RedisStorage("redis://", connection_pool=pool, key_prefix="abu-limits")
    return SlidingWindowCounterRateLimiter(storage)


class CountedInRedis:
    """How a throttle of DRF counts: mixed in before it."""

    rate: str | None
    num_requests: int
    duration: int
    key: str | None

    def allow_request(self, request: "Request", view: "APIView") -> bool:
        key = self.get_cache_key(request, view)  # type: ignore[attr-defined]
        if self.rate is None or key is None:
            return True
        self.key = key
        return bool(_limiter().hit(self._limit, key))

    def wait(self) -> float | None:
        """Seconds until one may ask again."""
        if self.key is None:
            return None
        window = _limiter().get_window_stats(self._limit, self.key)
        return max(0.0, window.reset_time - time.time())

    @property
    def _limit(self) -> RateLimitItemPerSecond:
        return RateLimitItemPerSecond(self.num_requests, self.duration)


class AnonRateThrottle(CountedInRedis, throttling.AnonRateThrottle):
    """By address, for who is not signed in."""


class UncountedWithoutRedis:
    """How a throttle lets people go on while nothing can be counted: mixed in before it."""

    def allow_request(self, request: "Request", view: "APIView") -> bool:
        try:
            return bool(super().allow_request(request, view))  # type: ignore[misc]
        except RedisError:
            logger.exception("not counted")
            return True


class AnonymousThrottle(UncountedWithoutRedis, AnonRateThrottle):
    """By address, for who is not signed in; a program of another office has its own limit."""

    scope = "anonymous"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        if _limit_of_client(request) is not None:
            return None
        key: str | None = super().get_cache_key(request, view)
        return key


class UserThrottle(UncountedWithoutRedis, CountedInRedis, throttling.UserRateThrottle):
    """By user. A repeated request whose first answer is kept always gets it."""

    scope = "user"

    def get_cache_key(self, request: "Request", view: "APIView") -> str | None:
        if not request.user.is_authenticated:
            return None
        key: str | None = super().get_cache_key(request, view)
        return key

    def allow_request(self, request: "Request", view: "APIView") -> bool:
        return super().allow_request(request, view) or _repeats_a_finished(request)


class TakingAlongThrottle(UserThrottle):
    """By user: everything of theirs in one file is much to put together."""

    scope = "taking-along"


class ClientThrottle(UncountedWithoutRedis, CountedInRedis, throttling.BaseThrottle):
    """By client, from whatever addresses: as many requests a minute as each was given."""

    rate = "its own"
    duration = 60

    def get_cache_key(self, request: "Request", view: "APIView") -> str | None:
        limit = _limit_of_client(request)
        if limit is None:
            return None
        self.num_requests = limit
        client: Any = request.auth
        return f"throttle_client_{client.public_id}"


class SignInThrottle(AnonRateThrottle):
    """By address and name, on every path that takes a password.

    An office shares one address: somebody's typing mistakes must not shut out the others.
    """

    scope = "sign-in"

    def get_cache_key(self, request: Any, view: Any) -> str:
        who = f"{self.get_ident(request)}/{_name(request)}"
        return self.cache_format % {
            "scope": self.scope,
            "ident": hashlib.sha256(who.encode(errors="replace")).hexdigest(),
        }


class SignInAddressThrottle(AnonRateThrottle):
    """By address alone, and higher: trying one password on many names is slowed down too."""

    scope = "sign-in-address"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class KeyThrottle(CountedInRedis, throttling.SimpleRateThrottle):
    """By what is tried, from whatever address."""

    def __init__(self, ident: object) -> None:
        super().__init__()
        self.ident = ident

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.ident}


class SecondFactorThrottle(KeyThrottle):
    """By account: six digits are soon tried by who has the password."""

    scope = "second-factor"


class ActivationThrottle(KeyThrottle):
    """By the keyed hash of a NIP, whether anyone has it: nobody's mailbox is flooded."""

    scope = "activation"


def may_try_a_code(account: object) -> bool:
    """Count this try of a second factor of one account; False when there were too many."""
    return SecondFactorThrottle(account).allow_request(None, None)  # type: ignore[arg-type]


def may_activate(request: HttpRequest, digest: str) -> bool:
    """Count this step of an activation, by address and by NIP; False when there were too many."""
    by_nip = ActivationThrottle(digest)
    return may_take_a_step(request) and by_nip.allow_request(None, None)  # type: ignore[arg-type]


class ReportThrottle(AnonymousThrottle):
    """By address, signed in or not, where people report a page or suggest a shop."""

    scope = "report"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def may_report(request: HttpRequest) -> bool:
    """Count this report or suggestion; False when there were too many from one address."""
    return ReportThrottle().allow_request(request, None)  # type: ignore[arg-type]


def may_try_to_sign_in(request: HttpRequest) -> bool:
    """Count this try against the sign-in rates; False when there were too many."""
    throttles = (SignInAddressThrottle(), SignInThrottle())
    return all(throttle.allow_request(request, None) for throttle in throttles)  # type: ignore[arg-type]


def may_take_a_step(request: HttpRequest) -> bool:
    """Count this step of an activation or a sign-in elsewhere, by address; False for too many."""
    return SignInAddressThrottle().allow_request(request, None)  # type: ignore[arg-type]


class SearchCountThrottle(AnonRateThrottle):
    """By address: how many searches without result are counted; every one is answered."""

    scope = "search-count"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def may_count_a_search(request: HttpRequest) -> bool:
    """Whether this search without result is counted; without the cache none is."""
    try:
        return SearchCountThrottle().allow_request(request, None)  # type: ignore[arg-type]
    except RedisError:
        logger.exception("not counted")
        return False


def _limit_of_client(request: Any) -> int | None:
    """Requests per minute, where a program of another office asks."""
    limit: int | None = getattr(getattr(request, "auth", None), "requests_per_minute", None)
    return limit


def _name(request: Any) -> str:
    """The name or address typed, on a page or over the API."""
    fields = request.POST if isinstance(request, HttpRequest) else request.data
    given = fields.get("username", fields.get("email", "")) if hasattr(fields, "get") else ""
    return str(given).strip().casefold()


def _repeats_a_finished(request: "Request") -> bool:
    from core import idempotency  # needs models, which load after the settings

    return idempotency.is_finished(request)
