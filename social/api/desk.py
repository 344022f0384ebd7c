"""The desk for apps: list, look, submit, approve, ask for changes. The rules decide."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView, get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from core.idempotency import idempotent
from core.pagination import SignedCursorPagination
from social import approval
from social.api.permissions import ApprovesPosts, SeesDesk, WritesPosts
from social.api.serializers import (
    ApproveBody,
    DeskPostDetailSerializer,
    DeskPostSerializer,
    DeskQuery,
    RequestChangesBody,
    SubmitBody,
)
from social.models import Post


class NextToSend(SignedCursorPagination):
    ordering = ("-send_at", "-pk")


class DeskPosts(ListAPIView[Post]):
    """All posts of the desk, the one furthest ahead first."""

    permission_classes = [SeesDesk]
    serializer_class = DeskPostSerializer
    pagination_class = NextToSend

    def get_queryset(self) -> QuerySet[Post]:
        query = DeskQuery(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        posts = Post.objects.select_related("channel", "message")
        if "state" in query.validated_data:
            posts = posts.filter(state=query.validated_data["state"])
        if "channel" in query.validated_data:
            posts = posts.filter(channel__slug=query.validated_data["channel"])
        return posts

    @extend_schema(parameters=[DeskQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)


class DeskPost(APIView):
    """One post, with what a signer looks at and its history."""

    permission_classes = [SeesDesk]

    @extend_schema(responses=DeskPostDetailSerializer)
    def get(self, request: Request, public_id: UUID) -> Response:
        return _shown(request, public_id)


class SubmitPost(APIView):
    """Ask for approval."""

    permission_classes = [SeesDesk & WritesPosts]

    @extend_schema(request=SubmitBody, responses=DeskPostDetailSerializer)
    @idempotent(required=False)
    def post(self, request: Request, public_id: UUID) -> Response:
        SubmitBody(data=request.data).is_valid(raise_exception=True)
        approval.submit(_post(public_id), by=_person(request))
        return _shown(request, public_id)


class ApprovePost(APIView):
    """Sign exactly what was seen."""

    permission_classes = [SeesDesk & ApprovesPosts]

    @extend_schema(request=ApproveBody, responses=DeskPostDetailSerializer)
    @idempotent(required=False)
    def post(self, request: Request, public_id: UUID) -> Response:
        body = ApproveBody(data=request.data)
        body.is_valid(raise_exception=True)
        approval.approve(_post(public_id), by=_person(request), seen=body.validated_data["digest"])
        return _shown(request, public_id)


class RequestChanges(APIView):
    """Send a post back to its author."""

    permission_classes = [SeesDesk & ApprovesPosts]

    @extend_schema(request=RequestChangesBody, responses=DeskPostDetailSerializer)
    @idempotent(required=False)
    def post(self, request: Request, public_id: UUID) -> Response:
        body = RequestChangesBody(data=request.data)
        body.is_valid(raise_exception=True)
        approval.request_changes(_post(public_id), by=_person(request), **body.validated_data)
        return _shown(request, public_id)


def _person(request: Request) -> User:
    """Who asks: the permissions have let nobody else in."""
    return cast(User, request.user)


def _post(public_id: UUID) -> Post:
    return get_object_or_404(Post, public_id=public_id)


def _shown(request: Request, public_id: UUID) -> Response:
    posts = Post.objects.select_related("channel", "message").prefetch_related(
        "media", "approvals__signer", "steps__actor", "message__contributors"
    )
    post = get_object_or_404(posts, public_id=public_id)
    return Response(DeskPostDetailSerializer(post, context={"request": request}).data)
