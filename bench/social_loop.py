"""A plain loop: hands posts to their adapters one after the other, and keeps nothing of it.

    python -m bench.social_loop FOLDER ROUND FIRST POSTS SLOT SLOTS

One of SLOTS such processes, beginning together. Its posts were read before; what the adapter itself
reads (credentials, the bytes of pictures) it reads as for the engine.
"""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import django

from bench.social_desk import LOOPED

if TYPE_CHECKING:
    from social.models import Post


class Plain:
    """A `Call` that writes nothing: what was uploaded is known until the post is out."""

    def __init__(self, post: "Post") -> None:
        self.post = post

    @property
    def kept(self) -> Mapping[str, str]:
        return self.post.remote_ids

    def keep(self, **ids: str) -> None:
        self.post.remote_ids = {**self.post.remote_ids, **ids}

    def leave(self) -> None:
        """Nothing is written."""


def main(folder: Path, name: str, first: int, posts: int, slot: int, slots: int) -> None:
    """Read, wait for the others, send. Raises where a post does not come out."""
    django.setup()
    from social.channels import Published, adapter_of
    from social.models import Post

    rows = Post.objects.filter(channel__slug__startswith=LOOPED).order_by("pk")
    chosen = rows.select_related("channel").prefetch_related("media")[first : first + posts]
    mine = list(chosen)[slot::slots]
    begin_together(folder, name, slot, slots)
    for post in mine:
        outcome = adapter_of(post.channel).publish(post, Plain(post))
        assert isinstance(outcome, Published), f"{post.channel.platform}: {outcome}"


def begin_together(folder: Path, name: str, slot: int, slots: int) -> None:
    """Return when all have read their posts."""
    (folder / f"{name}-{slot}").touch()
    while not all((folder / f"{name}-{each}").exists() for each in range(slots)):
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
