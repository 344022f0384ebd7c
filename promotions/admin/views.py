"""Making posts of a promotion: shown first as they will be, then made."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import EditView

from core.errors import Refusal
from promotions.captions import captions_of
from promotions.models import Promotion
from promotions.pictures import photo_of
from promotions.promotions import make_posts, message_of, refuse_unless_ready

CHANGE = "promotions.change_promotion"
POSTS = "promotions:posts"


class EditPromotion(EditView):
    """Wagtail's own form, with the way to the posts."""

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        address = reverse(POSTS, args=[self.object.pk])
        button = Button(_("Posts"), url=address, icon_name="mail", priority=5)
        return [button, *super().header_more_buttons]

    def get_success_buttons(self) -> list[Any]:
        """After publishing, the next thing an editor wants."""
        address = reverse(POSTS, args=[self.object.pk])
        return [messages_button(address), *super().get_success_buttons()]


class PromotionPosts(WagtailAdminTemplateMixin, TemplateView):
    """What would be posted where, the button that makes it, and afterwards what was made."""

    template_name = "promotions/admin/posts.html"
    page_title = gettext_lazy("Posts")
    header_icon = "mail"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse before anything is looked up."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        self.promotion = get_object_or_404(Promotion, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, promotions, this one, its posts."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("promotions:list"), "label": _("Promotions")},
            {
                "url": reverse("promotions:edit", args=[self.promotion.pk]),
                "label": self.promotion.title,
            },
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The posts that stand, or the captions that would, and what is in the way."""
        message = message_of(self.promotion)
        posts = list(message.posts.select_related("channel").order_by("pk")) if message else []
        return super().get_context_data(
            promotion=self.promotion,
            posts=posts,
            captions=[] if posts else captions_of(self.promotion),
            in_the_way="" if posts else self._in_the_way(),
            sees_desk=self.request.user.has_perm("social.view_desk"),
            **kwargs,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Make them, or say why not; pressed twice, they are made once."""
        try:
            message = make_posts(self.promotion, by=request.user)
        except Refusal as refusal:
            messages.error(request, _told(refusal))
        else:
            made = message.posts.count()
            said = ngettext(
                "%(made)d post waits for approval.", "%(made)d posts wait for approval.", made
            )
            messages.success(request, said % {"made": made})
        return redirect(POSTS, pk=self.promotion.pk)

    def _in_the_way(self) -> str:
        try:
            refuse_unless_ready(self.promotion)
            photo_of(self.promotion)
        except Refusal as refusal:
            return _told(refusal)
        return ""


def messages_button(address: str) -> Any:
    """A link beside Wagtail's message of success."""
    from wagtail.admin import messages as admin_messages  # Wagtail's own, beside Django's

    return admin_messages.button(address, _("Make posts"))


def _told(refusal: Refusal) -> str:
    """A refusal in words, with what each field lacks."""
    details = [str(word) for words in refusal.fields.values() for word in words]
    return " ".join([str(refusal.detail or refusal.title), *details])
