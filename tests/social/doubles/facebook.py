"""A Facebook page: unpublished photos, its feed, what it lists."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from PIL import Image

from tests.social.doubles.graph import GraphDouble, Refusal
from tests.social.doubles.server import Given, Part

PAGE = "102030405060708"


@dataclass
class FacebookDouble(GraphDouble):
    """One page; `refuses_repeats` as it does for the same words soon after."""

    refuses_repeats: bool = True
    photos: dict[str, Part] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    alts: list[str] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def published(self) -> int:
        return len(self.posts)

    def act(self, line: str, sent: dict[str, Part]) -> Given:
        match line:
            case _ if line == f"POST /{PAGE}/photos":
                return self._photo(sent)
            case _ if line == f"POST /{PAGE}/feed":
                return self._post(sent)
            case _ if line == f"GET /{PAGE}" and sent["fields"].text == "name":
                return Given(200, {"id": PAGE, "name": "Kabar Kota"})
            case _ if line == f"GET /{PAGE}/published_posts":
                return self._list(sent)
        verb, _slash, number = line.partition(" /")
        if verb == "DELETE" and number in {one["id"] for one in self.posts}:
            self.posts = [one for one in self.posts if one["id"] != number]
            return Given(200, {"success": True})
        for one in self.posts:
            if verb == "GET" and number == one["id"]:
                return self._show(one, sent)
        raise Refusal(100, 33)

    def _show(self, one: dict[str, Any], sent: dict[str, Part]) -> Given:
        asked = "reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count)"
        if sent["fields"].text != f"permalink_url,shares,{asked}":
            raise Refusal(100)
        said = {"id": one["id"], "permalink_url": one["permalink_url"], **self.counts}
        return Given(200, said)

    def _photo(self, sent: dict[str, Part]) -> Given:
        if sent.keys() != {"source", "published", "alt_text_custom"}:
            raise Refusal(100)
        if sent["published"].text != "false" or not sent["alt_text_custom"].text:
            raise Refusal(100)
        try:
            found = Image.open(BytesIO(sent["source"].content)).format
        except OSError:
            found = None
        if found not in ("JPEG", "PNG") or len(sent["source"].content) > 4_000_000:
            raise Refusal(324, 1366046)
        number = str(90_000_000 + len(self.photos))
        self.photos[number] = sent["source"]
        self.alts.append(sent["alt_text_custom"].text)
        return Given(200, {"id": number})

    def _post(self, sent: dict[str, Part]) -> Given:
        attached = [name for name in sent if name.startswith("attached_media[")]
        if not sent.keys() <= {"message", "link", *attached} or ("link" in sent and attached):
            raise Refusal(100)
        photos = [json.loads(sent[name].text)["media_fbid"] for name in attached]
        if any(number not in self.photos for number in photos):
            raise Refusal(100, 33)
        message = sent["message"].text
        if not message and not photos:
            raise Refusal(100)
        if self.refuses_repeats and any(one["message"] == message for one in self.posts):
            raise Refusal(506)
        number = f"{PAGE}_{700 + len(self.posts)}"
        self.posts.append(
            {
                "id": number,
                "message": message,
                "created_time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
                "permalink_url": f"https://www.facebook.com/kota/posts/{number}",
                "photos": photos,
                "link": sent["link"].text if "link" in sent else "",
            }
        )
        return Given(200, {"id": number})

    def _list(self, sent: dict[str, Part]) -> Given:
        fields = sent["fields"].text.split(",")
        if not 1 <= int(sent["limit"].text) <= 100:
            raise Refusal(100)
        listed = [{name: one[name] for name in fields} for one in self.posts[::-1]]
        return Given(200, {"data": listed, "paging": {}})
