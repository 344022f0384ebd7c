"""GET /api/v1/catalog/suggest, for everyone: what somebody who is typing may mean."""

from django.conf import settings
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.scopes import Scope
from cms.filters import LONGEST_SEARCH
from cms.suggestions import Kind, Suggestion, suggest
from core.api.queries import checked_query
from core.api.serializers import StrictSerializer, TextField


class SuggestQuery(StrictSerializer):
    """What was typed so far."""

    q = TextField(
        required=False,
        max_length=LONGEST_SEARCH,
        allow_blank=True,
        help_text="Nothing is suggested for less than two letters.",
    )


class SuggestionSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """One thing that may be meant."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in Kind])
    text = serializers.CharField()
    detail = serializers.CharField(
        help_text="What it is, in the reader's language; empty for a word."
    )
    id = serializers.SerializerMethodField(
        help_text="Of an umkm or product its id, of a category its slug, of a place its code; "
        "null for a word: `text` is what to search for."
    )
    url = serializers.SerializerMethodField(help_text="The page that it leads to.")

    def get_id(self, suggestion: Suggestion) -> str | None:
        return None if suggestion.kind == Kind.WORD else suggestion.key

    def get_url(self, suggestion: Suggestion) -> str:
        return settings.BASE_URL.rstrip("/") + suggestion.path


class SuggestionsSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """Up to eight, those of a kind together."""

    results = SuggestionSerializer(many=True)


class Suggest(APIView):
    """Longer words, categories, places, shops and products that the typed words may mean."""

    permission_classes = [AllowAny]
    client_scope = Scope.CATALOG

    @extend_schema(
        parameters=[SuggestQuery], responses=SuggestionsSerializer, operation_id="catalog_suggest"
    )
    @method_decorator(conditional_page)
    def get(self, request: Request) -> Response:
        asked = checked_query(request, SuggestQuery)
        found = {"results": suggest(asked.get("q", ""))}
        return Response(SuggestionsSerializer(found).data)
