"""Where the desk hangs in Wagtail's admin: "Social media", with its queue and its channels."""

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup

from social.admin import channel_views, views


class DeskMenuItem(MenuItem):
    """Shown to the people of the desk."""

    def is_shown(self, request: HttpRequest) -> bool:
        """A menu shows nothing that its page would refuse."""
        return request.user.has_perm("social.view_desk")


class QueueViewSet(ViewSet):
    """The queue and the posts in it."""

    name = "social_desk"
    url_prefix = "media-sosial"
    icon = "mail"
    menu_label = _("Queue")
    menu_name = "social-queue"
    menu_item_class = DeskMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The page of a post, and one address per act on it."""
        acts = {
            "submit": views.Submit,
            "approve": views.Approve,
            "request-changes": views.RequestChanges,
            "accept-suggestion": views.AcceptSuggestion,
            "hold": views.Hold,
            "resume": views.Resume,
            "withdraw": views.Withdraw,
            "move": views.Move,
            "hand-in": views.HandIn,
            "resolve": views.Resolve,
        }
        return [
            path("", views.Queue.as_view(), name="queue"),
            path("baru/", views.Compose.as_view(), name="compose"),
            path("gambar/<uuid:public_id>/", views.DeskPicture.as_view(), name="picture"),
            path("<uuid:public_id>/", views.PostPage.as_view(), name="post"),
            path("<uuid:public_id>/edit/", views.EditPost.as_view(), name="edit"),
            *(
                path(f"<uuid:public_id>/{name}/", view.as_view(), name=name)
                for name, view in acts.items()
            ),
        ]


class ChannelViewSet(ViewSet):
    """The channels."""

    name = "social_desk_channels"
    url_prefix = "media-sosial/saluran"
    icon = "site"
    menu_label = _("Channels")
    menu_name = "social-channels"
    menu_item_class = DeskMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, a new one, and one address per act on a channel."""
        pause, resume = (
            channel_views.ToggleChannel.as_view(paused=True),
            channel_views.ToggleChannel.as_view(),
        )
        return [
            path("", channel_views.Channels.as_view(), name="list"),
            path("baru/", channel_views.ChoosePlatform.as_view(), name="choose"),
            path("baru/<slug:platform>/", channel_views.AddChannel.as_view(), name="add"),
            path("<slug:slug>/", channel_views.ChannelPage.as_view(), name="page"),
            path("<slug:slug>/change/", channel_views.ChangeChannel.as_view(), name="change"),
            path("<slug:slug>/rename/", channel_views.RenameChannel.as_view(), name="rename"),
            path("<slug:slug>/pause/", pause, name="pause"),
            path("<slug:slug>/resume/", resume, name="resume"),
        ]


class SocialDesk(ViewSetGroup):
    """The group in the sidebar."""

    menu_label = _("Social media")
    menu_name = "social-media"
    menu_icon = "mail"
    menu_order = 250
    items = (QueueViewSet, ChannelViewSet)
