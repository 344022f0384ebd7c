"""X's API v2: uploads, alt texts, posts and the account's list, with the refusals it documents."""

import base64
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from PIL import Image

from social.channels import x_length
from tests.social.doubles.authorization import Codes
from tests.social.doubles.server import Asked, Given, PlatformDouble

USER = "2244994945"
CLIENT, CLIENT_SECRET = "app-of-the-city", "secret-of-the-app"

LIMIT = {
    "x-rate-limit-limit": "75",
    "x-rate-limit-remaining": "74",
    "x-rate-limit-reset": "1893456300",
}


class Refusal(Exception):
    """An answer that is a problem document."""

    def __init__(self, status: int, title: str, detail: str, kind: str = "about:blank") -> None:
        super().__init__(title)
        self.given = problem(status, title, detail, kind)


@dataclass
class Upload:
    content: bytes
    alt: str = ""
    looks_left: int = 0
    is_broken: bool = False


@dataclass
class XDouble(PlatformDouble):
    """One account. `slow` uploads are asked for so often before they are processed."""

    token: str = "bearer-of-the-city"
    refresh: str = "refresh-0"
    renewals: int = 0
    thinks: float = 0.0
    codes: Codes = field(default_factory=Codes)
    slow: int = 0
    uploads: dict[str, Upload] = field(default_factory=dict)
    tweets: list[dict[str, Any]] = field(default_factory=list)
    metrics: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def published(self) -> int:
        return len(self.tweets)

    def handle(self, asked: Asked) -> Given:
        try:
            return self._answer(asked)
        except Refusal as refusal:
            return refusal.given

    def _answer(self, asked: Asked) -> Given:
        if asked.line == "POST /2/oauth2/token":
            return self._give_tokens(asked)
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            raise Refusal(401, "Unauthorized", "Unauthorized")
        match asked.line:
            case "GET /2/users/me":
                return Given(
                    200, {"data": {"id": USER, "name": "Kabar", "username": "kabarkota"}}, LIMIT
                )
            case "POST /2/media/upload":
                return self._upload(asked)
            case "GET /2/media/upload":
                return self._status(asked)
            case "POST /2/media/metadata":
                return self._describe(asked.json())
            case "POST /2/tweets":
                return self._post(asked)
        if asked.line == f"GET /2/users/{USER}/tweets":
            if not 5 <= int(asked.query["max_results"]) <= 100:
                raise invalid("max_results")
            latest = self.tweets[::-1][: int(asked.query["max_results"])]
            return Given(200, {"data": latest} if latest else {"meta": {"result_count": 0}})
        kind, _slash, number = asked.line.rpartition("/")
        if kind == "GET /2/tweets":
            return self._show(number, asked.query)
        if kind == "DELETE /2/tweets":
            return self._delete(number)
        raise Refusal(404, "Not Found", "Not Found")

    def _show(self, number: str, query: dict[str, str]) -> Given:
        if query != {"tweet.fields": "public_metrics"}:
            raise invalid("tweet.fields")
        for tweet in self.tweets:
            if tweet["id"] == number:
                shown = {name: tweet[name] for name in ("id", "text")}
                return Given(200, {"data": {**shown, "public_metrics": self.metrics}})
        return not_found(number)

    def _delete(self, number: str) -> Given:
        if number not in {tweet["id"] for tweet in self.tweets}:
            return not_found(number)
        self.tweets = [tweet for tweet in self.tweets if tweet["id"] != number]
        return Given(200, {"data": {"deleted": True}})

    def _give_tokens(self, asked: Asked) -> Given:
        """A refresh token works once; one that is used again ends them all."""
        app = base64.b64encode(f"{CLIENT}:{CLIENT_SECRET}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {app}":
            raise Refusal(401, "Unauthorized", "unauthorized_client")
        said = {name: part.text for name, part in asked.form().items()}
        if said.get("grant_type") == "refresh_token":
            if said.get("refresh_token") != self.refresh:
                self.refresh = self.token = "none any more"
                raise Refusal(400, "invalid_request", "Value passed for the token was invalid.")
        elif said.get("grant_type") != "authorization_code" or self.codes.redeem(said) is None:
            raise Refusal(400, "invalid_request", "Value passed for the code was invalid.")
        self.renewals += 1
        time.sleep(self.thinks)
        self.token, self.refresh = f"access-{self.renewals}", f"refresh-{self.renewals}"
        told = {"token_type": "bearer", "expires_in": 7_200, "access_token": self.token}
        return Given(200, told | {"refresh_token": self.refresh, "scope": "tweet.read tweet.write"})

    def _upload(self, asked: Asked) -> Given:
        form = asked.form()
        if form.keys() != {"media", "media_category", "media_type"}:
            raise invalid("media")
        kind = form["media"].mime
        if (form["media_category"].text, form["media_type"].text) != ("tweet_image", kind):
            raise invalid("media_category")
        try:
            found = Image.open(BytesIO(form["media"].content)).format
        except OSError:
            found = None
        if f"image/{found}".lower() != kind or len(form["media"].content) > 5_000_000:
            raise invalid("media")
        number = str(1_880_028_106_020_515_840 + len(self.uploads))
        self.uploads[number] = Upload(form["media"].content, looks_left=self.slow)
        return self._shown(number)

    def _status(self, asked: Asked) -> Given:
        if asked.query.get("command") != "STATUS" or asked.query["media_id"] not in self.uploads:
            raise invalid("media_id")
        upload = self.uploads[asked.query["media_id"]]
        upload.looks_left = max(0, upload.looks_left - 1)
        return self._shown(asked.query["media_id"])

    def _shown(self, number: str) -> Given:
        upload = self.uploads[number]
        shown: dict[str, Any] = {"id": number, "media_key": f"3_{number}"}
        shown["expires_after_secs"] = 86_400
        if upload.is_broken:
            shown["processing_info"] = {"state": "failed"}
        elif upload.looks_left:
            shown["processing_info"] = {"state": "in_progress", "check_after_secs": 7}
        elif self.slow:
            shown["processing_info"] = {"state": "succeeded"}
        return Given(200, {"data": shown})

    def _describe(self, said: dict[str, Any]) -> Given:
        if said.keys() != {"id", "metadata"} or said["id"] not in self.uploads:
            raise invalid("id")
        alt = said["metadata"]["alt_text"]["text"]
        if not 0 < len(alt) <= 1_000:
            raise invalid("alt_text")
        self.uploads[said["id"]].alt = alt
        return Given(200, {"data": {"id": said["id"]}})

    def _post(self, asked: Asked) -> Given:
        if asked.headers["content-type"] != "application/json":
            raise invalid("content-type")
        said = asked.json()
        media = said.get("media", {}).get("media_ids", [])
        if not said.keys() <= {"text", "media"} or ("media" in said and not 1 <= len(media) <= 4):
            raise invalid("media")
        if any(number not in self.uploads or self.uploads[number].looks_left for number in media):
            raise Refusal(400, "Invalid Request", "Your media IDs are invalid.")
        if not said["text"] or x_length.weigh(said["text"]) > 280:
            raise Refusal(400, "Invalid Request", "Your Tweet text is too long.")
        if any(one["said"] == said["text"] for one in self.tweets):
            raise duplicate()
        tweet = shortened(said["text"], number=len(self.tweets), has_media=bool(media))
        self.tweets.append(tweet | {"said": said["text"]})
        return Given(201, {"data": {"id": tweet["id"], "text": tweet["text"]}})


def shortened(text: str, *, number: int, has_media: bool) -> dict[str, Any]:
    """The post as a list shows it: addresses as t.co, one more for its pictures."""
    urls = []

    def shorten(found: re.Match[str]) -> str:
        short = f"https://t.co/{len(urls):010d}"
        urls.append({"url": short, "expanded_url": found[0], "display_url": found[0][8:30]})
        return short

    shown = re.sub(r"https?://\S+", shorten, text)
    if has_media:
        urls.append({"url": "https://t.co/picture000", "expanded_url": "…", "media_key": "3_1"})
        shown += " https://t.co/picture000"
    return {
        "id": str(1_445_880_548_472_328_192 + number),
        "text": shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "created_at": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "entities": {"urls": urls} if urls else {},
    }


def problem(status: int, title: str, detail: str, kind: str = "about:blank") -> Given:
    """A problem document as X answers it."""
    return Given(status, {"detail": detail, "type": kind, "title": title, "status": status})


def invalid(what: str) -> Refusal:
    kind = "https://api.twitter.com/2/problems/invalid-request"
    return Refusal(400, "Invalid Request", f"One or more parameters is invalid: {what}", kind)


def not_found(number: str) -> Given:
    """How X says that it has no such post: among the errors of an answer with 200."""
    error = {
        "value": number,
        "detail": f"Could not find tweet with id: [{number}].",
        "title": "Not Found Error",
        "type": "https://api.twitter.com/2/problems/resource-not-found",
    }
    return Given(200, {"errors": [error]})


def duplicate() -> Refusal:
    detail = "You are not allowed to create a Tweet with duplicate content."
    return Refusal(403, "Forbidden", detail)
