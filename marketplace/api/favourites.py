"""What an ASN most likely records next: asked of their own purchases, never recorded by itself."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import NoQuery, checked_query
from marketplace import favourites
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalView
from marketplace.api.serializers import LikelySerializer
from marketplace.purchases import own_purchase


class PurchaseFavourites(PersonalView):
    """The shops one most likely buys at next."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="purchases_favourites", responses=LikelySerializer)
    def get(self, request: Request) -> Response:
        """Up to five likely shops with what is usual there, and what is due to be bought again."""
        checked_query(request, NoQuery)
        return Response(LikelySerializer(favourites.likely(request.user.asn)).data)


class PurchaseNotNow(PersonalView):
    """A prompt that is waved off."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="purchases_not_now", request=None, responses={204: None})
    def put(self, request: Request, public_id: UUID) -> Response:
        """Stop offering to repeat this purchase; said twice, it changes nothing."""
        asn = request.user.asn
        favourites.not_now(asn=asn, purchase=own_purchase(asn=asn, public_id=public_id))
        return Response(status=204)
