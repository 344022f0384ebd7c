"""Photos of receipts: given, looked at and removed by their owner, looked at by an auditor."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from core.api.files import BytesRenderer
from core.api.queries import NoQuery, checked_query
from core.api.serializers import StrictSerializer, TextField
from marketplace import receipt_uploads, receipts
from marketplace.api.permissions import IsActivatedAsn, MayLookAtReceipts
from marketplace.api.personal import PersonalFileView, PersonalView
from marketplace.models import Receipt

PHOTO = "image/webp"
HEADERS = {
    "Content-Disposition": 'inline; filename="struk.webp"',
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


class ReceiptBody(StrictSerializer):
    """One photo: JPEG, PNG, WebP or HEIC."""

    photo = serializers.FileField(allow_empty_file=True)  # the rule says what an empty one is


class ReceiptLink(serializers.Serializer):  # type: ignore[type-arg]
    """Opens the photo to who asked, signed in as they are now, until then."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class ReceiptSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A receipt as it stands. `photo` is null once it was removed: that there was one stays.

    `similar` names one's other purchases with the same photo: a warning that blocks nothing.
    """

    photo = ReceiptLink(allow_null=True)
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    bytes = serializers.IntegerField(source="size")
    kept_at = serializers.DateTimeField()
    kept_until = serializers.DateTimeField()
    removable_until = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(allow_null=True)
    similar = serializers.ListField(child=serializers.UUIDField())


class PurchaseReceipt(PersonalView):
    """The receipt of one of one's own purchases; another person's is as unknown as none."""

    permission_classes = [IsActivatedAsn]
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="receipt_retrieve", responses=ReceiptSerializer)
    def get(self, request: Request, public_id: UUID) -> Response:
        """What is kept, with a link of minutes to the photo."""
        checked_query(request, NoQuery)
        receipt = receipts.own_receipt(asn=request.user.asn, public_id=public_id)
        return Response(_told(receipt, reader=request.user))

    @extend_schema(
        operation_id="receipt_keep",
        request={"multipart/form-data": ReceiptBody},
        responses=ReceiptSerializer,
    )
    def put(self, request: Request, public_id: UUID) -> Response:
        """Give the photo, now or later than the purchase; in place of the one there was.

        Repeated with the same file it changes nothing, so it needs no Idempotency-Key.
        """
        receipt_uploads.prepare(request._request)
        body = ReceiptBody(data=request.data)
        body.is_valid(raise_exception=True)
        upload = body.validated_data["photo"].read()
        asn = request.user.asn
        receipt = receipts.keep_receipt(asn=asn, public_id=public_id, upload=upload)
        return Response(_told(receipt, reader=request.user))

    @extend_schema(operation_id="receipt_remove", responses={204: None})
    def delete(self, request: Request, public_id: UUID) -> Response:
        """Delete the photo; the evidence stays. 409 `receipt-kept` once its time is over."""
        receipts.remove_receipt(asn=request.user.asn, public_id=public_id)
        return Response(status=204)


class PhotoRenderer(BytesRenderer):
    media_type = PHOTO
    format = "webp"


class PhotoQuery(StrictSerializer):
    """What a link holds beside the purchase's id."""

    until = serializers.IntegerField(min_value=0, max_value=2**53)
    signature = TextField(max_length=100)


class ReceiptPhoto(PersonalFileView):
    """Where a link leads: it opens to the person it was made for, signed in as themselves."""

    permission_classes = [IsAuthenticated]
    renderer_classes = [PhotoRenderer, JSONRenderer]

    @extend_schema(
        operation_id="receipt_photo",
        parameters=[PhotoQuery],
        responses={(200, PHOTO): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, public_id: UUID) -> HttpResponse:
        """The photo. 404 `receipt-link-over` after its minutes, and to anybody else."""
        query = PhotoQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        photo = receipts.open_photo(reader=request.user, public_id=public_id, **asked)
        return HttpResponse(photo, content_type=PHOTO, headers=HEADERS)


class LookQuery(StrictSerializer):
    """What the look is for, in words: it is logged, and the owner reads it."""

    purpose = TextField(max_length=200)


class LookAnswer(serializers.Serializer):  # type: ignore[type-arg]
    photo = ReceiptLink()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    kept_at = serializers.DateTimeField()


class AuditReceipt(PersonalView):
    """Anyone's receipt, for an auditor: each look is logged where its owner can see it."""

    permission_classes = [MayLookAtReceipts]

    @extend_schema(
        parameters=[LookQuery], responses=LookAnswer, operation_id="audit_receipt_retrieve"
    )
    def get(self, request: Request, public_id: UUID) -> Response:
        """A link of minutes to the photo, once the purpose is written down."""
        query = LookQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        receipt = receipts.look(auditor=request.user, public_id=public_id, **query.validated_data)
        told = {
            "photo": address_of(receipt, reader=request.user),
            "width": receipt.width,
            "height": receipt.height,
            "kept_at": receipt.kept_at,
        }
        return Response(LookAnswer(told).data)


def address_of(receipt: Receipt, *, reader: User) -> dict[str, Any]:
    """The link as an address of this site."""
    link = receipts.link_for(receipt, reader=reader)
    where = reverse("api-receipt-photo", kwargs={"public_id": receipt.purchase.public_id})
    said = urlencode({"until": link.until, "signature": link.signature})
    return {"url": f"{where}?{said}", "expires_at": link.expires_at}


def _told(receipt: Receipt, *, reader: User) -> dict[str, Any]:
    told = {
        name: getattr(receipt, name)
        for name in ("width", "height", "size", "kept_at", "removed_at")
    }
    told |= {
        "photo": address_of(receipt, reader=reader) if receipt.file else None,
        "kept_until": receipts.kept_until(receipt),
        "removable_until": receipts.removable_until(receipt),
        "similar": [other.public_id for other in receipts.similar_purchases(receipt)],
    }
    data: dict[str, Any] = ReceiptSerializer(told).data
    return data
