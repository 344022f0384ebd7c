"""The city's counter: the one figure of a month that is not released yet."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.scopes import Scope
from marketplace import releases
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
