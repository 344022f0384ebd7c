"""The desk for apps: list, look, and each act on a post that the admin has. The rules decide."""

from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView, ListAPIView, get_object_or_404
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from core.api.files import BytesRenderer, FileView
from core.idempotency import idempotent
from core.pagination import SignedCursorPagination
from social import approval, desk, stopping
from social.api.permissions import ActsOnPosts, ApprovesPosts, SeesDesk, WritesPosts
from social.api.serializers import (
    ApproveBody,
    DeskPostDetailSerializer,
    DeskPostSerializer,
    DeskQuery,
    HandInBody,
    MoveBody,
    NothingBody,
    ReasonBody,
    RequestChangesBody,
    ResolveBody,
    StopSerializer,
)
from social.models import Post, PostMedia, Video
from social.pictures import JPEG
from social.serving import picture_response, video_response
from social.videos import MIME as MP4

NO_STORE = "no-store"


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
        is_for_me = "waits_for" in query.validated_data
        posts = approval.waiting_for(_person(self.request)) if is_for_me else Post.objects.all()
        posts = posts.select_related("channel", "message")
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


class PictureRenderer(BytesRenderer):
    media_type = JPEG
    format = "jpg"


class DeskPicture(FileView):
    """A picture of a submitted post, as it is to be signed and sent."""

    permission_classes = [SeesDesk]
    renderer_classes = [PictureRenderer, JSONRenderer]

    @extend_schema(operation_id="desk_picture", responses={(200, JPEG): OpenApiTypes.BINARY})
    def get(self, request: Request, public_id: UUID) -> HttpResponse:
        media = get_object_or_404(PostMedia.objects.defer(None), public_id=public_id)
        return picture_response(media.verified_content(), mime=media.mime, cache=NO_STORE)


class VideoRenderer(BytesRenderer):
    media_type = MP4
    format = "mp4"


class DeskVideo(FileView):
    """The video of a post; a part of it where the header Range asks for one."""

    permission_classes = [SeesDesk]
    renderer_classes = [VideoRenderer, JSONRenderer]

    @extend_schema(
        operation_id="desk_video",
        responses={
            (200, MP4): OpenApiTypes.BINARY,
            (206, MP4): OpenApiTypes.BINARY,
            416: OpenApiResponse(description="The video has no such part."),
        },
    )
    def get(self, request: Request, public_id: UUID) -> HttpResponseBase:
        """410 `video-forgotten` once its bytes are not kept any more."""
        video = get_object_or_404(Video, public_id=public_id)
        return video_response(video, request._request, cache=NO_STORE)


class PostAct(GenericAPIView[Post]):
    """One act of one person on one post: what is asked for, a rule, and the post as it is then."""

    permission_classes: ClassVar[list[Any]] = [SeesDesk & ActsOnPosts]
    pagination_class = None

    @extend_schema(responses=DeskPostDetailSerializer)
    @idempotent(required=False)
    def post(self, request: Request, public_id: UUID) -> Response:
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        post = get_object_or_404(Post, public_id=public_id)
        self.act(post, by=_person(request), said=body.validated_data)
        return _shown(request, public_id)

    def act(self, post: Post, *, by: User, said: dict[str, Any]) -> None:
        """The rule behind the route."""
        raise NotImplementedError


class SubmitPost(PostAct):
    """Ask for approval."""

    permission_classes = [SeesDesk & WritesPosts]
    serializer_class = NothingBody

    def act(self, post: Post, *, by: User, said: dict[str, Any]) -> None:
        approval.submit(post, by=by)


class ApprovePost(PostAct):
    """Sign exactly what was seen."""

    permission_classes = [SeesDesk & ApprovesPosts]
    serializer_class = ApproveBody

    def act(self, post: Post, *, by: User, said: dict[str, Any]) -> None:
        approval.approve(post, by=by, seen=said["digest"])


class RequestChanges(PostAct):
    """Send a post back to its author."""

    permission_classes = [SeesDesk & ApprovesPosts]
    serializer_class = RequestChangesBody

    def act(self, post: Post, *, by: User, said: dict[str, Any]) -> None:
        approval.request_changes(post, by=by, **said)


class HoldPost(PostAct):
    """Keep a scheduled post back."""

    serializer_class = ReasonBody

    def act(self, post: Post, *, by: User, said: dict[str, Any]) -> None:
        desk.hold(post, by=by, **said)


class ResumePost(PostAct):
    """Let a held post go out after all, or try a failed one again, while its approval covers it."""

    serializer_class = NothingBody

    def act(self, post: Post, *, by: User, said: dict[str, Any]) -> None:
        desk.resume(post, by=by)


class MovePost(PostAct):
    """Send it at another time inside its window; another window is an edit at the desk."""

    serializer_class = MoveBody

    def act(self, post: Post, *, by: User, said: dict[str, Any]) -> None:
        desk.move(post, by=by, **said)


class WithdrawPost(PostAct):
    """Give a post up, or ask the platform of a published one to take it back."""

    serializer_class = ReasonBody

    def act(self, post: Post, *, by: User, said: dict[str, Any]) -> None:
        desk.withdraw(post, by=by, **said)


class HandInPost(PostAct):
    """Say that an approved post was posted by hand, with the link to it."""

    serializer_class = HandInBody

    def act(self, post: Post, *, by: User, said: dict[str, Any]) -> None:
        desk.hand_in(post, by=by, **said)


class ResolvePost(PostAct):
    """Settle an unclear post by what one has seen on the platform."""

    serializer_class = ResolveBody

    def act(self, post: Post, *, by: User, said: dict[str, Any]) -> None:
        desk.resolve_unknown(post, by=by, **said)


class EmergencyStop(APIView):
    """Whether all sending is halted. Stopping and resuming are done in the admin."""

    permission_classes = [SeesDesk]

    @extend_schema(responses=StopSerializer)
    def get(self, request: Request) -> Response:
        standing = stopping.standing_stop()
        told = {
            "stopped": standing is not None,
            "stopped_at": standing and standing.stopped_at,
            "stopped_by": standing and standing.stopped_by.get_username(),
            "reason": standing.reason if standing else "",
            "on_its_way": stopping.in_flight().count(),
            "overdue": stopping.overdue_posts().count(),
        }
        return Response(StopSerializer(told).data)


def _person(request: Request) -> User:
    """Who asks: the permissions have let nobody else in."""
    return cast(User, request.user)


def _shown(request: Request, public_id: UUID) -> Response:
    posts = Post.objects.select_related("channel", "message", "video").prefetch_related(
        "media", "approvals__signer", "steps__actor", "message__contributors"
    )
    post = get_object_or_404(posts, public_id=public_id)
    return Response(DeskPostDetailSerializer(post, context={"request": request}).data)
