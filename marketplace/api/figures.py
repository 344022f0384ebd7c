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
from marketplace.api.fields import KelurahanField, MonthField, QuarterField
from marketplace.api.permissions import IsAuditor
from marketplace.api.personal import PersonalView
from marketplace.errors import FigureUnknown
from marketplace.models import Lens, Region
from marketplace.models.purchases import Ring

BY_PLACE = [(lens.value, lens.label) for lens in Lens.by_place()]
CACHE = {"Cache-Control": "public, max-age=300"}


class FigureQuery(StrictSerializer):
    """A whole month, quarter or year, in a lens by place; `_asked` refuses anything else."""

    month = MonthField(required=False)
    quarter = QuarterField(required=False)
    year = serializers.IntegerField(required=False, min_value=2000, max_value=2100)
    lens = serializers.ChoiceField(choices=BY_PLACE, default=Lens.HOME)


class PartsQuery(StrictSerializer):
    """A whole month, in any lens."""

    lens = serializers.ChoiceField(choices=Lens.choices)
    month = MonthField(required=False)


class MonthQuery(StrictSerializer):
    """A whole month."""

    month = MonthField(required=False)


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


class SumSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """The sum of the months in which the place stands alone; a least one if `months` < `closed`."""

    place = FigurePlace()
    first_month = MonthField()
    last_month = MonthField()
    amount = serializers.IntegerField(allow_null=True)
    months = serializers.IntegerField()
    closed = serializers.IntegerField()


class YearSerializer(SumSerializer):
    """A sum of a calendar year."""

    year = serializers.IntegerField()


class StayedSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Whole percent: of what the people of a kelurahan spent, and of what its shops received."""

    of_spent = serializers.IntegerField()
    of_received = serializers.IntegerField()


class FigureAnswer(serializers.Serializer):  # type: ignore[type-arg]
    """One of `month`, `quarter` and `year` is there, as asked.

    `stayed` says of a kelurahan in a month what stayed in it, where that may be told.
    """

    lens = serializers.CharField()
    month = FigureSerializer(allow_null=True)
    quarter = SumSerializer(allow_null=True)
    year = YearSerializer(allow_null=True)
    stayed = StayedSerializer(allow_null=True)


class PartSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A key of the lens that stands alone, or several shown together; counts rounded down."""

    keys = serializers.ListField(child=serializers.CharField(allow_blank=True))
    amount = serializers.IntegerField()
    purchases = serializers.IntegerField()
    buyers = serializers.IntegerField()
    shops = serializers.IntegerField()


class PartsSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """The city's month parted in one lens; rupiah rounded to `unit` each need not add up."""

    lens = serializers.CharField()
    first_month = MonthField()
    month = MonthField()
    unit = serializers.IntegerField()
    parts = PartSerializer(many=True)


class SpreadSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Whether the money reached many shops; counts rounded down, `top_ten` in whole percent."""

    top_ten = serializers.IntegerField(allow_null=True)
    first_sales = serializers.IntegerField()
    never_bought = serializers.IntegerField()
    listed = serializers.IntegerField()
    year_shops = serializers.IntegerField()


class CityFigure(APIView):
    """The city's money, from released months only."""

    permission_classes = [AllowAny]
    client_scope = Scope.FIGURES

    @extend_schema(parameters=[FigureQuery], responses=FigureAnswer, operation_id="figure_city")
    def get(self, request: Request) -> Response:
        """The city's sum of a released month (the last one by default), a quarter or a year."""
        return _answer(request, releases.city())


class RegionFigure(APIView):
    """The money from the homes in a kelurahan or kecamatan, or to the shops there."""

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


class CityParts(APIView):
    """The city's month, parted: by place, agency, nearness, kind, evidence, payment way or day."""

    permission_classes = [AllowAny]
    client_scope = Scope.FIGURES

    @extend_schema(parameters=[PartsQuery], responses=PartsSerializer, operation_id="figure_parts")
    def get(self, request: Request) -> Response:
        """Every block of one lens; what may not be shown alone is shown together."""
        asked = checked(request, PartsQuery)
        found = releases.parts(Lens(asked["lens"]), asked.get("month") or latest())
        return Response(PartsSerializer(found).data, headers=CACHE)


class CitySpread(APIView):
    """Whether the city's money reached many shops, from released months only."""

    permission_classes = [AllowAny]
    client_scope = Scope.FIGURES

    @extend_schema(
        parameters=[MonthQuery], responses=SpreadSerializer, operation_id="figure_spread"
    )
    def get(self, request: Request) -> Response:
        """The part of the ten largest shops, first sales, and listed shops without any yet."""
        asked = checked(request, MonthQuery)
        found = releases.spread(asked.get("month") or latest())
        return Response(SpreadSerializer(found).data, headers=CACHE)


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
    asked = checked(request, FigureQuery)
    if len(asked.keys() & {"month", "quarter", "year"}) > 1:
        raise FigureUnknown(extra={"declared": releases.declared()})
    lens = Lens(asked["lens"])
    month = quarter = year = None
    if "year" in asked:
        year = releases.year_of(place, asked["year"], lens=lens)
    elif "quarter" in asked:
        quarter = releases.quarter_of(place, asked["quarter"], lens=lens)
    else:
        month = releases.figure(place, asked.get("month") or latest(), lens=lens)
    stayed = releases.stayed(month) if month else None
    answer = FigureAnswer(
        {"lens": lens, "month": month, "quarter": quarter, "year": year, "stayed": stayed}
    )
    return Response(answer.data, headers=CACHE)


def checked(request: Request, form: type[StrictSerializer]) -> dict[str, Any]:
    """The filters, if they are declared ones in a declared lens."""
    filters = request.query_params.dict()
    fields = form().fields
    lens = filters.get("lens")
    if set(filters) - set(fields) or (lens is not None and lens not in fields["lens"].choices):
        raise FigureUnknown(extra={"declared": releases.declared()})
    query = form(data=filters)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def latest() -> date:
    month = releases.latest_month()
    if month is None:
        raise FigureUnknown(extra={"declared": releases.declared()})
    return month


def _known_place(code: str) -> str:
    if not Region.objects.places().filter(code=code).exists():
        raise serializers.ValidationError(_("There is no such place."))
    return code
