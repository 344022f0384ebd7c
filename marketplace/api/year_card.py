"""One's own year as a picture."""

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from core.api.files import BytesRenderer
from core.api.queries import checked_query
from core.api.serializers import StrictSerializer
from marketplace import year_card_drawing
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalFileView
from marketplace.year_card import FIRST_YEAR, year_card

PNG = "image/png"


class YearCardQuery(StrictSerializer):
    """Which year, and whether the sum stands on it."""

    year = serializers.IntegerField(
        required=False, min_value=FIRST_YEAR, max_value=9999, help_text="Default: this year."
    )
    rupiah = serializers.BooleanField(
        required=False, default=True, help_text="Whether the sum in rupiah is shown."
    )


class PngRenderer(BytesRenderer):
    media_type = PNG
    format = "png"


class MyYearCard(PersonalFileView):
    """The card of a year, drawn for whoever asks and kept nowhere."""

    permission_classes = [IsActivatedAsn]
    renderer_classes = [PngRenderer, JSONRenderer]

    @extend_schema(
        operation_id="my_year_card",
        parameters=[YearCardQuery],
        responses={(200, PNG): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponse:
        """A PNG of 1080 by 1350, without any name. 404 `nothing-that-year` where nothing stands."""
        asked, today = checked_query(request, YearCardQuery), timezone.localdate()
        year = asked.get("year", today.year)
        card = year_card(request.user.asn, year=year, today=today)
        words = year_card_drawing.words_of(card, with_rupiah=asked.get("rupiah", True))
        headers = {"Content-Disposition": year_card_drawing.disposition(year)}
        return HttpResponse(year_card_drawing.draw(words), content_type=PNG, headers=headers)
