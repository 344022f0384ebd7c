"""One id per request, on every log line, in every answer, and on into the Celery task."""

import logging
import re
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from celery.signals import before_task_publish, task_postrun, task_prerun
from django.http import HttpRequest, HttpResponse

from core.ids import uuid7

HEADER = "X-Request-ID"
# No run of digits long enough to be a NIP, and nothing that could forge a log line.
WELL_FORMED = re.compile(r"(?!.*\d{16})[A-Za-z0-9_-]{8,64}")

logger = logging.getLogger(__name__)
_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """The id of the request or task that runs now, or nothing."""
    return _current.get()


class RequestIdMiddleware:
    """Take a well-formed id from the caller or make one, and log one line per request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Not taken back at the end: Django logs a refusal after the last middleware has left.
        _current.set(_accepted(request.headers.get(HEADER, "")))
        started = time.perf_counter()
        response = self.get_response(request)
        response[HEADER] = current()
        _log(request, response, seconds=time.perf_counter() - started)
        return response


def _accepted(offered: str) -> str:
    return offered if WELL_FORMED.fullmatch(offered) else str(uuid7())


def _log(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    # The route, not the address: no query string, slug or id of a person reaches the log.
    match = request.resolver_match
    logger.info(
        "request",
        extra={
            "method": request.method,
            "route": match.route if match else "",
            "status": response.status_code,
            "ms": round(seconds * 1000, 1),
        },
    )


@before_task_publish.connect
def send_along(headers: dict[str, Any], **_: Any) -> None:
    """Give the task the id of the request that asked for it."""
    headers.setdefault("request_id", current())


@task_prerun.connect
def take_up(task: Any, task_id: str, **_: Any) -> None:
    """Run the task under its request's id, or under its own when beat asked for it."""
    _current.set(getattr(task.request, "request_id", None) or task_id)


@task_postrun.connect
def put_down(**_: Any) -> None:
    """Leave no id behind for the next task of this worker."""
    _current.set("")
