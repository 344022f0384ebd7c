"""How posts look to apps: the published ones to everyone, the desk's to its people."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import StrictSerializer, TextField
from social import approval, comparing, withdrawing
from social.feeds import absolute, picture_address
from social.models import (
    Approval,
    Channel,
    Post,
    PostMedia,
    PostStep,
    SendingStop,
    State,
    Withdrawal,
)


class ChannelSerializer(serializers.ModelSerializer[Channel]):
    class Meta:
        model = Channel
        fields = ["slug", "name", "platform"]


class PictureSerializer(serializers.ModelSerializer[PostMedia]):
    url = serializers.SerializerMethodField()

    class Meta:
        model = PostMedia
        fields = ["url", "alt", "width", "height", "mime", "sha256"]

    def get_url(self, picture: PostMedia) -> str:
        return picture_address(picture)


class DeskPictureSerializer(PictureSerializer):
    """A picture that need not be out yet: its address opens to the people of the desk."""

    def get_url(self, picture: PostMedia) -> str:
        return _at("desk-picture", picture.public_id)


class VideoSerializer(serializers.Serializer[Post]):
    """The video of a post: its address opens to the people of the desk."""

    url = serializers.SerializerMethodField()
    alt = serializers.CharField(source="video_alt")
    width = serializers.IntegerField(source="video.width")
    height = serializers.IntegerField(source="video.height")
    seconds = serializers.FloatField(source="video.seconds")
    size = serializers.IntegerField(source="video.size", help_text="Bytes.")
    mime = serializers.CharField(source="video.mime")
    sha256 = serializers.CharField(source="video.sha256")

    def get_url(self, post: Post) -> str:
        assert post.video is not None
        return _at("desk-video", post.video.public_id)


class PublishedPostSerializer(serializers.ModelSerializer[Post]):
    """A post that is out."""

    id = serializers.UUIDField(source="public_id")
    channel = ChannelSerializer()
    pictures = PictureSerializer(many=True)
    permalink = serializers.CharField(help_text="Empty: the platform says none.")

    class Meta:
        model = Post
        fields = [
            "id",
            "channel",
            "caption",
            "link",
            "pictures",
            "permalink",
            "published_at",
        ]


class DeskPostSerializer(serializers.ModelSerializer[Post]):
    """A post as the desk's list shows it."""

    id = serializers.UUIDField(source="public_id")
    channel = ChannelSerializer()
    message = serializers.UUIDField(source="message.public_id")
    origin = serializers.CharField(source="message.source")
    permalink = serializers.CharField(help_text="Empty: not published, or none is said.")

    class Meta:
        model = Post
        fields = [
            "id",
            "message",
            "origin",
            "channel",
            "state",
            "reason",
            "caption",
            "link",
            "window_from",
            "window_until",
            "send_at",
            "version",
            "attempts",
            "permalink",
            "published_at",
            "gone_at",
        ]


class StepSerializer(serializers.ModelSerializer[PostStep]):
    actor = serializers.CharField(source="actor.username", default=None, allow_null=True)

    class Meta:
        model = PostStep
        fields = ["from_state", "to_state", "at", "actor", "reason"]


class ApprovalSerializer(serializers.ModelSerializer[Approval]):
    signer = serializers.CharField(source="signer.username")

    class Meta:
        model = Approval
        fields = [
            "decision",
            "version",
            "digest",
            "window_from",
            "window_until",
            "signer",
            "signed_at",
            "reason",
            "suggested_wording",
        ]


class WithdrawalSerializer(serializers.ModelSerializer[Withdrawal]):
    """That somebody wants a published post taken back, and what its platform said so far."""

    asked_by = serializers.CharField(source="asked_by.username")
    detail = serializers.CharField(help_text="Why it is not taken back so far; empty: unsaid.")

    class Meta:
        model = Withdrawal
        fields = ["outcome", "reason", "asked_by", "asked_at", "ended_at", "detail"]


class SignaturesSerializer(serializers.Serializer[Post]):
    """How many people have signed the post as it stands, of how many its channel asks for."""

    given = serializers.IntegerField()
    needed = serializers.IntegerField()
    mine = serializers.BooleanField(help_text="Whether whoever asks is one of them.")


class PieceSerializer(serializers.Serializer[comparing.Piece]):
    """A run of words: there before and now, only before, or only now."""

    text = serializers.CharField()
    is_gone = serializers.BooleanField()
    is_new = serializers.BooleanField()


class PostChangesSerializer(serializers.Serializer[comparing.Changes]):
    """A post beside the version that a second person looked at last."""

    version = serializers.IntegerField(source="looked.version")
    signer = serializers.CharField(source="looked.signer.username")
    words = PieceSerializer(many=True)
    link_before = serializers.CharField()
    link_changed = serializers.BooleanField()
    window_from_before = serializers.DateTimeField(source="looked.window_from")
    window_until_before = serializers.DateTimeField(source="looked.window_until")
    window_changed = serializers.BooleanField()
    video_changed = serializers.BooleanField()
    pictures_gone = DeskPictureSerializer(many=True)
    pictures_new = DeskPictureSerializer(many=True)
    is_reordered = serializers.BooleanField(help_text="The same pictures in another order.")


class DeskPostDetailSerializer(DeskPostSerializer):
    """A post with all that a signer looks at, and the digest that says they did."""

    digest = serializers.SerializerMethodField()
    may_sign = serializers.SerializerMethodField()
    signatures = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField(
        help_text="Since the last look, of a post that waits for a signature; else null."
    )
    withdrawal = serializers.SerializerMethodField(help_text="The last wish that it go, or null.")
    pictures = DeskPictureSerializer(many=True)
    video = serializers.SerializerMethodField(help_text="Or null.")
    contributors = serializers.SerializerMethodField()
    approvals = ApprovalSerializer(many=True)
    steps = StepSerializer(many=True)

    class Meta(DeskPostSerializer.Meta):
        fields = [
            *DeskPostSerializer.Meta.fields,
            "digest",
            "may_sign",
            "signatures",
            "changes",
            "withdrawal",
            "pictures",
            "video",
            "contributors",
            "approvals",
            "steps",
        ]

    def get_digest(self, post: Post) -> str:
        return approval.digest(post)

    @extend_schema_field(VideoSerializer(allow_null=True))
    def get_video(self, post: Post) -> dict[str, Any] | None:
        return VideoSerializer(post).data if post.video else None

    def get_may_sign(self, post: Post) -> bool:
        return approval.may_sign(post, self.context["request"].user)

    @extend_schema_field(SignaturesSerializer)
    def get_signatures(self, post: Post) -> dict[str, Any]:
        signers = approval.signers_of(post)
        return {
            "given": len(signers),
            "needed": post.channel.signers_needed,
            "mine": self.context["request"].user.pk in signers,
        }

    @extend_schema_field(PostChangesSerializer(allow_null=True))
    def get_changes(self, post: Post) -> Any:
        changes = comparing.to_look_at(post)
        return changes and PostChangesSerializer(changes).data

    @extend_schema_field(WithdrawalSerializer(allow_null=True))
    def get_withdrawal(self, post: Post) -> Any:
        last = withdrawing.last_of(post)
        return last and WithdrawalSerializer(last).data

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_contributors(self, post: Post) -> list[str]:
        return [user.get_username() for user in post.message.contributors.all()]


class PublishedQuery(StrictSerializer):
    """The filters of published posts; any other is refused."""

    channel = TextField(required=False, max_length=60)
    cursor = TextField(required=False)
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=100)


class DeskQuery(PublishedQuery):
    """The filters of the desk's list."""

    state = serializers.ChoiceField(Post.State.choices, required=False)
    waits_for = serializers.ChoiceField(
        ["me"], required=False, help_text="Those that whoever asks could sign now."
    )


class ApproveBody(StrictSerializer):
    """What is signed: the digest of what the signer was looking at."""

    digest = serializers.RegexField(r"^[0-9a-f]{64}$")


class RequestChangesBody(StrictSerializer):
    reason = TextField(max_length=1_000)
    suggested_wording = TextField(required=False, allow_blank=True, max_length=10_000)


class NothingBody(StrictSerializer):
    """Nothing is asked: an empty object."""


class ReasonBody(StrictSerializer):
    """Why, for the next person who looks at the post."""

    reason = TextField(max_length=300)


class MoveBody(StrictSerializer):
    """Another time inside the signed window."""

    send_at = serializers.DateTimeField()


class HandInBody(StrictSerializer):
    """The proof that somebody posted it by hand, and when: now, if it is not said."""

    permalink = TextField(max_length=500)
    posted_at = serializers.DateTimeField(required=False)


class ResolveBody(StrictSerializer):
    """What a person has seen on the platform: it is there, it is not, or it is not: send it."""

    to = serializers.ChoiceField([State.PUBLISHED, State.FAILED, State.WAITING])
    reason = TextField(max_length=300)
    permalink = serializers.URLField(required=False, allow_blank=True, max_length=500)

    def validate_to(self, to: str) -> State:
        return State(to)


class StopSerializer(serializers.Serializer[SendingStop]):
    """Whether all sending is halted now, since when, by whom and why, and what it leaves open."""

    stopped = serializers.BooleanField()
    stopped_at = serializers.DateTimeField(allow_null=True)
    stopped_by = serializers.CharField(allow_null=True)
    reason = serializers.CharField(help_text="Empty: not stopped, or none was given.")
    on_its_way = serializers.IntegerField(help_text="Posts that had left: they may still arrive.")
    overdue = serializers.IntegerField(help_text="Posts that would have gone out by now.")


def _at(name: str, public_id: UUID) -> str:
    return absolute(reverse(name, kwargs={"public_id": public_id}))
