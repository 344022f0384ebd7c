"""A draft for another front end: what an editor is looking at, for some minutes.

Wagtail previews a page as the form says it, saved or not. Where HEADLESS_PREVIEW_URL names a front
end, that page is kept in the cache under a random token, and the front end is called with it. The
token opens this one draft and nothing else; it dies by itself, and at once when the page goes, when
the person may not edit it any more, or when previews are switched off.
"""

import hashlib
import json
import logging
from secrets import token_urlsafe
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import RedisError
from wagtail.models import Page

from accounts.models import User
from cms import catalogue
from cms.badges import valid_badges
from cms.errors import DraftUnknown
from cms.models import ProductPage, UmkmPage
from marketplace import releases
from marketplace.models import Product, Umkm

logger = logging.getLogger(__name__)

DRAFT_SECONDS = 600
NO_ID: Any = None
"""Of a page that was never published."""


def address(page: Page, *, by: AbstractBaseUser) -> str | None:
    """Where the other front end shows this draft; None where it cannot.

    That is where none is named, to who may not edit the page, and without the cache: the preview
    on our own site is there for all of them.
    """
    if not settings.HEADLESS_PREVIEW_URL or not may_edit(by, page):
        return None
    try:
        query = urlencode({"token": keep(page, by=by)})
    except RedisError:
        logger.exception("draft not kept")
        return None
    joint = "&" if "?" in settings.HEADLESS_PREVIEW_URL else "?"
    return f"{settings.HEADLESS_PREVIEW_URL}{joint}{query}"


def keep(page: Page, *, by: AbstractBaseUser) -> str:
    """Keep a draft for DRAFT_SECONDS; its token, of which the cache holds a digest only."""
    token = token_urlsafe(32)
    cache.set(_key(token), (page._meta.label, page.to_json(), by.pk), DRAFT_SECONDS)
    return token


def read(token: str) -> Page:
    """The draft of this token. Raises `DraftUnknown`."""
    kept = cache.get(_key(token)) if settings.HEADLESS_PREVIEW_URL else None
    if kept is None:
        raise DraftUnknown
    model, content, person = kept
    by = User.objects.filter(pk=person).first()
    page = _restored(apps.get_model(model), json.loads(content))
    if by is None or page is None or not may_edit(by, page):
        raise DraftUnknown
    return page


def may_edit(user: AbstractBaseUser, page: Page) -> bool:
    """Whether a page is there, and this person may edit it or, if it is new, add it."""
    if page.pk:
        standing = Page.objects.filter(pk=page.pk).first()
        return bool(standing and standing.permissions_for_user(user).can_edit())
    parent = Page.objects.filter(path=page.path[: -Page.steplen]).first()
    return bool(parent and parent.permissions_for_user(user).can_add_subpage())


# --- A draft as the catalogue tells a published page ----------------------------------------------


def as_shop(page: UmkmPage) -> UmkmPage:
    """With all that `catalogue.shop` adds: below it stands what is listed now."""
    row = page.umkm
    page.listed_products = catalogue.products_of(page) if page.pk else []
    page.week = list(page.hours.all())
    page.reach = releases.shop_reach(row) if row else None
    page.seen_badges = valid_badges(page, day=timezone.localdate())
    page.umkm_row = _as_registered(page, row=row)
    return page


def as_product(page: ProductPage) -> ProductPage:
    """With all that `catalogue.product` adds, and what it would be registered as."""
    page.offered_variants = catalogue.variants_of(page)
    shop: Any = page.get_parent().specific
    page.product_row = Product(
        public_id=page.product.public_id if page.product else NO_ID,
        umkm=shop.umkm or _as_registered(shop, row=None),
        price=page.prices.low,
        price_to=page.prices.high,
        unit=page.unit,
    )
    return page


def _restored(model: type[Page], content: dict[str, Any]) -> Page | None:
    """The page where it stands now, with the words of the draft; None if it is gone."""
    if content["pk"] is None:
        return model.from_serializable_data(content)
    standing = model.objects.filter(pk=content["pk"]).first()
    return standing.with_content_json(content) if standing else None


def _as_registered(page: UmkmPage, *, row: Umkm | None) -> Umkm:
    """A row that says what the draft says; never saved, and without an id till it is published."""
    public_id = row.public_id if row else NO_ID
    return Umkm(public_id=public_id, category=page.category, region=page.region)


def _key(token: str) -> str:
    return f"draft:{hashlib.sha256(token.encode()).hexdigest()}"
