"""Recording purchases, reading one's own and taking them back."""

from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import PageQuery, checked_query
from core.idempotency import idempotent
from core.pagination import SignedCursorPagination
from marketplace import registry
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalView
from marketplace.api.serializers import PurchaseBody, PurchaseSerializer, VoidBody
from marketplace.errors import ItemsDoNotFit, PlaceUnknown, PurchaseKeyReused, UmkmUnknown
from marketplace.models import Product, Purchase, Region, Umkm
from marketplace.purchases import (
    Item,
    own_purchase,
    purchases_of,
    record_at_unlisted,
    record_purchase,
    recorded_under,
    void_purchase,
)

LOCATION = OpenApiParameter(
    "Location",
    {"type": "string", "format": "uri-reference"},
    OpenApiParameter.HEADER,
    description="Where the purchase is read.",
    response=[200, 201],
)


class PurchasePagination(SignedCursorPagination):
    """Latest day first; no number that counts the city's purchases stands in the cursor."""

    ordering = ("-day", "-public_id")


def present_state(request: Request, key: str, fingerprint: str) -> Response | None:
    """What a key that outlived its first answer stands for: 200 with the purchase as it is now."""
    purchase = recorded_under(asn=request.user.asn, client_key=key)
    if purchase is None:
        return None
    if purchase.fingerprint != fingerprint:
        raise PurchaseKeyReused
    return answer(purchase, status=200)


class PurchaseList(PersonalView):
    """One's own purchases."""

    permission_classes = [IsActivatedAsn]
    pagination_class = PurchasePagination

    @extend_schema(
        operation_id="purchases_list",
        parameters=[PageQuery],
        responses=PurchaseSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Own purchases, latest day first; the voided ones stand among them."""
        checked_query(request, PageQuery)
        pages = self.pagination_class()
        page = pages.paginate_queryset(purchases_of(request.user.asn), request, view=self)
        return pages.get_paginated_response(PurchaseSerializer(page, many=True).data)

    @extend_schema(
        operation_id="purchases_create",
        request=PurchaseBody,
        responses={201: PurchaseSerializer, 200: PurchaseSerializer},
        parameters=[LOCATION],
    )
    @idempotent(required=True, late=present_state)
    def post(self, request: Request) -> Response:
        """Record a purchase, at a listed shop or at one that is named with its place.

        200 instead of 201: recorded long ago under this key, as it stands now.
        """
        body = PurchaseBody(data=request.data)
        body.is_valid(raise_exception=True)
        return answer(record(request, body.validated_data), status=201)


class PurchaseDetail(PersonalView):
    """One of one's own purchases; another person's is as unknown as none."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="purchases_retrieve", responses=PurchaseSerializer)
    def get(self, request: Request, public_id: UUID) -> Response:
        """An own purchase as it stands now."""
        purchase = own_purchase(asn=request.user.asn, public_id=public_id)
        return Response(PurchaseSerializer(purchase).data)


class PurchaseVoid(PersonalView):
    """Taking an own purchase back."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(
        operation_id="purchases_void",
        request=VoidBody,
        responses={200: PurchaseSerializer},
    )
    @idempotent(required=False)
    def post(self, request: Request, public_id: UUID) -> Response:
        """Take an own purchase back, once: 409 `purchase-voided` if it was before."""
        body = VoidBody(data=request.data)
        body.is_valid(raise_exception=True)
        asn = request.user.asn
        purchase = own_purchase(asn=asn, public_id=public_id)
        void_purchase(asn=asn, purchase=purchase, **body.validated_data)
        voided = own_purchase(asn=asn, public_id=public_id)
        return Response(PurchaseSerializer(voided).data)


def answer(purchase: Purchase, *, status: int) -> Response:
    """The purchase as it stands, with the address where it is read."""
    prefetch_related_objects([purchase], "items__product")
    where = reverse("api-purchase", kwargs={"public_id": purchase.public_id})
    data = PurchaseSerializer(purchase).data
    return Response(data, status=status, headers={"Location": where})


def record(request: Request, said: dict[str, Any]) -> Purchase:
    """Hand what was said to the rule that it asks for."""
    common = {
        "asn": request.user.asn,
        "amount": said["amount"],
        "day": said["day"],
        "payment": said["payment"],
        "note": said["note"],
        "client_key": request.idempotency.key,  # type: ignore[attr-defined]
        "fingerprint": request.idempotency.fingerprint,  # type: ignore[attr-defined]
    }
    if "unlisted" in said:
        place = find_place(said["unlisted"]["kelurahan"])
        return record_at_unlisted(name=said["unlisted"]["name"], region=place, **common)
    umkm = find_umkm(said["umkm"])
    return record_purchase(umkm=umkm, items=find_items(said.get("items", [])), **common)


def find_umkm(public_id: UUID) -> Umkm:
    """The shop that was named, or the refusal beside the field that named it."""
    try:
        return registry.find_umkm(public_id)
    except UmkmUnknown as unknown:
        raise UmkmUnknown(fields={"umkm": [UmkmUnknown.title]}) from unknown


def find_place(code: str) -> Region:
    """The kelurahan that was named, or the refusal beside the field that named it."""
    try:
        return registry.find_place(code)
    except PlaceUnknown as unknown:
        raise PlaceUnknown(fields={"unlisted": [PlaceUnknown.title]}) from unknown


def find_items(said: list[dict[str, Any]]) -> list[Item]:
    """The products that were named, in one query."""
    names = {item["product"] for item in said}
    products = {p.public_id: p for p in Product.objects.filter(public_id__in=names)} if said else {}
    if len(products) < len(names):
        raise ItemsDoNotFit(fields={"items": [ItemsDoNotFit.title]})
    return [Item(products[item["product"]], item["quantity"], item["amount"]) for item in said]
