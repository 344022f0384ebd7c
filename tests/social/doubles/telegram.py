"""Telegram's Bot API: the methods that send, their parameters, limits and refusals."""

import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from tests.social.doubles.server import Asked, Given, Part, PlatformDouble

PARAMETERS = {
    "sendMessage": {"chat_id", "text"},
    "sendPhoto": {"chat_id", "caption", "photo"},
    "sendMediaGroup": {"chat_id", "media"},
    "deleteMessage": {"chat_id", "message_id"},
}

READS = {"getMe": set(), "getChat": {"chat_id"}, "getChatMember": {"chat_id", "user_id"}}
BOT = 110201543


class BadRequest(Exception):
    """Refused with 400 and these words."""


class TelegramDouble(PlatformDouble):
    """One bot, which may write into the channel @kabarkota."""

    token = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
    chat: dict[str, Any] = {
        "id": -1001234567890,
        "type": "channel",
        "title": "Kabar Kota",
        "username": "kabarkota",
    }

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[dict[str, Any]] = []
        self.standing: dict[int, datetime] = {}
        self.deletes_old = False
        self.kicked = False
        self.member: dict[str, Any] = {"status": "administrator", "can_post_messages": True}

    @property
    def published(self) -> int:
        """How many posts stand in the channel."""
        return len(self.sent)

    def handle(self, asked: Asked) -> Given:
        if not asked.path.startswith("/bot"):
            return _no(404, "Not Found")
        token, _slash, method = asked.path.removeprefix("/bot").partition("/")
        if token != self.token:
            return _no(401, "Unauthorized")
        if asked.method == "POST" and method in READS:
            return self._tell(method, {name: part.text for name, part in asked.form().items()})
        if asked.method != "POST" or method not in PARAMETERS:
            return _no(404, "Not Found")
        form = asked.form()
        if form["chat_id"].text not in (str(self.chat["id"]), "@" + self.chat["username"]):
            return _no(400, "Bad Request: chat not found")
        if self.kicked:
            return _no(403, "Forbidden: bot was kicked from the channel chat")
        try:
            act = self._delete if method == "deleteMessage" else self._send
            return act(method, form)
        except BadRequest as error:
            return _no(400, f"Bad Request: {error}")

    def _tell(self, method: str, said: dict[str, str]) -> Given:
        if said.keys() != READS[method]:
            return _no(400, "Bad Request: wrong parameters")
        me = {"id": BOT, "is_bot": True, "first_name": "Kabar", "username": "kabarkotabot"}
        if method == "getMe":
            return Given(200, {"ok": True, "result": me})
        if said["chat_id"] not in (str(self.chat["id"]), "@" + self.chat["username"]):
            return _no(400, "Bad Request: chat not found")
        if self.kicked:
            return _no(403, "Forbidden: bot was kicked from the channel chat")
        if method == "getChat":
            return Given(200, {"ok": True, "result": self.chat})
        if said["user_id"] != str(BOT):
            return _no(400, "Bad Request: user not found")
        return Given(200, {"ok": True, "result": {"user": me, **self.member}})

    def _send(self, method: str, form: dict[str, Part]) -> Given:
        files = {name for name, part in form.items() if part.filename}
        if surplus := form.keys() - PARAMETERS[method] - files:
            raise BadRequest(f"unexpected {sorted(surplus)}")
        match method:
            case "sendMessage":
                _check_length(form["text"].text, 4_096, least=1)
                post = {"text": form["text"].text, "photos": []}
            case "sendPhoto":
                _check_length(form["caption"].text, 1_024)
                _check_photo(form["photo"])
                post = {"text": form["caption"].text, "photos": [form["photo"].content]}
            case _:
                post = _album(form)
        self.sent.append(post)
        first = 100 * len(self.sent)
        messages = [
            {"message_id": first + each, "chat": self.chat}
            for each in range(max(1, len(post["photos"])))
        ]
        self.standing |= {one["message_id"]: datetime.now(UTC) for one in messages}
        return Given(200, {"ok": True, "result": messages if "Group" in method else messages[0]})

    def _delete(self, method: str, form: dict[str, Part]) -> Given:
        if form.keys() != PARAMETERS[method]:
            raise BadRequest("message identifier is not specified")
        sent_at = self.standing.get(int(form["message_id"].text))
        if sent_at is None:
            raise BadRequest("message to delete not found")
        if datetime.now(UTC) - sent_at >= timedelta(hours=48) and not self.deletes_old:
            raise BadRequest("message can't be deleted for everyone")
        del self.standing[int(form["message_id"].text)]
        return Given(200, {"ok": True, "result": True})


def _album(form: dict[str, Part]) -> dict[str, Any]:
    media = json.loads(form["media"].text)
    if not 2 <= len(media) <= 10:
        raise BadRequest("there must be 2-10 items in the album")
    photos = []
    for item in media:
        if item.keys() - {"type", "media", "caption"} or item["type"] != "photo":
            raise BadRequest("can't parse InputMedia")
        part = form.get(item["media"].removeprefix("attach://"))
        if part is None:
            raise BadRequest("wrong file identifier/HTTP URL specified")
        _check_photo(part)
        _check_length(item.get("caption", ""), 1_024)
        photos.append(part.content)
    return {"text": media[0].get("caption", ""), "photos": photos}


def _check_length(text: str, most: int, *, least: int = 0) -> None:
    length = len(text.encode("utf-16-le")) // 2
    if length < least:
        raise BadRequest("message text is empty")
    if length > most:
        raise BadRequest("message is too long" if most == 4_096 else "message caption is too long")


def _check_photo(part: Part) -> None:
    if len(part.content) > 10_000_000:
        raise BadRequest("file is too big")
    if part.mime != "image/jpeg":
        raise BadRequest("IMAGE_PROCESS_FAILED")
    width, height = Image.open(BytesIO(part.content)).size
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise BadRequest("PHOTO_INVALID_DIMENSIONS")


def _no(code: int, description: str, **parameters: int) -> Given:
    body: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
    return Given(code, body | ({"parameters": parameters} if parameters else {}))


def too_many(seconds: int | None = None) -> Given:
    """The refusal for now, as Telegram words it."""
    if seconds is None:
        return _no(429, "Too Many Requests")
    return _no(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
