"""What the owner of a shop may read of it."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import NoQuery, checked_query
from marketplace import own_shops
from marketplace.api.personal import PersonalView
from marketplace.releases import Takings


class OwnShopSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A shop that is linked to one's account."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    kelurahan = serializers.CharField(source="region.name")


class TakingsSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """About what the shop received from ASN in the months of one release, rounded to `unit`.

    `amount` is null where it is not told: too few buyers and none look alike.
    """

    first_month = serializers.CharField()
    month = serializers.CharField()
    amount = serializers.IntegerField(allow_null=True)
    unit = serializers.IntegerField(allow_null=True)


class OwnShopFigures(OwnShopSerializer):
    """`buyers`: at least so many ASN in the last twelve closed months; null below ten."""

    buyers = serializers.IntegerField(allow_null=True)
    months = TakingsSerializer(many=True)


class MyShops(PersonalView):
    """The shops that are linked to one's account."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="my_shops_list", responses=OwnShopSerializer(many=True))
    def get(self, request: Request) -> Response:
        """By name; empty for who has none."""
        checked_query(request, NoQuery)
        mine = own_shops.shops_of(request.user)
        return Response(OwnShopSerializer(mine, many=True).data)


class MyShop(PersonalView):
    """One of them; another owner's reads as none."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="my_shops_retrieve", responses=OwnShopFigures)
    def get(self, request: Request, public_id: UUID) -> Response:
        """How many bought there, and about how much in each closed month, newest first."""
        checked_query(request, NoQuery)
        shop = own_shops.own_shop(request.user, public_id)
        said = OwnShopSerializer(shop.umkm).data | {
            "buyers": shop.buyers,
            "months": [_month(each) for each in shop.months],
        }
        return Response(said)


def _month(takings: Takings) -> dict[str, Any]:
    return {
        "first_month": f"{takings.first_month:%Y-%m}",
        "month": f"{takings.month:%Y-%m}",
        "amount": takings.amount,
        "unit": takings.unit,
    }
