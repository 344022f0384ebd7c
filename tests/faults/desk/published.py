"""What each platform's double published, told the same way: words, link, hashes of the pictures."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tests.social.doubles import bluesky, facebook, graph, instagram, mastodon, telegram, webhook, x
from tests.social.doubles.server import Asked, Given, PlatformDouble

Said = dict[str, Any]
SOON = {"Retry-After": "1"}


class Receiver(webhook.ReceiverDouble):
    """Counts what it took, also what it had already: here nobody may send a second time."""

    taken_so_far = 0

    @property
    def published(self) -> int:
        return self.taken_so_far

    def handle(self, asked: Asked) -> Given:
        given = super().handle(asked)
        self.taken_so_far += given.status == 201
        return given


@dataclass
class Platform:
    """A double, how it refuses for now, and how to read what a request published."""

    double: Any
    too_many: Callable[[], Given]
    read: Callable[[Any, Asked, dict[str, str]], Said]

    @property
    def published(self) -> int:
        return int(self.double.published)

    def handle(self, asked: Asked) -> Given:
        given: Given = self.double.handle(asked)
        return given

    def said(self, asked: Asked, fetched: dict[str, str]) -> Said:
        """Words, link and pictures of what this request published."""
        return self.read(self.double, asked, fetched)

    def not_fetched(self) -> Given:
        """A picture that Meta could not take."""
        return graph.graph_error(9004, 2207052)


def made_platforms(*, port: int, looks: int) -> dict[str, Platform]:
    """One account of each; pictures of some are processed for so many looks."""
    made = {
        "telegram": Platform(telegram.TelegramDouble(), lambda: telegram.too_many(1), _telegram),
        "mastodon": Platform(
            mastodon.MastodonDouble(slow=looks - 1), lambda: mastodon.too_many(SOON), _mastodon
        ),
        "bluesky": Platform(bluesky.BlueskyDouble(), lambda: bluesky.too_many(SOON), _bluesky),
        "webhook": Platform(Receiver(), lambda: Given(429, {}, SOON), _webhook),
        "x": Platform(x.XDouble(), _x_too_many, _x),
        "facebook": Platform(facebook.FacebookDouble(), _graph_too_many, _facebook),
        "instagram": Platform(
            instagram.InstagramDouble(slow=looks, quota=10**9), _graph_too_many, _instagram
        ),
    }
    for platform in made.values():
        platform.double.port = port
    return made


def _x_too_many() -> Given:
    given = x.problem(429, "Too Many Requests", "Too Many Requests")
    return Given(given.status, given.document, SOON)


def _graph_too_many() -> Given:
    return graph.graph_error(4, 0, 400, **SOON)


def _told(text: str, link: str, pictures: list[bytes]) -> Said:
    hashes = [sha256(content).hexdigest() for content in pictures]
    return {"text": text, "link": link, "pictures": hashes}


def _telegram(double: telegram.TelegramDouble, _asked: Asked, _fetched: dict[str, str]) -> Said:
    return _told(double.sent[-1]["text"], "", double.sent[-1]["photos"])


def _mastodon(double: mastodon.MastodonDouble, asked: Asked, _fetched: dict[str, str]) -> Said:
    said = asked.json()
    return _told(said["status"], "", [double.media[number].content for number in said["media_ids"]])


def _bluesky(double: bluesky.BlueskyDouble, asked: Asked, _fetched: dict[str, str]) -> Said:
    record = asked.json()["record"]
    images = record.get("embed", {}).get("images", [])
    pictures = [double.bytes_of[one["image"]["ref"]["$link"]] for one in images]
    return _told(record["text"], "", pictures)


def _webhook(_double: PlatformDouble, asked: Asked, _fetched: dict[str, str]) -> Said:
    said = json.loads(asked.body)["data"]
    hashes = [one["sha256"] for one in said["media"]]  # the receiver has compared them
    return {"text": said["caption"], "link": said["link"], "pictures": hashes}


def _x(double: x.XDouble, asked: Asked, _fetched: dict[str, str]) -> Said:
    said = asked.json()
    numbers = said.get("media", {}).get("media_ids", [])
    return _told(said["text"], "", [double.uploads[number].content for number in numbers])


def _facebook(double: facebook.FacebookDouble, _asked: Asked, _fetched: dict[str, str]) -> Said:
    post = double.posts[-1]
    return _told(
        post["message"], post["link"], [double.photos[one].content for one in post["photos"]]
    )


def _instagram(double: instagram.InstagramDouble, _asked: Asked, fetched: dict[str, str]) -> Said:
    form = double.media[-1]["form"]
    children = form["children"].split(",") if "children" in form else []
    shown = [double.containers[child].form for child in children] or [form]
    return {
        "text": form.get("caption", ""),
        "link": "",
        "pictures": [fetched[one["image_url"]] for one in shown],
    }
