"""A message as one thing to write: the words and pictures its posts share, and where one differs.

What is shared is read off the posts themselves, so nothing stands twice: the words that most of
them have, the pictures in their order, the link as its author typed it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from accounts.models import User
from social.campaigns import campaign_in, with_campaign, without_campaign
from social.channels import is_connected, takes_video
from social.messages import (
    EDITABLE,
    DraftVideo,
    PostDraft,
    add_post,
    draft_of,
    edit_post,
    remove_draft,
    video_of,
)
from social.models import Channel, Message, Post, PostDraftMedia
from social.models.media import CONTENT_SHA256

Said = TypeVar("Said", str, datetime)


@dataclass
class SharedPicture:
    """A picture of a message, once however many of its posts show it."""

    media: PostDraftMedia
    channels: set[int] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What the posts of a message have in common; the window is that of the first."""

    caption: str
    link: str
    video: DraftVideo | None
    with_campaign: bool
    window_from: datetime
    window_until: datetime
    send_at: datetime


@dataclass(frozen=True)
class Change:
    """What a post is to say; `version` is what its editor was looking at."""

    post: Post
    version: int
    draft: PostDraft


@dataclass(frozen=True)
class Removal:
    """A draft that is to go; `version` is what its editor was looking at."""

    post: Post
    version: int


def editable_posts(message: Message) -> list[Post]:
    """The posts that an edit may still change, by the name of their channel."""
    posts = message.posts.filter(state__in=EDITABLE).select_related("channel", "message", "video")
    return list(posts.order_by("channel__name", "pk"))


def shared_by(posts: Sequence[Post]) -> Shared:
    """What these posts (at least one) have in common."""
    first = posts[0]
    return Shared(
        caption=_commonest(post.caption for post in posts),
        link=_commonest(without_campaign(post.link) for post in posts),
        video=next((video for post in posts if (video := video_of(post))), None),
        with_campaign=any(campaign_in(post.link) is not None for post in posts),
        window_from=first.window_from,
        window_until=first.window_until,
        send_at=_commonest(post.send_at for post in posts),
    )


def shared_pictures(posts: Sequence[Post]) -> list[SharedPicture]:
    """The pictures of these posts in order, each with the channels that show it."""
    channels = {post.pk: post.channel_id for post in posts}
    rows = PostDraftMedia.objects.filter(post__in=posts).annotate(sha=CONTENT_SHA256)
    found: dict[bytes, SharedPicture] = {}
    for media in rows.order_by("position", "pk"):
        shared = found.setdefault(bytes(media.sha), SharedPicture(media))
        shared.channels.add(channels[media.post_id])
    return list(found.values())


def channels_left(message: Message) -> list[Channel]:
    """The channels, in use and connected, on which the message does not stand."""
    standing = message.posts.exclude(state=Post.State.WITHDRAWN)
    left = Channel.objects.in_use().exclude(pk__in=standing.values("channel"))
    return [one for one in left if is_connected(one)]


@transaction.atomic
def edit_message(
    message: Message,
    *,
    by: User,
    changes: Iterable[Change] = (),
    added: Iterable[PostDraft] = (),
    removed: Iterable[Removal] = (),
) -> None:
    """Change several posts of a message, add some and take drafts away, all or none.

    A post that stays as it is keeps its state and its certificate. Raises as `edit_post`,
    `add_post` and `remove_draft` do.
    """
    for one in changes:
        if _plain(one.draft) != draft_of(one.post):
            edit_post(one.post, by=by, version=one.version, draft=one.draft)
    for draft in added:
        add_post(message, by=by, draft=draft)
    for gone in removed:
        remove_draft(gone.post, by=by, version=gone.version)


@transaction.atomic
def say_again(
    message: Message,
    *,
    on: Iterable[Channel],
    by: User,
    window_from: datetime,
    window_until: datetime,
    send_at: datetime,
) -> list[Post]:
    """What a message says, as drafts on channels that are new to it, though all else is settled.

    The words and pictures are those of the post that was written last; the video also of another,
    where that one's channel shows none. Raises as `add_post` does.
    """
    said = message.posts.select_related("channel", "message", "video").order_by("-pk")
    last = said.exclude(state=Post.State.WITHDRAWN).first() or said[0]
    draft = replace(
        draft_of(last),
        video=next(filter(None, map(video_of, [last, *said])), None),
        window_from=window_from,
        window_until=window_until,
        send_at=send_at,
    )
    return [add_post(message, by=by, draft=_said_on(channel, draft, last)) for channel in on]


def _said_on(channel: Channel, draft: PostDraft, last: Post) -> PostDraft:
    """The same on another channel: its name in a counted link, the video where it shows one."""
    link, video = draft.link, draft.video if takes_video(channel) else None
    if campaign_in(link) is not None:
        link = with_campaign(link, channel=channel.slug, campaign=campaign_of(last))
    return replace(draft, channel=channel, link=link, video=video)


def campaign_of(post: Post) -> str:
    """What its link says it is about; where it says nothing yet, where the message came from."""
    said = campaign_in(post.link)
    return post.message.source if said is None else said


def _plain(draft: PostDraft) -> PostDraft:
    """As it would be read back."""
    return PostDraft(
        **{
            **vars(draft),
            "caption": draft.caption.replace("\r\n", "\n").strip(),
            "media": list(draft.media),
        }
    )


def _commonest(said: Iterable[Said]) -> Said:
    return Counter(said).most_common(1)[0][0]
