"""The catalogue's lists and single things, for everyone: what was asked is translated, no more."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from accounts.scopes import Scope
from cms import catalogue, facets
from cms.api import rows
from cms.api.serializers import (
    CatalogueQuery,
    FacetsSerializer,
    ProductDetailSerializer,
    ProductSerializer,
    UmkmDetailSerializer,
    UmkmSerializer,
)
from cms.models import ProductPage, UmkmPage
from cms.search import WISHES, Kind, Search, conditions, fetch_in_good_time, order
from core.api.queries import checked_query
from core.keyset import KeysetList
from core.last_modified import dated_page
from core.sql import Rows, all_of
from marketplace.registry import find_place

A_PAGE = 20
NO_FILTER = ("cursor", "page_size")


class UmkmPageOfList(serializers.Serializer):  # type: ignore[type-arg]
    """Some UMKM; `next` leads on, null at the end."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True, help_text="Always null.")
    facets = FacetsSerializer(required=False, help_text="If asked for.")
    results = UmkmSerializer(many=True)


class ProductPageOfList(serializers.Serializer):  # type: ignore[type-arg]
    """Some products; `next` leads on, null at the end."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True, help_text="Always null.")
    facets = FacetsSerializer(required=False, help_text="If asked for.")
    results = ProductSerializer(many=True)


class CatalogueList(APIView):
    """A list under the catalogue's filters, the newest first unless asked otherwise."""

    permission_classes = [AllowAny]
    client_scope = Scope.CATALOG
    kind: str
    say: Callable[[rows.Row], rows.Row]

    def answer(self, request: Request) -> Response:
        """The rows after the cursor, the address of what comes after them, and facets if asked."""
        asked = checked_query(request, CatalogueQuery)
        search = _search(asked)
        size = asked.get("page_size", A_PAGE)
        listed = KeysetList(
            columns=rows.COLUMNS,
            table="cms_searchentry",
            where=all_of(conditions(search, kind=self.kind).values()),
            keys=order(search),
            scope=_scope(request),
        )
        queries = [listed.query(cursor=asked.get("cursor"), size=size)]
        if asked.get("facets"):
            queries.append(facets.query(search, kind=self.kind))
        entries, *counts = fetch_in_good_time(*queries)
        found = listed.stretch(entries, size=size)
        counted = {"facets": _facets(counts[0])} if counts else {}
        results = rows.rows(found.rows, type(self).say)
        onward = _next(request, found.next)
        return Response({"next": onward, "previous": None, **counted, "results": results})


class UmkmList(CatalogueList):
    """Listed UMKM, the newest first."""

    kind = Kind.SHOP
    say = staticmethod(rows.shop_row)

    @extend_schema(
        parameters=[CatalogueQuery], responses=UmkmPageOfList, operation_id="catalog_umkm_list"
    )
    @method_decorator(conditional_page)
    def get(self, request: Request) -> Response:
        return self.answer(request)


class ProductList(CatalogueList):
    """Products of listed UMKM, the newest first."""

    kind = Kind.PRODUCT
    say = staticmethod(rows.product_row)

    @extend_schema(
        parameters=[CatalogueQuery],
        responses=ProductPageOfList,
        operation_id="catalog_products_list",
    )
    @method_decorator(conditional_page)
    def get(self, request: Request) -> Response:
        return self.answer(request)


class UmkmDetail(APIView):
    """One listed UMKM; a merged one answers as the shop it is read as."""

    permission_classes = [AllowAny]
    client_scope = Scope.CATALOG

    @extend_schema(responses=UmkmDetailSerializer, operation_id="catalog_umkm_retrieve")
    @method_decorator(dated_page)
    def get(self, request: Request, public_id: UUID) -> Response:
        page: UmkmPage | None = catalogue.shop(public_id)
        if page is None:
            raise Http404
        return Response(UmkmDetailSerializer(page, context={"request": request}).data)


class ProductDetail(APIView):
    """One product of a listed UMKM."""

    permission_classes = [AllowAny]
    client_scope = Scope.CATALOG

    @extend_schema(responses=ProductDetailSerializer, operation_id="catalog_products_retrieve")
    @method_decorator(dated_page)
    def get(self, request: Request, public_id: UUID) -> Response:
        page: ProductPage | None = catalogue.product(public_id)
        if page is None:
            raise Http404
        return Response(ProductDetailSerializer(page, context={"request": request}).data)


# --- The same at their first addresses, which apps keep using -------------------------------------


@extend_schema_view(get=extend_schema(operation_id="umkm_list"))
class UmkmListBefore(UmkmList):
    """Listed UMKM, the newest first."""


@extend_schema_view(get=extend_schema(operation_id="umkm_retrieve"))
class UmkmDetailBefore(UmkmDetail):
    """One listed UMKM; a merged one answers as the shop it is read as."""


@extend_schema_view(get=extend_schema(operation_id="products_list"))
class ProductListBefore(ProductList):
    """Products of listed UMKM, the newest first."""


@extend_schema_view(get=extend_schema(operation_id="products_retrieve"))
class ProductDetailBefore(ProductDetail):
    """One product of a listed UMKM."""


def _search(asked: dict[str, Any]) -> Search:
    near = asked.get("near")
    return Search(
        words=asked.get("q", ""),
        category=asked.get("category", ""),
        place=asked.get("place") or asked.get("kelurahan", ""),
        price=asked.get("price", ""),
        wishes=frozenset(name for name in WISHES if asked.get(name)),
        sort=asked.get("sort", ""),
        near=find_place(near) if near else None,
    )


def _facets(counts: Rows) -> dict[str, Any]:
    counted = facets.counted(counts)
    return {
        "total": counted.total,
        "category": _by_value(counted.categories),
        "place": _by_value(counted.places),
        "price": _by_value(counted.prices),
        **{name: counted.wishes[name] for name in WISHES},
    }


def _by_value(counts: Mapping[str, int]) -> dict[str, int]:
    """Only what leads somewhere; a place outside every kecamatan has no name for one."""
    return {value: count for value, count in counts.items() if value and count}


def _scope(request: Request) -> str:
    """The list and its filters, as a cursor is bound to them."""
    filters = sorted(each for each in request.query_params.items() if each[0] not in NO_FILTER)
    return f"{request.path}?{urlencode(filters)}"


def _next(request: Request, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)
