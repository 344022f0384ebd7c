"""Lists page by an opaque, signed cursor: no counts, no page numbers, nothing to guess."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from core import secrets
from core.errors import Refusal


class CursorUnknown(Refusal):
    """A cursor that we did not write, or wrote for another list."""

    type = "cursor-unknown"
    title = _("This cursor is not one of this list.")
    status = 404


class CursorExpired(Refusal):
    """A place in a feed so far back that what came after it is no longer kept."""

    type = "cursor-expired"
    title = _("This cursor is too old. Please read the lists again from their start.")
    status = 410


def seal(*, path: str, place: list[Any]) -> str:
    """A cursor that only we can read or make, good for the list at `path`."""
    return secrets.seal(json.dumps(place), purpose=f"cursor {path}")


def unseal(cursor: str, *, path: str) -> list[Any]:
    """The place that `seal` was given. Raises `CursorUnknown` for any other text or list."""
    try:
        place: list[Any] = json.loads(secrets.unseal(cursor, purpose=f"cursor {path}"))
    except secrets.NotSealed as error:
        raise CursorUnknown from error
    return place


class SignedCursorPagination(CursorPagination):
    """DRF's cursor, encrypted and signed: a row's place may be its bigint key, which would tell
    how many there are. A list sets `ordering` to unique fields; `page_size` is at most 100.
    """

    page_size_query_param = "page_size"
    max_page_size = 100
    ordering: str | tuple[str, ...] = "-pk"

    def encode_cursor(self, cursor: Cursor) -> str:
        path = self.request.path  # type: ignore[attr-defined]  # set while it paginates
        sealed = seal(path=path, place=[cursor.offset, cursor.reverse, cursor.position])
        address: str = replace_query_param(str(self.base_url), self.cursor_query_param, sealed)
        return address

    def decode_cursor(self, request: Request) -> Cursor | None:
        sealed = request.query_params.get(self.cursor_query_param)
        if sealed is None:
            return None
        return Cursor(*unseal(sealed, path=request.path))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }
