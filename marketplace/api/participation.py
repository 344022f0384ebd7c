"""An ASN's own participation."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import checked_query
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalView
from marketplace.api.serializers import ParticipationQuery, ParticipationSerializer
from marketplace.participation import Period, participation


class MyParticipation(PersonalView):
    """One's own shopping; nobody else can be asked for."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(parameters=[ParticipationQuery], responses=ParticipationSerializer)
    def get(self, request: Request) -> Response:
        """This period, the band, the year so far by ring, and the last 12 periods."""
        asked = checked_query(request, ParticipationQuery)
        period = Period(asked.get("period", Period.MONTH))
        mine = participation(request.user.asn, period=period, today=timezone.localdate())
        return Response(ParticipationSerializer(mine).data)
