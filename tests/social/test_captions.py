"""A caption at its limit goes to each platform, one character more is told: in its own counting."""

import pytest

from accounts.models import User
from social.channels import ADAPTERS, adapter_of, limits_of
from social.channels.bluesky import BLUESKY
from social.channels.facebook import FACEBOOK
from social.channels.instagram import INSTAGRAM
from social.channels.mastodon import MASTODON
from social.channels.telegram import TELEGRAM
from social.channels.webhook import WEBHOOK
from social.channels.x import PLATFORM as X
from social.models import Post
from social.models.channels import BY_HAND, SITE
from tests.social.factories import ChannelFactory, a_picture, written

pytestmark = pytest.mark.django_db

FAMILY = "👨‍👩‍👧‍👦"
CODE_POINTS, UTF_16, GRAPHEMES, WEIGHTED = 7, 11, 1, 2
"""What one family is, by who counts."""
FAMILY_COUNTS = {
    SITE: CODE_POINTS,
    BY_HAND: CODE_POINTS,
    WEBHOOK: CODE_POINTS,
    FACEBOOK: CODE_POINTS,
    INSTAGRAM: CODE_POINTS,
    TELEGRAM: UTF_16,
    MASTODON: GRAPHEMES,
    BLUESKY: GRAPHEMES,
    X: WEIGHTED,
}
SOME = 20
ARABIC = "سوق الطعام في مالانج. "
TEXTS = {
    "letters": ("x", dict.fromkeys(FAMILY_COUNTS, 1)),
    "families": (FAMILY, FAMILY_COUNTS),
    "right-to-left": (ARABIC, dict.fromkeys(FAMILY_COUNTS, len(ARABIC))),
}


def about_the_caption(author: User, platform: str, caption: str) -> list[str]:
    channel = ChannelFactory(platform=platform)
    post = written(author, channel=channel, caption=caption, link="", media=[a_picture()])
    blocking = [one for one in adapter_of(channel).check(post) if one.blocks]
    return [one.field for one in blocking if one.field == "caption"]


def longest(author: User, platform: str) -> int:
    post = written(author, channel=ChannelFactory(platform=platform), media=[a_picture()])
    return limits_of(Post.objects.get(pk=post.pk)).longest_caption


@pytest.mark.parametrize("platform", ADAPTERS)
@pytest.mark.parametrize("name", TEXTS)
def test_at_the_limit_it_goes_and_one_more_is_told(author: User, platform: str, name: str) -> None:
    piece, counts = TEXTS[name]
    most = longest(author, platform)
    number = min(SOME, most // counts[platform])
    rest = most - number * counts[platform]

    assert about_the_caption(author, platform, piece * number + "x" * rest) == []
    assert about_the_caption(author, platform, piece * number + "x" * (rest + 1)) == ["caption"]


@pytest.mark.parametrize("platform", ADAPTERS)
def test_a_caption_of_nothing_but_hashtags_goes(author: User, platform: str) -> None:
    assert about_the_caption(author, platform, "#Malang #UMKM #soto_2026") == []
