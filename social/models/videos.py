"""A video of a message: its row for good, its bytes in parts beside it while they are needed.

The bytes stand in the database as pictures do, so that a message and what it shows come and go in
one transaction and every worker has them; in parts, so that nobody ever holds a whole one.
"""

import hashlib
from collections.abc import Iterable, Iterator

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7
from social.errors import VideoAltered, VideoForgotten

LONGEST_ALT = 1_000
PART = 1_000_000
"""Bytes of each part but the last."""


class Video(models.Model):
    """One file, once for all the posts that show it. What its row says never changes."""

    public_id = models.UUIDField(unique=True, default=uuid7, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    mime = models.CharField(max_length=30)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    milliseconds = models.PositiveIntegerField()
    filename = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    forgotten_at = models.DateTimeField(
        null=True, editable=False, help_text="When its bytes went; what was signed stays known."
    )

    class Meta:
        verbose_name = _("video")
        constraints = [
            models.CheckConstraint(
                name="social_video_has_a_size",
                condition=Q(size__gt=0, width__gt=0, height__gt=0, milliseconds__gt=0),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="social_video_stays", exclude=["forgotten_at"]),
        ]

    def __str__(self) -> str:
        return f"Video {self.public_id}"

    @property
    def seconds(self) -> float:
        return self.milliseconds / 1_000

    def bytes_between(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to `stop`, in pieces of at most PART. Not compared: for looks.

        Raises `VideoForgotten` where they are not kept any more.
        """
        for position in range(start // PART, (stop + PART - 1) // PART):
            begins = position * PART
            yield self._part(position)[max(start - begins, 0) : stop - begins]

    def verified(self) -> Iterator[bytes]:
        """All of its bytes in pieces of PART, once all of them have been hashed again.

        Raises `VideoAltered` before the first byte leaves, and `VideoForgotten`.
        """
        if sha256_of(self.bytes_between(0, self.size)) != self.sha256:
            raise VideoAltered
        return self.bytes_between(0, self.size)

    def _part(self, position: int) -> bytes:
        found = self.parts.filter(position=position).values_list("content", flat=True).first()
        if found is None:
            raise VideoForgotten
        return bytes(found)


def sha256_of(pieces: Iterable[bytes]) -> str:
    """The hash of all of them together, as hexadecimal text."""
    hashed = hashlib.sha256()
    for piece in pieces:
        hashed.update(piece)
    return hashed.hexdigest()


class VideoPart(models.Model):
    """Some of a video's bytes: PART of them, fewer at its end."""

    video = models.ForeignKey(Video, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["video", "position"], name="social_video_part_place"),
        ]
        triggers = [pgtrigger.Protect(name="social_video_part_stays", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"Part {self.position} of video {self.video_id}"
