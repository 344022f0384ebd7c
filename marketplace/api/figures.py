"""Figures about others: released ones for everyone, the rollups for the auditor."""

from datetime import date
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.scopes import Scope
from core import audit
from core.api.serializers import StrictSerializer, TextField
from marketplace import circulation, releases
from marketplace.api.fields import KelurahanField, MonthField
from marketplace.api.permissions import IsAuditor
from marketplace.api.personal import PersonalView
from marketplace.errors import FigureUnknown
from marketplace.models import Region, Release
from marketplace.models.purchases import Ring

CACHE = {"Cache-Control": "public, max-age=300"}


class FigureQuery(StrictSerializer):
    """A whole month or a year, in a declared lens; `_asked` refuses anything else."""

    month = MonthField(required=False)
    year = serializers.IntegerField(required=False, min_value=2000, max_value=2100)
    lens = serializers.ChoiceField(choices=Release.Lens.choices, default=Release.Lens.HOME)


class FigurePlace(serializers.Serializer):  # type: ignore[type-arg]
    code = serializers.CharField()
    name = serializers.CharField()


class FigureSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Exact rupiah of a closed month. `whole` is false where the sum is joint with `places`.

    Counts are rounded down to a multiple of five, and null where they would not be distinct.
    """

    place = FigurePlace()
    first_month = MonthField()
    month = MonthField()
    amount = serializers.IntegerField()
    purchases = serializers.IntegerField()
    buyers = serializers.IntegerField(allow_null=True)
    shops = serializers.IntegerField(allow_null=True)
    whole = serializers.BooleanField()
    places = serializers.ListField(child=serializers.CharField())


class YearSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """The sum of the months in which the place stands alone; a least one if `months` < `closed`."""

    place = FigurePlace()
    year = serializers.IntegerField()
    amount = serializers.IntegerField(allow_null=True)
    months = serializers.IntegerField()
    closed = serializers.IntegerField()


class FigureAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """Either `month` or `year` is there, as asked."""

    lens = serializers.CharField()
    month = FigureSerializer(allow_null=True)
    year = YearSerializer(allow_null=True)


class CityFigure(APIView):
    """The city's money, from released months only."""

    permission_classes = [AllowAny]
    client_scope = Scope.FIGURES

    @extend_schema(parameters=[FigureQuery], responses=FigureAnswer, operation_id="figure_city")
    def get(self, request: Request) -> Response:
        """The city's sum of a released month (the last one by default) or of a year."""
        return _answer(request, releases.city())


class RegionFigure(APIView):
    """The money of the ASN who live in a kelurahan or kecamatan."""

    permission_classes = [AllowAny]
    client_scope = Scope.FIGURES

    @extend_schema(parameters=[FigureQuery], responses=FigureAnswer, operation_id="figure_region")
    def get(self, request: Request, code: str) -> Response:
        """A place's own sum, or the joint one it is safe in."""
        try:
            place = releases.place(code)
        except FigureUnknown as error:  # the address is wrong, not the filter
            raise Http404 from error
        return _answer(request, place)


class AuditQuery(StrictSerializer):
    """Which rollups the auditor looks at, and what for: the purpose is logged with the look."""

    home = KelurahanField(required=False)
    shop = KelurahanField(required=False)
    ring = serializers.ChoiceField(choices=Ring.choices, required=False)
    day = serializers.DateField(required=False)
    month = MonthField(required=False)
    purpose = TextField(max_length=200)

    def validate_home(self, code: str) -> str:
        return _known_place(code)

    def validate_shop(self, code: str) -> str:
        return _known_place(code)


class AuditAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """Whole rupiah of the purchases that stand now, and how many they are."""

    amount = serializers.IntegerField()
    purchases = serializers.IntegerField()


class AuditCirculation(PersonalView):
    """The rollups themselves, live and by place: each look is logged."""

    permission_classes = [IsAuditor]

    @extend_schema(parameters=[AuditQuery], responses=AuditAnswer, operation_id="audit_circulation")
    def get(self, request: Request) -> Response:
        """The sum of standing purchases under the filters."""
        query = AuditQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = dict(query.validated_data)
        purpose = asked.pop("purpose")
        detail = {name: str(value) for name, value in asked.items()}
        audit.record(actor=request.user, action="circulation.read", purpose=purpose, detail=detail)
        shop = asked.pop("shop", None)
        return Response(AuditAnswer(circulation.total(shop_place=shop, **asked)).data)


def _answer(request: Request, place: Region) -> Response:
    asked = _asked(request)
    year = releases.year_of(place, asked["year"]) if "year" in asked else None
    month = None if year else releases.figure(place, asked.get("month") or _latest())
    answer = FigureAnswer({"lens": asked["lens"], "month": month, "year": year})
    return Response(answer.data, headers=CACHE)


def _asked(request: Request) -> dict[str, Any]:
    """The filters, if they are declared ones, and a month or a year but not both."""
    filters = request.query_params.dict()
    lens = filters.get("lens", Release.Lens.HOME)
    undeclared = set(filters) - set(FigureQuery().fields) or lens not in Release.Lens.values
    if undeclared or {"month", "year"} <= set(filters):
        raise FigureUnknown(extra={"declared": releases.declared()})
    query = FigureQuery(data=filters)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def _latest() -> date:
    month = releases.latest_month()
    if month is None:
        raise FigureUnknown(extra={"declared": releases.declared()})
    return month


def _known_place(code: str) -> str:
    if not Region.objects.places().filter(code=code).exists():
        raise serializers.ValidationError(_("There is no such place."))
    return code
