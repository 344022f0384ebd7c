"""The queue as people see it, as it keeps itself up to date, and the acts on many of its posts."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.dateparse import parse_datetime
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from social import approval, bulk
from social.admin import forms, queue
from social.admin.views import (
    APPROVE,
    MAY_STOP,
    WRITE,
    DeskPage,
    DeskView,
    first_error,
    words_of,
)
from social.desk import MOVABLE
from social.models import Post

PER_PAGE = 20


@dataclass(frozen=True)
class Row:
    """A post in the list; `digest` is what this person may sign, empty if nothing."""

    post: Post
    digest: str


class Counting(Paginator):
    """Knows how many there are, because the section's tab says so."""

    def __init__(self, posts: Any, per_page: int, *, number: int) -> None:
        super().__init__(posts, per_page)
        self.number = number

    @cached_property
    def count(self) -> int:
        return self.number


class QueueView(DeskView):
    """What the page and its renewal have in common: a section, narrowed, a page at a time."""

    def shown(self) -> dict[str, Any]:
        """What the tabs and the list are made of."""
        asked, may_sign = self.request.GET, self.request.user.has_perm(APPROVE)
        section, narrowing = queue.section_of(asked.get("section", "")), queue.Narrowing.read(asked)
        sections = queue.counted_sections(self.request, narrowing)
        number = next(one.count for one in sections if one.section == section)
        posts = queue.posts_in(section, narrowing, looker=self.person)
        if section.key == "approval":
            posts = posts.prefetch_related("media")
        page = Counting(posts, PER_PAGE, number=number).get_page(asked.get("p"))
        return {
            "sections": sections,
            "section": section,
            "narrowing": narrowing,
            "page": page,
            "rows": list(_rows(page, may_sign=may_sign)),
            "may_sign": may_sign and section.key == "approval",
            "may_act": may_sign or self.request.user.has_perm(WRITE),
            "movable": MOVABLE,
            "is_movable": any(state in MOVABLE for state in section.states),
            "causes": queue.causes(narrowing) if section.key == "failed" else [],
        }


class Queue(QueueView, DeskPage):
    """What waits, what is scheduled, what is out, what needs a person."""

    template_name = "social/admin/queue.html"
    page_title = gettext_lazy("Queue")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One section with what narrows it, and the form that acts on what is ticked."""
        return super().get_context_data(
            **self.shown(),
            choices=queue.choices(),
            query=self.request.GET.urlencode(),
            may_write=self.request.user.has_perm(WRITE),
            may_stop=any(self.request.user.has_perm(right) for right in MAY_STOP),
            shift_form=forms.ShiftForm(),
            hour_form=forms.HourForm(),
            **kwargs,
        )


class QueueNews(QueueView):
    """Tabs and list alone, for a page that is open: 304 while nothing has changed."""

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """Rendered each time, sent only if it is new."""
        content = render_to_string("social/admin/queue_news.html", self.shown(), request)
        etag = f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'
        answer = HttpResponse(content, headers={"ETag": etag, "Cache-Control": "private, no-cache"})
        return get_conditional_response(request, etag=etag, response=answer) or answer


class ActOnTicked(DeskView):
    """One act on the posts that are ticked: a form, a rule for each, and what came of it."""

    http_method_names = ["post"]
    form_class: type[Form] = forms.NothingForm

    def post(self, request: HttpRequest) -> HttpResponse:
        """Act on each, then name what was refused."""
        form = self.form_class(request.POST)
        ticked = _ticked(request.POST)
        if not ticked and self.needs_ticked:
            messages.error(request, _("Tick the posts first."))
        elif not form.is_valid():
            messages.error(request, first_error(form))
        else:
            tell_outcome(request, self.act(ticked, form.cleaned_data))
        return _back(request)

    needs_ticked = True

    def act(self, ticked: list[UUID], said: dict[str, Any]) -> bulk.Outcome:
        """The rule behind the button."""
        raise NotImplementedError


class ApproveTicked(ActOnTicked):
    any_of = (APPROVE,)

    def act(self, ticked: list[UUID], said: dict[str, Any]) -> bulk.Outcome:
        digests = {one: self.request.POST.get(f"digest-{one}", "") for one in ticked}
        return bulk.approve_each(digests, by=self.person)


class ShiftTicked(ActOnTicked):
    any_of = (WRITE, APPROVE)
    form_class = forms.ShiftForm

    def act(self, ticked: list[UUID], said: dict[str, Any]) -> bulk.Outcome:
        shift = timedelta(**{said["unit"]: said["amount"]}) * int(said["direction"])
        return bulk.shift_each(_times(self.request.POST, ticked), by=self.person, shift=shift)


class SetHourOfTicked(ActOnTicked):
    any_of = (WRITE, APPROVE)
    form_class = forms.HourForm

    def act(self, ticked: list[UUID], said: dict[str, Any]) -> bulk.Outcome:
        times = _times(self.request.POST, ticked)
        return bulk.set_hour_of_each(times, by=self.person, hour=said["hour"])


class RetryCause(ActOnTicked):
    any_of = (WRITE, APPROVE)
    form_class = forms.CauseForm
    needs_ticked = False

    def act(self, ticked: list[UUID], said: dict[str, Any]) -> bulk.Outcome:
        return bulk.retry_each(**said["cause"], by=self.person)


def _rows(page: Page[Post], *, may_sign: bool) -> Iterator[Row]:
    for post in page:
        is_signable = may_sign and post.state == Post.State.SUBMITTED and post.is_open
        yield Row(post, approval.digest(post) if is_signable else "")


def _ticked(said: QueryDict) -> list[UUID]:
    """The posts that were ticked; what is no id of a post is left out."""
    found = []
    for one in said.getlist("post")[: bulk.MOST_AT_ONCE]:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found


def _times(said: QueryDict, ticked: list[UUID]) -> dict[UUID, datetime]:
    """When each was to be sent, as the page said."""
    read = {one: _moment(said.get(f"at-{one}", "")) for one in ticked}
    return {one: at for one, at in read.items() if at is not None}


def _moment(said: str) -> datetime | None:
    try:
        at = parse_datetime(said)
    except ValueError:
        return None
    return at if at is not None and at.tzinfo else None


def tell_outcome(request: HttpRequest, outcome: bulk.Outcome) -> None:
    """Say how many it was done to, and name those that refused it and why."""
    if number := len(outcome.half_signed):
        signed = ngettext(
            "%(number)d post is signed by you. It needs one more person's signature.",
            "%(number)d posts are signed by you. They need one more person's signature.",
            number,
        )
        messages.warning(request, signed % {"number": number})
    if number := len(outcome.done) - len(outcome.half_signed):
        done = ngettext("Done for %(number)d post.", "Done for %(number)d posts.", number)
        messages.success(request, done % {"number": number})
    if outcome.refused:
        named = [(_name(post), words_of(refusal)) for post, refusal in outcome.refused]
        items = format_html_join("", "<li>{}: {}</li>", named)
        messages.error(request, format_html("{}<ul>{}</ul>", _("Not done:"), items))
    if not outcome.done and not outcome.refused:
        messages.error(request, _("There was nothing left to do."))


def _name(post: Post) -> str:
    return f"{post.headline or _('Post without words')} ({post.channel.name})"


def _back(request: HttpRequest) -> HttpResponse:
    """To the queue as it was narrowed: only our own words of its address are taken back."""
    asked = QueryDict(request.POST.get("back", ""))
    section, narrowing = queue.section_of(asked.get("section", "")), queue.Narrowing.read(asked)
    return redirect(f"{reverse('social_desk:queue')}?section={section.key}{narrowing.query}")
