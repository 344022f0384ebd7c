"""Of the whole city: the counter of the month not released yet, and the local multiplier."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.scopes import Scope
from marketplace import multiplier, releases
from marketplace.api.fields import MonthField
from marketplace.errors import FigureUnknown

CACHE = {"Cache-Control": "public, max-age=300"}


class LiveSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Whole rupiah, rounded down to a million, as of `day`; all null before the first step."""

    month = MonthField(allow_null=True)
    amount = serializers.IntegerField(allow_null=True)
    day = serializers.DateField(allow_null=True)


class LiveCounter(APIView):
    """What the running month has reached in the whole city; it moves at night."""

    permission_classes = [AllowAny]
    client_scope = Scope.FIGURES

    @extend_schema(responses=LiveSerializer, operation_id="figure_live")
    def get(self, request: Request) -> Response:
        """The city's counter; it knows no place, so any filter is refused."""
        if request.query_params:
            raise FigureUnknown(extra={"declared": {"filters": []}})
        live = releases.live_counter()
        said = vars(live) if live else dict.fromkeys(LiveSerializer().fields)
        return Response(LiveSerializer(said).data, headers=CACHE)


class MultiplierSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """LM3 as a range, estimated from the survey of `year` with at least so many `answers`."""

    year = serializers.IntegerField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    answers = serializers.IntegerField(allow_null=True)
    evidence = serializers.ChoiceField(choices=["estimated"])


class LocalMultiplier(APIView):
    """How often a rupiah spent at a small business is spent in the city, over three rounds."""

    permission_classes = [AllowAny]
    client_scope = Scope.FIGURES

    @extend_schema(responses=MultiplierSerializer, operation_id="figure_multiplier")
    def get(self, request: Request) -> Response:
        """The newest closed survey with a result; all null before there is one."""
        if request.query_params:
            raise FigureUnknown(extra={"declared": {"filters": []}})
        found = multiplier.latest()
        said = vars(found) if found else dict.fromkeys(MultiplierSerializer().fields)
        answer = MultiplierSerializer({**said, "evidence": "estimated"})
        return Response(answer.data, headers=CACHE)
