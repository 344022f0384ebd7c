"""Writing: one page for a message and its posts, counted and looked at while it is typed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.errors import Refusal
from social import bulk, pace
from social.admin.forms import MomentField
from social.admin.message_edit_form import EditMessageForm, with_picture_moved
from social.admin.message_forms import MessageForm, NewMessageForm, SayAgainForm
from social.admin.queue_pages import tell_outcome
from social.admin.views import WRITE, DeskPage, DeskView, tell_in_form
from social.campaigns import with_campaign
from social.channels import is_connected
from social.composing import (
    campaign_of,
    channels_left,
    edit_message,
    editable_posts,
    say_again,
)
from social.looks import Look, look_of
from social.messages import EDITABLE, compose_message
from social.models import Channel, HashtagGroup, Message, Post

NOT_SAVED = 0
"""The key of a post that is only looked at: no picture, no other post is its own."""


class Compose(DeskPage):
    """Write something new, for one or several channels."""

    any_of = (WRITE,)
    template_name = "social/admin/message.html"
    page_title = gettext_lazy("New post")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, empty or with its errors."""
        form = kwargs.pop("form", None) or NewMessageForm(_channels())
        blocks = _blocks(form, [_imagined(channel) for channel in form.offered])
        return super().get_context_data(
            form=form, blocks=blocks, hashtag_groups=HashtagGroup.objects.all(), **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the drafts, then go on writing where each channel's look is shown."""
        form = NewMessageForm(_channels(), request.POST, request.FILES)
        if form.is_valid():
            try:
                with transaction.atomic():  # a video is forgotten neither before nor without it
                    message = compose_message(
                        author=self.person,
                        source=form.cleaned_data["source"] or _("Written at the desk"),
                        source_ref="",
                        drafts=form.drafts(),
                    )
            except Refusal as refusal:
                tell_in_form(form, refusal)
            else:
                return _saved(self, form, message)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class EditMessage(DeskPage):
    """Change what a message says, on all channels that it is not out on yet."""

    any_of = (WRITE,)
    template_name = "social/admin/message.html"
    page_title = gettext_lazy("Edit message")

    @cached_property
    def message(self) -> Message:
        """The message of the address."""
        return get_object_or_404(Message, public_id=self.kwargs["public_id"])

    @cached_property
    def posts(self) -> list[Post]:
        """Those of it that can still change."""
        return editable_posts(self.message)

    @cached_property
    def left(self) -> list[Channel]:
        """Where it could stand besides."""
        return channels_left(self.message)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form with each channel's look, and the posts that are beyond changing."""
        form = kwargs.pop("form", None)
        if form is None and self.posts:
            form = EditMessageForm(self.posts, self.left)
        if not self.posts and self.left:
            kwargs.setdefault("again", SayAgainForm(self.left))
        settled = self.message.posts.exclude(pk__in=[post.pk for post in self.posts])
        return super().get_context_data(
            form=form,
            blocks=_blocks(form, self.posts) if form else [],
            settled=settled.select_related("channel").order_by("channel__name"),
            signed=[post for post in self.posts if post.state != Post.State.DRAFT],
            edited=self.message,
            hashtag_groups=HashtagGroup.objects.all(),
            **kwargs,
        )

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Save what changed, or show what is wrong with nothing lost."""
        if not self.posts and self.left:
            return self._said_again(request)
        if not self.posts:
            messages.error(request, _("Nothing of this message can be changed any more."))
            return redirect("social_desk:message", public_id=public_id)
        if "move" in request.POST:
            return self._with_picture_moved(request)
        form = EditMessageForm(self.posts, self.left, request.POST, request.FILES)
        if form.is_valid():
            try:
                edit_message(
                    self.message,
                    by=self.person,
                    changes=form.changes(),
                    added=form.added_drafts(),
                    removed=form.removed(),
                )
            except Refusal as refusal:
                tell_in_form(form, refusal)
            else:
                for words in form.crops():
                    messages.info(request, words)
                return _saved(self, form, self.message)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _said_again(self, request: HttpRequest) -> HttpResponse:
        """Drafts on further channels, of a message whose other posts are settled."""
        again = SayAgainForm(self.left, request.POST)
        if again.is_valid():
            on = again.cleaned_data["channels"]
            try:
                say_again(self.message, on=on, by=self.person, **again.times())
            except Refusal as refusal:
                tell_in_form(again, refusal)
            else:
                messages.success(request, _("Drafts are made: look at each, then submit them."))
                return redirect("social_desk:message", public_id=self.message.public_id)
        return self.render_to_response(self.get_context_data(again=again), status=422)

    def _with_picture_moved(self, request: HttpRequest) -> HttpResponse:
        """Without script: the same page with nothing lost, and nothing saved yet."""
        form = EditMessageForm(self.posts, self.left, with_picture_moved(request.POST))
        messages.info(request, _("The picture moved. Save to keep the order."))
        return self.render_to_response(self.get_context_data(form=form))


class Looks(DeskView, TemplateView):
    """How what is being typed counts and looks on each channel; nothing is saved."""

    http_method_names = ["post"]
    any_of = (WRITE,)
    template_name = "social/admin/looks.html"

    def post(self, request: HttpRequest) -> HttpResponse:
        """The looks of the channels that the page asks about, of a message or of none yet."""
        message = _uuid(request.POST.get("message", ""))
        known = Post.objects.filter(message__public_id=message, state__in=EDITABLE)
        posts = {post.channel_id: post for post in known.select_related("channel", "message")}
        shown = [
            _typed(request, posts.get(channel.pk) or _imagined(channel))
            for channel in Channel.objects.in_use().filter(slug__in=request.POST.getlist("look"))
        ]
        return self.render_to_response({"looks": shown})


def _typed(request: HttpRequest, post: Post) -> tuple[Channel, Look]:
    """The look of a post with the words in the form."""
    said, channel = request.POST, post.channel
    campaign = campaign_of(post) if post.pk else said.get("source", "")
    words = said.get(f"own_{channel.pk}", "").strip() or said.get("caption", "").strip()
    post.caption = words.replace("\r\n", "\n")
    post.send_at = _moment(said.get(f"at_{channel.pk}") or said.get("send_at")) or post.send_at
    post.link = link = said.get("link", "").strip()
    if link and said.get("with_campaign"):
        post.link = with_campaign(link, channel=channel.slug, campaign=campaign)
    return channel, look_of(post)


def _imagined(channel: Channel) -> Post:
    """A post that nobody has saved."""
    return Post(pk=NOT_SAVED, channel=channel, send_at=timezone.now())


def _channels() -> list[Channel]:
    """Where something new can be posted to."""
    return [one for one in Channel.objects.in_use() if is_connected(one)]


def _blocks(form: MessageForm, posts: list[Post]) -> list[dict[str, Any]]:
    """Each channel with its own words and its look as it is saved."""
    return [
        {
            "post": post,
            "channel": post.channel,
            "own": form[f"own_{post.channel_id}"],
            "at": form[f"at_{post.channel_id}"],
            "slots": pace.slots_inside(post) if post.pk else pace.next_slots(post.channel),
            "version": form[f"version_{post.channel_id}"] if post.pk else None,
            "off": form[f"off_{post.channel_id}"] if post.pk else None,
            "look": look_of(post) if post.pk else None,
            "pictures": post.draft_media.all() if post.pk else [],
        }
        for post in posts
    ]


def _saved(view: DeskView, form: MessageForm, message: Message) -> HttpResponse:
    """Tell what was done to pictures, hand in if that was asked for, and show the message."""
    request = view.request
    for words in form.conversions():
        messages.info(request, words)
    if request.POST.get("then") == "submit":
        drafts = message.posts.filter(state=Post.State.DRAFT).values_list("public_id", flat=True)
        tell_outcome(request, bulk.submit_each(list(drafts), by=view.person))
    else:
        messages.success(request, _("Saved. It goes to a second person once you submit it."))
    return redirect("social_desk:message", public_id=message.public_id)


def _moment(said: str | None) -> datetime | None:
    """A time that is still being typed, where it is one already."""
    try:
        moment: datetime | None = MomentField(required=False).clean(said)
    except ValidationError:
        return None
    return moment


def _uuid(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None
