"""Videos: taken in once, kept while a post may show them, forgotten afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from typing import IO

from django.conf import settings
from django.core.files import File
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from social.errors import BadVideo
from social.models import Post, Video
from social.models.videos import PART, sha256_of
from social.mp4 import read_facts

MIME = "video/mp4"
LONGEST_NAME = 200
KEPT_FOR = timedelta(days=90)
"""After the end of the last window in which a post shows it."""
UNUSED_FOR = timedelta(days=1)
COPY = "COPY social_videopart (video_id, position, content) FROM STDIN (FORMAT BINARY)"


def keep_video(upload: File[bytes], *, filename: str) -> Video:
    """The video of these bytes, written down once however often it is handed in.

    It stays locked until the caller's transaction ends: write the post that shows it in the same
    one, or it may be forgotten in between. Raises `BadVideo` for what is too large, or no MP4 that
    platforms take.
    """
    size = upload.size
    if size > settings.VIDEO_MEGABYTES * 1_000_000:
        most = settings.VIDEO_MEGABYTES
        raise BadVideo(format_lazy(_("The video is larger than {most} MB."), most=most))
    facts = read_facts(upload, size=size)
    sha256 = sha256_of(_pieces(upload))
    with transaction.atomic():
        video, is_new = Video.objects.get_or_create(
            sha256=sha256,
            defaults={
                **vars(facts),
                "size": size,
                "mime": MIME,
                "filename": filename[:LONGEST_NAME],
            },
        )
        locked = Video.objects.select_for_update().get(pk=video.pk)
        if is_new or locked.forgotten_at is not None:
            _write_parts(locked, upload)
    return locked


def forget_videos() -> int:
    """Let the bytes go of videos that no post will show any more; return of how many.

    The row stays where a post or a certificate names it, with the hash of what was signed.
    """
    keys = _not_needed().order_by("pk").values_list("pk", flat=True)
    return sum(_forget(key) for key in keys)


def _not_needed() -> QuerySet[Video]:
    now = timezone.now()
    needed = Post.objects.filter(window_until__gt=now - KEPT_FOR, video__isnull=False)
    old = Video.objects.filter(created_at__lte=now - UNUSED_FOR, forgotten_at=None)
    return old.exclude(pk__in=needed.values("video"))


@transaction.atomic
def _forget(key: int) -> int:
    video = Video.objects.select_for_update().filter(pk=key).first()
    # Asked again under the lock: a post may have begun to show it since.
    if video is None or not _not_needed().filter(pk=key).exists():
        return 0
    video.parts.all().delete()
    if video.posts.exists() or video.wordings.exists():
        Video.objects.filter(pk=key).update(forgotten_at=timezone.now())
    else:
        video.delete()
    return 1


def _write_parts(video: Video, upload: IO[bytes] | File[bytes]) -> None:
    """Each part by a statement of its own, so that none takes long.

    As bytes: as text in an INSERT they took four times as long, and a hundred MB all the time
    that a request's transaction has.
    """
    video.parts.all().delete()
    with connection.cursor() as cursor:
        for position, content in enumerate(_pieces(upload)):
            with cursor.copy(COPY) as copy:
                copy.set_types(["int8", "int4", "bytea"])
                copy.write_row((video.pk, position, content))
    Video.objects.filter(pk=video.pk).update(forgotten_at=None)
    video.forgotten_at = None


def _pieces(upload: IO[bytes] | File[bytes]) -> Iterator[bytes]:
    upload.seek(0)
    while piece := upload.read(PART):
        yield piece
