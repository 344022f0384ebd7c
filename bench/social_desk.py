"""Twelve channels, and posts that are all due in the same minute.

    python -m bench.social_desk ADDRESS SIGNED UNSIGNED
    python -m bench.social_desk ADDRESS limited SECONDS

On channels without limits so many posts are signed, for the engine, and so many handed in only, for
the plain loop. On the limited ones as many are signed as leave in so many seconds.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import django
from django.db import transaction
from django.utils import timezone

from tests.faults.desk.cast import credentials, draft
from tests.faults.desk.signed import sign_all, submit_all

if TYPE_CHECKING:
    from accounts.models import User
    from social.messages import PostDraft
    from social.models import Channel

PLATFORMS = ("telegram", "mastodon", "bluesky", "webhook", "x", "facebook")
EACH = 2
"""Channels of each platform."""
FREE, LIMITED, LOOPED = "uji-lepas", "uji-jatah", "uji-putaran"
FASTER = 60
"""How many times as fast the clock of the limited channels goes."""
LIMITS = ((1, 300), (12, 3_600), (4, 3_600))
"""Posts in seconds, as a desk would limit itself; each channel has one of them."""
AT_ONCE = 600
BETWEEN = 1_000_000
"""From the numbers of one channel's posts to the next one's: no two posts say the same."""


def main(address: str, *arguments: str) -> None:
    """Write what was asked for: due already, on channels that are paused."""
    django.setup()
    from accounts.models import User
    from social.models import Channel
    from tests.social.factories import APPROVES, SEES, WRITES, person

    if not Channel.objects.filter(slug__startswith="uji-").exists():
        Channel.objects.update(paused=True)
        person("penulis-uji", SEES, WRITES, is_staff=True)
        person("penyetuju-uji", SEES, APPROVES, is_staff=True)
    author, approver = User.objects.filter(username__endswith="-uji").order_by("pk")
    if arguments[0] == "limited":
        write_limited(address, float(arguments[1]), author, approver)
    else:
        signed, unsigned = int(arguments[0]), int(arguments[1])
        write(made_channels(FREE, address), signed, author, approver)
        write(made_channels(LOOPED, address), unsigned, author, None)


def write_limited(address: str, seconds: float, author: "User", approver: "User") -> None:
    """So many posts on each channel that its limit is what ends it."""
    for number, channel in enumerate(made_channels(LIMITED, address)):
        most, within = LIMITS[number % len(LIMITS)]
        channel.settings = {"budget": [[most, within / FASTER]]}
        channel.save(update_fields=["settings"])
        write([channel], round(seconds * FASTER * most / within), author, approver, first=number)


def made_channels(kind: str, address: str) -> "list[Channel]":
    """Paused until the clock runs."""
    from social.credentials import keep_credentials
    from social.models import Channel

    channels = []
    for number in range(EACH * len(PLATFORMS)):
        platform = PLATFORMS[number // EACH]
        channel = Channel.objects.create(
            platform=platform,
            slug=f"{kind}-{number}",
            name=f"{kind} {number}",
            settings={"budget": []},
            paused=True,
        )
        keep_credentials(channel, credentials(platform, address))
        channels.append(channel)
    return channels


def write(
    channels: "list[Channel]",
    posts: int,
    author: "User",
    approver: "User | None",
    *,
    first: int = 0,
) -> None:
    """So many posts over these channels, each a message of its own; signed if somebody signs."""
    drafts = drafted(channels, posts, first=first)
    while some := list(islice(drafts, AT_ONCE)):
        with transaction.atomic():
            submitted = submit_all([[one] for one in some], author=author)
            if approver is not None:
                sign_all(submitted, signer=approver)


def drafted(channels: "list[Channel]", posts: int, *, first: int) -> "Iterator[PostDraft]":
    """A channel after the other, at moments within one minute that are not in this order."""
    minute = timezone.now().replace(second=0, microsecond=0) - timedelta(minutes=2)
    for number in range(posts):
        row, place = divmod(number, len(channels))
        channel = channels[place]
        known = channel.pk * BETWEEN + row
        yield at(draft(known, channel, minute), minute + timedelta(seconds=37 * row % 60))


def at(draft: "PostDraft", moment: datetime) -> "PostDraft":
    return replace(draft, send_at=moment)


def numbers(texts: Iterable[str]) -> list[int]:
    """Which posts these words are of."""
    return [int(text.partition("pilihan ke-")[2].split()[0]) for text in texts]


if __name__ == "__main__":
    main(*sys.argv[1:])
