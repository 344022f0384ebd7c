"""The second stage of approval, switched on and off for a channel."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from social import signing
from social.admin.channel_views import MANAGE
from social.admin.views import DeskView
from social.models import Channel


class AskForSigners(DeskView):
    """Ask for one signature or two: the address says which."""

    http_method_names = ["post"]
    any_of = (MANAGE,)
    number = 1

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Back to the channel."""
        channel = get_object_or_404(Channel, slug=slug)
        signing.ask_for_signers(channel, by=self.person, number=self.number)
        return redirect("social_desk_channels:page", slug=slug)
