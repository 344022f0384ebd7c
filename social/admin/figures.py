"""Whether a channel's platform is asked how its posts are received: a switch where that costs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from social import receiving
from social.admin.channel_views import MANAGE
from social.admin.views import DeskView
from social.models import Channel


class AskForFigures(DeskView):
    """Ask a platform for figures, or stop asking: the address says which."""

    http_method_names = ["post"]
    any_of = (MANAGE,)
    wanted = False

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Back to the channel."""
        channel = get_object_or_404(Channel, slug=slug)
        receiving.ask_for_figures(channel, by=self.person, wanted=self.wanted)
        return redirect("social_desk_channels:page", slug=slug)
