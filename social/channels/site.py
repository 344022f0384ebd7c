"""The city's own site: /kabar/, its Atom feed and its JSON Feed.

Publishing has no effect outside the row that says so: a post of this channel is on the site
exactly while it stands as published. So a repeat changes nothing, and a lost answer is found.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from social.channels.checks import usual_problems
from social.channels.protocol import Call, Capabilities, Credential, Problem, Published
from social.models import Post


class Site:
    """The channel that needs no account."""

    needs: tuple[Credential, ...] = ()
    capabilities = Capabilities(
        label=_("City website"),
        source="our own pages",
        is_our_own=True,
        longest_caption=5_000,
        most_pictures=6,
        longest_edge=1_600,
    )

    def check(self, post: Post) -> list[Problem]:
        """Only what every channel asks."""
        return usual_problems(post, self.capabilities)

    def count(self, caption: str, link: str) -> int:
        """Characters of the words; the link stands beside them."""
        return len(caption)

    def publish(self, post: Post, call: Call) -> Published:
        """Nothing to call: being published is being on the site."""
        call.leave()
        return _here(post)

    def find(self, post: Post) -> Published:
        """Always found, because the site shows what the row says."""
        return _here(post)


def _here(post: Post) -> Published:
    address = reverse("social:post", kwargs={"public_id": post.public_id})
    return Published(permalink=settings.BASE_URL.rstrip("/") + address)
