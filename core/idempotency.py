"""`Idempotency-Key`: a request that is repeated has its effect once and gets the first answer.

After draft-ietf-httpapi-idempotency-key-header-07. Key, fingerprint and first answer are written in
the transaction of the effect, so they live or die together. A refusal rolls back and is not kept:
the same key may be tried again.
"""

import functools
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Refusal
from core.keys import IN_A_HEADER
from core.models import IdempotencyRecord
from core.sql import Sql, fetch, send

HEADER = "Idempotency-Key"

LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"

KEPT = """
SELECT fingerprint, status, body, location FROM core_idempotencyrecord
WHERE user_id = %s AND family = %s AND key = %s AND created_at >= %s
"""

KEEP = """
INSERT INTO core_idempotencyrecord
    (user_id, family, key, fingerprint, status, body, location, created_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (user_id, family, key) DO UPDATE SET (fingerprint, status, body, location, created_at)
    = (EXCLUDED.fingerprint, EXCLUDED.status, EXCLUDED.body, EXCLUDED.location, EXCLUDED.created_at)
"""

View = Callable[..., Response]
Late = Callable[[Request, str, str], Response | None]


class KeyMissing(Refusal):
    """The route wants an Idempotency-Key."""

    type = "idempotency-key-missing"
    title = _("This request needs an Idempotency-Key.")


class KeyMalformed(Refusal):
    """The key is empty, too long, or holds other than visible ASCII characters."""

    type = "idempotency-key-malformed"
    title = _("The Idempotency-Key is not well-formed.")


class KeyReused(Refusal):
    """The key belongs to another request."""

    type = "idempotency-key-reused"
    title = _("This Idempotency-Key belongs to another request.")
    status = 422


class StillRunning(Refusal):
    """The first request with this key has not finished."""

    type = "idempotency-running"
    title = _("The first request with this key is still running.")
    status = 409


class EffectBefore(Exception):
    """Raised by a method that finds its effect there already, under this key: `late` answers."""


@dataclass(frozen=True)
class Idempotency:
    """What a view may keep of the key: `request.idempotency`, None where no key was given."""

    key: str
    fingerprint: str


@dataclass(frozen=True)
class Kept:
    """A first answer, and what it was asked by."""

    fingerprint: str
    status: int
    body: str
    location: str


def idempotent(*, required: bool, late: Late | None = None) -> Callable[[View], View]:
    """Decorate a creating method of an APIView; opens the transaction its rule joins.

    Authentication, permissions and throttles have run before it. `late` is for a resource that
    keeps its own key, when no first answer is kept any more: it is asked, inside the transaction
    and with request, key and fingerprint, where the method refuses (today's rules may refuse what
    was recorded long ago) or raises `EffectBefore`, and answers with the present state. Raises
    `KeyMissing` (if `required`), `KeyMalformed`, `KeyReused` and `StillRunning`.
    """

    def decorate(method: View) -> View:
        @functools.wraps(method)
        def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = read_key(request, required=required)
            if key is None:
                request.idempotency = None  # type: ignore[attr-defined]
                with transaction.atomic():
                    return _undone_if_refused(method(view, request, *args, **kwargs))
            call = functools.partial(method, view, request, *args, **kwargs)
            return _once(call, request=request, key=key, late=late)

        answer.idempotency_required = required  # type: ignore[attr-defined]  # for core.schema
        return answer

    return decorate


def read_key(request: Request, *, required: bool = False) -> str | None:
    """The key of the request, quoted as the draft has it or bare."""
    text = request.headers.get(HEADER)
    if text is None:
        if required:
            raise KeyMissing
        return None
    if not re.fullmatch(IN_A_HEADER, text):
        raise KeyMalformed
    return text[1:-1] if text[0] == '"' else text


def fingerprint(request: Request) -> str:
    """SHA-256 over route and meaning of the body: the order of JSON keys does not count."""
    digest = _digest(str(request.method), request.path, _fields(request))
    for name, part in sorted(_files(request)):
        digest.update(f"\n{name} {part}".encode())
    return digest.hexdigest()


def fingerprint_of(*, method: str, path: str, fields: Any) -> str:
    """The fingerprint that a request without files to `path` has, told by what it says."""
    return _digest(method, path, fields).hexdigest()


def is_finished(request: Request) -> bool:
    """Whether a first answer is kept for this request's key: a throttle lets it through."""
    keyed = request.method == "POST" and HEADER in request.headers
    if not keyed or not request.user.is_authenticated:
        return False
    return bool(fetch(_query(request, str(read_key(request)))))


def purge() -> int:
    """Forget first answers older than IDEMPOTENCY_DAYS; return how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=_oldest()).delete()[0]


@transaction.atomic
def _once(
    call: Callable[[], Response], *, request: Request, key: str, late: Late | None
) -> Response:
    kept = _locked(request, key)
    print_ = fingerprint(request)
    if kept is not None:
        return _repeat(kept, print_)
    request.idempotency = Idempotency(key, print_)  # type: ignore[attr-defined]
    try:
        response = _undone_if_refused(call())
    except (APIException, EffectBefore, Refusal):
        answered_late = late(request, key, print_) if late is not None else None
        if answered_late is None:
            raise
        return answered_late
    if response.status_code < 400:
        _keep(response, request=request, key=key, print_=print_)
    return response


def _locked(request: Request, key: str) -> Kept | None:
    """The first answer, under a lock that is held until the commit.

    A second request with the same key is told at once, not kept waiting.
    """
    name = f"{request.user.pk}/{_family(request)}/{key}"
    [(is_alone,)], kept = send(Sql(LOCK, (name,)), _query(request, key))
    if not is_alone:
        raise StillRunning(retry_after=1)
    return Kept(*kept[0]) if kept else None


def _query(request: Request, key: str) -> Sql:
    return Sql(KEPT, (request.user.pk, _family(request), key, _oldest()))


def _repeat(kept: Kept, print_: str) -> Response:
    if kept.fingerprint != print_:
        raise KeyReused
    headers = {"Location": kept.location} if kept.location else None
    return Response(json.loads(kept.body), status=kept.status, headers=headers)


def _keep(response: Response, *, request: Request, key: str, print_: str) -> None:
    """Write the first answer, over one that is no longer kept; the key's lock is held."""
    body = JSONRenderer().render(response.data).decode() or "null"
    location = response.headers.get("Location", "")
    whose = (request.user.pk, _family(request), key)
    answer = (print_, response.status_code, body, location, timezone.now())
    send(Sql(KEEP, (*whose, *answer)))


def _undone_if_refused(response: Response) -> Response:
    if response.status_code >= 400:
        transaction.set_rollback(True)
    return response


def _family(request: Request) -> str:
    return request.path.removeprefix("/api/v1/").partition("/")[0][:50]


def _digest(method: str, path: str, fields: Any) -> "hashlib._Hash":
    digest = hashlib.sha256(f"{method} {path}\n".encode())
    digest.update(json.dumps(fields, sort_keys=True, default=str).encode())
    return digest


def _fields(request: Request) -> Any:
    data = request.data
    if hasattr(data, "lists"):
        return {name: values for name, values in data.lists() if name not in request.FILES}
    return data


def _files(request: Request) -> Iterator[tuple[str, str]]:
    """The digest of each file: a multipart boundary changes with each try, the bytes do not."""
    for name, uploads in request.FILES.lists():
        for upload in uploads:
            digest = hashlib.sha256()
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
            yield name, digest.hexdigest()


def _oldest() -> Any:
    return timezone.now() - timedelta(days=settings.IDEMPOTENCY_DAYS)
