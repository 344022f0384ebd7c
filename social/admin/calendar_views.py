"""The calendar's pages: month and week, and giving one post another time."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refusal
from social import desk, pace
from social.admin.calendar import Span, days_of, span_asked
from social.admin.forms import MomentField
from social.admin.views import APPROVE, WRITE, DeskPage, words_of
from social.errors import BadWindow
from social.messages import EDITABLE
from social.models import Channel, Post
from social.rescheduling import fits, reschedule_with_window

ASKED = ("month", "week", "channel")
"""What a calendar page is asked by: nothing else is carried back to it."""


class CalendarPage(DeskPage):
    """Posts by day: a grid where there is room, a list on a phone."""

    template_name = "social/admin/calendar.html"
    page_title = gettext_lazy("Calendar")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One month or week, narrowed to a channel."""
        asked = self.request.GET
        channel = asked.get("channel", "")
        span = span_asked(month=asked.get("month", ""), week=asked.get("week", ""))
        days = days_of(span, channel=channel)
        user = self.person
        return super().get_context_data(
            span=span,
            title=_title(span),
            week=_week_in(span),
            days=days,
            is_empty=not any(day.entries for day in days),
            channel=channel,
            channels=Channel.objects.all(),
            may_move=user.has_perm(WRITE) or user.has_perm(APPROVE),
            back=_only_asked(asked).urlencode(),
            **kwargs,
        )


class RescheduleForm(forms.Form):
    """Another time, the version that was looked at, and that a new certificate is understood."""

    send_at = MomentField(label=gettext_lazy("Send at"))
    version = forms.IntegerField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)


class Reschedule(DeskPage):
    """Give a post another time: at once inside its window, after a question outside it."""

    any_of = (WRITE, APPROVE)
    template_name = "social/admin/reschedule.html"
    page_title = gettext_lazy("Send at another time")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, the next free slots, and whether what was chosen needs a new certificate."""
        post = self._post()
        chosen = kwargs.pop("chosen", None) or _moment(self.request.GET.get("send_at", ""))
        send_at = chosen or post.send_at
        form = kwargs.pop("form", None) or RescheduleForm(
            initial={"send_at": send_at, "version": post.version}
        )
        return super().get_context_data(
            post=post,
            form=form,
            chosen=chosen,
            needs_certificate=chosen is not None and not fits(post, chosen),
            is_possible=post.state in EDITABLE,
            may_write=self.person.has_perm(WRITE),
            slots=pace.next_slots(post.channel, most=6),
            later=chosen and _quiet_until(post, chosen),
            back=_only_asked(QueryDict(self.request.GET.get("back", ""))).urlencode(),
            **kwargs,
        )

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Move, ask, or say what is wrong."""
        post = self._post()
        form = RescheduleForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        said = form.cleaned_data
        send_at = said["send_at"]
        if not fits(post, send_at) and not said["confirmed"]:
            return self.render_to_response(self.get_context_data(form=form, chosen=send_at))
        try:
            done = self._give(post, send_at=send_at, version=said["version"])
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
            context = self.get_context_data(form=form, chosen=send_at)
            return self.render_to_response(context, status=422)
        messages.success(request, done)
        return redirect(_calendar_at(send_at, QueryDict(request.POST.get("back", ""))))

    def _give(self, post: Post, *, send_at: datetime, version: int) -> str:
        if fits(post, send_at):
            desk.move(post, by=self.person, send_at=send_at)
            return _("Moved. Its approval stands.")
        if not self.person.has_perm(WRITE):
            raise BadWindow(fields={"send_at": [_("Only who writes posts moves it there.")]})
        reschedule_with_window(post, by=self.person, version=version, send_at=send_at)
        return _("Moved with its window. It is a draft again and needs approval.")

    def _post(self) -> Post:
        posts = Post.objects.select_related("channel")
        return get_object_or_404(posts, public_id=self.kwargs["public_id"])


def _title(span: Span) -> str:
    if span.kind == "month":
        return date_format(span.first, "F Y")
    return f"{date_format(span.first, 'j F')} – {date_format(span.last, 'j F Y')}"


def _week_in(span: Span) -> date:
    """The week to change to from this span: of today, where it lies inside."""
    today = timezone.localdate()
    return today if span.first <= today <= span.last else span.first


def _only_asked(query: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name in ASKED:
        if value := query.get(name):
            kept[name] = value
    return kept


def _calendar_at(send_at: datetime, back: QueryDict) -> str:
    """The page one came from; without one, the month of the post's new day."""
    kept = _only_asked(back)
    if "month" not in kept and "week" not in kept:
        kept["month"] = timezone.localtime(send_at).strftime("%Y-%m")
    return f"{reverse('social_calendar:calendar')}?{kept.urlencode()}"


def _moment(text: str) -> datetime | None:
    """A moment of an address; None for anything else."""
    try:
        read = parse_datetime(text)
        return timezone.make_aware(read) if read and timezone.is_naive(read) else read
    except (ValueError, OverflowError):
        return None


def _quiet_until(post: Post, moment: datetime) -> datetime | None:
    leaves = pace.next_allowed(post.channel, moment)
    return leaves if leaves != moment else None
