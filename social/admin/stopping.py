"""The emergency stop at the desk: one page, one button, and the question when it goes on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refusal
from social import stopping
from social.admin import forms
from social.admin.views import APPROVE, MANAGE, MAY_STOP, DeskPage, DeskView, first_error, words_of
from social.models import Overdue
from social.stopping import Resumed

MAY_RESUME = (APPROVE, MANAGE)
LISTED = 50


class EmergencyStop(DeskPage):
    """Whether all is stopped, what is still on its way, and what has become overdue."""

    any_of = MAY_STOP
    template_name = "social/admin/stop.html"
    page_title = gettext_lazy("Emergency stop")
    header_icon = "warning"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page with its one button, or with the stop that stands."""
        overdue = stopping.overdue_posts()
        return super().get_context_data(
            on_its_way=stopping.in_flight()[:LISTED],
            overdue=overdue[:LISTED],
            number_overdue=overdue.count(),
            fates=Overdue.choices,
            may_resume=any(self.request.user.has_perm(right) for right in MAY_RESUME),
            now=timezone.now(),
            **kwargs,
        )


class StopSending(DeskView):
    """Halt everything."""

    http_method_names = ["post"]
    any_of = MAY_STOP

    def post(self, request: HttpRequest) -> HttpResponse:
        """One press; who comes second finds it done."""
        form = forms.StopForm(request.POST)
        if not form.is_valid():
            messages.error(request, first_error(form))
            return redirect("social_desk_stop:page")
        try:
            stopping.stop(by=self.person, **form.cleaned_data)
        except Refusal as refusal:
            messages.warning(request, words_of(refusal))
        else:
            messages.success(request, _("All sending is stopped."))
        return redirect("social_desk_stop:page")


class ResumeSending(DeskView):
    """Let it go on."""

    http_method_names = ["post"]
    any_of = MAY_RESUME

    def post(self, request: HttpRequest) -> HttpResponse:
        """With a word on the overdue posts: there is no default."""
        form = forms.ResumeSendingForm(request.POST)
        if not form.is_valid():
            messages.error(request, first_error(form))
            return redirect("social_desk_stop:page")
        try:
            done = stopping.resume(by=self.person, overdue=Overdue(form.cleaned_data["overdue"]))
        except Refusal as refusal:
            messages.warning(request, words_of(refusal))
        else:
            messages.success(request, _told(done))
        return redirect("social_desk_stop:page")


def _told(done: Resumed) -> str:
    parts = [_("Sending goes on.")]
    if done.sent:
        parts.append(_("Going out now: %(number)d.") % {"number": done.sent})
    if done.moved:
        parts.append(_("Moved: %(number)d.") % {"number": done.moved})
    if done.held:
        parts.append(_("Held: %(number)d.") % {"number": done.held})
    return " ".join(parts)
