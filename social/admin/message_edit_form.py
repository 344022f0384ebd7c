"""A message that is there already, on one page: its pictures in order, its posts as they stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from social.admin.forms import to_the_minute
from social.admin.message_forms import TIMES, MessageForm
from social.channels import limits_of
from social.composing import Change, Removal, SharedPicture, campaign_of, shared_by, shared_pictures
from social.cropping import Keep, crop_to_fit
from social.messages import DraftMedia, DraftVideo, PostDraft, video_of
from social.models import Channel, Post, PostDraftMedia
from social.models.videos import LONGEST_ALT


@dataclass(frozen=True)
class PictureFields:
    """A picture with its fields, for the template."""

    shared: SharedPicture
    alt: BoundField
    order: BoundField
    remove: BoundField
    channels: list[BoundField]
    crops: list[BoundField]


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

    def added_drafts(self) -> Iterator[PostDraft]:
        """What the message says on the channels that are new to it."""
        campaign = campaign_of(self.posts[0])
        for channel in self.cleaned_data["added_channels"]:
            yield self.draft_on(channel, campaign=campaign)

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
