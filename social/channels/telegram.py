"""Telegram: a channel or group of the city, into which a bot of its own writes.

A bot cannot read what stands in a channel, and no call can be told from its repeat: an unclear
post waits for a person.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from social.channels import http
from social.channels.checks import usual_problems
from social.channels.health import Health, NotTold, problem_of
from social.channels.protocol import (
    Call,
    Capabilities,
    Credential,
    Gone,
    Limit,
    NotSent,
    Outcome,
    Problem,
    Published,
    Refused,
    TakenBack,
    Unknown,
)
from social.channels.steps import said_no
from social.channels.wording import with_link
from social.credentials import read_credentials
from social.models import Channel, Post

TELEGRAM = "telegram"

LONGEST_TEXT = 4_096
LONGEST_BELOW_PICTURES = 1_024
WIDEST_RATIO = 20
SECONDS = 60.0
"""Telegram is slow to answer where a picture comes along; who gives up early knows nothing."""

TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)

NOT_FOUND = "message to delete not found"
REFUSALS = {
    "message can't be deleted": "too-old",
    "chat not found": "chat-not-found",
    "not enough rights": "not-allowed",
    "have no rights": "not-allowed",
    "need administrator rights": "not-allowed",
    "upgraded to a supergroup": "chat-moved",
    "too long": "text-too-long",
    "photo_": "picture-refused",
    "image_process_failed": "picture-refused",
}
"""Words of a refusal with 400, in small letters, and ours for them."""


class Telegram:
    """Text, a picture, or an album of up to ten; the words stand below the first picture."""

    needs = (
        Credential(
            name="token",
            label=_("Token of the bot"),
            help=_("123456:AA… as @BotFather gave it."),
            secret=True,
            pattern=TOKEN.pattern,
        ),
        Credential(
            name="chat",
            label=_("Channel or group"),
            help=_("@name, or its number (-100…) where it has no name."),
            pattern=r"@[A-Za-z]\w{3,}|-\d+",
        ),
    )
    capabilities = Capabilities(
        label="Telegram",
        source="Telegram Bot API 10.0, May 2026",
        longest_caption=LONGEST_TEXT,
        most_pictures=10,
        longest_edge=2_048,
        limits=(
            Limit(most=1, within=timedelta(seconds=1)),
            Limit(most=20, within=timedelta(minutes=1)),
        ),
        how_to=(
            _("Make a bot with @BotFather (/newbot); it gives you the token."),
            _("Make the bot an admin of the channel or group, with no right but Post Messages."),
        ),
    )

    def count(self, caption: str, link: str) -> int:
        """UTF-16 units: never fewer than Telegram counts."""
        return len(with_link(caption, link).encode("utf-16-le")) // 2

    def limits(self, post: Post) -> Capabilities:
        """Fewer characters below pictures."""
        most = LONGEST_BELOW_PICTURES if post.draft_media.all() else LONGEST_TEXT
        return replace(self.capabilities, longest_caption=most)

    def check(self, post: Post) -> list[Problem]:
        """Shorter words with pictures, and no picture like a ribbon."""
        pictures = list(post.draft_media.all())
        length = self.count(post.caption, post.link)
        problems = usual_problems(post, self.limits(post), length=length)
        if any(_is_ribbon(one.width, one.height) for one in pictures):
            problems.append(Problem("media", _("A picture is too long and narrow: crop it.")))
        return problems

    def publish(self, post: Post, call: Call) -> Outcome:
        """One request, with the pictures in it."""
        bot = Bot.of(post.channel)
        if bot is None:
            return Refused(reason="not-connected")
        method, form, files = _request(post)
        call.leave()
        return _outcome(bot.ask(method, {"chat_id": bot.chat, **form}, files=files))

    def find(self, post: Post) -> None:
        """A bot cannot read a channel."""
        return None

    def health(self, channel: Channel) -> Health:
        """The name of the channel or group, and whether the bot may write there."""
        bot = Bot.of(channel)
        if bot is None:
            return Health(problem="not-connected")
        try:
            me = _told(bot, "getMe")
            chat = _told(bot, "getChat", chat_id=bot.chat)
            member = _told(bot, "getChatMember", chat_id=bot.chat, user_id=str(me["id"]))
        except _NotAllowed as error:
            return Health(problem=error.problem)
        problem = "" if _may_post(chat, member) else "not-allowed"
        return Health(account=str(chat.get("title", "")), problem=problem)

    def withdraw(self, post: Post) -> TakenBack:
        """Delete its messages, the one with the words first; one that is not found is gone."""
        bot, numbers = Bot.of(post.channel), post.remote_ids.get("messages", "")
        if bot is None or not numbers:
            return Refused(reason="not-connected" if bot is None else "id-unknown")
        for number in numbers.split(","):
            where = {"chat_id": post.remote_ids["chat"], "message_id": number}
            outcome = _deleted(bot.ask("deleteMessage", where))
            if not isinstance(outcome, Gone):
                return outcome
        return Gone()


@dataclass(frozen=True)
class Bot:
    """A bot, and the chat into which it writes."""

    token: str = field(repr=False)
    chat: str

    @classmethod
    def of(cls, channel: Channel) -> Self | None:
        """The channel's, or None if it is not connected."""
        known = read_credentials(channel)
        token, chat = known.get("token", ""), known.get("chat", "")
        return cls(token, chat) if TOKEN.fullmatch(token) and chat else None

    def ask(
        self, method: str, form: dict[str, str], *, files: Sequence[tuple[str, http.File]] = ()
    ) -> http.Reply:
        """One method of the Bot API. Raises `AddressRefused`, `CallFailed`."""
        url = f"{settings.TELEGRAM_URL}/bot{self.token}/{method}"
        return http.ask("POST", url, form=form, files=files, seconds=SECONDS)


def _is_ribbon(width: int, height: int) -> bool:
    return max(width, height) > WIDEST_RATIO * min(width, height)


def _request(post: Post) -> tuple[str, dict[str, str], list[tuple[str, http.File]]]:
    """The method, its fields, and the pictures that go with them."""
    text = with_link(post.caption, post.link)
    files: list[tuple[str, http.File]] = [
        (f"picture{number}", (f"{number}.jpg", one.verified_content(), one.mime))
        for number, one in enumerate(post.pictures)
    ]
    if not files:
        return "sendMessage", {"text": text}, []
    if len(files) == 1:
        return "sendPhoto", {"caption": text}, [("photo", files[0][1])]
    album: list[dict[str, str]] = [
        {"type": "photo", "media": f"attach://{name}"} for name, _file in files
    ]
    album[0]["caption"] = text
    return "sendMediaGroup", {"media": json.dumps(album)}, files


def _outcome(reply: http.Reply) -> Outcome:
    if reply.status >= 500:
        return Unknown(reason="server-error")
    try:
        said = reply.json()
        if said.get("ok") is True:
            return _published(said["result"])
        return _refusal(said)
    except (http.Malformed, KeyError, TypeError, IndexError, ValueError):
        return Unknown(reason="malformed")


def _deleted(reply: http.Reply) -> TakenBack:
    """What Telegram says to one message of a post."""
    try:
        said = reply.json()
    except http.Malformed:
        return Unknown(reason="malformed")
    if said.get("ok") is True and said.get("result") is True:
        return Gone()
    if reply.status < 500 and NOT_FOUND in str(said.get("description", "")).lower():
        return Gone()
    return said_no(_outcome(reply))


def _published(result: Any) -> Published:
    messages = result if isinstance(result, list) else [result]
    numbers = [str(int(message["message_id"])) for message in messages]
    chat = messages[0]["chat"]
    return Published(
        remote_ids={"chat": str(int(chat["id"])), "messages": ",".join(numbers)},
        permalink=_permalink(chat, numbers[0]),
    )


def _permalink(chat: dict[str, Any], number: str) -> str:
    """Where members see it; a small group has no addresses."""
    if chat.get("username"):
        return f"https://t.me/{chat['username']}/{number}"
    inside = str(chat["id"]).removeprefix("-100")
    return f"https://t.me/c/{inside}/{number}" if not inside.startswith("-") else ""


def _refusal(said: dict[str, Any]) -> Outcome:
    """What Telegram means by a `false`; its code, not the status of http, is what is documented."""
    code, words = int(said["error_code"]), str(said.get("description", "")).lower()
    match code:
        case 429:
            return NotSent(reason="rate-limited", retry_after=_pause(said))
        case 401 | 404:  # 404: a token that no bot ever had
            return Refused(reason="token-refused")
        case 403:
            return Refused(reason="not-allowed")
        case 400:
            known = (ours for theirs, ours in REFUSALS.items() if theirs in words)
            return Refused(reason=next(known, "bad-request"))
        case _:
            return Unknown(reason="server-error" if code >= 500 else "malformed")


def _pause(said: dict[str, Any]) -> timedelta | None:
    wish = (said.get("parameters") or {}).get("retry_after")
    return timedelta(seconds=int(wish)) if wish else None


# --- The account ---------------------------------------------------------------------------------


class _NotAllowed(Exception):
    """Telegram refuses even to answer."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def _told(bot: Bot, method: str, **form: str) -> dict[str, Any]:
    """What a method that only reads answers. Raises `_NotAllowed`, `NotTold`, `Malformed`."""
    reply = bot.ask(method, form)
    if reply.status >= 500:
        raise NotTold("server-error")
    said = reply.json()
    if said.get("ok") is not True:
        raise _NotAllowed(problem_of(_refusal(said)))
    result: dict[str, Any] = said["result"]
    return result


def _may_post(chat: Mapping[str, Any], member: Mapping[str, Any]) -> bool:
    """In a channel an admin with that right; in a group any member who is not restricted."""
    match member.get("status"):
        case "creator":
            return True
        case "administrator":
            return chat.get("type") != "channel" or member.get("can_post_messages") is True
        case "member":
            return chat.get("type") != "channel"
        case "restricted":
            return member.get("can_send_messages") is True
        case _:
            return False
