"""Pictures of a post: what the author is still working on, and what was submitted for good.

Bytes stand in the database: they come and go with the row in one transaction, every worker has
them, a draft has no public address, and PostgreSQL itself compares them with their hash.
"""

import hashlib
from typing import TypeVar

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7
from social.errors import PictureAltered
from social.models.posts import Post
from social.models.videos import LONGEST_ALT, Video

CONTENT_SHA256 = Func(F("content"), function="sha256", output_field=models.BinaryField())
"""Hashed by PostgreSQL, where the bytes lie."""

ONLY_FOR_THE_DRAFT_AT_HAND = """
    IF NOT EXISTS (
        SELECT 1 FROM social_post
        WHERE id = NEW.post_id AND state = 'draft' AND version = NEW.version
    ) THEN
        RAISE EXCEPTION 'social: pictures are added only while the post is being submitted';
    END IF;
    RETURN NEW;
"""


PictureT = TypeVar("PictureT", bound="Picture", covariant=True)


class WithoutBytes(models.Manager[PictureT]):
    """Leaves the bytes in the database until they are asked for: lists need none."""

    def get_queryset(self) -> models.QuerySet[PictureT]:
        return super().get_queryset().defer("content")


class Picture(models.Model):
    """What a draft's picture and a submitted one have in common."""

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    position = models.PositiveSmallIntegerField()
    content = models.BinaryField()
    mime = models.CharField(max_length=30)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField(max_length=LONGEST_ALT, help_text=_("What the picture shows."))

    objects = WithoutBytes()

    class Meta:
        abstract = True


class PostDraftMedia(Picture):
    """A picture of a draft; replaced with each edit, read again and frozen at submission."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="draft_media")
    filename = models.CharField(max_length=200, blank=True)
    source_ref = models.CharField(
        max_length=60,
        blank=True,
        help_text=_("An opaque word of the app that handed it in, by which it is barred."),
    )

    class Meta:
        ordering = ["position"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["post", "position"], name="social_draft_media_place"),
        ]

    def __str__(self) -> str:
        return f"Draft picture {self.public_id}"


class BarredPicture(models.Model):
    """That pictures from this source may not be posted, and why, in words for the desk."""

    source_ref = models.CharField(max_length=60, unique=True)
    reason = models.CharField(max_length=300)
    barred_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Barred {self.source_ref}"


class PostWording(models.Model):
    """Words, link and video of one submitted version of a post. Never changed, never deleted.

    What was signed stays readable after an edit, and the next signer sees what became of it.
    """

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="wordings")
    version = models.PositiveIntegerField(help_text="The version of the post it belongs to.")
    caption = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)
    video = models.ForeignKey(
        Video, on_delete=models.PROTECT, null=True, blank=True, related_name="wordings"
    )
    video_alt = models.CharField(max_length=LONGEST_ALT, blank=True)

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["post", "version"], name="social_wording_once"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="social_wording_insert_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
            pgtrigger.Trigger(
                name="social_wording_of_the_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=ONLY_FOR_THE_DRAFT_AT_HAND,
            ),
        ]

    def __str__(self) -> str:
        return f"Wording of version {self.version} of post {self.post_id}"


class PostMedia(Picture):
    """The final bytes of one picture of one version of a post. Never changed, never deleted."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="media")
    version = models.PositiveIntegerField(help_text=_("The version of the post it belongs to."))
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["position"]
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["post", "version", "position"], name="social_media_place"
            ),
            models.CheckConstraint(name="social_media_alt_text", condition=~Q(alt="")),
            models.CheckConstraint(
                name="social_media_sha256_true",
                condition=Q(
                    sha256=Func(
                        Func(F("content"), function="sha256"),
                        Value("hex"),
                        function="encode",
                        output_field=TextField(),
                    )
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="social_media_insert_only",
                operation=pgtrigger.Update | pgtrigger.Delete,
            ),
            pgtrigger.Trigger(
                name="social_media_of_the_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=ONLY_FOR_THE_DRAFT_AT_HAND,
            ),
        ]

    def __str__(self) -> str:
        return f"Picture {self.public_id}"

    def verified_content(self) -> bytes:
        """The bytes, hashed again as they leave. Raises `PictureAltered`."""
        content = bytes(self.content)
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise PictureAltered
        return content
