"""Where a platform has no API, or access is not granted yet: a person posts and hands in proof.

The same queue, the same second person; `social.desk.hand_in` takes the link to what was posted.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from social.channels.checks import usual_problems
from social.channels.protocol import (
    Call,
    Capabilities,
    Credential,
    NotSent,
    Problem,
    VideoLimits,
)
from social.models import Post


class ByHand:
    """A WhatsApp channel, radio, a notice board: the engine waits for a person."""

    needs: tuple[Credential, ...] = ()
    capabilities = Capabilities(
        label=_("By hand"),
        source="none: a person posts",
        automatic=False,
        longest_caption=5_000,
        most_pictures=10,
        longest_edge=2_048,
        video=VideoLimits(most_bytes=4_000_000_000, most_seconds=43_200, beside_pictures=True),
        hand_in_grace=timedelta(days=1),
    )

    def check(self, post: Post) -> list[Problem]:
        """Only what every channel asks."""
        return usual_problems(post, self.capabilities)

    def count(self, caption: str, link: str) -> int:
        """Characters of the words; the link stands beside them."""
        return len(caption)

    def publish(self, post: Post, call: Call) -> NotSent:
        """The engine never sends it: `PostQuerySet.due` leaves it out."""
        return NotSent(reason="by-hand")

    def find(self, post: Post) -> None:
        """Only a person can tell."""
        return None
