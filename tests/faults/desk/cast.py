"""A desk for a fault run: a channel of every platform, and posts, signed or never to come out.

    python -m tests.faults.desk.cast POSTS ADDRESS

Every post says something else. Beside those that were signed stand some that nobody signed, and
some that were changed after they were signed: none of them may ever be seen.
"""

import sys
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

import django
from django.db import transaction
from django.utils import timezone

from tests.faults.desk.signed import sign_all, submit_all

if TYPE_CHECKING:
    from accounts.models import User
    from social.messages import DraftMedia, PostDraft
    from social.models import Channel, Post

AT_ONCE = 50
"""Messages in one transaction: one of them is not signed, and one is changed after it was."""


def main(posts: int, address: str) -> None:
    """Make the channels and the people, then messages until so many posts are signed."""
    django.setup()
    from social.models import Channel
    from tests.social.factories import APPROVES, SEES, WRITES, person

    Channel.objects.update(paused=True)  # nothing of the demo's desk goes out
    author = person("penulis-uji", SEES, WRITES, is_staff=True)
    approver = person("penyetuju-uji", SEES, APPROVES, is_staff=True)
    channels = made_channels(address)
    numbers, signed = count(), 0
    while signed < posts:
        with transaction.atomic():
            signed += write_some(numbers, channels, author, approver, most=posts - signed)


def write_some(
    numbers: "count[int]", channels: "list[Channel]", author: "User", approver: "User", *, most: int
) -> int:
    """Some messages on all channels; how many of their posts are signed and stay so."""
    now = timezone.now()
    messages = [
        [draft(number, channel, now) for channel in channels]
        for number, _ in zip(numbers, range(AT_ONCE), strict=False)
    ]
    posts = submit_all(messages, author=author)
    each = len(channels)
    changed, wanted = posts[each : 2 * each], posts[2 * each :][:most]
    sign_all([*changed, *wanted], signer=approver)
    for post in changed:
        change(post, author)
    return len(wanted)


def made_channels(address: str) -> "list[Channel]":
    """One of each platform, connected to the doubles."""
    from social.channels import ADAPTERS
    from social.credentials import keep_credentials
    from social.models import Channel

    channels = []
    for platform in ADAPTERS:
        channel = Channel.objects.create(
            platform=platform,
            slug=f"uji-{platform}",
            name=f"Uji {platform}",
            settings={"budget": []},  # a day's posts in minutes
        )
        keep_credentials(channel, credentials(platform, address))
        channels.append(channel)
    return channels


def credentials(platform: str, address: str) -> dict[str, str]:
    """What the double of a platform wants to see."""
    from tests.social.doubles.bluesky import BlueskyDouble
    from tests.social.doubles.facebook import PAGE
    from tests.social.doubles.graph import GraphDouble
    from tests.social.doubles.instagram import ACCOUNT
    from tests.social.doubles.mastodon import MastodonDouble
    from tests.social.doubles.telegram import TelegramDouble
    from tests.social.doubles.webhook import ReceiverDouble
    from tests.social.doubles.x import USER, XDouble

    known = {
        "telegram": {"token": TelegramDouble.token, "chat": "@kabarkota"},
        "mastodon": {"address": address, "token": MastodonDouble.token},
        "bluesky": {
            "address": address,
            "handle": BlueskyDouble.identifier,
            "password": BlueskyDouble.password,
        },
        "webhook": {"address": f"{address}/hook", "secret": ReceiverDouble.secret},
        "x": {"access_token": XDouble.token, "user_id": USER},
        "facebook": {"access_token": GraphDouble.token, "page_id": PAGE},
        "instagram": {"access_token": GraphDouble.token, "ig_id": ACCOUNT},
    }
    return known.get(platform, {})


def draft(number: int, channel: "Channel", now: datetime) -> "PostDraft":
    """Due already, and until tomorrow; with pictures where the platform needs them, or at times."""
    from social.messages import PostDraft

    wanted = 1 + (number % 4 == 0) if channel.platform == "instagram" else int(number % 3 == 0)
    return PostDraft(
        channel=channel,
        caption=f"Sarapan di Klojen, pilihan ke-{number} 🍜 & kopi.\nBuka mulai pukul enam.",
        link=f"https://contoh.example/umkm/pilihan-{number}/",
        media=pictures()[:wanted],
        window_from=now - timedelta(hours=1),
        window_until=now + timedelta(days=1),
        send_at=now - timedelta(minutes=1),
    )


@cache
def pictures() -> "list[DraftMedia]":
    """Two that differ, square, as every platform takes them."""
    from tests.social.factories import a_picture

    return [a_picture(width=480, height=480, colour=each) for each in ("teal", "navy")]


def change(post: "Post", author: "User") -> None:
    """Other words after the signature, under which they were never seen."""
    from social.messages import draft_of, edit_post

    post.refresh_from_db()
    words = replace(draft_of(post), caption=f"{post.caption} Belum disetujui.")
    edit_post(post, by=author, version=post.version, draft=words)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
