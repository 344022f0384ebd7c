"""The person at the channel that is sent by hand: posts, then hands in until it is acknowledged.

python -m tests.faults.desk.clerk RECORD
"""

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import django
from django.db import DatabaseError, connection

if TYPE_CHECKING:
    from accounts.models import User
    from social.models import Post

PAUSE_SECONDS = 0.5


def main(record: Path) -> None:
    """Work until we are ended, whatever becomes of the database meanwhile."""
    django.setup()
    posted: set[int] = set()
    with record.open("a") as file:
        while True:
            try:
                hand_in_all(posted, file)
            except DatabaseError:
                connection.close()
            time.sleep(PAUSE_SECONDS)


def hand_in_all(posted: set[int], file: TextIO) -> None:
    """What is due goes out once by this hand; an answer that was lost is asked for again."""
    from accounts.models import User
    from social.models import Post
    from social.models.channels import BY_HAND

    clerk = User.objects.get(username="penulis-uji")
    due = Post.objects.filter(state=Post.State.WAITING, channel__platform=BY_HAND)
    for post in due.order_by("send_at", "pk").select_related("channel").prefetch_related("media"):
        if post.pk not in posted:
            post_by_hand(post, file)
            posted.add(post.pk)
        hand_in(post, clerk)


def post_by_hand(post: "Post", file: TextIO) -> None:
    """Where people see it: a line of the record."""
    line = {
        "platform": "by-hand",
        "at": time.time(),
        "requests": 0,
        "text": post.caption,
        "link": post.link,
        "pictures": [one.sha256 for one in post.pictures],
    }
    file.write(json.dumps(line, ensure_ascii=False) + "\n")
    file.flush()


def hand_in(post: "Post", clerk: "User") -> None:
    """A refusal says that an earlier one was acknowledged after all, or that it may wait."""
    from social import desk
    from social.errors import SocialError

    try:
        desk.hand_in(post, by=clerk, permalink=f"https://contoh.example/papan/{post.pk}")
    except SocialError:
        return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
