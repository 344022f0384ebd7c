"""Lists page by an opaque, signed cursor: no counts, no page numbers, nothing to guess."""

import json
from typing import Any

from cryptography.fernet import InvalidToken
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


class SignedCursorPagination(CursorPagination):
    """DRF's cursor, encrypted and signed: a row's place may be its bigint key, which would tell
    how many there are. A list sets `ordering` to unique fields; `page_size` is at most 100.
    """

    page_size_query_param = "page_size"
    max_page_size = 100
    ordering: str | tuple[str, ...] = "-pk"

    def encode_cursor(self, cursor: Cursor) -> str:
        path = self.request.path  # type: ignore[attr-defined]  # set while it paginates
        place = [path, cursor.offset, cursor.reverse, cursor.position]
        sealed = secrets.encrypt(json.dumps(place))
        address: str = replace_query_param(str(self.base_url), self.cursor_query_param, sealed)
        return address

    def decode_cursor(self, request: Request) -> Cursor | None:
        sealed = request.query_params.get(self.cursor_query_param)
        if sealed is None:
            return None
        try:
            path, *place = json.loads(secrets.decrypt(sealed))
        except InvalidToken as error:
            raise CursorUnknown from error
        if path != request.path:
            raise CursorUnknown
        return Cursor(*place)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }
