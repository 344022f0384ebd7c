"""Goals that people fill together, and campaign days: read by everyone."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.scopes import Scope
from core.api.queries import NoQuery, checked_query
from marketplace import campaigns, goals
from marketplace.api.fields import MonthField
from marketplace.goals import AGENCY, State
from marketplace.models import Region

CACHE = {"Cache-Control": "public, max-age=300"}
LEVELS = [
    each.value for each in (Region.Level.CITY, Region.Level.KECAMATAN, Region.Level.KELURAHAN)
]


class GoalPlace(serializers.Serializer):  # type: ignore[type-arg]
    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.ChoiceField(choices=[*LEVELS, AGENCY])


class GoalSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A goal, and what public figures say of it: `reached` rupiah, or more where `at_least`.

    `months` of its `released` months are in that, and for the city the counter of those after. Of
    an agency each month is rounded: `rough`.
    """

    id = serializers.UUIDField(source="goal.public_id")
    name = serializers.CharField(source="goal.name")
    place = GoalPlace(source="who")
    first_month = MonthField(source="goal.first_month")
    last_month = MonthField(source="goal.last_month")
    amount = serializers.IntegerField(source="goal.amount")
    state = serializers.ChoiceField(choices=[state.value for state in State], source="state.value")
    reached = serializers.IntegerField(source="amount")
    at_least = serializers.BooleanField()
    rough = serializers.BooleanField()
    percent = serializers.IntegerField()
    filled = serializers.BooleanField()
    months = serializers.IntegerField()
    released = serializers.IntegerField()


class GoalAnswer(serializers.Serializer):  # type: ignore[type-arg]
    results = GoalSerializer(many=True)


class GoalList(APIView):
    """Goals that run, come or ended within a year; no person's part in them is known."""

    permission_classes = [AllowAny]
    client_scope = Scope.FIGURES

    @extend_schema(responses=GoalAnswer, operation_id="goals_list")
    def get(self, request: Request) -> Response:
        """Every goal that is shown, running ones first."""
        checked_query(request, NoQuery)
        return Response(GoalAnswer({"results": goals.shown()}).data, headers=CACHE)


class CampaignSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A campaign with the next of its days; `weekdays` counts from Monday, 1, none: each day."""

    id = serializers.UUIDField(source="campaign.public_id")
    name = serializers.CharField(source="campaign.name")
    invitation = serializers.CharField(source="campaign.invitation")
    day = serializers.DateField()
    today = serializers.BooleanField()
    first_day = serializers.DateField(source="campaign.first_day")
    last_day = serializers.DateField(source="campaign.last_day")
    weekdays = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=7), source="campaign.weekdays"
    )


class CampaignAnswer(serializers.Serializer):  # type: ignore[type-arg]
    results = CampaignSerializer(many=True)


class CampaignList(APIView):
    """Days on which the city invites to shop nearby; they change no figure."""

    permission_classes = [AllowAny]
    client_scope = Scope.POSTS

    @extend_schema(responses=CampaignAnswer, operation_id="campaigns_list")
    def get(self, request: Request) -> Response:
        """The campaigns with a day today or within a month, soonest first."""
        checked_query(request, NoQuery)
        return Response(CampaignAnswer({"results": campaigns.coming()}).data, headers=CACHE)
