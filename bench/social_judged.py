"""What came out, by the platforms' own record, beside what was signed and what the engine noted.

python -m bench.social_judged FOLDER FILE
"""

import json
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from bench.social_desk import FREE, LIMITED, numbers
from tests.faults.desk.platforms import RECORD

if TYPE_CHECKING:
    from social.models import Attempt, Channel, Post


def main(folder: Path, file: Path) -> int:
    """Print what was found; the code is 0 if nothing was lost, doubled or out of order."""
    django.setup()
    story: dict[str, Any] = json.loads(file.read_text())
    from social.models import Post

    lines = (folder / RECORD).read_text().splitlines()
    out = Counter(numbers(json.loads(line)["text"] for line in lines))
    signed = Post.objects.exclude(approvals=None).select_related("channel").order_by("pk")
    posts = list(signed)
    found = story["ratios"] | {
        "idle_periods": idle_periods(LIMITED, datetime.fromisoformat(story["limits_began"])),
        "out_of_order": sum(out_of_order(kind) for kind in (FREE, LIMITED)),
        "doubled": sum(count - 1 for count in out.values()),
        "lost": sum(is_lost(post, out) for post in posts),
        "posts": len(posts),
        "unclear": sum(post.state == post.State.UNKNOWN for post in posts),
    }
    print(json.dumps(found))
    wrong = found["doubled"] or found["lost"] or found["out_of_order"] or found["idle_periods"] > 1
    return 1 if wrong else 0


def is_lost(post: "Post", out: Counter[int]) -> bool:
    """Neither on its platform, nor known to be unclear."""
    return not out[numbers([post.caption])[0]] and post.state != post.State.UNKNOWN


def first_attempts(kind: str) -> dict[int, "list[Attempt]"]:
    """The first attempt of each post, as they left, by channel."""
    from social.models import Attempt

    rows = Attempt.objects.filter(post__channel__slug__startswith=kind).order_by("started_at", "pk")
    seen: set[int] = set()
    firsts: dict[int, list[Attempt]] = defaultdict(list)
    for attempt in rows.select_related("post__channel"):
        if attempt.post_id not in seen:
            seen.add(attempt.post_id)
            firsts[attempt.post.channel_id].append(attempt)
    return firsts


def out_of_order(kind: str) -> int:
    """How many first attempts left after one that stands behind them."""
    wrong = 0
    for attempts in first_attempts(kind).values():
        places = [(one.post.send_at, one.post_id) for one in attempts]
        wrong += sum(later < earlier for earlier, later in pairwise(places))
    return wrong


def idle_periods(kind: str, began: datetime) -> int:
    """The longest run of whole periods in which a channel of this kind with a due post did nothing.

    A period is the time in which its limit allows one post. All were due when it began, so each
    channel has a due post until the last of them left for the first time.
    """
    worst = 0
    for attempts in first_attempts(kind).values():
        period = period_of(attempts[0].post.channel)
        first, *later = pairwise([began, *all_until(attempts[-1])])
        idle = max([first[1] - first[0], *(after - before - period for before, after in later)])
        print(
            f"{attempts[0].post.channel.slug:<14}{len(attempts):>4} posts, one in"
            f" {period.total_seconds():4.1f} s; at most {idle.total_seconds():4.1f} s beyond that"
        )
        worst = max(worst, int(idle / period))
    return worst


def period_of(channel: "Channel") -> timedelta:
    """The time in which its limit allows one post."""
    [[most, seconds]] = channel.settings["budget"]
    return timedelta(seconds=seconds / most)


def all_until(last: "Attempt") -> list[datetime]:
    """When posts of its channel left, second tries among them, until this one."""
    theirs = type(last).objects.filter(post__channel_id=last.post.channel_id)
    moments = theirs.filter(started_at__lte=last.started_at).order_by("started_at")
    return list(moments.values_list("started_at", flat=True))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
