"""A Mastodon instance: media, statuses with their Idempotency-Key, limits and what it lists."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from typing import Any

import regex
from PIL import Image

from tests.social.doubles.authorization import Codes
from tests.social.doubles.server import Asked, Given, PlatformDouble

FIELDS = {"status", "media_ids", "visibility", "language"}

LIMIT = {
    "X-RateLimit-Limit": "300",
    "X-RateLimit-Remaining": "287",
    "X-RateLimit-Reset": "2030-01-01T00:05:00.000000Z",
}


class Refusal(Exception):
    """An answer that is a refusal."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.given = Given(status, {"error": error})


@dataclass
class Media:
    content: bytes
    description: str
    looks_left: int = 0
    is_broken: bool = False
    is_attached: bool = False


@dataclass
class MastodonDouble(PlatformDouble):
    """One account. `slow` pictures are asked for so often before they are processed."""

    token: str = "ZA-Yj3aBD8U8Cm7lKUp-lm9O9BmDgdhHzDeqsY8tlL0"
    username: str = "kabarkota"
    grants: str = ""
    apps: dict[str, dict[str, str]] = field(default_factory=dict)
    codes: Codes = field(default_factory=Codes)
    slow: int = 0
    limits: dict[str, Any] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)
    by_key: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def published(self) -> int:
        return len(self.statuses)

    def handle(self, asked: Asked) -> Given:
        try:
            return self._answer(asked)
        except Refusal as refusal:
            return refusal.given

    def _answer(self, asked: Asked) -> Given:
        if asked.line == "GET /api/v2/instance":
            return Given(200, self._instance())
        if asked.line == "POST /api/v1/apps":
            return self._register({name: part.text for name, part in asked.form().items()})
        if asked.line == "POST /oauth/token":
            return self._give_token({name: part.text for name, part in asked.form().items()})
        if asked.headers.get("authorization") != f"Bearer {self.token}":
            raise Refusal(401, "The access token is invalid")
        kind, _slash, number = asked.path.rpartition("/")
        match asked.line:
            case "POST /api/v2/media":
                return self._take_media(asked)
            case "POST /api/v1/statuses":
                return Given(200, self._post(asked))
            case "GET /api/v1/accounts/verify_credentials":
                account = {"id": "14715", "username": self.username, "acct": self.username}
                return Given(200, account, LIMIT)
            case "GET /api/v1/accounts/14715/statuses":
                return Given(200, self.statuses[::-1][: int(asked.query["limit"])])
        match asked.method, kind:
            case "GET", "/api/v1/media":
                return self._show_media(number)
            case "GET", "/api/v1/statuses":
                return self._show(number)
            case "DELETE", "/api/v1/statuses":
                return self._delete(number)
        raise Refusal(404, "Record not found")

    def _register(self, said: dict[str, str]) -> Given:
        if said.keys() != {"client_name", "redirect_uris", "scopes"} or not said["client_name"]:
            raise Refusal(422, "Validation failed: Application name can't be blank")
        client = f"client-{len(self.apps)}"
        self.apps[client] = {**said, "secret": f"secret-of-{client}"}
        return Given(200, {"id": "1", "client_id": client, "client_secret": f"secret-of-{client}"})

    def _give_token(self, said: dict[str, str]) -> Given:
        app = self.apps.get(said["client_id"])
        if app is None or app["secret"] != said["client_secret"]:
            raise Refusal(401, "invalid_client")
        asked = self.codes.redeem(said)
        if said["grant_type"] != "authorization_code" or asked is None:
            raise Refusal(400, "invalid_grant")
        if asked["redirect_uri"] != app["redirect_uris"] or said["scope"] != asked["scope"]:
            raise Refusal(400, "invalid_grant")
        scope = self.grants or asked["scope"]
        return Given(200, {"access_token": self.token, "token_type": "Bearer", "scope": scope})

    def _instance(self) -> dict[str, Any]:
        statuses = {
            "max_characters": 500,
            "max_media_attachments": 4,
            "characters_reserved_per_url": 23,
        }
        media = {"image_size_limit": 16_777_216, "image_matrix_limit": 33_177_600}
        return {
            "domain": self.host,
            "configuration": {"statuses": statuses | self.limits, "media_attachments": media},
        }

    def _take_media(self, asked: Asked) -> Given:
        form = asked.form()
        if form.keys() != {"file", "description"} or len(form["description"].text) > 1_500:
            raise Refusal(422, "Validation failed: Description is too long")
        try:
            kind = Image.open(BytesIO(form["file"].content)).format
        except OSError:
            kind = None
        if form["file"].mime != "image/jpeg" or kind != "JPEG":
            raise Refusal(422, "Validation failed: File content type is invalid")
        number = str(22_348_641 + len(self.media))
        self.media[number] = Media(form["file"].content, form["description"].text, self.slow)
        return self._media(number, waits=202)

    def _show_media(self, number: str) -> Given:
        media = self.media.get(number)
        if media is None or media.is_attached:
            raise Refusal(404, "Record not found")
        if media.is_broken:
            raise Refusal(422, "Error processing thumbnail for uploaded media")
        media.looks_left = max(0, media.looks_left - 1)
        return self._media(number, waits=206)

    def _media(self, number: str, *, waits: int) -> Given:
        is_ready = not self.media[number].looks_left
        url = f"{self.url}/media/{number}.jpg" if is_ready else None
        return Given(200 if is_ready else waits, {"id": number, "type": "image", "url": url})

    def _post(self, asked: Asked) -> dict[str, Any]:
        if asked.headers["content-type"] != "application/json":
            raise Refusal(422, "Unexpected content type")
        said, key = asked.json(), asked.headers["idempotency-key"]
        if key in self.by_key:
            return self.by_key[key]
        if said.keys() != FIELDS or said["visibility"] != "public" or said["language"] != "id":
            raise Refusal(422, "Validation failed: Unexpected parameter")
        self._check(said["status"], said["media_ids"])
        status = {
            "id": str(103_254_962_155_278_888 + len(self.statuses)),
            "created_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
            "visibility": "public",
            "url": f"https://{self.host}/@kabarkota/{len(self.statuses)}",
            "content": rendered(said["status"]),
        }
        for number in said["media_ids"]:
            self.media[number].is_attached = True
        self.statuses.append(status)
        self.by_key[key] = status
        return status

    def _check(self, text: str, media_ids: list[str]) -> None:
        most = self.limits.get("max_characters", 500)
        counted = re.sub(r"https?://\S+", "x" * 23, text)
        counted = re.sub(r"@(\w+)@[\w.-]+\w", r"@\1", counted)
        if len(regex.findall(r"\X", counted)) > most:
            raise Refusal(422, f"Validation failed: Text character limit of {most} exceeded")
        if not text and not media_ids:
            raise Refusal(422, "Validation failed: Text can't be blank")
        if len(media_ids) > 4:
            raise Refusal(422, "Validation failed: Cannot attach more than 4 files")
        for number in media_ids:
            media = self.media.get(number)
            if media is None or media.is_attached:
                raise Refusal(422, f"Validation failed: Media {number} not found")
            if media.looks_left:
                raise Refusal(422, "Cannot attach files that have not finished processing.")

    def _show(self, number: str) -> Given:
        for status in self.statuses:
            if status["id"] == number:
                return Given(200, {**status, **self.counts})
        raise Refusal(404, "Record not found")

    def _delete(self, number: str) -> Given:
        for status in self.statuses:
            if status["id"] == number:
                self.statuses.remove(status)
                return Given(200, status)
        raise Refusal(404, "Record not found")


def rendered(text: str) -> str:
    """The HTML in which a status comes back: links cut short, mentions without their host."""
    html = re.sub(r"(https?://)(\S+)", _link, escape(text, quote=False))
    html = re.sub(r"@(\w+)@[\w.-]+\w", r'<span class="h-card">@<span>\1</span></span>', html)
    html = re.sub(r"#(\w+)", r'<a href="/tags/\1" rel="tag">#<span>\1</span></a>', html)
    return "<p>" + html.replace("\n\n", "</p><p>").replace("\n", "<br />") + "</p>"


def _link(found: re.Match[str]) -> str:
    scheme, rest = found.groups()
    return (
        f'<a href="{scheme}{rest}"><span class="invisible">{scheme}</span>'
        f'<span class="ellipsis">{rest[:30]}</span><span class="invisible">{rest[30:]}</span></a>'
    )


def too_many(headers: dict[str, str] | None = None) -> Given:
    """The refusal for now."""
    return Given(429, {"error": "Too many requests"}, headers or {})
