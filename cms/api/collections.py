"""GET /api/v1/catalog/collections, for everyone: what editors picked, and what is in it now."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.scopes import Scope
from cms.api.serializers import AddressField, PhotoField, ProductSerializer, UmkmSerializer
from cms.collections import Member, collections, members
from cms.models import CollectionPage, ProductPage
from core.api.queries import PageQuery, checked_query
from core.last_modified import dated_page
from core.pagination import SignedCursorPagination


class CollectionSerializer(serializers.ModelSerializer[CollectionPage]):
    """A curated collection in a list."""

    name = serializers.CharField(source="title")
    photo = PhotoField(allow_null=True)
    url = AddressField()

    class Meta:
        model = CollectionPage
        fields = ["slug", "name", "intro", "photo", "url"]
        read_only_fields = fields


class MemberSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A shop or a product in a collection: one of the two is null."""

    umkm = UmkmSerializer(allow_null=True)
    product = ProductSerializer(allow_null=True)


class CollectionDetailSerializer(CollectionSerializer):
    """A collection with its members: the editors' picks first, then what its rule found."""

    members = MemberSerializer(many=True, source="shown_members")

    class Meta(CollectionSerializer.Meta):
        fields = [*CollectionSerializer.Meta.fields, "members"]
        read_only_fields = fields


class EditorsOrder(SignedCursorPagination):
    """As the pages stand in the tree."""

    ordering = "path"


class CollectionList(ListAPIView[CollectionPage]):
    """Live collections in the editors' order."""

    permission_classes = [AllowAny]
    client_scope = Scope.CATALOG
    pagination_class = EditorsOrder
    serializer_class = CollectionSerializer

    def get_queryset(self) -> Any:
        return collections()

    @extend_schema(parameters=[PageQuery], operation_id="catalog_collections_list")
    @method_decorator(conditional_page)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        checked_query(request, PageQuery)
        return super().get(request, *args, **kwargs)


class CollectionDetail(APIView):
    """One live collection and what is in it now."""

    permission_classes = [AllowAny]
    client_scope = Scope.CATALOG

    @extend_schema(
        responses=CollectionDetailSerializer, operation_id="catalog_collections_retrieve"
    )
    @method_decorator(dated_page)
    def get(self, request: Request, slug: str) -> Response:
        page = collections().filter(slug=slug).first()
        if page is None:
            raise Http404
        page.shown_members = shown_members(page)
        return Response(CollectionDetailSerializer(page, context={"request": request}).data)


def shown_members(page: CollectionPage) -> list[dict[str, Member | None]]:
    """What is in a collection, as `MemberSerializer` says it."""
    return [_member(each) for each in _with_places(members(page))]


def _with_places(found: list[Member]) -> list[Member]:
    """Read by two queries what a product tells of its shop."""
    products = [each for each in found if isinstance(each, ProductPage)]
    wanted = ["product_row__umkm__region__parent", "product_row__umkm__category"]
    prefetch_related_objects(products, *wanted)
    return found


def _member(page: Member) -> dict[str, Member | None]:
    if isinstance(page, ProductPage):
        return {"umkm": None, "product": page}
    return {"umkm": page, "product": None}
