"""Whether one wants one's own figures by mail."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import NoQuery, checked_query
from core.api.serializers import StrictSerializer
from marketplace import letters
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalView
from marketplace.letters import Every


class LettersBody(StrictSerializer):
    """How often: `never`, `week` or `month`."""

    every = serializers.ChoiceField(choices=Every.choices)


class LettersSerializer(LettersBody):
    """How often, and to which address: that of the account."""

    address = serializers.CharField(allow_blank=True)


class MyLetters(PersonalView):
    """One's own figures by mail; off until one asks for them."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="my_letters_retrieve", responses=LettersSerializer)
    def get(self, request: Request) -> Response:
        """How often they come, and where to."""
        checked_query(request, NoQuery)
        return _told(request)

    @extend_schema(
        operation_id="my_letters_choose", request=LettersBody, responses=LettersSerializer
    )
    def put(self, request: Request) -> Response:
        """Choose how often; the first letter tells of the period that runs now.

        Repeated it changes nothing, so it needs no Idempotency-Key.
        """
        body = LettersBody(data=request.data)
        body.is_valid(raise_exception=True)
        letters.choose(request.user.asn, every=Every(body.validated_data["every"]))
        return _told(request)


def _told(request: Request) -> Response:
    every = letters.chosen_by(request.user.asn)
    return Response(LettersSerializer({"every": every, "address": request.user.email}).data)
