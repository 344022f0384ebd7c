"""What every platform asks of a post, measured by its own capabilities."""

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from social.channels.protocol import Capabilities, Problem, VideoLimits
from social.errors import VideoForgotten
from social.models import Post, Video


def usual_problems(
    post: Post, capabilities: Capabilities, *, length: int | None = None
) -> list[Problem]:
    """Words or media missing, too long a caption, too many pictures, a video it takes not, no alt.

    `length` is the caption's as the platform counts it; without one, its code points.
    """
    pictures = list(post.draft_media.all())
    length = len(post.caption) if length is None else length
    problems = []
    if not post.caption.strip() and not pictures and not post.video:
        problems.append(Problem("caption", _("Write something or add a picture.")))
    if length > capabilities.longest_caption:
        problems.append(Problem("caption", too_long(length, capabilities.longest_caption)))
    if len(pictures) > capabilities.most_pictures:
        problems.append(Problem("media", _at_most(capabilities)))
    if any(not picture.alt.strip() for picture in pictures):
        problems.append(Problem("media", _("Describe each picture for those who cannot see it.")))
    if post.video:
        about = _about_video(post.video, capabilities.video, beside_pictures=bool(pictures))
        problems += [Problem("video", words) for words in about]
        if not post.video_alt.strip():
            unsaid = _("Say what the video shows, for those who cannot see or hear it.")
            problems.append(Problem("video", unsaid))
    return problems


def _about_video(
    video: Video, limits: VideoLimits | None, *, beside_pictures: bool
) -> Iterator[str | Promise]:
    if limits is None:
        yield _("This channel takes no video.")
        return
    if video.forgotten_at is not None:
        yield VideoForgotten.title
    if beside_pictures and not limits.beside_pictures:
        yield _("This channel takes pictures or a video, not both.")
    if video.size > limits.most_bytes:
        most = limits.most_bytes // 1_000_000
        yield format_lazy(_("This channel takes videos of at most {most} MB."), most=most)
    if not limits.least_seconds <= video.seconds <= limits.most_seconds:
        yield format_lazy(
            _("This channel takes videos of {least} to {most} seconds."),
            least=limits.least_seconds,
            most=limits.most_seconds,
        )
    if not limits.takes_shape(video.width, video.height):
        yield _("This channel takes no video of this shape.")


def too_long(length: int, most: int) -> Promise:
    """Words for a text over its limit."""
    return format_lazy(
        _("The text has {length} characters; this channel takes {most}."),
        length=length,
        most=most,
    )


def _at_most(capabilities: Capabilities) -> Promise:
    return format_lazy(
        _("This channel takes at most {most} pictures."), most=capabilities.most_pictures
    )
