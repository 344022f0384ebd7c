"""Writing: a message with one post per channel, its edits, and who had a hand in it.

Other apps compose here and never touch the tables:

    message = compose_message(
        author=editor,
        contributors=[whoever_edited_the_promotion],
        source="Promosi: Sarapan di Klojen",
        source_ref=str(promotion.public_id),
        drafts=[
            PostDraft(
                channel=channel, caption="...", link="https://...",
                media=[DraftMedia(content=jpeg, filename="poster.jpg", alt="...")],
                window_from=..., window_until=..., send_at=...,
            ),
        ],
    )
    approval.submit(message.posts.get(), by=editor)

    add_contributor(message, user)                       # somebody edited what is behind it
    hold_posts_of([str(promotion.public_id)], reason="Toko ditutup")
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from social.errors import BadWindow, PostChanged, PostNotReady
from social.models import (
    STEPS,
    Approval,
    Channel,
    Message,
    MessageContributor,
    Post,
    PostDraftMedia,
    Video,
)
from social.pictures import Picture, read_picture
from social.states import lock_post, lock_posts, step

SHORTENED_NAME = 200
EDITABLE = (Post.State.DRAFT, *(state for state in STEPS if Post.State.DRAFT in STEPS[state]))
"""States of posts that an edit may make a draft again."""
STOPPED = {Post.State.WAITING: Post.State.HELD, Post.State.SUBMITTED: Post.State.DRAFT}
"""Where a post goes that must not go out as it stands."""


@dataclass(frozen=True)
class DraftMedia:
    """A picture as its author hands it in: the bytes of a JPEG, PNG or WebP, and its alt text.

    `source_ref` is an opaque word of another app, by which `social.barring` finds it again.
    """

    content: bytes
    filename: str
    alt: str
    source_ref: str = ""


@dataclass(frozen=True)
class DraftVideo:
    """A video that `social.videos.keep_video` has taken in, and what it shows, in words."""

    video: Video
    alt: str


@dataclass(frozen=True, kw_only=True)
class PostDraft:
    """What one channel is to say, and when: `send_at` inside [window_from, window_until)."""

    channel: Channel
    caption: str
    link: str = ""
    media: Sequence[DraftMedia] = ()
    video: DraftVideo | None = None
    window_from: datetime
    window_until: datetime
    send_at: datetime


@transaction.atomic
def compose_message(
    *,
    author: User,
    contributors: Iterable[User] = (),
    source: str,
    source_ref: str,
    drafts: Sequence[PostDraft],
) -> Message:
    """Make a message with one draft post per channel; author and contributors sign none of it.

    `source` is a label for people, `source_ref` an opaque word to find the message again.
    Raises `BadWindow`, `BadPicture`, and `PostNotReady` without a channel or with one twice.
    """
    if not drafts or len({draft.channel.pk for draft in drafts}) < len(drafts):
        raise PostNotReady(_("A message has one post per channel."))
    message = Message.objects.create(source=source, source_ref=source_ref, created_by=author)
    for user in {author, *contributors}:
        MessageContributor.objects.create(message=message, user=user)
    for draft in drafts:
        _write_post(message, draft)
    return message


@transaction.atomic
def add_post(message: Message, *, by: User, draft: PostDraft) -> Post:
    """Say it on one more channel: a draft of its own, `by` a contributor of the message.

    Raises `PostNotReady` where the message stands on that channel already, `BadWindow`,
    `BadPicture`.
    """
    standing = [post for post in lock_posts(message.pk) if post.state != Post.State.WITHDRAWN]
    if draft.channel.pk in {post.channel_id for post in standing}:
        raise PostNotReady(_("A message has one post per channel."))
    name_contributor(message.pk, by)
    return _write_post(message, draft)


@transaction.atomic
def remove_draft(post: Post, *, by: User, version: int) -> Post:
    """Take a message off a channel on which it is still a draft; the post stays, withdrawn.

    `version` is what the editor was looking at. Raises `PostChanged` when it is no longer that,
    or was submitted meanwhile; `PostNotReady` where the message would stand nowhere.
    """
    posts = lock_posts(post.message_id)
    post = next(one for one in posts if one.pk == post.pk)
    if post.state != Post.State.DRAFT or post.version != version:
        raise PostChanged
    if not any(one.state != Post.State.WITHDRAWN for one in posts if one.pk != post.pk):
        raise PostNotReady(_("A message keeps one channel at least: withdraw its post instead."))
    return step(post, to=Post.State.WITHDRAWN, actor=by, reason="channel-removed")


@transaction.atomic
def edit_post(post: Post, *, by: User, version: int, draft: PostDraft) -> Post:
    """Replace what a post says: a draft again, its certificate void, `by` a contributor.

    `version` is what the editor was looking at. Raises `PostChanged` when it is no longer that,
    `StepRefused` for a post on its way or out, `BadWindow`, `BadPicture`.
    """
    post = lock_post(post.pk)
    if post.version != version or post.channel_id != draft.channel.pk:
        raise PostChanged
    check_times(draft)
    if post.state != Post.State.DRAFT:
        post = step(post, to=Post.State.DRAFT, actor=by, reason="edited")
    name_contributor(post.message_id, by)
    _rewrite(post, draft)
    return post


def draft_of(post: Post) -> PostDraft:
    """The post as it stands, in the shape in which it is edited."""
    pictures = post.draft_media.defer(None)
    return PostDraft(
        channel=post.channel,
        caption=post.caption,
        link=post.link,
        media=[
            DraftMedia(bytes(one.content), one.filename, one.alt, one.source_ref)
            for one in pictures
        ],
        video=video_of(post),
        window_from=post.window_from,
        window_until=post.window_until,
        send_at=post.send_at,
    )


def video_of(post: Post) -> DraftVideo | None:
    """The video of a post as it stands."""
    return DraftVideo(post.video, post.video_alt) if post.video else None


def add_contributor(message: Message, user: User) -> None:
    """Name a person who changed something behind the message; certificates they signed are void."""
    with transaction.atomic():
        lock_posts(message.pk)
        name_contributor(message.pk, user)


def name_contributor(message_id: int, user: User) -> None:
    """Write the contributor under the lock of the message's posts, and hold what they signed."""
    _row, is_new = MessageContributor.objects.get_or_create(message_id=message_id, user=user)
    if not is_new:
        return
    signed = Post.objects.filter(
        message_id=message_id,
        state=Post.State.WAITING,
        approvals__signer=user,
        approvals__decision=Approval.Decision.APPROVED,
    )
    for post in signed.distinct():
        step(post, to=Post.State.HELD, reason="approval-void")


@transaction.atomic
def hold_posts_of(source_refs: Iterable[str], reason: str) -> int:
    """Stop what has not left yet of these messages; return how many posts were stopped.

    A scheduled post is held; one that waits for approval goes back to its author, so that
    nobody approves it unawares. Repeated, it finds nothing more to stop.
    """
    return _stop(Post.objects.filter(message__source_ref__in=list(source_refs)), reason=reason)


@transaction.atomic
def hold_posts_showing(sources: Iterable[str], *, reason: str) -> int:
    """The same for posts that show a picture from one of these sources."""
    showing = PostDraftMedia.objects.filter(source_ref__in=list(sources))
    return _stop(Post.objects.filter(pk__in=showing.values("post")), reason=reason)


def _stop(found: QuerySet[Post], *, reason: str) -> int:
    found = found.filter(state__in=list(STOPPED))
    posts = list(found.order_by("message_id", "pk").select_for_update(no_key=True, of=("self",)))
    for post in posts:
        step(post, to=STOPPED[Post.State(post.state)], reason=reason)
    return len(posts)


def check_times(draft: PostDraft) -> None:
    """Refuse a window that ends before it begins, and a time of sending outside it."""
    if draft.window_from >= draft.window_until:
        raise BadWindow(fields={"window_until": [_("The window ends before it begins.")]})
    if not draft.window_from <= draft.send_at < draft.window_until:
        raise BadWindow(fields={"send_at": [_("Choose a time inside the window.")]})


def _write_post(message: Message, draft: PostDraft) -> Post:
    check_times(draft)
    post = Post.objects.create(message=message, channel=draft.channel, **_columns(draft))
    _lay_pictures(post, draft.media)
    return post


def _columns(draft: PostDraft) -> dict[str, object]:
    return {
        "caption": draft.caption.replace("\r\n", "\n").strip(),
        "link": draft.link,
        "video": draft.video and draft.video.video,
        "video_alt": draft.video.alt.strip() if draft.video else "",
        "window_from": draft.window_from,
        "window_until": draft.window_until,
        "send_at": draft.send_at,
    }


def _rewrite(post: Post, draft: PostDraft) -> None:
    columns = {**_columns(draft), "version": post.version + 1, "reason": "", "remote_ids": {}}
    for name, value in columns.items():
        setattr(post, name, value)
    post.save(update_fields=list(columns))
    if list(draft_of(post).media) != list(draft.media):
        known = {bytes(one.content): as_read(one) for one in post.draft_media.defer(None)}
        post.draft_media.all().delete()
        _lay_pictures(post, draft.media, known=known)


def _lay_pictures(
    post: Post, media: Sequence[DraftMedia], *, known: Mapping[bytes, Picture] | None = None
) -> None:
    """Write the pictures in order; one that was read before is not encoded a second time."""
    for position, handed_in in enumerate(media):
        picture = (known or {}).get(handed_in.content) or read_picture(handed_in.content)
        PostDraftMedia.objects.create(
            post=post,
            position=position,
            content=picture.content,
            mime=picture.mime,
            width=picture.width,
            height=picture.height,
            alt=handed_in.alt.strip(),
            filename=handed_in.filename[:SHORTENED_NAME],
            source_ref=handed_in.source_ref,
        )


def as_read(media: PostDraftMedia) -> Picture:
    """A draft's picture as it was read, without reading it again."""
    return Picture(
        content=bytes(media.content), width=media.width, height=media.height, mime=media.mime
    )
