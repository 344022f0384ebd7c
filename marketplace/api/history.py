"""What one bought, looked back on: sums by month, and the story of one purchase."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import NoQuery, checked_query
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalView
from marketplace.api.purchases import wanted_of
from marketplace.api.serializers import MonthsQuery, MonthTotals, StorySerializer
from marketplace.diary import month_totals
from marketplace.purchases import own_purchase
from marketplace.story import Event, story_of


class PurchaseMonths(PersonalView):
    """Sums of one's own purchases by month."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="purchases_months", parameters=[MonthsQuery], responses=MonthTotals)
    def get(self, request: Request) -> Response:
        """What stands of each month of the day bought, latest first; empty months are left out."""
        wanted = wanted_of(checked_query(request, MonthsQuery))
        totals = month_totals(request.user.asn, wanted)
        return Response(MonthTotals({"results": totals}).data)


class PurchaseStory(PersonalView):
    """All that happened to an own purchase."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="purchases_story", responses=StorySerializer)
    def get(self, request: Request, public_id: UUID) -> Response:
        """Recorded, evidence, taken back, replaced: every step of an own purchase, oldest first."""
        checked_query(request, NoQuery)
        purchase = own_purchase(asn=request.user.asn, public_id=public_id)
        steps = [step(event) for event in story_of(purchase)]
        return Response(StorySerializer({"events": steps}).data)


def step(event: Event) -> dict[str, Any]:
    """One event with null for what it does not have."""
    return {
        "what": event.what,
        "at": event.at,
        "evidence": event.evidence,
        "verdict": event.verdict,
        "reason": event.reason or None,
        "purchase": event.other.public_id if event.other else None,
    }
