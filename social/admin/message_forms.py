"""A message on one page: what its posts share, and what differs by channel."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from social.admin.forms import LONGEST_CAPTION, ContentForm, MomentField, TimesForm
from social.campaigns import with_campaign
from social.channels import takes_video
from social.messages import DraftMedia, DraftVideo, PostDraft
from social.models import Channel
from social.models.videos import LONGEST_ALT
from social.pictures import what_changes
from social.videos import keep_video

PICTURES_AT_ONCE = 20
TIMES = ("window_from", "window_until", "send_at")


class SeveralFiles(forms.FileInput):
    """The browser's own field, for several files at once."""

    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """Several files, none or many."""

    widget = SeveralFiles(attrs={"accept": "image/jpeg,image/png,image/webp"})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each by itself, in the order they were chosen."""
        files = [one for one in (data if isinstance(data, list) else [data]) if one]
        if len(files) > PICTURES_AT_ONCE:
            raise forms.ValidationError(_("At most 20 pictures at once."))
        return [super(PicturesField, self).clean(one, initial) for one in files]


class MessageForm(ContentForm):
    """What all posts of a message say, and each channel's own words where they differ."""

    new_picture = None  # type: ignore[assignment]
    new_alt = None  # type: ignore[assignment]
    with_campaign = forms.BooleanField(
        label=_("Count visits by channel"),
        required=False,
        initial=True,
        help_text=_(
            "Adds utm_source, utm_medium and utm_campaign to the link; all of it is signed."
        ),
    )
    new_pictures = PicturesField(
        label=_("Add pictures"),
        required=False,
        help_text=_("JPEG, PNG or WebP, at most 10 MB each; several at once."),
    )
    new_video = forms.FileField(
        label=_("Add a video"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "video/mp4"}),
    )
    video_alt = forms.CharField(
        label=_("What does the video show?"),
        required=False,
        max_length=LONGEST_ALT,
        help_text=_("For those who cannot see or hear it."),
    )

    shown_video: DraftVideo | None = None
    """What the message has already; a new one has none."""

    def __init__(
        self,
        channels: Sequence[Channel],
        data: Any = None,
        files: Any = None,
        *,
        left: Sequence[Channel] = (),
        **named: Any,
    ) -> None:
        super().__init__(data, files, **named)
        self.offered = list(channels)
        self._offer_video([one for one in (*channels, *left) if takes_video(one)])
        for channel in self.offered:
            self.fields[f"own_{channel.pk}"] = forms.CharField(
                label=_("Own words"),
                required=False,
                max_length=LONGEST_CAPTION,
                widget=forms.Textarea(attrs={"rows": 4}),
            )
            self.fields[f"at_{channel.pk}"] = MomentField(
                label=_("Own time"),
                required=False,
                help_text=_("Empty: the time above. Inside the window."),
            )

    def _offer_video(self, channels: Sequence[Channel]) -> None:
        """Where there is a channel that shows one, or one that stands there already."""
        if not channels and self.shown_video is None:
            del self.fields["new_video"], self.fields["video_alt"]
            return
        words = _("MP4, at most %(most)s MB. These channels take a video: %(channels)s.")
        names = ", ".join(channel.name for channel in channels)
        told = str(words) % {"most": settings.VIDEO_MEGABYTES, "channels": names}
        self.fields["new_video"].help_text = told

    def clean(self) -> dict[str, Any]:
        """Each channel's own time lies ahead and inside its window, told beside the field.

        A video that would go nowhere is not lost in silence.
        """
        cleaned = super().clean()
        if cleaned.get("new_video") and not any(map(takes_video, self.channels_meant())):
            self.add_error("new_video", _("None of the chosen channels takes a video."))
        for channel in self.channels_meant():
            name, times = f"at_{channel.pk}", self.times_on(channel)
            begins, ends = times["window_from"], times["window_until"]
            if cleaned.get(name) and begins and ends and not begins <= times["send_at"] < ends:
                self.add_error(name, _("Choose a time inside the window."))
        self._refuse_the_past(*(f"at_{channel.pk}" for channel in self.channels_meant()))
        return cleaned

    def channels_meant(self) -> list[Channel]:
        """Those that the form speaks of."""
        return self.offered

    def times_on(self, channel: Channel) -> dict[str, Any]:
        """The window and the channel's time of sending, as far as the form has them."""
        times = {name: self.cleaned_data.get(name) for name in TIMES}
        own = self.cleaned_data.get(f"at_{channel.pk}")
        return times | ({"send_at": own} if own else {})

    def draft_on(self, channel: Channel, *, campaign: str) -> PostDraft:
        """What the form says for one channel."""
        said, link = self.cleaned_data, self.cleaned_data["link"]
        if link and said["with_campaign"]:
            link = with_campaign(link, channel=channel.slug, campaign=campaign)
        return PostDraft(
            channel=channel,
            caption=said.get(f"own_{channel.pk}") or said["caption"],
            link=link,
            media=[*self.kept_on(channel), *self.added()],
            video=self.video_on(channel),
            **self.times_on(channel),
        )

    def kept_on(self, channel: Channel) -> list[DraftMedia]:
        """Pictures the message has already; a new one has none."""
        return []

    def video_on(self, channel: Channel) -> DraftVideo | None:
        """The video, where the channel takes one. Raises `BadVideo`."""
        return self.video() if takes_video(channel) else None

    def video(self) -> DraftVideo | None:
        """The file handed in with this form, taken in once. Raises `BadVideo`."""
        uploaded = self.cleaned_data.get("new_video")
        if uploaded and not hasattr(self, "_video"):
            self._video = keep_video(uploaded, filename=uploaded.name)
        return DraftVideo(self._video, self.cleaned_data["video_alt"]) if uploaded else None

    def added(self) -> list[DraftMedia]:
        """The files handed in with this form, each with the alt text at its place."""
        if not hasattr(self, "_added"):
            alts = self.data.getlist("new_alts") if hasattr(self.data, "getlist") else []
            texts = [alt[:LONGEST_ALT] for alt in alts]
            files = self.cleaned_data["new_pictures"]
            texts += [""] * (len(files) - len(texts))
            self._added = [
                DraftMedia(one.read(), one.name, alt)
                for one, alt in zip(files, texts, strict=False)
            ]
        return self._added

    def conversions(self) -> list[str]:
        """What is done to the new files so that platforms take them, in words."""
        told = [(one.filename, what_changes(one.content)) for one in self.added()]
        return [f"{name}: {'; '.join(map(str, words))}" for name, words in told if words]


def times_from_now() -> dict[str, datetime]:
    """What is proposed for something new: in an hour, within three days."""
    now = timezone.localtime().replace(second=0, microsecond=0)
    return {
        "window_from": now,
        "window_until": now + timedelta(days=3),
        "send_at": now + timedelta(hours=1),
    }


class NewMessageForm(MessageForm):
    """A new message, with one post per chosen channel."""

    channels = forms.ModelMultipleChoiceField(
        label=_("Channels"),
        queryset=Channel.objects.in_use(),
        widget=forms.CheckboxSelectMultiple,
    )

    source = forms.CharField(
        label=_("What is it about?"),
        required=False,
        max_length=60,
        help_text=_("A name for the queue and for utm_campaign, for example Pasar Pagi."),
    )

    def __init__(self, channels: Sequence[Channel], data: Any = None, files: Any = None) -> None:
        super().__init__(channels, data, files, initial=times_from_now())
        offered = [channel.pk for channel in channels]
        chosen = cast(forms.ModelMultipleChoiceField, self.fields["channels"])
        chosen.queryset = Channel.objects.filter(pk__in=offered)

    def channels_meant(self) -> list[Channel]:
        """Those that are chosen."""
        return list(self.cleaned_data.get("channels", ()))

    def drafts(self) -> list[PostDraft]:
        """One for each chosen channel."""
        campaign = self.cleaned_data["source"]
        return [self.draft_on(channel, campaign=campaign) for channel in self.channels_meant()]


class SayAgainForm(TimesForm):
    """Further channels for a message whose posts are all settled, and when."""

    channels = forms.ModelMultipleChoiceField(
        label=_("Channels"),
        queryset=Channel.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They get the words and pictures as drafts; a second person looks at each."),
    )

    def __init__(self, left: Sequence[Channel], data: Any = None) -> None:
        super().__init__(data, initial=times_from_now())
        chosen = cast(forms.ModelMultipleChoiceField, self.fields["channels"])
        chosen.queryset = Channel.objects.filter(pk__in=[channel.pk for channel in left])

    def times(self) -> dict[str, datetime]:
        """The window and the time of sending."""
        return {name: self.cleaned_data[name] for name in TIMES}
