"""Running promotions, for everyone: GET /api/v1/promotions."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.scopes import Scope
from core.api.queries import PageQuery, checked_query
from core.pagination import SignedCursorPagination
from marketplace.models import Product, Umkm
from promotions.models import PromotedProduct, PromotedUmkm, Promotion


class PromotionUmkmSerializer(serializers.ModelSerializer[Umkm]):
    id = serializers.UUIDField(source="public_id")
    kelurahan = serializers.CharField(source="region_id", help_text="Kemendagri code.")

    class Meta:
        model = Umkm
        fields = ["id", "name", "kelurahan"]


class PromotionProductSerializer(serializers.ModelSerializer[Product]):
    id = serializers.UUIDField(source="public_id")
    umkm = serializers.UUIDField(source="umkm.standing.public_id")

    class Meta:
        model = Product
        fields = ["id", "name", "price", "unit", "umkm"]


class PromotionSerializer(serializers.ModelSerializer[Promotion]):
    """A running promotion, with the shops and products it shows."""

    id = serializers.UUIDField(source="public_id")
    umkm = PromotionUmkmSerializer(source="shops", many=True)
    products = PromotionProductSerializer(many=True)

    class Meta:
        model = Promotion
        fields = ["id", "title", "message", "starts", "ends", "umkm", "products"]


class LatestBegun(SignedCursorPagination):
    ordering = ("-starts", "-pk")


class RunningPromotions(ListAPIView[Promotion]):
    """What runs today, the latest begun first."""

    permission_classes = [AllowAny]
    client_scope = Scope.POSTS
    serializer_class = PromotionSerializer
    pagination_class = LatestBegun

    def get_queryset(self) -> QuerySet[Promotion]:
        umkm = PromotedUmkm.objects.select_related("umkm__merged_into")
        products = PromotedProduct.objects.select_related("product__umkm__merged_into")
        return Promotion.objects.running(timezone.localdate()).prefetch_related(
            Prefetch("promoted_umkm", umkm), Prefetch("promoted_products", products)
        )

    @extend_schema(operation_id="promotions_list", parameters=[PageQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Running promotions."""
        checked_query(request, PageQuery)
        return super().get(request, *args, **kwargs)
