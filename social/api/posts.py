"""Published posts, for everyone: GET /api/v1/posts."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.scopes import Scope
from core.pagination import SignedCursorPagination
from social.api.serializers import PublishedPostSerializer, PublishedQuery
from social.models import Post


class LatestPublished(SignedCursorPagination):
    ordering = ("-published_at", "-pk")


class PublishedPosts(ListAPIView[Post]):
    """What the city has published on its channels, the latest first."""

    permission_classes = [AllowAny]
    client_scope = Scope.POSTS
    serializer_class = PublishedPostSerializer
    pagination_class = LatestPublished

    def get_queryset(self) -> QuerySet[Post]:
        query = PublishedQuery(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        posts = Post.objects.published().select_related("channel").prefetch_related("media")
        if "channel" in query.validated_data:
            posts = posts.filter(channel__slug=query.validated_data["channel"])
        return posts

    @extend_schema(parameters=[PublishedQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)
