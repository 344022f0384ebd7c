"""Mastodon: an account of the city on an instance that an administrator names.

Pictures are uploaded first and wait there until they are processed. The post itself carries an
Idempotency-Key: for an hour the instance answers a repeat with the status it has.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import quote

import regex
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.outbound import AddressRefused, CallFailed
from social.channels import http, mastodon_sign_in
from social.channels.checks import usual_problems
from social.channels.health import Health, gauge_of, problem_of
from social.channels.protocol import (
    Call,
    Capabilities,
    Credential,
    Figures,
    Gone,
    Limit,
    NotSent,
    Outcome,
    Problem,
    Published,
    Refused,
    TakenBack,
    Told,
    Unknown,
)
from social.channels.sign_in import Account, Begun
from social.channels.steps import is_of_another, said_no
from social.channels.wording import LANGUAGE, URL, name_of, with_link
from social.credentials import read_credentials
from social.models import Channel, Post, PostMedia

MASTODON = "mastodon"

SECONDS = 30.0
PROCESSING = timedelta(seconds=5)
"""When to ask again for a picture that is being processed."""
READY_FOR = timedelta(hours=12)
"""An instance throws pictures away that belong to no status after a day."""
REPEAT_WITHIN = timedelta(minutes=50)
"""An instance knows a key for an hour (documentation of POST /api/v1/statuses)."""
REPEAT_AFTER = timedelta(minutes=1)
"""By then it has finished with the first call: two at once were two (mastodon/mastodon#37879)."""
LIMITS_FOR = timedelta(days=1)
FIND_WITHIN = timedelta(minutes=10)
CLOCKS_DIFFER = timedelta(minutes=1)
LISTED = 40
URL_AS_COUNTED = "x"
_LIMIT = ("limit", "remaining", "reset")

REMOTE_MENTION = re.compile(
    r"(?<![=/\w])@([a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)@\w+(?:[.-]+\w+)*", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an instance takes; the defaults are those of Mastodon 4.4 (documentation, July 2026)."""

    max_characters: int = 500
    max_media_attachments: int = 4
    characters_reserved_per_url: int = 23
    image_size_limit: int = 16_777_216
    image_matrix_limit: int = 33_177_600

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        """Those of an answer that are whole numbers; the default for any other."""
        found = {one.name: said.get(one.name) for one in fields(cls)}
        return cls(**{name: value for name, value in found.items() if type(value) is int})


class Mastodon:
    """Text and up to four pictures, each with its alt text."""

    needs = (
        Credential(
            name="address",
            label=_("Address of the instance"),
            help=_("Such as https://mastodon.social"),
            pattern=r"https://[^\s/?#@]+/?",
            names_server=True,
        ),
        Credential(name="token", label=_("Access token"), secret=True),
    )
    capabilities = Capabilities(
        label="Mastodon",
        source="docs.joinmastodon.org, July 2026",
        longest_caption=Limits.max_characters,
        most_pictures=Limits.max_media_attachments,
        longest_edge=2_048,
        limits=(Limit(most=300, within=timedelta(minutes=5)),),
        repeat_within=REPEAT_WITHIN,
        how_to=(
            _("Sign in to the instance as the city's account."),
            _(
                "Preferences → Development → New application, with the rights read:accounts, "
                "read:statuses, write:media and write:statuses."
            ),
            _("Copy its access token."),
        ),
    )

    def count(self, caption: str, link: str) -> int:
        """As Mastodon counts by default: 23 for each link, of a remote mention the local part."""
        return _count(with_link(caption, link), Limits())

    def limits(self, post: Post) -> Capabilities:
        """Those of the channel's own instance, as they were read last."""
        known = limits_of(post.channel)
        return replace(
            self.capabilities,
            longest_caption=known.max_characters,
            most_pictures=known.max_media_attachments,
        )

    def check(self, post: Post) -> list[Problem]:
        """By the limits of the channel's own instance, as they were read last."""
        limits = limits_of(post.channel)
        length = _count(with_link(post.caption, post.link), limits)
        problems = usual_problems(post, self.limits(post), length=length)
        for picture in post.draft_media.defer(None):
            is_large = picture.width * picture.height > limits.image_matrix_limit
            if is_large or len(picture.content) > limits.image_size_limit:
                problems.append(Problem("media", _("A picture is too large: make it smaller.")))
        return problems

    def publish(self, post: Post, call: Call) -> Outcome:
        """Upload, wait until all is processed, then post with the key of this version."""
        instance = Instance.of(post.channel)
        if instance is None:
            return Refused(reason="not-connected")
        if _is_too_soon(post):
            return NotSent(reason="too-soon")
        keep_limits(post.channel)
        waiting = _bring_pictures(instance, post, call)
        if waiting is not None:
            return waiting
        call.leave()
        reply = instance.ask(
            "POST",
            "/api/v1/statuses",
            headers={"Idempotency-Key": name_of(post)},
            document={
                "status": with_link(post.caption, post.link),
                "media_ids": [call.kept[_media(one)] for one in post.pictures],
                "visibility": "public",
                "language": LANGUAGE,
            },
        )
        return _outcome(reply)

    def find(self, post: Post) -> Published | None:
        """The status of the account with these words from the time of the attempts."""
        instance, tries = Instance.of(post.channel), list(post.attempt_log.all())
        if instance is None or not tries:
            return None
        wanted = _plain(with_link(post.caption, post.link))
        since, until = tries[0].started_at - CLOCKS_DIFFER, tries[-1].started_at + FIND_WITHIN
        for status in instance.latest():
            fits = _plain(_text_of(status["content"])) == wanted
            is_then = since <= _moment(status["created_at"]) <= until
            if fits and is_then and not is_of_another(post, str(status["id"])):
                return _published(status)
        return None

    def health(self, channel: Channel) -> Health:
        """Whose token it is, and how many requests are left in these five minutes."""
        instance = Instance.of(channel)
        if instance is None:
            return Health(problem="not-connected")
        reply = instance.ask("GET", "/api/v1/accounts/verify_credentials")
        limit = {each: reply.headers.get(f"x-ratelimit-{each}") for each in _LIMIT}
        gauges = gauge_of(
            "requests", total=limit["limit"], remaining=limit["remaining"], reset=limit["reset"]
        )
        if not reply.ok:
            return Health(problem=problem_of(_outcome(reply)), gauges=gauges)
        host = instance.address.removeprefix("https://")
        return Health(account=f"@{reply.text('username')}@{host}", gauges=gauges)

    def withdraw(self, post: Post) -> TakenBack:
        """Delete the status: who may delete it is told of one that is gone, too."""
        instance, status = Instance.of(post.channel), post.remote_ids.get("id")
        if instance is None or not status:
            return Refused(reason="not-connected" if instance is None else "id-unknown")
        reply = instance.ask("DELETE", f"/api/v1/statuses/{quote(status, '')}")
        return Gone() if reply.ok or _is_gone(reply) else said_no(_outcome(reply))

    def figures(self, post: Post) -> Told:
        """What the status itself says."""
        instance, status = Instance.of(post.channel), post.remote_ids.get("id")
        if instance is None or not status:
            return Refused(reason="not-connected" if instance is None else "id-unknown")
        reply = instance.ask("GET", f"/api/v1/statuses/{quote(status, '')}")
        if not reply.ok:
            return Gone() if _is_gone(reply) else said_no(_outcome(reply))
        said = reply.json()
        return Figures(
            numbers=http.counts(
                said,
                likes="favourites_count",
                shares="reblogs_count",
                replies="replies_count",
                quotes="quotes_count",
            ),
            permalink=http.link(said.get("url")),
        )

    asks_server = True

    def can_sign_in(self) -> bool:
        """Everywhere: an instance makes an app for whoever asks."""
        return True

    def begin_sign_in(self, *, server: str, callback: str, state: str) -> Begun:
        return mastodon_sign_in.begin(server=server, callback=callback, state=state)

    def finish_sign_in(self, *, code: str, callback: str, kept: dict[str, str]) -> list[Account]:
        return mastodon_sign_in.finish(code=code, callback=callback, kept=kept)


@dataclass(frozen=True)
class Instance:
    """An instance, asked in the name of an account."""

    address: str
    token: str

    @classmethod
    def of(cls, channel: Channel) -> Self | None:
        """The channel's, or None if it is not connected."""
        known = read_credentials(channel)
        if not known.get("address") or not known.get("token"):
            return None
        return cls(known["address"].rstrip("/"), known["token"])

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **content: Any
    ) -> http.Reply:
        """One request. Raises `AddressRefused`, `CallFailed`."""
        signed = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        return http.ask(method, f"{self.address}{path}", headers=signed, seconds=SECONDS, **content)

    def latest(self) -> list[dict[str, Any]]:
        """The account's latest statuses, none where it may not ask. Raises `Malformed`."""
        who = self.ask("GET", "/api/v1/accounts/verify_credentials")
        if not who.ok:
            return []
        account = who.text("id")
        query = {"limit": str(LISTED), "exclude_reblogs": "true", "exclude_replies": "true"}
        reply = self.ask("GET", f"/api/v1/accounts/{quote(account, '')}/statuses", query=query)
        return reply.rows() if reply.ok else []


def limits_of(channel: Channel) -> Limits:
    """What the channel's instance takes, as it was read last; the defaults until then."""
    return Limits.read(channel.settings.get("limits") or {})


def keep_limits(channel: Channel) -> None:
    """Read the instance's limits once a day; what cannot be read stays as it is."""
    read_at = channel.settings.get("limits_read_at")
    if read_at and _moment(read_at) > timezone.now() - LIMITS_FOR:
        return
    instance = Instance.of(channel)
    if instance is None:
        return
    try:
        said = instance.ask("GET", "/api/v2/instance").json()
    except (http.Malformed, CallFailed, AddressRefused):
        return
    parts = said.get("configuration") or {}
    found = Limits.read({**(parts.get("statuses") or {}), **(parts.get("media_attachments") or {})})
    _store(channel, limits=asdict(found), limits_read_at=timezone.now().isoformat())


@transaction.atomic
def _store(channel: Channel, **changes: Any) -> None:
    row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    row.settings = channel.settings = {**row.settings, **changes}
    row.save(update_fields=["settings"])


# --- Pictures ------------------------------------------------------------------------------------


def _bring_pictures(instance: Instance, post: Post, call: Call) -> NotSent | Refused | None:
    """Upload what is not there yet; None when all of it may be used in a status."""
    ready = call.kept.get("ready", "")
    if not post.pictures or (ready and _moment(ready) > timezone.now() - READY_FOR):
        return None
    for picture in post.pictures:
        name = _media(picture)
        known = "" if ready else call.kept.get(name, "")
        reply = _look_after(instance, known) if known else _upload(instance, picture)
        if known and reply.status == 404:  # thrown away meanwhile
            reply, known = _upload(instance, picture), ""
        if not reply.ok:
            return _not_ready(reply)
        if not known:
            call.keep(ready="", **{name: reply.text("id")})
        if reply.status in (202, 206):
            return NotSent(reason="processing", retry_after=PROCESSING)
    call.keep(ready=timezone.now().isoformat())
    return None


def _media(picture: PostMedia) -> str:
    return f"media{picture.position}"


def _upload(instance: Instance, picture: PostMedia) -> http.Reply:
    file = (f"{picture.position}.jpg", picture.verified_content(), picture.mime)
    return instance.ask(
        "POST", "/api/v2/media", form={"description": picture.alt}, files=[("file", file)]
    )


def _look_after(instance: Instance, media: str) -> http.Reply:
    return instance.ask("GET", f"/api/v1/media/{quote(media, '')}")


def _not_ready(reply: http.Reply) -> NotSent | Refused:
    """Before the post itself left, anything that is not a refusal may be tried again."""
    outcome = _outcome(reply)
    if isinstance(outcome, NotSent | Refused):
        return outcome
    return NotSent(reason="server-error")


# --- Answers -------------------------------------------------------------------------------------


def _is_too_soon(post: Post) -> bool:
    last = post.attempt_log.last()
    is_repeat = post.state == Post.State.UNKNOWN
    return is_repeat and last is not None and timezone.now() - last.started_at < REPEAT_AFTER


def _outcome(reply: http.Reply) -> Outcome:
    if reply.status >= 500:
        return Unknown(reason="server-error")
    try:
        said = reply.json()
        if reply.ok:
            return _published(said)
        said["error"]
    except (http.Malformed, KeyError, TypeError, ValueError):
        return Unknown(reason="malformed")
    match reply.status:
        case 401:
            return Refused(reason="token-refused")
        case 403:
            return Refused(reason="not-allowed")
        case 429:
            return NotSent(reason="rate-limited", retry_after=_pause(reply))
        case 404 | 410 | 413 | 415 | 422:
            return Refused(reason="content-refused")
        case _:
            return Unknown(reason="malformed")


def _is_gone(reply: http.Reply) -> bool:
    """Whether the instance itself, and no machine on the way, says that it has no such status."""
    try:
        return reply.status == 404 and bool(reply.text("error"))
    except http.Malformed:
        return False


def _pause(reply: http.Reply) -> timedelta | None:
    """As long as it says, or until the moment at which it counts anew."""
    if reply.retry_after:
        return reply.retry_after
    try:
        left = _moment(reply.headers["x-ratelimit-reset"]) - timezone.now()
    except (KeyError, ValueError):
        return None
    return min(max(left, timedelta(seconds=1)), timedelta(hours=1))


def _published(status: Mapping[str, Any]) -> Published:
    if not isinstance(status["id"], str) or not status["id"]:
        raise http.Malformed("no id")
    return Published(remote_ids={"id": status["id"]}, permalink=http.link(status.get("url")))


# --- Text ----------------------------------------------------------------------------------------


def _count(text: str, limits: Limits) -> int:
    """What a person sees as characters, with links and mentions as long as they count."""
    counted = URL.sub(URL_AS_COUNTED * limits.characters_reserved_per_url, text)
    counted = REMOTE_MENTION.sub(r"@\1", counted)
    return len(regex.findall(r"\X", counted))


def _plain(text: str) -> str:
    """Words only: what a status says, whatever became of blanks, lines and remote names."""
    return " ".join(REMOTE_MENTION.sub(r"@\1", text).split())


def _text_of(content: str) -> str:
    reader = _Reader()
    reader.feed(content)
    return "".join(reader.said)


class _Reader(HTMLParser):
    """The text of a status, a blank where a line or paragraph ends."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in ("br", "p"):
            self.said.append(" ")

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def _moment(said: str) -> datetime:
    moment = datetime.fromisoformat(said)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
