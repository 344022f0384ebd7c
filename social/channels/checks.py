"""What every platform asks of a post, measured by its own capabilities."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from social.channels.protocol import Capabilities, Problem
from social.models import Post


def usual_problems(
    post: Post, capabilities: Capabilities, *, length: int | None = None
) -> list[Problem]:
    """Words or pictures missing, too long a caption, too many pictures, no alt text.

    `length` is the caption's as the platform counts it; without one, its code points.
    """
    pictures = list(post.draft_media.all())
    length = len(post.caption) if length is None else length
    problems = []
    if not post.caption.strip() and not pictures:
        problems.append(Problem("caption", _("Write something or add a picture.")))
    if length > capabilities.longest_caption:
        problems.append(Problem("caption", too_long(length, capabilities.longest_caption)))
    if len(pictures) > capabilities.most_pictures:
        problems.append(Problem("media", _at_most(capabilities)))
    if any(not picture.alt.strip() for picture in pictures):
        problems.append(Problem("media", _("Describe each picture for those who cannot see it.")))
    return problems


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
