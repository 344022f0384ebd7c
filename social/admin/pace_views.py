"""Pages for the pace: of one channel, and the quiet times of all."""

from typing import Any

from django.contrib import messages
from django.forms import Form, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from social import pace
from social.admin.channel_views import MANAGE
from social.admin.pace_forms import HolidayForm, PaceForm, QuietTimeForm
from social.admin.views import DeskPage, DeskView
from social.models import Channel, Holiday, QuietTime

KINDS = {"holiday": Holiday, "quiet": QuietTime}


class ChannelPacePage(DeskPage):
    """When one channel speaks."""

    any_of = (MANAGE,)
    template_name = "social/admin/pace.html"

    def get_page_title(self) -> str:
        """Whose pace it is."""
        return _("Pace of %(channel)s") % {"channel": self._channel().name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, filled in or with its errors."""
        form = kwargs.pop("form", None) or PaceForm(self._channel())
        return super().get_context_data(form=form, channel=self._channel(), **kwargs)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Keep it, or show what is wrong."""
        form = PaceForm(self._channel(), request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        pace.set_pace(self._channel(), form.settings(), by=self.person)
        messages.success(request, _("Saved. Posts that wait follow it from now on."))
        return redirect("social_calendar:pace", slug=slug)

    def _channel(self) -> Channel:
        return get_object_or_404(Channel, slug=self.kwargs["slug"])


class QuietTimes(DeskPage):
    """The city's holidays and quiet times; the people of the desk see them, too."""

    template_name = "social/admin/quiet_times.html"
    page_title = gettext_lazy("Quiet times")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What there is, and a form for one more of each."""
        forms = {"holiday_form": HolidayForm(), "quiet_form": QuietTimeForm()}
        return super().get_context_data(
            holidays=Holiday.objects.all(),
            quiet_times=QuietTime.objects.all(),
            channels=Channel.objects.all(),
            may_manage=self.request.user.has_perm(MANAGE),
            **(forms | kwargs),
        )


class AddQuiet(QuietTimes):
    """One more holiday or quiet time."""

    any_of = (MANAGE,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Keep it, or show what is wrong."""
        form: Form | ModelForm[Any]
        form = HolidayForm(request.POST) if kind == "holiday" else QuietTimeForm(request.POST)
        if not form.is_valid():
            context = self.get_context_data(**{f"{kind}_form": form})
            return self.render_to_response(context, status=422)
        if kind == "holiday":
            pace.add_holiday(**form.cleaned_data, by=self.person)
        else:
            pace.add_quiet_time(**form.cleaned_data, by=self.person)
        return redirect("social_calendar:quiet-times")


class RemoveQuiet(DeskView):
    """Keep a holiday or quiet time no longer."""

    any_of = (MANAGE,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, kind: str, pk: int) -> HttpResponse:
        """Gone already is gone."""
        if kind not in KINDS:
            raise Http404
        found = KINDS[kind].objects.filter(pk=pk).first()
        if found is not None:
            pace.remove(found, by=self.person)
        return redirect("social_calendar:quiet-times")
