"""GET /api/v1/catalog/changes: what was listed, changed or taken down since an app last asked."""

from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from accounts.scopes import Scope
from cms import catalogue
from cms.api.serializers import ProductSerializer, UmkmSerializer
from core import outbox
from core.api.serializers import StrictSerializer, TextField
from core.models import OutboxEvent
from core.pagination import CursorExpired, CursorUnknown, seal, unseal

STREAM = OutboxEvent.Stream.CATALOGUE
A_PAGE = 100


class ChangesQuery(StrictSerializer):
    """`cursor`: from the last answer; without it, the present moment."""

    cursor = TextField(required=False, max_length=1_000)
    page_size = serializers.IntegerField(
        required=False, min_value=1, max_value=A_PAGE, default=A_PAGE
    )


class ChangeSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """One change. `deleted`: it is in no list any more; else `umkm` or `product` is how it is now.

    A shop that is gone takes its products along; one that is listed again brings them back.
    """

    event = serializers.CharField()
    kind = serializers.ChoiceField(choices=["umkm", "product"])
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    at = serializers.DateTimeField()
    deleted = serializers.BooleanField()
    umkm = UmkmSerializer(allow_null=True)
    product = ProductSerializer(allow_null=True)


class ChangesSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A page of the feed. `next` is always there; `more`: whether it already holds something."""

    next = serializers.URLField()
    more = serializers.BooleanField()
    results = ChangeSerializer(many=True)


class Changes(APIView):
    """The catalogue's changes in their order, each as what it is about stands now."""

    permission_classes = [AllowAny]
    client_scope = Scope.CATALOG

    @extend_schema(
        parameters=[ChangesQuery], responses=ChangesSerializer, operation_id="catalog_changes"
    )
    @method_decorator(conditional_page)
    def get(self, request: Request) -> Response:
        query = ChangesQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        reach = outbox.reach(STREAM)
        after = _place(query.validated_data.get("cursor"), path=request.path, reach=reach)
        events = outbox.read_on(stream=STREAM, after=after, limit=query.validated_data["page_size"])
        last = events[-1].number if events else after
        body = {
            "next": _address(request, last or 0),
            "more": (last or 0) < reach.last,
            "results": _with_what_they_are_about(_without_variants(events)),
        }
        return Response(ChangesSerializer(body, context={"request": request}).data)


def _place(cursor: str | None, *, path: str, reach: outbox.Reach) -> int:
    """The number after which to read. Raises `CursorExpired`, `CursorUnknown`."""
    if cursor is None:
        return reach.last
    number = unseal(cursor, path=path)[0]
    if not isinstance(number, int) or number > reach.last:
        raise CursorUnknown
    if not reach.holds_all_after(number):
        raise CursorExpired
    return number


def _address(request: Request, number: int) -> str:
    cursor = seal(path=request.path, place=[number])
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)


def _without_variants(events: list[OutboxEvent]) -> list[OutboxEvent]:
    """A variant is read with its product, of which every such change is told as well."""
    return [event for event in events if not event.event.startswith("variant.")]


def _with_what_they_are_about(events: list[OutboxEvent]) -> list[dict[str, Any]]:
    """Each event with the page it speaks of, in two queries for all of them."""
    ids = {event.public_id for event in events}
    shops = {page.umkm_row.public_id: page for page in _pages(catalogue.shops(), "umkm_row", ids)}
    goods = {
        page.product_row.public_id: page
        for page in _pages(catalogue.products(), "product_row", ids)
    }
    return [
        _change(event, shops.get(event.public_id), goods.get(event.public_id)) for event in events
    ]


def _pages(pages: Any, row: str, ids: set[Any]) -> Any:
    return pages.filter(**{f"{row}__public_id__in": ids}) if ids else []


def _change(event: OutboxEvent, shop: Any, product: Any) -> dict[str, Any]:
    return {
        "event": event.event,
        "kind": event.event.partition(".")[0],
        "id": event.public_id,
        "version": event.version,
        "at": event.created_at,
        "deleted": shop is None and product is None,
        "umkm": shop,
        "product": product,
    }
