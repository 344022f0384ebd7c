"""Promotions' place in Wagtail's admin: the section, its choosers, its rights."""

from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet

from promotions.admin.choosers import PromotedProductChooser, PromotedUmkmChooser
from promotions.admin.viewsets import PromotionViewSet
from promotions.models import Promotion

register_snippet(PromotionViewSet)


@hooks.register("register_admin_viewset")
def register_choosers() -> list[object]:
    return [PromotedUmkmChooser(), PromotedProductChooser()]


@hooks.register("register_snippet_listing_buttons")
def offer_posts(
    snippet: Model, user: AbstractBaseUser, next_url: str | None = None
) -> Iterator[Button]:
    """The way to the posts from the list, too."""
    if isinstance(snippet, Promotion):
        address = reverse("promotions:posts", args=[snippet.pk])
        yield Button(_("Posts"), url=address, icon_name="mail", priority=15)
