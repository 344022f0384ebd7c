"""Lists page by an opaque, signed cursor: no counts, no page numbers, nothing to guess."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Q, QuerySet
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


@dataclass(frozen=True)
class Stretch:
    """The rows of one page of a list, and the cursor of the next one; None at the end."""

    rows: list[Any]
    next: str | None


def stretch(
    rows: QuerySet[Any],
    *,
    read: Callable[[QuerySet[Any]], list[dict[str, Any]]],
    scope: str,
    cursor: str | None,
    size: int,
) -> Stretch:
    """The `size` rows after a cursor, in the order that `rows` have, which must be a unique one.

    `read` makes dicts of a query, the annotations `place_0`, `place_1` … among them. `scope` names
    the list and its filters: a cursor is good for that alone. Nothing is counted or skipped over.
    """
    keys = [_Key.of(each, f"place_{index}") for index, each in enumerate(rows.query.order_by)]
    found = rows.annotate(**{key.name: key.expression for key in keys})
    if cursor is not None:
        found = found.filter(_after(keys, unseal(cursor, path=scope)))
    dicts = read(found[: size + 1])
    if len(dicts) <= size:
        return Stretch(dicts, None)
    last = [dicts[size - 1][key.name] for key in keys]
    place = json.loads(json.dumps(last, cls=DjangoJSONEncoder))
    return Stretch(dicts[:size], seal(path=scope, place=place))


@dataclass(frozen=True)
class _Key:
    """One of the expressions that a list is ordered by; nulls come last in it."""

    name: str
    expression: Any
    descending: bool

    @classmethod
    def of(cls, order: Any, name: str) -> "_Key":
        if isinstance(order, str):
            return cls(name, F(order.removeprefix("-")), order.startswith("-"))
        return cls(name, order.expression, order.descending)

    def equals(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def beyond(self, value: Any) -> Q:
        """What comes after `value`; after a null comes nothing."""
        if value is None:
            return Q(pk__in=[])
        if self.descending:
            return Q(**{f"{self.name}__lt": value})
        return Q(**{f"{self.name}__gt": value}) | Q(**{f"{self.name}__isnull": True})


def _after(keys: list[_Key], place: list[Any]) -> Q:
    """Beyond in the first key, or equal in it and beyond in the second, and so on."""
    if len(place) != len(keys):
        raise CursorUnknown
    found, same = Q(pk__in=[]), Q()
    for key, value in zip(keys, place, strict=True):
        found |= same & key.beyond(value)
        same &= key.equals(value)
    return found
