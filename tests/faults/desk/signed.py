"""Many signed posts at once, for runs that are about sending them.

Rows are written as the rules write them, a thousand at a time, each with the certificate that the
engine asks for; the database's own triggers look at every one. What a person did is not logged.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import User
    from social.messages import PostDraft
    from social.models import Post
    from social.pictures import Picture


def submit_all(messages: "Sequence[Sequence[PostDraft]]", *, author: "User") -> "list[Post]":
    """A message of each of these groups of drafts, its posts handed in for approval."""
    from social.models import Message, MessageContributor, Post, PostMedia

    made = Message.objects.bulk_create(Message(source="Uji", created_by=author) for _ in messages)
    MessageContributor.objects.bulk_create(
        MessageContributor(message=message, user=author) for message in made
    )
    drafts = list(chain.from_iterable(messages))
    posts = Post.objects.bulk_create(
        Post(message=message, **columns_of(draft))
        for message, group in zip(made, messages, strict=True)
        for draft in group
    )
    pairs = zip(posts, drafts, strict=True)
    PostMedia.objects.bulk_create(chain.from_iterable(pictures_of(*pair) for pair in pairs))
    _step(posts, to=Post.State.SUBMITTED)
    return posts


def sign_all(posts: "Iterable[Post]", *, signer: "User") -> None:
    """A certificate over each as it stands: the engine may send it."""
    from social import approval
    from social.models import Approval, Post

    known = [post.pk for post in posts]
    rows = list(Post.objects.filter(pk__in=known).prefetch_related("media").order_by("pk"))
    Approval.objects.bulk_create(
        Approval(
            post=post,
            decision=Approval.Decision.APPROVED,
            version=post.version,
            digest=approval.digest(post),
            window_from=post.window_from,
            window_until=post.window_until,
            signer=signer,
        )
        for post in rows
    )
    _step(rows, to=Post.State.WAITING)


def columns_of(draft: "PostDraft") -> dict[str, object]:
    names = ("channel", "caption", "link", "window_from", "window_until", "send_at")
    return {name: getattr(draft, name) for name in names}


def pictures_of(post: "Post", draft: "PostDraft") -> "list[object]":
    """Its pictures as they are frozen at submission."""
    from social.models import PostMedia

    return [
        PostMedia(
            post=post,
            version=post.version,
            position=position,
            sha256=hashlib.sha256(read(one.content).content).hexdigest(),
            alt=one.alt,
            **vars(read(one.content)),
        )
        for position, one in enumerate(draft.media)
    ]


@cache
def read(content: bytes) -> "Picture":
    """The same few pictures come again and again."""
    from social.pictures import read_picture

    return read_picture(content)


def _step(posts: "Sequence[Post]", *, to: str) -> None:
    from social.models import Post

    Post.objects.filter(pk__in=[post.pk for post in posts]).update(state=to)
