"""How a post will look on its platform, about, and what the platform counts and would refuse.

Where a platform folds long words and how it lays out pictures is written down nowhere: the numbers
here are our approximation (November 2026), only for the preview. What counts is each adapter's own
`check`.
"""

from dataclasses import dataclass
from enum import StrEnum

import regex
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from social import approval
from social.channels import adapter_of, format_of, limits_of
from social.channels.facebook import FACEBOOK
from social.channels.instagram import INSTAGRAM, STORY
from social.channels.mastodon import MASTODON
from social.channels.webhook import WEBHOOK
from social.channels.wording import URL, with_link
from social.channels.x import PLATFORM as X
from social.models import Post
from social.models.channels import BY_HAND, SITE
from social.repeats import repeats_of

LINK_BESIDE = frozenset({SITE, BY_HAND, WEBHOOK})
"""Where the link stands beside the words, not among them."""
FOLDED_AFTER = {INSTAGRAM: 125, FACEBOOK: 477}
"""Characters that stand above "more"."""
LINK_SHOWN = {X: 26, MASTODON: 30}
"""Characters of an address that are shown, without its scheme."""
MARKED = regex.compile(rf"(?P<link>{URL.pattern})|(?<![\w&/])[#@]\w[\w.@-]*\w", regex.IGNORECASE)


class Layout(StrEnum):
    """How several pictures stand."""

    STACK = "stack"
    GRID = "grid"
    ROW = "row"
    STORY = "story"


LAYOUTS = {INSTAGRAM: Layout.ROW, SITE: Layout.STACK, BY_HAND: Layout.STACK}
FORMAT_LAYOUTS = {STORY: Layout.STORY}


@dataclass(frozen=True, kw_only=True)
class Look:
    """A post as its author and its signer see it before it is out."""

    length: int
    most: int
    has_words: bool
    words: SafeString
    folded: SafeString
    link: str
    layout: Layout
    problems: list[str]
    advice: list[str]

    @property
    def is_too_long(self) -> bool:
        return self.length > self.most


def look_of(post: Post) -> Look:
    """The look of a post, with what is typed into it if it was not saved since.

    Of one that was never saved only the words are known: of pictures and times nothing is said.
    """
    adapter, platform = adapter_of(post.channel), post.channel.platform
    beside = platform in LINK_BESIDE
    format = format_of(post.channel)
    has_words = format is None or format.has_words
    all_words = post.caption if beside else with_link(post.caption, post.link)
    words, folded = _cut(all_words if has_words else "", platform)
    return Look(
        length=adapter.count(post.caption, post.link),
        most=limits_of(post).longest_caption,
        has_words=has_words,
        words=_marked(words, platform),
        folded=_marked(folded, platform),
        link=post.link if beside and post.link not in post.caption else "",
        layout=FORMAT_LAYOUTS.get(post.channel.format) or LAYOUTS.get(platform, Layout.GRID),
        problems=_problems(post),
        advice=[*(approval.advice_for(post) if post.pk else []), *repeats_of(post)],
    )


def _problems(post: Post) -> list[str]:
    if post.pk:
        return [words for of_field in approval.problems_of(post).values() for words in of_field]
    found = adapter_of(post.channel).check(post)
    return [str(one.message) for one in found if one.blocks and one.field == "caption"]


def _cut(words: str, platform: str) -> tuple[str, str]:
    """What is shown at once, and what only after "more"."""
    at = FOLDED_AFTER.get(platform, len(words))
    if len(words) <= at:
        return words, ""
    at = max(words.rfind(" ", 0, at), words.rfind("\n", 0, at), at // 2)
    return words[:at], words[at:]


def _marked(words: str, platform: str) -> SafeString:
    """Links, hashtags and names set apart, links as short as the platform shows them."""
    shown, end = [], 0
    for found in MARKED.finditer(words):
        text = _shortened(found[0], platform) if found["link"] else found[0]
        shown += [escape(words[end : found.start()]), f'<b class="desk-mark">{escape(text)}</b>']
        end = found.end()
    return mark_safe("".join([*shown, escape(words[end:])]))  # noqa: S308 - each part is escaped


def _shortened(address: str, platform: str) -> str:
    most = LINK_SHOWN.get(platform)
    if most is None:
        return address
    bare = regex.sub(r"^https?://(www\.)?", "", address)
    return bare if len(bare) <= most else f"{bare[:most]}…"
