"""Where the desk hangs in Wagtail's admin: "Social media": queue, channels, emergency stop."""

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.sidebar import MenuItem as Component
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet

from social.admin import channel_views, message_pages, queue_pages, stopping, views
from social.admin.calendar_viewset import CalendarViewSet
from social.admin.menu import DeskMenuItem, counted
from social.admin.notice_views import NoticeViewSet
from social.admin.queue import asks_for
from social.models import HashtagGroup


class CountingMenuItem(DeskMenuItem):
    """The queue, with how much of it asks something of whoever looks."""

    def render_component(self, request: HttpRequest) -> Component:
        """Made anew for each request: the item itself is everybody's."""
        shown = super().render_component(request)
        shown.label = counted(self.label, asks_for(request))
        return shown


class CountingSubmenu(SubmenuMenuItem):
    """The group, with the same number: its own items are seen only when it is opened."""

    def render_component(self, request: HttpRequest) -> Component:
        """As `CountingMenuItem`."""
        shown = super().render_component(request)
        shown.label = counted(self.label, asks_for(request))
        return shown


class QueueViewSet(ViewSet):
    """The queue and the posts in it."""

    name = "social_desk"
    url_prefix = "media-sosial"
    icon = "mail"
    menu_label = _("Queue")
    menu_name = "social-queue"
    menu_item_class = CountingMenuItem

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
        ticked = {
            "approve": queue_pages.ApproveTicked,
            "shift": queue_pages.ShiftTicked,
            "set-hour": queue_pages.SetHourOfTicked,
        }
        return [
            path("", queue_pages.Queue.as_view(), name="queue"),
            path("terbaru/", queue_pages.QueueNews.as_view(), name="queue-news"),
            *(
                path(f"centang/{name}/", view.as_view(), name=f"{name}-ticked")
                for name, view in ticked.items()
            ),
            path("coba-lagi/", queue_pages.RetryCause.as_view(), name="retry"),
            path("baru/", message_pages.Compose.as_view(), name="compose"),
            path("pesan/<uuid:public_id>/", message_pages.EditMessage.as_view(), name="message"),
            path("hitung/", message_pages.Looks.as_view(), name="looks"),
            path("gambar/<uuid:public_id>/", views.DeskPicture.as_view(), name="picture"),
            path("video/<uuid:public_id>/", views.DeskVideo.as_view(), name="video"),
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
            path("masuk/", channel_views.SignedIn.as_view(), name="signed-in"),
            path("masuk/akun/", channel_views.ChooseAccount.as_view(), name="account"),
            path("masuk/ke/<slug:platform>/", channel_views.SignIn.as_view(), name="sign-in"),
            path("<slug:slug>/", channel_views.ChannelPage.as_view(), name="page"),
            path("<slug:slug>/change/", channel_views.ChangeChannel.as_view(), name="change"),
            path("<slug:slug>/rename/", channel_views.RenameChannel.as_view(), name="rename"),
            path("<slug:slug>/test/", channel_views.TestChannel.as_view(), name="test"),
            path("<slug:slug>/retire/", channel_views.RetireChannel.as_view(), name="retire"),
            path("<slug:slug>/pause/", pause, name="pause"),
            path("<slug:slug>/satu/", channel_views.AskForSigners.as_view(), name="one-signer"),
            path(
                "<slug:slug>/dua/",
                channel_views.AskForSigners.as_view(number=2),
                name="two-signers",
            ),
            path("<slug:slug>/resume/", resume, name="resume"),
            path(
                "<slug:slug>/figures/",
                channel_views.AskForFigures.as_view(wanted=True),
                name="figures",
            ),
            path(
                "<slug:slug>/no-figures/", channel_views.AskForFigures.as_view(), name="no-figures"
            ),
        ]


class StopMenuItem(MenuItem):
    """Within reach of a thumb on every page of the admin."""

    def is_shown(self, request: HttpRequest) -> bool:
        """For everyone at the desk who may press it."""
        sees = request.user.has_perm("social.view_desk")
        return sees and any(request.user.has_perm(right) for right in views.MAY_STOP)


class StopViewSet(ViewSet):
    """The emergency stop."""

    name = "social_desk_stop"
    url_prefix = "media-sosial/berhenti"
    icon = "warning"
    menu_label = _("Emergency stop")
    menu_name = "social-stop"
    menu_item_class = StopMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The page, and the two acts."""
        return [
            path("", stopping.EmergencyStop.as_view(), name="page"),
            path("semua/", stopping.StopSending.as_view(), name="stop"),
            path("selesai/", stopping.ResumeSending.as_view(), name="resume"),
        ]


class HashtagGroups(ModelViewSet):
    """Hashtags that are used together."""

    model = HashtagGroup
    name = "hashtag_groups"
    url_prefix = "media-sosial/tagar"
    icon = "tag"
    menu_label = _("Hashtag groups")
    form_fields = ["name", "tags"]
    list_display = ["name", "tags"]
    inspect_view_enabled = False


class SocialDesk(ViewSetGroup):
    """The group in the sidebar."""

    menu_label = _("Social media")
    menu_name = "social-media"
    menu_icon = "mail"
    menu_order = 250
    items = (
        QueueViewSet,
        CalendarViewSet,
        NoticeViewSet,
        ChannelViewSet,
        HashtagGroups,
        StopViewSet,
    )

    def get_menu_item(self, order: int | None = None) -> SubmenuMenuItem:
        """As any group's, with the number of posts that ask something."""
        return CountingSubmenu(
            label=self.menu_label,
            menu=Menu(items=self.get_submenu_items()),
            name=self.menu_name,
            icon_name=self.menu_icon,
            order=self.get_menu_item_order(order),
        )
