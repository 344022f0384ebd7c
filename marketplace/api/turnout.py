"""How many take part: the city's for everyone, each agency's for who looks after people."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.scopes import Scope
from core.calendar import months_before, previous_month
from marketplace import releases
from marketplace.api.fields import MonthField
from marketplace.api.figures import CACHE, MonthQuery, checked, latest
from marketplace.api.personal import PersonalView
from marketplace.figures import SEES_RATES


class MaySeeRates(IsAuthenticated):
    """Someone who may see how many take part in each agency: rates, never a person."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and request.user.has_perm(SEES_RATES)


class TurnoutSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Of a released month. People are rounded down to a multiple of five.

    `rate` is whole percent, at least, of `employed`, the mean over the days; null where nothing may
    be said. `reached` and `first_timers` are of the `buyers`.
    """

    month = MonthField()
    closed_on = serializers.DateField()
    employed = serializers.IntegerField()
    buyers = serializers.IntegerField()
    rate = serializers.IntegerField(allow_null=True)
    reached = serializers.IntegerField()
    first_timers = serializers.IntegerField()


class CityTurnoutSerializer(TurnoutSerializer):
    """The city's: with the quartiles of a buyer's rupiah, and the year's distinct buyers."""

    quartiles = serializers.ListField(child=serializers.IntegerField(), allow_null=True)
    year_buyers = serializers.IntegerField(allow_null=True)


class CityTurnoutAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """A month beside the one before and the same one a year before, where these are released."""

    now = CityTurnoutSerializer()
    month_before = CityTurnoutSerializer(allow_null=True)
    year_before = CityTurnoutSerializer(allow_null=True)


class AgencyTurnoutSerializer(TurnoutSerializer):
    """An agency's, or that of several shown together."""

    agencies = serializers.ListField(child=serializers.CharField(allow_blank=True))


class AgencyTurnoutAnswer(serializers.Serializer):  # type: ignore[type-arg]
    agencies = AgencyTurnoutSerializer(many=True)


class CityTurnout(APIView):
    """How many of the city's ASN take part, from released months only."""

    permission_classes = [AllowAny]
    client_scope = Scope.FIGURES

    @extend_schema(
        parameters=[MonthQuery], responses=CityTurnoutAnswer, operation_id="turnout_city"
    )
    def get(self, request: Request) -> Response:
        """A released month (the last one by default) beside the two it is compared with."""
        month = checked(request, MonthQuery).get("month") or latest()
        answer = CityTurnoutAnswer(
            {
                "now": releases.turnouts(month)[0],
                "month_before": releases.city_turnout(previous_month(month)),
                "year_before": releases.city_turnout(months_before(month, 12)),
            }
        )
        return Response(answer.data, headers=CACHE)


class AgencyTurnout(PersonalView):
    """How many take part in each agency: for coordinators, the leadership and auditors."""

    permission_classes = [MaySeeRates]

    @extend_schema(
        parameters=[MonthQuery], responses=AgencyTurnoutAnswer, operation_id="turnout_agencies"
    )
    def get(self, request: Request) -> Response:
        """Every agency of a released month by its code; small ones are shown together."""
        month = checked(request, MonthQuery).get("month") or latest()
        _city, *agencies = releases.turnouts(month)
        return Response(AgencyTurnoutAnswer({"agencies": agencies}).data)
