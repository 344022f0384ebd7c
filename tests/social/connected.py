"""One channel of each platform that is connected, with the double that answers for it."""

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from social.channels import bluesky_session, graph, mastodon, telegram, webhook, x
from social.credentials import keep_credentials
from social.models import Channel
from tests.social.doubles import facebook as facebook_double
from tests.social.doubles import instagram as instagram_double
from tests.social.doubles.bluesky import BlueskyDouble
from tests.social.doubles.mastodon import MastodonDouble
from tests.social.doubles.server import PlatformDouble
from tests.social.doubles.telegram import TelegramDouble
from tests.social.doubles.webhook import ReceiverDouble
from tests.social.doubles.x import USER, XDouble
from tests.social.factories import ChannelFactory


@dataclass(frozen=True)
class Platform:
    """How a platform's double is reached, and what is brought to it."""

    double: Callable[[], Any]
    url_setting: str
    waits: ModuleType
    brings: Callable[[Any], dict[str, str]]
    account: str


PLATFORMS = {
    "telegram": Platform(
        TelegramDouble,
        "TELEGRAM_URL",
        telegram,
        lambda double: {"token": double.token, "chat": "@kabarkota"},
        "Kabar Kota",
    ),
    "mastodon": Platform(
        MastodonDouble,
        "",
        mastodon,
        lambda double: {"address": double.url, "token": double.token},
        "@kabarkota@localhost:{port}",
    ),
    "bluesky": Platform(
        BlueskyDouble,
        "BLUESKY_URL",
        bluesky_session,
        lambda double: {"handle": double.identifier, "password": double.password},
        "@kabarkota.example",
    ),
    "x": Platform(
        XDouble,
        "X_API_URL",
        x,
        lambda double: {"access_token": double.token, "user_id": USER},
        "@kabarkota",
    ),
    "facebook": Platform(
        facebook_double.FacebookDouble,
        "GRAPH_API_URL",
        graph,
        lambda double: {"access_token": double.token, "page_id": facebook_double.PAGE},
        "Kabar Kota",
    ),
    "instagram": Platform(
        instagram_double.InstagramDouble,
        "GRAPH_API_URL",
        graph,
        lambda double: {"access_token": double.token, "ig_id": instagram_double.ACCOUNT},
        "@kabarkota",
    ),
    "webhook": Platform(
        ReceiverDouble,
        "",
        webhook,
        lambda double: {"address": f"{double.url}/hook", "secret": double.secret},
        "localhost",
    ),
}


@dataclass(frozen=True)
class Connected:
    """A channel, and the platform it speaks with."""

    channel: Channel
    double: Any
    account: str


Connect = Callable[[str], Connected]


def connecter(
    run_double: Callable[[PlatformDouble], None], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Connect:
    """Starts a platform's double and connects a channel with it."""

    def connect(name: str) -> Connected:
        platform = PLATFORMS[name]
        double = platform.double()
        run_double(double)
        if platform.url_setting:
            setattr(settings, platform.url_setting, double.url)
        monkeypatch.setattr(platform.waits, "SECONDS", 1.0)
        channel = ChannelFactory(platform=name)
        keep_credentials(channel, platform.brings(double))
        return Connected(channel, double, platform.account.format(port=double.port))

    return connect
