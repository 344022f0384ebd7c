"""Tokens over the API, and who one is."""

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.errors import WrongPassword
from accounts.models import ApiToken
from accounts.tokens import make_token, revoke_token
from core.api.serializers import StrictSerializer, TextField
from core.throttling import SignInThrottle

NO_STORE = {"Cache-Control": "no-store"}


class SignInBody(StrictSerializer):
    username = TextField(max_length=150)
    password = TextField(max_length=200, trim_whitespace=False)
    name = TextField(max_length=80, default="API")


class MadeToken(serializers.Serializer):  # type: ignore[type-arg]
    token = serializers.CharField(help_text="Shown once; send it as `Authorization: Token …`.")
    expires_at = serializers.DateTimeField()


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ["public_id", "name", "prefix", "created_at", "expires_at", "last_used_at"]


class TokenListSerializer(serializers.Serializer):  # type: ignore[type-arg]
    results = TokenSerializer(many=True)


class MeSerializer(serializers.Serializer):  # type: ignore[type-arg]
    username = serializers.CharField()
    email = serializers.EmailField()
    roles = serializers.ListField(child=serializers.CharField())


class TokenList(APIView):
    """One's tokens; making one is signing in."""

    def get_permissions(self) -> list[object]:
        return [AllowAny()] if self.request.method == "POST" else [IsAuthenticated()]

    def get_authenticators(self) -> list[object]:
        is_post = self.request is not None and self.request.method == "POST"
        return [] if is_post else super().get_authenticators()

    def get_throttles(self) -> list[object]:
        return [SignInThrottle()] if self.request.method == "POST" else super().get_throttles()

    @extend_schema(operation_id="tokens_list", responses=TokenListSerializer)
    def get(self, request: Request) -> Response:
        """The tokens of the one who asks that still work."""
        mine = request.user.tokens.usable()
        return Response(TokenListSerializer({"results": mine}).data, headers=NO_STORE)

    @extend_schema(request=SignInBody, responses={201: MadeToken}, auth=[])
    def post(self, request: Request) -> Response:
        """Sign in: a token for this app or phone."""
        body = SignInBody(data=request.data)
        body.is_valid(raise_exception=True)
        name = body.validated_data.pop("name")
        user = authenticate(request, **body.validated_data)
        if user is None:
            raise WrongPassword
        token, text = make_token(user, name=name)
        made = MadeToken({"token": text, "expires_at": token.expires_at})
        return Response(made.data, status=201, headers=NO_STORE)


class CurrentToken(APIView):
    """The token that the request itself came with."""

    @extend_schema(operation_id="token_revoke", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign this app or phone out."""
        if isinstance(request.auth, ApiToken):
            revoke_token(request.auth)
        return Response(status=204)


class Me(APIView):
    """Who the request is from."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Sign-in name, e-mail and roles of the one who asks."""
        roles = list(request.user.groups.order_by("name").values_list("name", flat=True))
        me = {"username": request.user.username, "email": request.user.email, "roles": roles}
        return Response(MeSerializer(me).data, headers=NO_STORE)
