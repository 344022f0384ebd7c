"""The platforms: one small module each, behind one Protocol."""

from social.channels.bluesky import BLUESKY, Bluesky
from social.channels.by_hand import ByHand
from social.channels.facebook import FACEBOOK, Facebook
from social.channels.instagram import INSTAGRAM, Instagram
from social.channels.mastodon import MASTODON, Mastodon
from social.channels.protocol import (
    Call,
    CanWithdraw,
    Capabilities,
    ChannelAdapter,
    ClaimLost,
    Credential,
    Figures,
    Format,
    Gone,
    LeftTwice,
    Limit,
    LimitsByPost,
    NotSent,
    Outcome,
    Problem,
    Published,
    Refused,
    TakenBack,
    TellsFigures,
    Told,
    TooLate,
    Unknown,
    VideoLimits,
)
from social.channels.site import Site
from social.channels.telegram import TELEGRAM, Telegram
from social.channels.webhook import WEBHOOK, SignedWebhook
from social.channels.x import PLATFORM as X_PLATFORM
from social.channels.x import X
from social.credentials import known_of
from social.models import Channel, Post
from social.models.channels import BY_HAND, SITE

ADAPTERS: dict[str, ChannelAdapter] = {
    SITE: Site(),
    BY_HAND: ByHand(),
    TELEGRAM: Telegram(),
    MASTODON: Mastodon(),
    BLUESKY: Bluesky(),
    WEBHOOK: SignedWebhook(),
    X_PLATFORM: X(),
    FACEBOOK: Facebook(),
    INSTAGRAM: Instagram(),
}

__all__ = [
    "ADAPTERS",
    "Call",
    "CanWithdraw",
    "Capabilities",
    "ChannelAdapter",
    "ClaimLost",
    "Credential",
    "Figures",
    "Format",
    "Gone",
    "LeftTwice",
    "Limit",
    "LimitsByPost",
    "NotSent",
    "Outcome",
    "Problem",
    "Published",
    "Refused",
    "TakenBack",
    "TellsFigures",
    "Told",
    "TooLate",
    "Unknown",
    "VideoLimits",
    "adapter_of",
    "format_of",
    "is_connected",
    "limits_of",
    "takes_video",
    "who_tells_figures",
    "who_withdraws",
]


def adapter_of(channel: Channel) -> ChannelAdapter:
    """The adapter of the channel's platform. Raises KeyError for a platform not installed."""
    return ADAPTERS[channel.platform]


def format_of(channel: Channel) -> Format | None:
    """How the channel publishes; None where its platform knows one way only."""
    formats = adapter_of(channel).capabilities.formats
    return next((one for one in formats if one.name == channel.format), next(iter(formats), None))


def is_connected(channel: Channel) -> bool:
    """Whether somebody brought what the platform needs, or it needs nothing."""
    return not adapter_of(channel).needs or bool(known_of(channel))


def takes_video(channel: Channel) -> bool:
    """Whether its platform shows videos."""
    return adapter_of(channel).capabilities.video is not None


def who_withdraws(channel: Channel) -> CanWithdraw | None:
    """Who takes a published post of this channel back; None where its platform offers no way."""
    adapter = adapter_of(channel)
    return adapter if isinstance(adapter, CanWithdraw) else None


def who_tells_figures(channel: Channel) -> TellsFigures | None:
    """Who tells how this channel's posts are received; None where nobody does, or nobody asks.

    What costs money is asked only where the channel's setting `figures` says so.
    """
    adapter = adapter_of(channel)
    is_free = adapter.capabilities.dollars_for_figures is None
    is_wanted = channel.settings.get("figures", is_free) is True
    return adapter if is_wanted and isinstance(adapter, TellsFigures) else None


def limits_of(post: Post) -> Capabilities:
    """What the post's platform takes of it."""
    adapter = adapter_of(post.channel)
    return adapter.limits(post) if isinstance(adapter, LimitsByPost) else adapter.capabilities
