"""Agreeing to take part, and taking it back."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import NoQuery, checked_query
from core.api.serializers import StrictSerializer, TextField
from marketplace import consent_texts, consents
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalView
from marketplace.models import Asn


class ConsentBody(StrictSerializer):
    """The digest of the text that was shown."""

    digest = TextField(max_length=64)


class ConsentSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """The present text in the language asked for, and whether it is agreed to.

    `erased_at` is when somebody who withdrew is erased, unless they agree again.
    """

    given = serializers.BooleanField()
    given_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    erased_at = serializers.DateTimeField(allow_null=True)
    version = serializers.CharField()
    digest = serializers.CharField()
    text = serializers.CharField()


class MyConsent(PersonalView):
    """One's own consent."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="consent_retrieve", responses=ConsentSerializer)
    def get(self, request: Request) -> Response:
        """The text to show, and whether it is agreed to. Taking part is voluntary."""
        checked_query(request, NoQuery)
        return Response(told(request.user.asn))

    @extend_schema(operation_id="consent_give", request=ConsentBody, responses=ConsentSerializer)
    def put(self, request: Request) -> Response:
        """Agree to the text with this digest. 409 `consent-text-changed` if it is another by now.

        Repeated it changes nothing, so it needs no Idempotency-Key.
        """
        body = ConsentBody(data=request.data)
        body.is_valid(raise_exception=True)
        consents.give(request.user.asn, **body.validated_data)
        request.user.asn.refresh_from_db(fields=["consented_to"])
        return Response(told(request.user.asn))

    @extend_schema(operation_id="consent_withdraw", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Take it back: nothing more is recorded, and in 3 x 24 hours one is erased.

        Until then one may look back, export, take purchases back, or agree again.
        """
        consents.withdraw(request.user.asn)
        return Response(status=204)


def told(asn: Asn) -> dict[str, Any]:
    """What is said of somebody's consent."""
    text, standing = consent_texts.current(), consents.standing_of(asn)
    said = {
        "given": standing.given,
        "given_at": standing.given_at,
        "withdrawn_at": standing.withdrawn_at,
        "erased_at": standing.erased_at,
        "version": text.version,
        "digest": text.digest,
        "text": text.wording(get_language() or ""),
    }
    data: dict[str, Any] = ConsentSerializer(said).data
    return data
