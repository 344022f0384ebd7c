"""The pages of the desk: thin doors to the rules, each with its own right and its own object."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from accounts.models import User
from core.errors import Refusal
from social import approval, comparing, desk, pace, receiving, withdrawing
from social.admin import forms
from social.channels import adapter_of
from social.errors import VideoAltered, VideoForgotten
from social.looks import look_of
from social.messages import EDITABLE, edit_post
from social.models import STEPS, Post, PostDraftMedia, PostMedia, Video, Withdrawal
from social.reasons import told
from social.serving import picture_response, video_response

PRIVATE = "private, max-age=3600"

SEE, WRITE, APPROVE = "social.view_desk", "social.write_post", "social.approve_post"
MANAGE = "social.manage_channel"
MAY_STOP = (WRITE, APPROVE, MANAGE)
"""Everyone at the desk who does more than look: a stop harms nothing."""

RETURNABLE = EDITABLE[1:]


class DeskView(View):
    """What every page of the desk asks first: that one sees the desk, and one of `any_of`."""

    any_of: tuple[str, ...] = (SEE,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse before anything is looked up."""
        user = request.user
        if not user.has_perm(SEE) or not any(user.has_perm(right) for right in self.any_of):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def person(self) -> User:
        """Who is at the desk: `dispatch` has let nobody else in."""
        return cast(User, self.request.user)


class DeskPage(DeskView, WagtailAdminTemplateMixin, TemplateView):
    """A page of the desk in Wagtail's own furniture."""

    header_icon = "mail"
    breadcrumbs_items = [
        *WagtailAdminTemplateMixin.breadcrumbs_items,
        {"url": reverse_lazy("social_desk:queue"), "label": gettext_lazy("Social media")},
    ]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the desk, this page."""
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


class PostPage(DeskPage):
    """One post as a second person looks at it: preview, facts, people, history."""

    template_name = "social/admin/post.html"

    def get_page_title(self) -> str:
        """The first words of the post."""
        return self.post_shown.headline or _("Post without words")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything that is signed, and what this person may do about it."""
        self.post_shown = post = _post_with_people(self.kwargs["public_id"])
        user, look = self.person, look_of(post)
        return super().get_context_data(
            post=post,
            pictures=post.pictures or post.draft_media.all(),
            capabilities=adapter_of(post.channel).capabilities,
            look=look,
            digest=approval.digest(post),
            certificate=approval.certificate_of(post),
            suggestion=approval.suggestion_for(post),
            problems=look.problems if post.state == Post.State.DRAFT else [],
            advice=look.advice if post.state in EDITABLE else [],
            contributors=post.message.contributors.all(),
            siblings=[one for one in post.message.posts.all() if one.pk != post.pk],
            may_sign=approval.may_sign(post, user),
            has_signed=user.pk in approval.signers_of(post),
            signatures_missing=approval.signatures_missing(post),
            changes=comparing.to_look_at(post),
            may_write=user.has_perm(WRITE),
            may_approve=user.has_perm(APPROVE),
            **_withdrawal(post),
            figures=receiving.history(post),
            editable=EDITABLE,
            returnable=RETURNABLE,
            movable=desk.MOVABLE,
            slots=pace.slots_inside(post) if post.state in desk.MOVABLE else [],
            suggested_now=timezone.localtime(),
            **kwargs,
        )


class EditPost(DeskPage):
    """Change what a post says; its certificate is void from then on."""

    any_of = (WRITE,)
    template_name = "social/admin/edit.html"
    page_title = gettext_lazy("Edit post")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The post and the form, filled in or with its errors."""
        post = _post_to_edit(self.kwargs["public_id"])
        form = kwargs.pop("form", None) or forms.EditForm(post)
        return super().get_context_data(post=post, form=form, **kwargs)

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Save, or show what is wrong with nothing lost."""
        post = _post_to_edit(public_id)
        form = forms.EditForm(post, request.POST, request.FILES)
        if form.is_valid():
            try:
                version = form.cleaned_data["version"]
                edit_post(post, by=self.person, version=version, draft=form.draft())
            except Refusal as refusal:
                tell_in_form(form, refusal)
            else:
                messages.success(request, _("Saved as a draft. It needs approval."))
                return _to_post(public_id)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class PostAction(DeskView):
    """One act on one post: a form, a rule, and back to the post with what came of it."""

    http_method_names = ["post"]
    form_class: type[Form] = forms.NothingForm
    done: str | Promise = ""

    def post(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Act, or say why not."""
        post = get_object_or_404(Post, public_id=public_id)
        form = self.form_class(request.POST)
        if not form.is_valid():
            messages.error(request, first_error(form))
            return _to_post(public_id)
        try:
            came_of_it = self.act(post, form.cleaned_data)
        except Refusal as refusal:
            messages.error(request, words_of(refusal))
        else:
            messages.success(request, str(came_of_it or self.done))
        return _to_post(public_id)

    def act(self, post: Post, said: dict[str, Any]) -> str | Promise | None:
        """The rule behind the button; words for what came of it, where `done` does not say it."""
        raise NotImplementedError


class Submit(PostAction):
    any_of = (WRITE,)
    done = gettext_lazy("Handed over for approval.")

    def act(self, post: Post, said: dict[str, Any]) -> None:
        approval.submit(post, by=self.person)


class Approve(PostAction):
    any_of = (APPROVE,)
    form_class = forms.ApproveForm
    done = gettext_lazy("Approved. It goes out at its time.")

    def act(self, post: Post, said: dict[str, Any]) -> str | None:
        signed = approval.approve(post, by=self.person, seen=said["digest"])
        if not approval.is_first_of_two(signed):
            return None
        return _("Signed by you. It needs one more person's signature.")


class RequestChanges(PostAction):
    any_of = (APPROVE,)
    form_class = forms.ChangesForm
    done = gettext_lazy("Sent back to its author.")

    def act(self, post: Post, said: dict[str, Any]) -> None:
        approval.request_changes(post, by=self.person, **said)


class AcceptSuggestion(PostAction):
    any_of = (WRITE,)
    form_class = forms.VersionForm
    done = gettext_lazy("The suggested wording is yours now. Submit it again.")

    def act(self, post: Post, said: dict[str, Any]) -> None:
        approval.accept_suggestion(post, by=self.person, version=said["version"])


class Hold(PostAction):
    any_of = (WRITE, APPROVE)
    form_class = forms.ReasonForm
    done = gettext_lazy("Held.")

    def act(self, post: Post, said: dict[str, Any]) -> None:
        desk.hold(post, by=self.person, reason=said["reason"])


class Resume(PostAction):
    any_of = (WRITE, APPROVE)
    done = gettext_lazy("It goes out at its time.")

    def act(self, post: Post, said: dict[str, Any]) -> None:
        desk.resume(post, by=self.person)


class Withdraw(PostAction):
    any_of = (WRITE, APPROVE)
    form_class = forms.ReasonForm
    done = gettext_lazy("Withdrawn.")

    def act(self, post: Post, said: dict[str, Any]) -> str | None:
        post = desk.withdraw(post, by=self.person, reason=said["reason"])
        if post.state == Post.State.WITHDRAWN:
            return None
        return _("The platform is asked to take it back. Here you see what it answers.")


class Move(PostAction):
    any_of = (WRITE, APPROVE)
    form_class = forms.MoveForm
    done = gettext_lazy("Moved.")

    def act(self, post: Post, said: dict[str, Any]) -> None:
        desk.move(post, by=self.person, **said)


class HandIn(PostAction):
    any_of = (WRITE, APPROVE)
    form_class = forms.HandInForm
    done = gettext_lazy("Recorded as published.")

    def act(self, post: Post, said: dict[str, Any]) -> None:
        desk.hand_in(post, by=self.person, **said)


class Resolve(PostAction):
    any_of = (WRITE, APPROVE)
    form_class = forms.ResolveForm
    done = gettext_lazy("Settled.")

    def act(self, post: Post, said: dict[str, Any]) -> None:
        desk.resolve_unknown(post, by=self.person, **{**said, "to": Post.State(said["to"])})


class DeskPicture(DeskView):
    """A picture of a post that need not be out yet."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponse:
        """Drafts and submitted pictures alike, for the people of the desk only."""
        drafts = PostDraftMedia.objects.defer(None).filter(public_id=public_id)
        found = drafts.first() or get_object_or_404(
            PostMedia.objects.defer(None), public_id=public_id
        )
        return picture_response(bytes(found.content), mime=found.mime, cache=PRIVATE)


class DeskVideo(DeskView):
    """The video of a post that need not be out yet."""

    def get(self, request: HttpRequest, public_id: UUID) -> HttpResponseBase:
        """For the people of the desk only; a part of it where the browser asks for one."""
        video = get_object_or_404(Video, public_id=public_id)
        try:
            return video_response(video, request, cache=PRIVATE)
        except VideoForgotten as refusal:
            raise Http404 from refusal
        except VideoAltered as refusal:
            return HttpResponse(str(refusal.title), status=refusal.status)


def _post_with_people(public_id: UUID) -> Post:
    posts = Post.objects.select_related("channel", "message__created_by", "video").prefetch_related(
        "draft_media",
        "media",
        "approvals__signer",
        "steps__actor",
        "message__contributors",
        "message__posts__channel",
    )
    return get_object_or_404(posts, public_id=public_id)


def _post_to_edit(public_id: UUID) -> Post:
    posts = Post.objects.select_related("channel", "message", "video")
    return get_object_or_404(posts, public_id=public_id)


def _withdrawal(post: Post) -> dict[str, Any]:
    """What became of the wish that it go, and whether a person may wish it now."""
    last = withdrawing.last_of(post) if post.state == Post.State.PUBLISHED else None
    is_open = last is not None and last.outcome == Withdrawal.Outcome.PENDING
    possible = Post.State.WITHDRAWN in STEPS[Post.State(post.state)] and desk.can_withdraw(post)
    return {"withdrawal": last, "can_withdraw": possible, "may_withdraw": possible and not is_open}


def _to_post(public_id: UUID) -> HttpResponse:
    return redirect(reverse("social_desk:post", kwargs={"public_id": public_id}))


def words_of(refusal: Refusal) -> str:
    """What a person reads of a refusal, in one line."""
    said = [message for of_field in refusal.fields.values() for message in of_field]
    parts = [refusal.title, refusal.detail, told(refusal.extra.get("reason", "")), *said]
    return " ".join(str(part) for part in parts if part)


def tell_in_form(form: Form, refusal: Refusal) -> None:
    """Show in a form why what it says cannot be done."""
    form.add_error(None, words_of(refusal))


def first_error(form: Form) -> str:
    """The first thing that is wrong in a form that has no page of its own."""
    return next(str(error) for of_field in form.errors.values() for error in of_field)
