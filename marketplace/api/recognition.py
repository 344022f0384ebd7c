"""Being thanked by name, and the lists of who asked for it."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.queries import NoQuery, checked_query
from core.api.serializers import StrictSerializer, TextField
from marketplace import consent_texts, recognition
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalView
from marketplace.models import Asn
from marketplace.models.recognition import OF_WEEKS
from marketplace.recognition import Thanks


class RecognitionBody(StrictSerializer):
    """In which lists, and the digest of the text that was shown."""

    agency = serializers.BooleanField()
    kelurahan = serializers.BooleanField()
    digest = TextField(max_length=64)


class ShownSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """How one appears, or would; `month` is the one closed last, null before there is one."""

    name = serializers.CharField()
    active_weeks = serializers.IntegerField()
    of_weeks = serializers.IntegerField()
    month = serializers.CharField(allow_null=True)


class RecognitionSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """In which lists one asked to be named, how one appears there, and the text to agree to."""

    agency = serializers.BooleanField()
    kelurahan = serializers.BooleanField()
    agreed_at = serializers.DateTimeField(allow_null=True)
    shown_as = ShownSerializer()
    version = serializers.CharField()
    digest = serializers.CharField()
    text = serializers.CharField()


class NamedSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A person who asked to be named."""

    name = serializers.CharField()
    active_weeks = serializers.IntegerField(source="weeks")


class ThanksSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A list, in the order of the alphabet; a small place and one without names look alike."""

    where = serializers.CharField()
    people = NamedSerializer(many=True)


class ListsSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """The lists of one's own agency and kelurahan, as of the month closed last."""

    month = serializers.CharField(allow_null=True)
    of_weeks = serializers.IntegerField()
    agency = ThanksSerializer(allow_null=True)
    kelurahan = ThanksSerializer(allow_null=True)


class MyRecognition(PersonalView):
    """Being named in a list of thanks; off until one agrees."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="my_recognition_retrieve", responses=RecognitionSerializer)
    def get(self, request: Request) -> Response:
        """Where one is named, and how one appears or would: exactly so."""
        checked_query(request, NoQuery)
        return Response(_told(request.user.asn))

    @extend_schema(
        operation_id="my_recognition_agree",
        request=RecognitionBody,
        responses=RecognitionSerializer,
    )
    def put(self, request: Request) -> Response:
        """Agree to the text with this digest, for these lists; another choice takes its place.

        Repeated it changes nothing, so it needs no Idempotency-Key.
        """
        body = RecognitionBody(data=request.data)
        body.is_valid(raise_exception=True)
        recognition.agree(
            request.user.asn,
            digest=body.validated_data["digest"],
            in_agency=body.validated_data["agency"],
            in_place=body.validated_data["kelurahan"],
        )
        return Response(_told(request.user.asn))

    @extend_schema(operation_id="my_recognition_end", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Be named nowhere any more, at once."""
        recognition.end(request.user.asn)
        return Response(status=204)


class ThanksLists(PersonalView):
    """Who asked to be thanked by name; nobody else's lists can be asked for."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="recognition_lists", responses=ListsSerializer)
    def get(self, request: Request) -> Response:
        """The lists of one's own agency and kelurahan, by name: no rupiah and no rank."""
        checked_query(request, NoQuery)
        lists = recognition.lists_for(request.user.asn)
        said = {
            "month": _month(lists.month),
            "of_weeks": OF_WEEKS,
            "agency": _thanks(lists.agency),
            "kelurahan": _thanks(lists.place),
        }
        return Response(ListsSerializer(said).data)


def _told(asn: Asn) -> dict[str, Any]:
    text, standing = consent_texts.of_recognition(), recognition.standing_of(asn)
    shown = recognition.would_show(asn)
    said = {
        "agency": standing.agency is not None,
        "kelurahan": standing.place is not None,
        "agreed_at": standing.agreed_at,
        "shown_as": {
            "name": shown.name,
            "active_weeks": shown.weeks,
            "of_weeks": OF_WEEKS,
            "month": _month(shown.month),
        },
        "version": text.version,
        "digest": text.digest,
        "text": text.wording(get_language() or ""),
    }
    data: dict[str, Any] = RecognitionSerializer(said).data
    return data


def _thanks(thanks: Thanks | None) -> dict[str, Any] | None:
    return {"where": thanks.where.name, "people": thanks.people} if thanks else None


def _month(month: Any) -> str | None:
    return f"{month:%Y-%m}" if month else None
