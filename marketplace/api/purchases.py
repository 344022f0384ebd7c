"""Recording purchases, reading one's own, taking them back and correcting them."""

from typing import Any
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import checked_query
from core.idempotency import EffectBefore, Idempotency, idempotent
from core.pagination import SignedCursorPagination
from marketplace import registry
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalView
from marketplace.api.serializers import (
    CorrectionBody,
    PurchaseBody,
    PurchaseQuery,
    PurchaseSerializer,
    RecordedSerializer,
    VoidBody,
)
from marketplace.diary import Wanted, purchases_wanted
from marketplace.errors import ItemsDoNotFit, PlaceUnknown, PurchaseKeyReused
from marketplace.models import Asn, Product, Purchase, Region
from marketplace.purchases import (
    Unlisted,
    correct_purchase,
    own_purchase,
    record_purchase,
    recorded_under,
    similar_to,
    void_purchase,
)
from marketplace.receipts import similar_purchases as same_photo
from marketplace.recording import Item

LOCATION = OpenApiParameter(
    "Location",
    {"type": "string", "format": "uri-reference"},
    OpenApiParameter.HEADER,
    description="Where the purchase is read.",
    response=[200, 201],
)

BODY, PURCHASE = PurchaseBody(), PurchaseSerializer()
"""Made once: a new serializer copies every one of its fields, and these two are asked all day."""


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
    return answer(purchase, asn=request.user.asn, status=200)


class PurchaseList(PersonalView):
    """One's own purchases."""

    permission_classes = [IsActivatedAsn]
    pagination_class = PurchasePagination

    @extend_schema(
        operation_id="purchases_list",
        parameters=[PurchaseQuery],
        responses=PurchaseSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Own purchases, latest day first; the voided ones stand among them."""
        wanted = wanted_of(checked_query(request, PurchaseQuery))
        pages = self.pagination_class()
        found = purchases_wanted(request.user.asn, wanted)
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(PurchaseSerializer(page, many=True).data)

    @extend_schema(
        operation_id="purchases_create",
        request=PurchaseBody,
        responses={201: RecordedSerializer, 200: RecordedSerializer},
        parameters=[LOCATION],
    )
    @idempotent(required=True, late=present_state)
    def post(self, request: Request) -> Response:
        """Record a purchase, at a listed shop or at one that is named with its place.

        200 instead of 201: recorded long ago under this key, as it stands now.
        """
        said, asn = BODY.run_validation(request.data), request.user.asn
        what = bought(said)
        purchase = record_purchase(asn=asn, day=said["day"], **what, **keyed(request))
        return answered_first(purchase, items=what["items"], asn=asn)


class PurchaseDetail(PersonalView):
    """One of one's own purchases; another person's is as unknown as none."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="purchases_retrieve", responses=RecordedSerializer)
    def get(self, request: Request, public_id: UUID) -> Response:
        """An own purchase as it stands now."""
        asn = request.user.asn
        return Response(told(own_purchase(asn=asn, public_id=public_id), asn=asn))


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


class PurchaseCorrect(PersonalView):
    """Correcting an own purchase: another one in its place."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(
        operation_id="purchases_correct",
        request=CorrectionBody,
        responses={201: RecordedSerializer, 200: RecordedSerializer},
        parameters=[LOCATION],
    )
    @idempotent(required=True, late=present_state)
    def post(self, request: Request, public_id: UUID) -> Response:
        """Take an own purchase back and record what it should have said, in one step.

        The answer is the replacement; it keeps the day. 409 `purchase-voided` if it was taken back
        before. 200 instead of 201: corrected long ago under this key, the replacement as it stands
        now.
        """
        asn = request.user.asn
        purchase = own_purchase(asn=asn, public_id=public_id)
        body = CorrectionBody(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        what = bought(said)
        replacement = correct_purchase(
            asn=asn, purchase=purchase, reason=said["reason"], **what, **keyed(request)
        )
        return answered_first(replacement, items=what["items"], asn=asn)


def wanted_of(asked: dict[str, Any]) -> Wanted:
    """What a checked query asks for. Raises `UmkmUnknown` for a shop that there is not."""
    return Wanted(
        since=asked.get("from"),
        until=asked.get("until"),
        umkm=registry.find_umkm(asked["umkm"]) if "umkm" in asked else None,
        status=asked.get("status", ""),
        payment=asked.get("payment", ""),
    )


def as_new(purchase: Purchase, *, items: list[Item]) -> Purchase:
    """Note that nothing stands beside what was recorded just now: its answer asks for nothing."""
    if not purchase.recorded_before:
        for beside in ("void", "replacement", "receipt"):
            Purchase._meta.get_field(beside).set_cached_value(purchase, None)
        if not items:
            purchase._prefetched_objects_cache = {"items": []}
    return purchase


def answered_first(purchase: Purchase, *, items: list[Item], asn: Asn) -> Response:
    """The answer to what was recorded just now. Raises `EffectBefore` if it was long ago."""
    if purchase.recorded_before:
        raise EffectBefore
    return answer(as_new(purchase, items=items), asn=asn, status=201)


def answer(purchase: Purchase, *, asn: Asn, status: int) -> Response:
    """The purchase as it stands, with the address where it is read."""
    where = reverse("api-purchase", kwargs={"public_id": purchase.public_id})
    return Response(told(purchase, asn=asn), status=status, headers={"Location": where})


def told(purchase: Purchase, *, asn: Asn) -> dict[str, Any]:
    """What is said of an own purchase, with the ids of those that are like it."""
    prefetch_related_objects([purchase], "items__product")
    similar = similar_to(asn=asn, purchase=purchase)
    if getattr(purchase, "receipt", None):
        similar += [other for other in same_photo(purchase.receipt) if other not in similar]
    return {
        **PURCHASE.to_representation(purchase),
        "similar": [str(alike.public_id) for alike in similar],
    }


def keyed(request: Request) -> dict[str, str]:
    """The key that a purchase is recorded under, and what it stands for."""
    used: Idempotency = request.idempotency  # type: ignore[attr-defined]
    return {"client_key": used.key, "fingerprint": used.fingerprint}


def bought(said: dict[str, Any]) -> dict[str, Any]:
    """What was said of a purchase, as the rules take it."""
    unlisted = said.get("unlisted")
    return {
        "umkm": find_unlisted(unlisted) if unlisted else said["umkm"],
        "items": find_items(said.get("items", [])),
        "amount": said["amount"],
        "payment": said["payment"],
        "note": said["note"],
    }


def find_unlisted(said: dict[str, Any]) -> Unlisted:
    """The shop that was named with its place."""
    return Unlisted(name=said["name"], region=find_place(said["kelurahan"]))


def find_place(code: str, *, field: str = "unlisted") -> Region:
    """The kelurahan that was named, or the refusal beside the field that named it."""
    try:
        return registry.find_place(code)
    except PlaceUnknown as unknown:
        raise PlaceUnknown(fields={field: [PlaceUnknown.title]}) from unknown


def find_items(said: list[dict[str, Any]]) -> list[Item]:
    """The products that were named, in one query."""
    names = {item["product"] for item in said}
    products = {p.public_id: p for p in Product.objects.filter(public_id__in=names)} if said else {}
    if len(products) < len(names):
        raise ItemsDoNotFit(fields={"items": [ItemsDoNotFit.title]})
    return [Item(products[item["product"]], item["quantity"], item["amount"]) for item in said]
