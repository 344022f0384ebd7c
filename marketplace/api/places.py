"""The places of the city and the kinds of shops: read by everyone."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.scopes import Scope
from core.api.queries import NoQuery, checked_query
from marketplace.api.serializers import CategoryList as CategoryListSerializer
from marketplace.api.serializers import RegionList as RegionListSerializer
from marketplace.models import Category, Region


class RegionList(APIView):
    """The whole tree of the city at once: some tens of places, and the one outside."""

    permission_classes = [AllowAny]
    client_scope = Scope.CATALOG

    @extend_schema(operation_id="regions_list", responses=RegionListSerializer)
    def get(self, request: Request) -> Response:
        """Every place of the city, by its Kemendagri code."""
        checked_query(request, NoQuery)
        return Response(RegionListSerializer({"results": Region.objects.all()}).data)


class CategoryList(APIView):
    """Every kind of shop at once."""

    permission_classes = [AllowAny]
    client_scope = Scope.CATALOG

    @extend_schema(operation_id="categories_list", responses=CategoryListSerializer)
    def get(self, request: Request) -> Response:
        """Every kind of shop, in the order in which they are shown."""
        checked_query(request, NoQuery)
        return Response(CategoryListSerializer({"results": Category.objects.all()}).data)
