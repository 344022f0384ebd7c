"""The public pages of what the city has published on its own site."""

from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django.views.generic import DetailView, ListView

from social import lending
from social.models import Post, PostMedia
from social.serving import picture_response

FOR_GOOD = "public, max-age=31536000, immutable"


class NewsList(ListView):
    """/kabar/: the latest first, a page at a time."""

    template_name = "social/news.html"
    context_object_name = "posts"
    paginate_by = 12

    def get_queryset(self) -> QuerySet[Post]:
        """Only what stands as published on the site."""
        return site_posts()


class NewsPost(DetailView):
    """/kabar/<public_id>/: one post, where its permalink leads."""

    template_name = "social/news_post.html"
    context_object_name = "post"
    slug_field = "public_id"
    slug_url_kwarg = "public_id"

    def get_queryset(self) -> QuerySet[Post]:
        """A draft, a withdrawn post and one of another channel are not found."""
        return site_posts()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The post, and a few others to read on."""
        others = site_posts().exclude(pk=self.object.pk)[:3]
        return super().get_context_data(others=others, **kwargs)


def site_posts() -> QuerySet[Post]:
    """What the site and its feeds show, with pictures, in three queries whatever the number."""
    return Post.objects.on_site().select_related("channel").prefetch_related("media")


@require_safe
def picture(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A picture of a published post. Its address never shows other bytes: kept for good."""
    shown = PostMedia.objects.filter(
        post__state=Post.State.PUBLISHED, version=F("post__version"), public_id=public_id
    )
    media = shown.defer(None).first()
    if media is None:
        raise Http404
    return picture_response(media.verified_content(), mime=media.mime, cache=FOR_GOOD)


@require_safe
def lent_picture(request: HttpRequest, token: str) -> HttpResponse:
    """A picture of a post on its way, for the platform that fetches it by a signed address."""
    media = lending.lent(token)
    if media is None:
        raise Http404
    return picture_response(media.verified_content(), mime=media.mime, cache="no-store")
