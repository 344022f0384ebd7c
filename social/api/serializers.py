"""How posts look to apps: the published ones to everyone, the desk's to its people."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import StrictSerializer, TextField
from social import approval
from social.feeds import picture_address
from social.models import Approval, Channel, Post, PostMedia, PostStep


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


class DeskPostDetailSerializer(DeskPostSerializer):
    """A post with all that a signer looks at, and the digest that says they did."""

    digest = serializers.SerializerMethodField()
    may_sign = serializers.SerializerMethodField()
    pictures = PictureSerializer(many=True)
    contributors = serializers.SerializerMethodField()
    approvals = ApprovalSerializer(many=True)
    steps = StepSerializer(many=True)

    class Meta(DeskPostSerializer.Meta):
        fields = [
            *DeskPostSerializer.Meta.fields,
            "digest",
            "may_sign",
            "pictures",
            "contributors",
            "approvals",
            "steps",
        ]

    def get_digest(self, post: Post) -> str:
        return approval.digest(post)

    def get_may_sign(self, post: Post) -> bool:
        return approval.may_sign(post, self.context["request"].user)

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


class ApproveBody(StrictSerializer):
    """What is signed: the digest of what the signer was looking at."""

    digest = serializers.RegexField(r"^[0-9a-f]{64}$")


class RequestChangesBody(StrictSerializer):
    reason = serializers.CharField(max_length=1_000)
    suggested_wording = serializers.CharField(required=False, allow_blank=True, max_length=10_000)


class SubmitBody(StrictSerializer):
    """Nothing is asked: an empty object."""
