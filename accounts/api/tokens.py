"""Tokens over the API, and who one is."""

from uuid import UUID

from django.contrib.auth import authenticate
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS, AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import second_factor
from accounts.authentication import ClientAuthentication
from accounts.errors import WrongPassword
from accounts.models import ApiToken
from accounts.tokens import make_token, revoke_token
from core.api.serializers import StrictSerializer, TextField
from core.throttling import SignInAddressThrottle, SignInThrottle

NO_STORE = {"Cache-Control": "no-store"}


class SignInBody(StrictSerializer):
    username = TextField(max_length=150)
    password = TextField(max_length=200, trim_whitespace=False)
    code = TextField(
        max_length=20,
        required=False,
        help_text="Of the second factor, where the account has one; each works once.",
    )
    name = TextField(max_length=80, default="API")
    scope = serializers.ChoiceField(ApiToken.Scope.choices, default=ApiToken.Scope.WRITE)


class MadeToken(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.UUIDField()
    token = serializers.CharField(help_text="Shown once; send it as `Authorization: Token …`.")
    expires_at = serializers.DateTimeField()


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    id = serializers.UUIDField(source="public_id")

    class Meta:
        model = ApiToken
        fields = [
            "id",
            "name",
            "prefix",
            "scope",
            "created_at",
            "expires_at",
            "last_used_at",
        ]


class TokenListSerializer(serializers.Serializer):  # type: ignore[type-arg]
    results = TokenSerializer(many=True)


class MeSerializer(serializers.Serializer):  # type: ignore[type-arg]
    username = serializers.CharField()
    email = serializers.CharField(help_text="Empty: the account has none.")
    roles = serializers.ListField(child=serializers.CharField())


class TokenList(APIView):
    """One's tokens; making one is signing in."""

    def get_permissions(self) -> list[object]:
        return [IsAuthenticated()] if self.request.method in SAFE_METHODS else [AllowAny()]

    def get_authenticators(self) -> list[object]:
        is_post = self.request is not None and self.request.method == "POST"
        return [ClientAuthentication()] if is_post else super().get_authenticators()

    def get_throttles(self) -> list[object]:
        if self.request.method == "POST":
            return [SignInAddressThrottle(), SignInThrottle()]
        return super().get_throttles()

    @extend_schema(operation_id="tokens_list", responses=TokenListSerializer)
    def get(self, request: Request) -> Response:
        """The tokens of the one who asks that still work."""
        mine = request.user.tokens.usable()
        return Response(TokenListSerializer({"results": mine}).data, headers=NO_STORE)

    @extend_schema(request=SignInBody, responses={201: MadeToken}, auth=[])
    def post(self, request: Request) -> Response:
        """Sign in: a token for this app or phone.

        Takes no `Idempotency-Key`: a stored answer would hold the token. A repeated request makes
        another token; the one that got lost can be revoked.
        """
        body = SignInBody(data=request.data)
        body.is_valid(raise_exception=True)
        asked = body.validated_data
        user = authenticate(request, username=asked["username"], password=asked["password"])
        if user is None:
            raise WrongPassword
        second_factor.check(user, code=asked.get("code", ""))
        token, text = make_token(user, name=asked["name"], scope=asked["scope"])
        made = {"id": token.public_id, "token": text, "expires_at": token.expires_at}
        headers = {**NO_STORE, "Location": reverse("token", args=[token.public_id])}
        return Response(MadeToken(made).data, status=201, headers=headers)


class CurrentToken(APIView):
    """The token that the request itself came with."""

    @extend_schema(operation_id="token_revoke", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign this app or phone out."""
        if isinstance(request.auth, ApiToken):
            revoke_token(request.auth)
        return Response(status=204)


class OneToken(APIView):
    """One of one's own tokens: of the phone that was lost, say."""

    @extend_schema(operation_id="token_read", responses=TokenSerializer)
    def get(self, request: Request, public_id: UUID) -> Response:
        """How it is called and begins, and when it was used last."""
        return Response(TokenSerializer(_own(request, public_id)).data, headers=NO_STORE)

    @extend_schema(operation_id="token_revoke_one", responses={204: None})
    def delete(self, request: Request, public_id: UUID) -> Response:
        """End this token; its app must sign in again."""
        revoke_token(_own(request, public_id))
        return Response(status=204)


class Me(APIView):
    """Who the request is from."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Sign-in name, e-mail and roles of the one who asks."""
        roles = list(request.user.groups.order_by("name").values_list("name", flat=True))
        me = {"username": request.user.username, "email": request.user.email, "roles": roles}
        return Response(MeSerializer(me).data, headers=NO_STORE)


def _own(request: Request, public_id: UUID) -> ApiToken:
    return get_object_or_404(request.user.tokens.usable(), public_id=public_id)
