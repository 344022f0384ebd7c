"""The same words or the same picture again on a channel: followers and platforms notice."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from social.models import Post, PostDraftMedia
from social.models.media import CONTENT_SHA256

SAID = (
    Post.State.SUBMITTED,
    Post.State.WAITING,
    Post.State.CLAIMED,
    Post.State.PUBLISHED,
    Post.State.UNKNOWN,
)
"""What has been said on a channel, or is about to be."""


def repeats_of(post: Post) -> list[str]:
    """Words for its author where the channel says the same within REPEAT_WARNING_DAYS of it."""
    found: list[str] = []
    others = _lately(post)
    if post.caption.strip() and (same := others.filter(caption=post.caption).first()):
        found.append(_told(_("This channel says the same words on {day}."), same))
    if picture := _same_picture(post, others):
        found.append(_told(_("This channel shows the same picture on {day}."), picture.post))
    if post.video_id and (same := others.filter(video=post.video_id).first()):
        found.append(_told(_("This channel shows the same video on {day}."), same))
    return found


def _lately(post: Post) -> QuerySet[Post]:
    around = timedelta(days=settings.REPEAT_WARNING_DAYS)
    near = (post.send_at - around, post.send_at + around)
    others = Post.objects.filter(channel=post.channel_id, state__in=SAID, send_at__range=near)
    return others.exclude(pk=post.pk).order_by("-send_at", "pk")


def _same_picture(post: Post, others: QuerySet[Post]) -> PostDraftMedia | None:
    hashed = PostDraftMedia.objects.annotate(sha=CONTENT_SHA256)
    own = hashed.filter(post=post.pk).values("sha")
    shown = hashed.filter(post__in=others.values("pk"), sha__in=own).select_related("post")
    return shown.order_by("-post__send_at", "pk").first()


def _told(words: str, same: Post) -> str:
    day = timezone.localdate(same.published_at or same.send_at)
    return words.format(day=day.strftime("%d-%m-%Y"))
