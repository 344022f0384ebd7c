"""What people type at the desk; whether it may happen is the rules' to say."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from social.messages import DraftMedia, PostDraft, video_of
from social.models import Channel, Overdue, Post, PostDraftMedia
from social.models.videos import LONGEST_ALT

MINUTE = "%Y-%m-%dT%H:%M"
LONGEST_CAPTION = 10_000
JUST_NOW = timedelta(minutes=5)
"""As long as a person may take to fill in a form that said "now"."""


def to_the_minute(at: datetime) -> datetime:
    """As the browser's field shows it, so that what nobody touched counts as unchanged."""
    return at.replace(second=0, microsecond=0)


class MomentInput(forms.DateTimeInput):
    """The browser's own date and time field: no script, at home on a phone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=MINUTE)


class MomentField(forms.DateTimeField):
    """A moment in TIME_ZONE, to the minute."""

    widget = MomentInput


class TimesForm(forms.Form):
    """The window, and the time of sending inside it."""

    window_from = MomentField(label=_("Window from"), help_text=_("Not sent before."))
    window_until = MomentField(label=_("Window until"), help_text=_("Not sent afterwards."))
    send_at = MomentField(label=_("Send at"), help_text=_("Inside the window."))

    def clean(self) -> dict[str, Any]:
        """A window in order, and the time inside it, told beside the field."""
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("window_from"), cleaned.get("window_until")
        at = cleaned.get("send_at")
        if begins and ends and begins >= ends:
            self.add_error("window_until", _("The window ends before it begins."))
        elif begins and ends and at and not begins <= at < ends:
            self.add_error("send_at", _("Choose a time inside the window."))
        self._refuse_the_past("window_until", "send_at")
        return cleaned

    def _refuse_the_past(self, *names: str) -> None:
        """A time that somebody chose lies ahead; one that stood there already may have passed."""
        for name in names:
            at = self.cleaned_data.get(name)
            if at and name in self.changed_data and at < timezone.now() - JUST_NOW:
                self.add_error(name, _("This time has passed: choose a later one."))


class ContentForm(TimesForm):
    """The words, the link, the window and one more picture."""

    caption = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST_CAPTION,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    link = forms.URLField(label=_("Link"), required=False, max_length=500, assume_scheme="https")
    new_picture = forms.FileField(
        label=_("Add a picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    new_alt = forms.CharField(
        label=_("What does the new picture show?"), required=False, max_length=LONGEST_ALT
    )

    def added_picture(self) -> list[DraftMedia]:
        """The picture handed in with this form, if there is one."""
        uploaded = self.cleaned_data["new_picture"]
        if not uploaded:
            return []
        return [DraftMedia(uploaded.read(), uploaded.name, self.cleaned_data["new_alt"])]

    def draft_for(self, channel: Channel, media: list[DraftMedia]) -> PostDraft:
        """What the form says, for one channel."""
        said = ("caption", "link", "window_from", "window_until", "send_at")
        return PostDraft(
            channel=channel, media=media, **{name: self.cleaned_data[name] for name in said}
        )


class EditForm(ContentForm):
    """A post as its author changes it; `version` is what they were looking at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, post: Post, data: Any = None, files: Any = None) -> None:
        self.post = post
        self.kept = list(post.draft_media.all())
        super().__init__(data, files, initial=_initial(post))
        for picture in self.kept:
            self.fields[f"alt_{picture.pk}"] = forms.CharField(
                label=_("What does this picture show?"),
                required=False,
                max_length=LONGEST_ALT,
                initial=picture.alt,
            )
            self.fields[f"remove_{picture.pk}"] = forms.BooleanField(
                label=_("Remove this picture"), required=False
            )

    def pictures(self) -> list[dict[str, Any]]:
        """Each picture with its two fields, for the template."""
        return [
            {
                "picture": one,
                "alt": self[f"alt_{one.pk}"],
                "remove": self[f"remove_{one.pk}"],
            }
            for one in self.kept
        ]

    def draft(self) -> PostDraft:
        """The post as it is to be: pictures kept, with their new alt text, then the new one."""
        media = [self._kept(one) for one in self.kept if not self._removed(one)]
        draft = self.draft_for(self.post.channel, media + self.added_picture())
        return replace(draft, video=video_of(self.post))

    def _removed(self, picture: PostDraftMedia) -> bool:
        return bool(self.cleaned_data[f"remove_{picture.pk}"])

    def _kept(self, picture: PostDraftMedia) -> DraftMedia:
        alt = self.cleaned_data[f"alt_{picture.pk}"]
        return DraftMedia(bytes(picture.content), picture.filename, alt, picture.source_ref)


class ApproveForm(forms.Form):
    """The digest of what the signer was looking at."""

    digest = forms.CharField(max_length=64)


class ChangesForm(forms.Form):
    """Why, and perhaps other words."""

    reason = forms.CharField(label=_("What should change?"), max_length=1_000)
    suggested_wording = forms.CharField(
        label=_("Suggested wording"), required=False, max_length=LONGEST_CAPTION
    )


class ReasonForm(forms.Form):
    """Why a post is held or withdrawn: read by the next person."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class MoveForm(forms.Form):
    """Another time inside the window."""

    send_at = MomentField(label=_("Send at"))


class HandInForm(forms.Form):
    """The proof that a post was made by hand."""

    permalink = forms.CharField(
        label=_("Link to the post"), max_length=500, validators=[URLValidator(["http", "https"])]
    )
    posted_at = MomentField(label=_("Posted at"))


class ResolveForm(forms.Form):
    """What a person has seen on the platform."""

    to = forms.ChoiceField(
        choices=[
            (state.value, state.label)
            for state in (Post.State.PUBLISHED, Post.State.FAILED, Post.State.WAITING)
        ]
    )
    reason = forms.CharField(max_length=300)
    permalink = forms.URLField(required=False, max_length=500, assume_scheme="https")


class VersionForm(forms.Form):
    """The version a person was looking at."""

    version = forms.IntegerField()


class ShiftForm(forms.Form):
    """By how much the ticked posts are moved."""

    use_required_attribute = False  # it shares its form element with other acts

    direction = forms.ChoiceField(choices=[("1", _("later")), ("-1", _("earlier"))])
    amount = forms.IntegerField(min_value=1, max_value=999, initial=1)
    unit = forms.ChoiceField(
        choices=[("hours", _("hours")), ("minutes", _("minutes")), ("days", _("days"))]
    )


class HourForm(forms.Form):
    """At which hour the ticked posts are sent, each on its own day."""

    use_required_attribute = False

    hour = forms.TimeField(
        label=_("Hour"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )


class CauseForm(forms.Form):
    """Of which channel what failed for which reason is tried again: one word, from a button."""

    cause = forms.CharField(max_length=400)

    def clean_cause(self) -> dict[str, str]:
        """The channel's slug, a colon, the reason."""
        channel, _colon, reason = self.cleaned_data["cause"].partition(":")
        return {"channel": channel, "reason": reason}


class StopForm(forms.Form):
    """Why all sending is halted; a person in a hurry may leave it out."""

    reason = forms.CharField(required=False, max_length=300)


class ResumeSendingForm(forms.Form):
    """What becomes of the overdue posts: asked for, never assumed."""

    overdue = forms.ChoiceField(
        choices=Overdue.choices,
        error_messages={"required": _("Say what becomes of the overdue posts.")},
    )


class NothingForm(forms.Form):
    """An act that needs no words."""


def _initial(post: Post) -> dict[str, Any]:
    times = ("window_from", "window_until", "send_at")
    said = {name: getattr(post, name) for name in ("caption", "link", "version")}
    return said | {name: to_the_minute(getattr(post, name)) for name in times}
