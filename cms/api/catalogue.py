"""GET /api/v1/umkm and /api/v1/products, for everyone."""

from typing import Any
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cms import catalogue
from cms.api.serializers import (
    CatalogueQuery,
    ProductDetailSerializer,
    ProductSerializer,
    UmkmDetailSerializer,
    UmkmSerializer,
)
from cms.models import ProductPage, UmkmPage
from core.pagination import SignedCursorPagination


class NewestFirst(SignedCursorPagination):
    """By public id, which tells the time of registering and no number of rows."""

    ordering = ("-public_id",)


class CatalogueList(ListAPIView[Any]):
    """A list of pages under the catalogue's filters."""

    permission_classes = [AllowAny]
    pagination_class = NewestFirst

    def search(self) -> catalogue.Search:
        """What the query asks for. Raises `ValidationError` for a filter that does not exist."""
        query = CatalogueQuery(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        return catalogue.Search(
            asked.get("q", ""), asked.get("category", ""), asked.get("kelurahan", "")
        )


class UmkmList(CatalogueList):
    """Listed UMKM, the newest first."""

    serializer_class = UmkmSerializer

    def get_queryset(self) -> Any:
        return catalogue.find(self.search())

    @extend_schema(parameters=[CatalogueQuery], operation_id="umkm_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class ProductList(CatalogueList):
    """Products of listed UMKM, the newest first."""

    serializer_class = ProductSerializer

    def get_queryset(self) -> Any:
        return catalogue.find_products(self.search())

    @extend_schema(parameters=[CatalogueQuery], operation_id="products_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class UmkmDetail(APIView):
    """One listed UMKM; a merged one answers as the shop it is read as."""

    permission_classes = [AllowAny]

    @extend_schema(responses=UmkmDetailSerializer, operation_id="umkm_retrieve")
    def get(self, request: Request, public_id: UUID) -> Response:
        page: UmkmPage | None = catalogue.shop(public_id)
        if page is None:
            raise Http404
        return Response(UmkmDetailSerializer(page, context={"request": request}).data)


class ProductDetail(APIView):
    """One product of a listed UMKM."""

    permission_classes = [AllowAny]

    @extend_schema(responses=ProductDetailSerializer, operation_id="products_retrieve")
    def get(self, request: Request, public_id: UUID) -> Response:
        page: ProductPage | None = catalogue.product(public_id)
        if page is None:
            raise Http404
        return Response(ProductDetailSerializer(page, context={"request": request}).data)
