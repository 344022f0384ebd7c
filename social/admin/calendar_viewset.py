"""Where the calendar and the pace hang in the admin."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSet

from social.admin import calendar_views, pace_views
from social.admin.menu import DeskMenuItem


class CalendarViewSet(ViewSet):
    """Posts by day, and when channels speak."""

    name = "social_calendar"
    url_prefix = "media-sosial/kalender"
    icon = "calendar-alt"
    menu_label = _("Calendar")
    menu_name = "social-calendar"
    menu_item_class = DeskMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        """The calendar, another time for one post, and the pages of the pace."""
        return [
            path("", calendar_views.CalendarPage.as_view(), name="calendar"),
            path(
                "<uuid:public_id>/pindah/",
                calendar_views.Reschedule.as_view(),
                name="reschedule",
            ),
            path("tenang/", pace_views.QuietTimes.as_view(), name="quiet-times"),
            path("tenang/<str:kind>/baru/", pace_views.AddQuiet.as_view(), name="add-quiet"),
            path(
                "tenang/<str:kind>/<int:pk>/hapus/",
                pace_views.RemoveQuiet.as_view(),
                name="remove-quiet",
            ),
            path("irama/<slug:slug>/", pace_views.ChannelPacePage.as_view(), name="pace"),
        ]
