"""What is kept of one: seen, taken along, corrected and deleted."""

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.files import BytesRenderer
from core.api.queries import NoQuery, checked_query
from core.api.serializers import StrictSerializer, TextField
from core.throttling import TakingAlongThrottle, UserThrottle
from marketplace import erasure, my_data, personnel, taking_along
from marketplace.api.fields import KelurahanField, WholeField
from marketplace.api.permissions import IsActivatedAsn
from marketplace.api.personal import PersonalFileView, PersonalView
from marketplace.api.purchases import find_place
from marketplace.models import LetterChoice

ZIP = "application/zip"


class MyAccountSerializer(serializers.Serializer):  # type: ignore[type-arg]
    username = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    since = serializers.DateTimeField()


class MyPersonnelSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """As the personnel office brought it; it is corrected there. The NIP is masked."""

    name = serializers.CharField()
    nip = serializers.CharField()
    kind = serializers.CharField()
    email = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)


class MyWorkplaceSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """A kelurahan, from a day on."""

    code = serializers.CharField()
    name = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(), **super().get_fields()}


class MyHomeSerializer(MyWorkplaceSerializer):
    """Where one lives; `by_you`: said by oneself, not by the personnel file."""

    rw = serializers.IntegerField(allow_null=True)
    rt = serializers.IntegerField(allow_null=True)
    by_you = serializers.BooleanField()


class MyPostingSerializer(serializers.Serializer):  # type: ignore[type-arg]
    agency = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        return {"from": serializers.DateField(), **super().get_fields()}


class MyDecisionSerializer(serializers.Serializer):  # type: ignore[type-arg]
    given = serializers.BooleanField()
    given_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    erased_at = serializers.DateTimeField(allow_null=True)


class MyCountsSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """How many of what has its own routes."""

    purchases = serializers.IntegerField()
    voided = serializers.IntegerField()
    receipts = serializers.IntegerField(help_text="Photos that are still kept.")
    apps = serializers.IntegerField()
    looks = serializers.IntegerField()


class MyDataSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """All that is kept of one, by its kind."""

    account = MyAccountSerializer()
    personnel = MyPersonnelSerializer()
    homes = MyHomeSerializer(many=True)
    workplaces = MyWorkplaceSerializer(many=True)
    postings = MyPostingSerializer(many=True)
    goal = serializers.IntegerField(allow_null=True, help_text="Whole rupiah a month.")
    letters = serializers.ChoiceField(choices=LetterChoice.Every.choices)
    consent = MyDecisionSerializer()
    kept = MyCountsSerializer()


class WorkplaceBody(StrictSerializer):
    """A kelurahan by its code, or `outside`; `from` today or later."""

    kelurahan = KelurahanField(max_length=13)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.DateField()}


class HomeBody(WorkplaceBody):
    """An RT needs its RW; neither is kept outside the city."""

    rw = WholeField(min_value=1, max_value=999, required=False, allow_null=True)
    rt = WholeField(min_value=1, max_value=999, required=False, allow_null=True)


class ErasureBody(StrictSerializer):
    """One's own sign-in name: that it is meant."""

    username = TextField(max_length=150)


class MyData(PersonalView):
    """What is kept of one."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="my_data_retrieve", responses=MyDataSerializer)
    def get(self, request: Request) -> Response:
        """All that is kept of oneself, by its kind."""
        checked_query(request, NoQuery)
        return _told(request)


class MyHome(PersonalView):
    """Where one lives."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="my_home_move", request=HomeBody, responses=MyDataSerializer)
    def put(self, request: Request) -> Response:
        """Say where one lives from a day on; what was bought stays where it was.

        Repeated it changes nothing, so it needs no Idempotency-Key.
        """
        said = _checked(request, HomeBody)
        personnel.move_home(
            request.user.asn,
            region=find_place(said["kelurahan"], field="kelurahan"),
            rw=said.get("rw"),
            rt=said.get("rt"),
            valid_from=said["from"],
        )
        return _told(request)


class MyWorkplace(PersonalView):
    """Where one works."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(
        operation_id="my_workplace_move", request=WorkplaceBody, responses=MyDataSerializer
    )
    def put(self, request: Request) -> Response:
        """Say where one works from a day on. Repeated it changes nothing."""
        said = _checked(request, WorkplaceBody)
        personnel.move_workplace(
            request.user.asn,
            region=find_place(said["kelurahan"], field="kelurahan"),
            valid_from=said["from"],
        )
        return _told(request)


class ZipRenderer(BytesRenderer):
    media_type = ZIP
    format = "zip"


class MyExport(PersonalFileView):
    """Everything of one, to take along."""

    permission_classes = [IsActivatedAsn]
    renderer_classes = [ZipRenderer, JSONRenderer]
    throttle_classes = [UserThrottle, TakingAlongThrottle]

    @extend_schema(operation_id="my_export", responses={(200, ZIP): OpenApiTypes.BINARY})
    def get(self, request: Request) -> FileResponse:
        """A ZIP: `data-saya.json`, `belanja.csv`, and the photos of receipts. A few an hour."""
        checked_query(request, NoQuery)
        file = taking_along.zip_of(request.user.asn)
        named: dict[str, Any] = {"as_attachment": True, "filename": taking_along.FILE_NAME}
        return FileResponse(file, content_type=ZIP, **named)


class MyErasure(PersonalView):
    """Leaving."""

    permission_classes = [IsActivatedAsn]

    @extend_schema(operation_id="my_erasure", request=ErasureBody, responses={204: None})
    def post(self, request: Request) -> Response:
        """Delete the account and all that says who one is, at once and for good.

        Money and its places stay in the sums, as nobody's. Takes no `Idempotency-Key`: afterwards
        no token is valid, so a repetition is answered with 401.
        """
        erasure.erase_own(request.user.asn, **_checked(request, ErasureBody))
        return Response(status=204)


def _checked(request: Request, kind: type[StrictSerializer]) -> dict[str, Any]:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    said: dict[str, Any] = body.validated_data
    return said


def _told(request: Request) -> Response:
    return Response(MyDataSerializer(my_data.kept_of(request.user.asn)).data)
