"""Activating an account over the API, as on the pages."""

from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import ClientAuthentication
from accounts.models import User
from core.api.serializers import StrictSerializer, TextField
from core.throttling import may_activate
from marketplace import activation, nip
from marketplace.api.fields import NipField
from marketplace.errors import TooManyActivations
from marketplace.nip import Nip, parse_nip

NO_STORE = {"Cache-Control": "no-store"}


class AskBody(StrictSerializer):
    nip = NipField(max_length=30, help_text="18 digits; spaces, dots and hyphens are left out.")


class ActivateBody(StrictSerializer):
    nip = NipField(max_length=30, help_text="18 digits; spaces, dots and hyphens are left out.")
    code = TextField(max_length=20, help_text="From the mail or the paper; works once.")
    username = TextField(
        max_length=150,
        help_text="The sign-in name they choose.",
        validators=list(User._meta.get_field("username").validators),
    )
    password = TextField(
        min_length=settings.SHORTEST_PASSWORD, max_length=200, trim_whitespace=False
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        try:
            validate_password(given["password"], User(username=given["username"]))
        except ValidationError as error:
            raise serializers.ValidationError({"password": error.messages}) from None
        return given


class Asked(serializers.Serializer):  # type: ignore[type-arg]
    expires_in = serializers.IntegerField(help_text="Seconds that a code lives, if one was sent.")


class Activated(serializers.Serializer):  # type: ignore[type-arg]
    username = serializers.CharField()


class Open(APIView):
    """For people who have no account yet."""

    permission_classes = [AllowAny]
    authentication_classes = [ClientAuthentication]  # which no scope lets in here


class ActivationAsk(Open):
    """The first step: a code is mailed to the address in the personnel file."""

    @extend_schema(operation_id="activation_ask", request=AskBody, responses={202: Asked}, auth=[])
    def post(self, request: Request) -> Response:
        """Ask for a code. The answer is the same whether or not anyone has this NIP."""
        body = AskBody(data=request.data)
        body.is_valid(raise_exception=True)
        activation.ask(_number(request, body.validated_data["nip"]))
        lives = {"expires_in": int(activation.BY_MAIL.total_seconds())}
        return Response(Asked(lives).data, status=202, headers=NO_STORE)


class ActivationConfirm(Open):
    """The second step: the code makes the account."""

    @extend_schema(
        operation_id="activation_confirm", request=ActivateBody, responses={201: Activated}, auth=[]
    )
    def post(self, request: Request) -> Response:
        """Make the account; then sign in. Takes no `Idempotency-Key`: the code works once."""
        body = ActivateBody(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        user = activation.activate(
            number=_number(request, given["nip"]),
            code=given["code"],
            username=given["username"],
            password=given["password"],
        )
        return Response(Activated({"username": user.username}).data, status=201, headers=NO_STORE)


def _number(request: Request, text: str) -> Nip:
    number = parse_nip(text, today=timezone.localdate())
    if not may_activate(request, nip.digest(number)[0]):
        raise TooManyActivations(retry_after=3_600)
    return number
