"""A message on one page: what is shared, what differs by channel, pictures in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from social.admin.forms import (
    LONGEST_CAPTION,
    ContentForm,
    MomentField,
    TimesForm,
    to_the_minute,
)
from social.campaigns import with_campaign
from social.channels import limits_of, takes_video
from social.composing import Change, Removal, SharedPicture, campaign_of, shared_by, shared_pictures
from social.cropping import Keep, crop_to_fit
from social.messages import DraftMedia, DraftVideo, PostDraft, video_of
from social.models import Channel, Post, PostDraftMedia
from social.models.media import LONGEST_ALT
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


@dataclass(frozen=True)
class PictureFields:
    """A picture with its fields, for the template."""

    shared: SharedPicture
    alt: BoundField
    order: BoundField
    remove: BoundField
    channels: list[BoundField]
    crops: list[BoundField]


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


def with_picture_moved(data: QueryDict) -> QueryDict:
    """What was typed, with one picture a place up or down: "up-7" or "down-7" in `move`."""
    direction, _dash, key = data["move"].partition("-")
    names = [name for name in data if name.startswith("order_") and data[name].isdecimal()]
    names.sort(key=lambda name: int(data[name]))
    moved = data.copy()
    if (name := f"order_{key}") in names:
        place = names.index(name)
        names.insert(max(place - 1, 0) if direction == "up" else place + 1, names.pop(place))
    for place, name in enumerate(names, start=1):
        moved[name] = str(place)
    return moved


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


class EditMessageForm(MessageForm):
    """A message as it stands, with the version of each post that its editor was looking at.

    `left` are the channels on which it could stand besides.
    """

    added_channels = forms.ModelMultipleChoiceField(
        label=_("Add channels"),
        queryset=Channel.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They get the shared words, pictures and time; after saving, their own."),
    )

    def __init__(
        self,
        posts: Sequence[Post],
        left: Sequence[Channel] = (),
        data: Any = None,
        files: Any = None,
    ) -> None:
        self.posts = list(posts)
        shared, self.pictures = shared_by(self.posts), shared_pictures(self.posts)
        self.shown_video = shared.video
        initial = {**vars(shared), **{name: to_the_minute(getattr(shared, name)) for name in TIMES}}
        if shared.video:
            initial["video_alt"] = shared.video.alt
        channels = [post.channel for post in self.posts]
        super().__init__(channels, data, files, left=left, initial=initial)
        if shared.video:
            self.fields["remove_video"] = forms.BooleanField(
                label=_("Remove the video"), required=False
            )
        more = cast(forms.ModelMultipleChoiceField, self.fields["added_channels"])
        more.queryset = Channel.objects.filter(pk__in=[channel.pk for channel in left])
        for post in self.posts:
            own = "" if post.caption == shared.caption else post.caption
            self.fields[f"own_{post.channel_id}"].initial = own
            at = to_the_minute(post.send_at)
            self.fields[f"at_{post.channel_id}"].initial = at if at != initial["send_at"] else None
            self.fields[f"version_{post.channel_id}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=post.version
            )
            self.fields[f"off_{post.channel_id}"] = forms.BooleanField(
                label=_("Take it off this channel"), required=False
            )
        for place, picture in enumerate(self.pictures):
            self._add_fields_of(picture, place + 1)
            self._offer_crops_of(picture)

    def picture_fields(self) -> list[PictureFields]:
        """The pictures with their fields."""
        return [
            PictureFields(
                one,
                self[f"alt_{one.media.pk}"],
                self[f"order_{one.media.pk}"],
                self[f"remove_{one.media.pk}"],
                [self[f"on_{channel.pk}_{one.media.pk}"] for channel in self.offered],
                [self[name] for name in self._crop_names(one)],
            )
            for one in sorted(self.pictures, key=self._place)
        ]

    def _place(self, picture: SharedPicture) -> int:
        """Where it stands now; what is no number stands first."""
        said = self[f"order_{picture.media.pk}"].value()
        return int(said) if str(said).isdecimal() else 0

    def changes(self) -> Iterator[Change]:
        """Each post that stays, with what it is to say."""
        for post in self.posts:
            if not self._goes(post):
                draft = self.draft_on(post.channel, campaign=campaign_of(post))
                yield Change(post, self._version(post), draft)

    def added_drafts(self) -> list[PostDraft]:
        """What the message says on the channels that are new to it."""
        campaign = campaign_of(self.posts[0])
        more = self.cleaned_data["added_channels"]
        return [self.draft_on(channel, campaign=campaign) for channel in more]

    def removed(self) -> list[Removal]:
        """The drafts that are taken off their channel."""
        return [Removal(post, self._version(post)) for post in self.posts if self._goes(post)]

    def channels_meant(self) -> list[Channel]:
        """Those on which it stays, and those that are new to it."""
        stay = [post.channel for post in self.posts if not self._goes(post)]
        return [*stay, *self.cleaned_data.get("added_channels", ())]

    def _post_on(self, channel: Channel) -> Post | None:
        return next((one for one in self.posts if one.channel_id == channel.pk), None)

    def _goes(self, post: Post) -> bool:
        return bool(self.cleaned_data.get(f"off_{post.channel_id}"))

    def _version(self, post: Post) -> int:
        return int(self.cleaned_data[f"version_{post.channel_id}"])

    def times_on(self, channel: Channel) -> dict[str, Any]:
        """As any form's; times that nobody touched stay each post's own."""
        post = self._post_on(channel)
        said, own = super().times_on(channel), f"at_{channel.pk}"
        if post is None:
            return said
        touched = {name for name in TIMES if name in self.changed_data}
        if own in self.changed_data:
            touched.add("send_at")
        elif self.cleaned_data.get(own):  # its own time stands, whatever the others do
            touched.discard("send_at")
        return {name: said[name] if name in touched else getattr(post, name) for name in TIMES}

    def kept_on(self, channel: Channel) -> list[DraftMedia]:
        """The pictures that stay on this channel, in their new order."""
        said = self.cleaned_data
        kept = [
            one
            for one in self.pictures
            if said.get(f"on_{channel.pk}_{one.media.pk}", True)
            and not said[f"remove_{one.media.pk}"]
        ]
        kept.sort(key=lambda one: said[f"order_{one.media.pk}"] or 0)
        return [
            DraftMedia(
                self._content_on(channel, one.media),
                one.media.filename,
                said[f"alt_{one.media.pk}"],
                one.media.source_ref,
            )
            for one in kept
        ]

    def video_on(self, channel: Channel) -> DraftVideo | None:
        """As any form's; a video that nobody touched stays each post's own."""
        post, changed = self._post_on(channel), self.changed_data
        if post is None or "new_video" in changed or "remove_video" in changed:
            return super().video_on(channel)
        own = video_of(post)
        is_described = own and self.shown_video and own.video == self.shown_video.video
        return replace(own, alt=self.cleaned_data["video_alt"]) if own and is_described else own

    def video(self) -> DraftVideo | None:
        """Another one where a file was handed in; else the one there is, if it is to stay."""
        fresh, said = super().video(), self.cleaned_data
        if fresh or self.shown_video is None or said["remove_video"]:
            return fresh
        return DraftVideo(self.shown_video.video, said["video_alt"])

    def crops(self) -> list[str]:
        """Which pictures are cut for which channel, in words."""
        wanted = [
            (picture.media.filename, channel.name)
            for picture in self.pictures
            for channel in self.offered
            if self.cleaned_data.get(f"crop_{channel.pk}_{picture.media.pk}")
        ]
        words = str(_("%(picture)s is cropped for %(channel)s: look at the preview."))
        return [words % {"picture": picture, "channel": channel} for picture, channel in wanted]

    def _content_on(self, channel: Channel, media: PostDraftMedia) -> bytes:
        """The picture's bytes, cut for the channel where that was asked for."""
        content, keep = bytes(media.content), self.cleaned_data.get(f"crop_{channel.pk}_{media.pk}")
        if not keep:
            return content
        post = next(one for one in self.posts if one.channel_id == channel.pk)
        return crop_to_fit(content, limits=limits_of(post), keep=Keep(keep))

    def _crop_names(self, picture: SharedPicture) -> list[str]:
        names = [f"crop_{channel.pk}_{picture.media.pk}" for channel in self.offered]
        return [name for name in names if name in self.fields]

    def _offer_crops_of(self, picture: SharedPicture) -> None:
        """For each channel that shows the picture and does not take its shape."""
        media = picture.media
        for post in self.posts:
            fits = limits_of(post).takes_shape(media.width, media.height)
            if post.channel_id in picture.channels and not fits:
                self.fields[f"crop_{post.channel_id}_{media.pk}"] = forms.ChoiceField(
                    label=str(_("Crop for %(channel)s")) % {"channel": post.channel.name},
                    required=False,
                    choices=[("", _("leave it as it is")), *Keep.choices],
                    help_text=_(
                        "It is refused in this shape. Only this channel's copy is cropped; what "
                        "the preview shows is what is signed and sent."
                    ),
                )

    def _add_fields_of(self, picture: SharedPicture, place: int) -> None:
        key = picture.media.pk
        self.fields[f"alt_{key}"] = forms.CharField(
            label=_("What does this picture show?"),
            required=False,
            max_length=LONGEST_ALT,
            initial=picture.media.alt,
            help_text=_(
                "Read out to those who cannot see it: what is there, who does what, text in it."
            ),
        )
        self.fields[f"order_{key}"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, min_value=1, max_value=99, initial=place
        )
        self.fields[f"remove_{key}"] = forms.BooleanField(
            label=_("Remove this picture"), required=False
        )
        for channel in self.offered:
            self.fields[f"on_{channel.pk}_{key}"] = forms.BooleanField(
                label=channel.name, required=False, initial=channel.pk in picture.channels
            )
