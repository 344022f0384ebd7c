"""Another time for a post: inside its signed window `social.desk.move`, outside it an edit.

The edit makes it a draft again, which needs a new certificate.
"""

from dataclasses import replace
from datetime import datetime

from accounts.models import User
from social.desk import MOVABLE
from social.messages import draft_of, edit_post
from social.models import Post


def fits(post: Post, send_at: datetime) -> bool:
    """Whether the post may be sent then without anybody's signing again."""
    return post.state in MOVABLE and post.window_from <= send_at < post.window_until


def reschedule_with_window(post: Post, *, by: User, version: int, send_at: datetime) -> Post:
    """Shift the post and its whole window by the same time: a draft again, `by` a contributor.

    Raises as `edit_post` does.
    """
    shift = send_at - post.send_at
    draft = replace(
        draft_of(post),
        window_from=post.window_from + shift,
        window_until=post.window_until + shift,
        send_at=send_at,
    )
    return edit_post(post, by=by, version=version, draft=draft)
