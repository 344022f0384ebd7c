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
from typing import Any, cast

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import Refusal
from core.models import IdempotencyRecord

HEADER = "Idempotency-Key"
WELL_FORMED = re.compile(r"[\x21-\x7e]{1,255}")

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


@dataclass(frozen=True)
class Idempotency:
    """What a view may keep of the key: `request.idempotency`, None where no key was given."""

    key: str
    fingerprint: str


def idempotent(*, required: bool, late: Late | None = None) -> Callable[[View], View]:
    """Decorate a creating method of an APIView; opens the transaction its rule joins.

    Authentication, permissions and throttles have run before it. `late` is asked, inside the
    transaction and with request, key and fingerprint, when no first answer is kept any more: a
    resource that keeps its own key answers with its present state. Raises `KeyMissing` (if
    `required`), `KeyMalformed`, `KeyReused` and `StillRunning`.
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
    key = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    if not WELL_FORMED.fullmatch(key):
        raise KeyMalformed
    return key


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
    return _kept(request, str(read_key(request))) is not None


def purge() -> int:
    """Forget first answers older than IDEMPOTENCY_DAYS; return how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=_oldest()).delete()[0]


@transaction.atomic
def _once(
    call: Callable[[], Response], *, request: Request, key: str, late: Late | None
) -> Response:
    _take_lock(request, key)
    print_ = fingerprint(request)
    kept = _kept(request, key)
    if kept is not None:
        return _repeat(kept, print_)
    if late is not None and (response := late(request, key, print_)) is not None:
        return response
    request.idempotency = Idempotency(key, print_)  # type: ignore[attr-defined]
    response = _undone_if_refused(call())
    if response.status_code < 400:
        _keep(response, request=request, key=key, print_=print_)
    return response


def _take_lock(request: Request, key: str) -> None:
    """Held until the commit; a second request with the same key is told at once, not kept."""
    name = f"{request.user.pk}/{_family(request)}/{key}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if not cursor.fetchone()[0]:
            raise StillRunning(retry_after=1)


def _user(request: Request) -> int:
    """Whose key it is; nobody who is anonymous gets this far."""
    return cast(int, request.user.pk)


def _kept(request: Request, key: str) -> IdempotencyRecord | None:
    mine = IdempotencyRecord.objects.filter(
        user_id=_user(request), family=_family(request), key=key
    )
    return mine.filter(created_at__gte=_oldest()).first()


def _repeat(kept: IdempotencyRecord, print_: str) -> Response:
    if kept.fingerprint != print_:
        raise KeyReused
    headers = {"Location": kept.location} if kept.location else None
    return Response(json.loads(kept.body), status=kept.status, headers=headers)


def _keep(response: Response, *, request: Request, key: str, print_: str) -> None:
    """Write the first answer, over one that is no longer kept; the key's lock is held."""
    kept = IdempotencyRecord(
        user_id=_user(request),
        family=_family(request),
        key=key,
        fingerprint=print_,
        status=response.status_code,
        body=JSONRenderer().render(response.data).decode() or "null",
        location=response.headers.get("Location", ""),
        created_at=timezone.now(),
    )
    IdempotencyRecord.objects.bulk_create(
        [kept],
        update_conflicts=True,
        unique_fields=["user", "family", "key"],
        update_fields=["fingerprint", "status", "body", "location", "created_at"],
    )


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
