"""The city's news for feed readers: Atom (RFC 4287) and JSON Feed 1.1."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from social.models import Post, PostMedia
from social.views import site_posts

LONGEST = 30


@require_safe
@cache_control(public=True, max_age=60)
def atom(request: HttpRequest) -> HttpResponse:
    """/kabar/atom.xml."""
    feed = Atom1Feed(
        title=_title(),
        link=absolute(reverse("social:news")),
        feed_url=absolute(reverse("social:atom")),
        description=_description(),
        language="id",
        author_name=settings.CITY_NAME,
        feed_guid=absolute(reverse("social:news")),
    )
    for post in site_posts()[:LONGEST]:
        feed.add_item(
            title=post.headline,
            link=_address(post),
            description=_html(post),
            unique_id=post.public_id.urn,
            pubdate=post.published_at,
            updateddate=post.published_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")


@require_safe
@cache_control(public=True, max_age=60)
def json_feed(request: HttpRequest) -> HttpResponse:
    """/kabar/feed.json."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(),
        "description": _description(),
        "home_page_url": absolute(reverse("social:news")),
        "feed_url": absolute(reverse("social:json-feed")),
        "language": "id",
        "authors": [{"name": settings.CITY_NAME}],
        "items": [_item(post) for post in site_posts()[:LONGEST]],
    }
    return JsonResponse(feed, content_type="application/feed+json")


def _item(post: Post) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": post.public_id.urn,
        "url": _address(post),
        "title": post.headline,
        "content_text": post.caption,
        "content_html": _html(post),
        "date_published": _moment(post.published_at),
        "attachments": [_attachment(one) for one in post.pictures],
    }
    if post.link:
        item["external_url"] = post.link
    if post.pictures:
        item["image"] = picture_address(post.pictures[0])
    return item


def _attachment(media: PostMedia) -> dict[str, str]:
    return {"url": picture_address(media), "mime_type": media.mime, "title": media.alt}


def picture_address(media: PostMedia) -> str:
    """Where the picture of a published post is served."""
    return absolute(reverse("social:picture", kwargs={"public_id": media.public_id}))


def _html(post: Post) -> str:
    pictures = [{"address": picture_address(one), "media": one} for one in post.pictures]
    return render_to_string("social/feed_entry.html", {"post": post, "pictures": pictures})


def _address(post: Post) -> str:
    return absolute(reverse("social:post", kwargs={"public_id": post.public_id}))


def absolute(path: str) -> str:
    """The address by which the world reaches a path of ours."""
    return settings.BASE_URL.rstrip("/") + path


def _title() -> str:
    return _("News from %(city)s") % {"city": settings.CITY_NAME}


def _description() -> str:
    return _("What the city tells about the small businesses next door.")


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
