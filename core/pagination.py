"""Lists page by an opaque, signed cursor: no counts, no page numbers, nothing to guess."""

from typing import Any

from django.core import signing
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

SALT = "core.pagination.cursor"


class SignedCursorPagination(CursorPagination):
    """DRF's cursor, signed: a cursor that we did not write is answered by 404.

    A list sets `ordering` to unique fields; `page_size` is at most 100.
    """

    page_size_query_param = "page_size"
    max_page_size = 100
    ordering: str | tuple[str, ...] = "-pk"

    def encode_cursor(self, cursor: Cursor) -> str:
        signed = signing.dumps([cursor.offset, cursor.reverse, cursor.position], salt=SALT)
        address: str = replace_query_param(str(self.base_url), self.cursor_query_param, signed)
        return address

    def decode_cursor(self, request: Request) -> Cursor | None:
        signed = request.query_params.get(self.cursor_query_param)
        if signed is None:
            return None
        try:
            position = signing.loads(signed, salt=SALT)
        except signing.BadSignature as error:
            raise NotFound from error
        return Cursor(*position)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }
