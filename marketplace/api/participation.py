"""An ASN's own participation, and the goal that they chose."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import checked_query
from marketplace import own_goal
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalView
from marketplace.api.serializers import GoalBody, ParticipationQuery, ParticipationSerializer
from marketplace.participation import Period, participation


class MyParticipation(PersonalView):
    """One's own shopping; nobody else can be asked for."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(parameters=[ParticipationQuery], responses=ParticipationSerializer)
    def get(self, request: Request) -> Response:
        """This period, the band, the own goal, the year so far by ring, and the last 12 periods."""
        asked = checked_query(request, ParticipationQuery)
        period = Period(asked.get("period", Period.MONTH))
        mine = participation(request.user.asn, period=period, today=timezone.localdate())
        return Response(ParticipationSerializer(mine).data)


class MyGoal(PersonalView):
    """How much one would like to spend a month; `GET /me/participation` says how far it is."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="my_goal_set", request=GoalBody, responses=GoalBody)
    def put(self, request: Request) -> Response:
        """Choose a goal, or another one; nobody else sees it.

        Repeated it changes nothing, so it needs no Idempotency-Key.
        """
        body = GoalBody(data=request.data)
        body.is_valid(raise_exception=True)
        goal = own_goal.set_goal(request.user.asn, **body.validated_data)
        return Response(GoalBody(goal).data)

    @extend_schema(operation_id="my_goal_drop", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Have no goal any more."""
        own_goal.drop_goal(request.user.asn)
        return Response(status=204)
