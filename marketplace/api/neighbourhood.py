"""An ASN's own neighbourhood."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace import neighbourhood
from marketplace.api.fields import MonthField
from marketplace.api.figures import FigurePlace, StayedSerializer, SumSerializer
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalView


class NeighbourhoodSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """The year of the kelurahan one lives in, up to `month`, and one's own part, live.

    `spent`, `received` and `stayed` are released figures; `own` and `share` (whole percent of
    `spent`) are one's own. `if_each` is a calculation: at least `residents` ASN at `band_low` each
    in a month. Whole rupiah.
    """

    place = FigurePlace()
    year = serializers.IntegerField()
    month = MonthField()
    spent = SumSerializer()
    received = SumSerializer()
    stayed = StayedSerializer(allow_null=True)
    own = serializers.IntegerField()
    share = serializers.IntegerField(allow_null=True)
    residents = serializers.IntegerField(allow_null=True)
    band_low = serializers.IntegerField()
    if_each = serializers.IntegerField(allow_null=True)


class NeighbourhoodAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """Null until a first month is released."""

    neighbourhood = NeighbourhoodSerializer(allow_null=True)


class MyNeighbourhood(PersonalView):
    """What goes round where one lives; nobody else can be asked for."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(responses=NeighbourhoodAnswer, operation_id="my_neighbourhood")
    def get(self, request: Request) -> Response:
        """The released year of one's kelurahan and one's own part in it."""
        found = neighbourhood.neighbourhood(request.user.asn, today=timezone.localdate())
        return Response(NeighbourhoodAnswer({"neighbourhood": found}).data)
