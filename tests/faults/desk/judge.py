"""Compares what the platforms themselves published with what was signed, and with the tables.

python -m tests.faults.desk.judge FOLDER STORY
"""

import html
import http.client
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from social.models import Post

Words = tuple[str, str, str]
"""Platform, text and link: no two posts of a run have the same."""
CAN_BE_ASKED = ("site", "mastodon", "bluesky")
BY_THEMSELVES = 0.98
"""The least share of signed posts that come out without anybody's help."""


@dataclass
class Seen:
    """What came out of one post: when, and with which pictures each time."""

    at: list[datetime] = field(default_factory=list)
    pictures: list[list[str]] = field(default_factory=list)


def main(folder: Path, story: dict[str, Any]) -> int:
    """Print what was found; the code is 0 if all was as promised and enough was seen."""
    django.setup()
    from social.models import Post

    rows = Post.objects.filter(channel__slug__startswith="uji-").select_related("channel")
    posts = list(rows.prefetch_related("media").order_by("pk"))
    lines = [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    seen = on_platforms(lines) | on_the_site(posts, port=story["port"])
    found = {"kills": story["kills"], "requests": max(line["requests"] for line in lines)}
    found |= judged(posts, seen)
    tell(posts, seen)
    sys.stdout.write(json.dumps(found) + "\n")
    return 0 if holds(found, story) else 1


def holds(found: dict[str, int], story: dict[str, Any]) -> bool:
    """Whether nothing was broken, and as much was seen as was asked for."""
    promises = ("lost", "doubled", "differences", "unknown_unresolved", "unapproved")
    return (
        not any(found[name] for name in promises)
        and found["published"] >= BY_THEMSELVES * found["posts"]
        and found["unclear"] <= found["kills"] * story["slots"]
        and found["posts"] >= story["posts"]
        and found["kills"] >= story["goal"]
    )


def on_platforms(lines: Iterable[dict[str, Any]]) -> dict[Words, Seen]:
    """What the record tells, by what was said where."""
    seen: dict[Words, Seen] = defaultdict(Seen)
    for line in lines:
        one = seen[(line["platform"], line["text"], line["link"])]
        one.at.append(datetime.fromtimestamp(line["at"], UTC))
        one.pictures.append(line["pictures"])
    return seen


def on_the_site(posts: "Iterable[Post]", *, port: int) -> dict[Words, Seen]:
    """Which posts of the city's own site a visitor sees; whatever the tables say, all are tried."""
    connection = http.client.HTTPConnection("localhost", port, timeout=60)
    seen: dict[Words, Seen] = {}
    for post in posts:
        if post.channel.platform != "site":
            continue
        connection.request("GET", f"/kabar/{post.public_id}/")
        answer = connection.getresponse()
        page = html.unescape(answer.read().decode())
        assert answer.status in (200, 404), f"The site does not answer: {answer.status}"
        if answer.status == http.HTTPStatus.OK:
            text = post.caption if post.caption.splitlines()[0] in page else page
            pictures = [one.sha256 for one in post.pictures if str(one.public_id) in page]
            seen[("site", text, post.link)] = Seen([post.published_at], [pictures])  # type: ignore[list-item]
    return seen


def judged(posts: "list[Post]", seen: dict[Words, Seen]) -> dict[str, int]:
    """What became of the posts, by the platforms' own record."""
    known = {words_of(post): post for post in posts}
    signed = [post for post in posts if is_signed(post)]
    states = Counter(post.state for post in signed)
    unclear = [post for post in posts if post.state == post.State.UNKNOWN]
    askable = [post for post in unclear if post.channel.platform in CAN_BE_ASKED]
    wrong = [words for words, one in seen.items() if not was_signed(known.get(words), one)]
    return {
        "acknowledged": len(signed),
        "lost": sum(is_lost(post, seen) for post in signed),
        "doubled": sum(len(one.at) - 1 for one in seen.values()),
        "differences": sum(differs(post, seen) for post in posts),
        "unknown_unresolved": len(askable),
        "posts": len(signed),
        "published": states["published"],
        "unclear": len(unclear),
        "unapproved": len(wrong),
    }


def words_of(post: "Post") -> Words:
    """How the post is told in the record."""
    from social.channels.wording import with_link

    beside = ("site", "by-hand", "webhook")
    platform = post.channel.platform
    if platform in beside or (platform == "facebook" and not post.pictures):
        return platform, post.caption, post.link
    return platform, with_link(post.caption, post.link), ""


def is_signed(post: "Post") -> bool:
    """Whether a second person's certificate covers exactly what the tables hold now."""
    from social import approval

    return approval.covers(post)


def was_signed(post: "Post | None", seen: Seen) -> bool:
    """Whether what came out is what a certificate covers, in its window, with these pictures."""
    from social import approval

    certificate = approval.certificate_of(post) if post and is_signed(post) else None
    if post is None or certificate is None:
        return False
    pictures = [one.sha256 for one in post.pictures]
    return all(shown == pictures for shown in seen.pictures) and all(
        certificate.window_from <= at < certificate.window_until and certificate.signed_at <= at
        for at in seen.at
    )


def is_lost(post: "Post", seen: dict[Words, Seen]) -> bool:
    """Neither out, nor waiting for a person who is told that it is unclear."""
    if post.state == post.State.PUBLISHED:
        return words_of(post) not in seen
    return post.state != post.State.UNKNOWN


def differs(post: "Post", seen: dict[Words, Seen]) -> bool:
    """Out on the platform, while the tables say that it is not and nobody is told."""
    settled = (post.State.PUBLISHED, post.State.UNKNOWN)
    return words_of(post) in seen and post.state not in settled


def tell(posts: "list[Post]", seen: dict[Words, Seen]) -> None:
    """A line a platform, and one for each post that is unclear or went wrong."""
    by_platform: dict[str, list[Post]] = defaultdict(list)
    for post in posts:
        by_platform[post.channel.platform].append(post)
    for platform, its in by_platform.items():
        states = Counter(str(post.state) for post in its)
        said = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        sys.stdout.write(f"{platform:<10}{said}\n")
    for post in posts:
        is_odd = is_signed(post) and post.state != post.State.PUBLISHED
        if is_odd or (words_of(post) in seen) != (post.state == post.State.PUBLISHED):
            out = len(seen[words_of(post)].at) if words_of(post) in seen else 0
            sys.stdout.write(
                f"  {post.channel.platform} {post.public_id}: {post.state} ({post.reason}), "
                f"on the platform {out} times\n"
            )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), json.loads(sys.argv[2])))
