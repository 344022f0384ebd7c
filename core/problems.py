"""RFC 9457: every error of the API as `application/problem+json` with a `type` that stays."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InternalError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response

from core import request_id
from core.errors import Refusal
from core.locale import language_of

MEDIA_TYPE = "application/problem+json"

logger = logging.getLogger(__name__)

Title = str | Promise

# What the frameworks raise, and the type, title and status under which we release it.
KNOWN: list[tuple[type[Exception], str, Title, int]] = [
    (exceptions.ValidationError, "invalid", _("The request holds mistakes."), 400),
    (exceptions.ParseError, "malformed", _("The body is not well-formed."), 400),
    (exceptions.AuthenticationFailed, "token-refused", _("This sign-in is not valid."), 401),
    (exceptions.NotAuthenticated, "not-signed-in", _("Please sign in."), 401),
    (exceptions.PermissionDenied, "forbidden", _("You may not do this."), 403),
    (PermissionDenied, "forbidden", _("You may not do this."), 403),
    (exceptions.NotFound, "not-found", _("There is nothing here."), 404),
    (Http404, "not-found", _("There is nothing here."), 404),
    (exceptions.MethodNotAllowed, "method-not-allowed", _("This cannot be done here."), 405),
    (exceptions.NotAcceptable, "not-acceptable", _("The API answers in JSON only."), 406),
    (RequestDataTooBig, "too-large", _("The request is too large."), 413),
    (
        exceptions.UnsupportedMediaType,
        "unsupported-media-type",
        _("A body of this kind is not read here."),
        415,
    ),
    (exceptions.Throttled, "too-many-requests", _("Too many requests; please wait."), 429),
    (OperationalError, "busy", _("The system is busy; please try again shortly."), 503),
    # What a transaction raises that PostgreSQL ended (core/connections.py).
    (InternalError, "busy", _("The system is busy; please try again shortly."), 503),
    (RedisError, "busy", _("The system is busy; please try again shortly."), 503),
]
BY_STATUS: dict[int, tuple[str, Title]] = {
    status: (kind, title) for _exception, kind, title, status in KNOWN if status != 503
} | {
    400: ("bad-request", _("The request cannot be read.")),
    500: ("internal", _("Something went wrong here; it is noted.")),
}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. What is not known goes on to become a 500 and a log line."""
    if isinstance(exc, Refusal):
        return _of_refusal(exc)
    for kind, name, title, status in KNOWN:
        if isinstance(exc, kind):
            if status == 503:
                logger.error(name, exc_info=exc)
            return _of_known(exc, name=name, title=title, status=status)
    return None


def problem(
    *, type: str, title: Title, status: int, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """A problem document as a DRF response; `more` are further members."""
    body = document(type=type, title=title, status=status, **more)
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def plain(*, type: str, title: Title, status: int, **more: Any) -> JsonResponse:
    """The same where DRF is not: in a middleware or a plain view."""
    body = document(type=type, title=title, status=status, **more)
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)


def document(*, type: str, title: Title, status: int, **more: Any) -> dict[str, Any]:
    """The members of a problem; `instance` names the request in our logs."""
    return {
        "type": f"/problems/{type}",
        "title": str(title),
        "status": status,
        **{name: value for name, value in more.items() if value},
        "instance": f"urn:request:{request_id.current()}",
    }


class ApiProblemMiddleware:
    """Below /api/, an error that DRF never saw becomes a problem document too.

    What is answered to somebody who says who they are is theirs: no cache keeps it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_bare_error(request, response):
            _make_problem(request, response)
        if _is_personal(request):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, exc: Exception) -> HttpResponse | None:
        if not request.path.startswith("/api/"):
            return None
        logger.error("unhandled", exc_info=exc)
        return _plain(500)


def not_found(request: HttpRequest) -> HttpResponse:
    """Any address below /api/ that leads nowhere."""
    return _plain(404)


def _of_refusal(exc: Refusal) -> Response:
    wait = {"Retry-After": str(exc.retry_after)} if exc.retry_after else {}
    return problem(
        type=exc.type,
        title=exc.title,
        status=exc.status,
        headers={**exc.headers, **wait},
        detail=str(exc.detail),
        errors=exc.fields,
        **exc.extra,
    )


def _of_known(exc: Exception, *, name: str, title: Title, status: int) -> Response:
    return problem(
        type=name,
        title=title,
        status=status,
        headers=_headers(exc),
        **_members(exc),
    )


def _members(exc: Exception) -> dict[str, Any]:
    if isinstance(exc, exceptions.ValidationError):
        return {"errors": _field_errors(exc.detail)}
    return {}


def _field_errors(detail: Any) -> Any:
    return detail if isinstance(detail, dict) else {"non_field_errors": detail}


def _headers(exc: Exception) -> dict[str, str]:
    headers = {}
    if getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = exc.auth_header  # type: ignore[attr-defined]
    wait = getattr(exc, "wait", None)  # of `Throttled`, though its stubs do not say so
    if wait:
        headers["Retry-After"] = str(max(1, round(wait)))
    if isinstance(exc, OperationalError | InternalError | RedisError):
        headers["Retry-After"] = "2"
    return headers


def _is_personal(request: HttpRequest) -> bool:
    has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
    return request.path.startswith("/api/") and (has_session or "Authorization" in request.headers)


def _is_bare_error(request: HttpRequest, response: HttpResponse) -> bool:
    is_error = response.status_code >= 400 and request.path.startswith("/api/")
    return is_error and not response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)


def _make_problem(request: HttpRequest, response: HttpResponse) -> None:
    """Keep status and headers; say the rest in our own words, in the reader's language."""
    with translation.override(language_of(request)):
        plain = _plain(response.status_code)
    response.content = plain.content
    response["Content-Type"] = MEDIA_TYPE
    response["Content-Length"] = str(len(plain.content))


def _plain(status: int) -> JsonResponse:
    name, title = BY_STATUS.get(status, BY_STATUS[500 if status >= 500 else 400])
    return plain(type=name, title=title, status=status)
