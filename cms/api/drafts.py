"""GET /api/v1/catalog/draft: what an editor is previewing, for the front end that shows it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from wagtail.models import Page

from cms import drafts
from cms.api.collections import CollectionDetailSerializer, shown_members
from cms.api.serializers import ProductDetailSerializer, UmkmDetailSerializer
from cms.models import CollectionPage, ProductPage, UmkmPage
from core.api.queries import checked_query
from core.api.serializers import StrictSerializer, TextField


class DraftQuery(StrictSerializer):
    """`token`: with which the front end was called."""

    token = TextField(max_length=100)


class UmkmDraftSerializer(UmkmDetailSerializer):
    """An UMKM as its page would say it; the id comes by publishing."""

    id = serializers.UUIDField(source="umkm_row.public_id", allow_null=True)


class ProductDraftSerializer(ProductDetailSerializer):
    """A product as its page would say it; ids come by publishing."""

    id = serializers.UUIDField(source="product_row.public_id", allow_null=True)
    umkm = serializers.UUIDField(source="product_row.umkm.public_id", allow_null=True)


class DraftSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """The draft, said as if it were published: one of the three, the others are null."""

    umkm = UmkmDraftSerializer(allow_null=True)
    product = ProductDraftSerializer(allow_null=True)
    collection = CollectionDetailSerializer(allow_null=True)


class Draft(APIView):
    """One draft, to whoever was handed its token within the last ten minutes."""

    permission_classes = [AllowAny]

    @extend_schema(parameters=[DraftQuery], responses=DraftSerializer, operation_id="catalog_draft")
    def get(self, request: Request) -> Response:
        token = checked_query(request, DraftQuery).get("token", "")
        said = DraftSerializer(_told(drafts.read(token)), context={"request": request})
        return Response(said.data, headers={"Cache-Control": "no-store"})


def _told(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = {"umkm": None, "product": None, "collection": None}
    if isinstance(page, UmkmPage):
        return told | {"umkm": drafts.as_shop(page)}
    if isinstance(page, ProductPage):
        return told | {"product": drafts.as_product(page)}
    assert isinstance(page, CollectionPage)
    page.shown_members = shown_members(page)
    return told | {"collection": page}
