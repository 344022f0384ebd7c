"""Addresses of the catalogue that are no pages: suggestions, share pictures, the feed of products.

Below /umkm/ their names have a dot, which no page's has: none ever hides a shop.
"""

import logging
from uuid import UUID

from django.conf import settings
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cms import catalogue, collections, share_pictures, stories
from cms.models import ProductPage
from cms.share_pictures import SharePicture
from cms.suggestions import suggest

logger = logging.getLogger(__name__)

LONGEST_FEED = 30
A_WEEK = 604_800
FIVE_MINUTES = 300


@require_safe
def share_picture(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """/bagikan/<public_id>.jpg: of a listed shop or product, a live collection or story.

    Kept for a week under the address with its version, which pages name; else for five minutes.
    """
    picture = _picture(public_id)
    etag = quote_etag(picture.version)
    answer = get_conditional_response(request, etag=etag)
    if answer is None:
        answer = HttpResponse(share_pictures.jpeg(picture), content_type="image/jpeg")
    answer.headers["ETag"] = etag
    current = request.GET.get("v") == picture.version
    patch_cache_control(answer, public=True, max_age=A_WEEK if current else FIVE_MINUTES)
    return answer


def _picture(public_id: UUID) -> SharePicture:
    picture = _picture_of_ware(public_id) or _picture_of_words(public_id)
    if picture is None:
        raise Http404
    return picture


def _picture_of_ware(public_id: UUID) -> SharePicture | None:
    shop = catalogue.shops().filter(umkm_row__public_id=public_id).first()
    if shop is not None:
        return share_pictures.of_shop(shop)
    product = catalogue.product(public_id)
    if product is None:
        return None
    return share_pictures.of_product(product, shop=product.get_parent().specific)


def _picture_of_words(key: UUID) -> SharePicture | None:
    """Collections and stories have no row in the registry: the page's own key names them."""
    collection = collections.collections().filter(translation_key=key).first()
    if collection is not None:
        return share_pictures.of_collection(collection)
    story = stories.stories().filter(translation_key=key).first()
    return share_pictures.of_story(story) if story is not None else None


@require_safe
def suggestions(request: HttpRequest) -> HttpResponse:
    """/umkm/saran.html?q=…: the options of the list below a search field."""
    try:
        found = suggest(request.GET.get("q", ""))
    except OperationalError:
        logger.exception("nothing suggested")
        return HttpResponse(status=503)
    return render(request, "cms/suggestions.html", {"suggestions": found})


@require_safe
@cache_control(public=True, max_age=60)
def new_products(request: HttpRequest) -> HttpResponse:
    """/umkm/baru.atom: the newest listed products of listed shops, Atom (RFC 4287)."""
    base = settings.BASE_URL.rstrip("/")
    feed = Atom1Feed(
        title=_("New products in %(city)s") % {"city": settings.CITY_NAME},
        link=f"{base}/umkm/",
        feed_url=base + reverse("cms:new-products"),
        description=_("What the small businesses next door have newly listed."),
        language=settings.LANGUAGE_CODE,
        author_name=settings.CITY_NAME,
        feed_guid=base + reverse("cms:new-products"),
    )
    for page in catalogue.newest_products()[:LONGEST_FEED]:
        _add(feed, page)
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml")


def _add(feed: Atom1Feed, page: ProductPage) -> None:
    row = page.product_row
    feed.add_item(
        title=page.title,
        link=page.full_url,
        description=render_to_string("cms/feed_entry.html", {"page": page, "shop": row.umkm}),
        unique_id=row.public_id.urn,
        author_name=row.umkm.name,
        categories=[row.umkm.category.name],
        pubdate=row.created_at,
        updateddate=max(row.created_at, page.last_published_at or row.created_at),
    )
