"""What became of a post since a second person last looked at it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from social.models import Approval, Post, PostMedia, Video

WORDS = re.compile(r"\s+|[^\s]+")
MOST_WORDS = 3_000
"""Beyond so many pieces on one side the texts are shown as a whole, old and new."""


@dataclass(frozen=True)
class Piece:
    """A run of words: there before and now, only before, or only now."""

    text: str
    is_gone: bool = False
    is_new: bool = False


@dataclass(frozen=True, kw_only=True)
class Changes:
    """The present version beside the one that was looked at last."""

    looked: Approval
    words: Sequence[Piece]
    link_before: str
    link_changed: bool
    window_before: tuple[datetime, datetime]
    window_changed: bool
    video_before: Video | None
    video_alt_before: str
    video_changed: bool
    pictures_gone: Sequence[PostMedia]
    pictures_new: Sequence[PostMedia]
    is_reordered: bool

    @property
    def words_changed(self) -> bool:
        """Whether any word is another."""
        return any(one.is_gone or one.is_new for one in self.words)

    @property
    def pictures_changed(self) -> bool:
        """Whether a picture, its alt text or the order is another."""
        return bool(self.pictures_gone or self.pictures_new or self.is_reordered)


def to_look_at(post: Post) -> Changes | None:
    """What changed, for whoever is to sign it: a draft is still being changed."""
    return since_last_look(post) if post.state == Post.State.SUBMITTED else None


def since_last_look(post: Post) -> Changes | None:
    """What changed since the last word of anybody on an earlier version.

    None where nobody has looked yet, or the version they looked at was not kept.
    """
    looked = post.approvals.filter(version__lt=post.version).select_related("signer").last()
    if looked is None:
        return None
    before = post.wordings.filter(version=looked.version).first()
    if before is None:
        return None
    old, new = _pictures(post, looked.version), _pictures(post, post.version)
    gone = [one for one in old if _seen(one) not in {_seen(each) for each in new}]
    added = [one for one in new if _seen(one) not in {_seen(each) for each in old}]
    return Changes(
        looked=looked,
        words=list(_pieces(before.caption, post.caption)),
        link_before=before.link,
        link_changed=before.link != post.link,
        window_before=(looked.window_from, looked.window_until),
        window_changed=(looked.window_from, looked.window_until)
        != (post.window_from, post.window_until),
        video_before=before.video,
        video_alt_before=before.video_alt,
        video_changed=(before.video_id, before.video_alt) != (post.video_id, post.video_alt),
        pictures_gone=gone,
        pictures_new=added,
        is_reordered=not gone and not added and list(map(_seen, old)) != list(map(_seen, new)),
    )


def _pictures(post: Post, version: int) -> list[PostMedia]:
    return list(post.media.filter(version=version).order_by("position"))


def _seen(picture: PostMedia) -> tuple[str, str]:
    """What a signer sees of a picture: the same bytes with another alt text are another."""
    return picture.sha256, picture.alt


def _pieces(before: str, after: str) -> Iterator[Piece]:
    """The words of both, what is gone before what took its place."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        yield Piece(before, is_gone=True)
        yield Piece(after, is_new=True)
        return
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for step, old_from, old_until, new_from, new_until in matcher.get_opcodes():
        if step == "equal":
            yield Piece("".join(old[old_from:old_until]))
            continue
        if old_from < old_until:
            yield Piece("".join(old[old_from:old_until]), is_gone=True)
        if new_from < new_until:
            yield Piece("".join(new[new_from:new_until]), is_new=True)
