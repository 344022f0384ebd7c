"""A signed webhook: the city's own receiver, which posts where we cannot (an app, a screen).

The contract, also in docs/social-channels.md: a JSON document, signed as all our webhooks are,
with an Idempotency-Key. 2xx means that it was taken; 3xx and 4xx that it was not; after anything
else it is unclear, and nobody sends it a second time by guess.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.ids import uuid7
from core.webhooks import sign
from social.channels import http
from social.channels.checks import usual_problems
from social.channels.health import Health, problem_of
from social.channels.protocol import (
    Call,
    Capabilities,
    Credential,
    NotSent,
    Outcome,
    Problem,
    Published,
    Refused,
    Unknown,
)
from social.channels.wording import name_of
from social.credentials import read_credentials
from social.models import Channel, Post, PostMedia

WEBHOOK = "webhook"

SECONDS = 30.0
MOST_MEDIA_BYTES = 8_000_000
"""All pictures of a post together, before base64 makes them a third larger."""
LONGEST_ID = 200
SHORTEST_SECRET = 24  # bytes
TIMED_OUT = 408
TOO_MANY = 429


class SignedWebhook:
    """Words, link and pictures in one JSON document."""

    needs = (
        Credential(
            name="address",
            label=_("Address"),
            help=_("https://…, open from the internet, on port 443."),
            pattern=r"https://\S+",
            names_server=True,
        ),
        Credential(
            name="secret",
            label=_("Secret"),
            help=_("whsec_ and base64 of at least 24 random bytes; the receiver keeps the same."),
            secret=True,
            pattern=r"whsec_[A-Za-z0-9+/]{32,}={0,2}",
        ),
    )
    capabilities = Capabilities(
        label=_("Signed webhook"),
        source="docs/social-channels.md; Standard Webhooks 1.0.0",
        longest_caption=5_000,
        most_pictures=10,
        longest_edge=2_048,
        how_to=(
            _("The receiver checks the signature and keeps the Idempotency-Key of each post."),
            _('Make a secret: echo "whsec_$(openssl rand -base64 32)"'),
        ),
    )

    def count(self, caption: str, link: str) -> int:
        """Code points; the link has a field of its own."""
        return len(caption)

    def check(self, post: Post) -> list[Problem]:
        """Pictures that fit into one document."""
        problems = usual_problems(post, self.capabilities)
        if sum(len(one.content) for one in post.draft_media.defer(None)) > MOST_MEDIA_BYTES:
            problems.append(Problem("media", _("The pictures are larger than 8 MB together.")))
        return problems

    def publish(self, post: Post, call: Call) -> Outcome:
        """One signed request."""
        known = read_credentials(post.channel)
        if not _is_connected(known):
            return Refused(reason="not-connected")
        body, name = json.dumps(document_of(post), ensure_ascii=False), name_of(post)
        call.leave()
        return _outcome(_sent(known, body, name))

    def find(self, post: Post) -> None:
        """Nobody to ask."""
        return None

    def health(self, channel: Channel) -> Health:
        """Whether the receiver takes a signed ping, which asks it to do nothing."""
        known = read_credentials(channel)
        if not _is_connected(known):
            return Health(problem="not-connected")
        said = {"type": "ping", "timestamp": timezone.now().isoformat()}
        body = json.dumps({**said, "data": {"channel": channel.slug}})
        outcome = _outcome(_sent(known, body, f"ping.{uuid7()}"))
        problem = "" if isinstance(outcome, Published) else problem_of(outcome)
        return Health(account=str(urlsplit(known["address"]).hostname), problem=problem)


def _is_connected(known: Mapping[str, str]) -> bool:
    return bool(known.get("address")) and _is_secret(known.get("secret", ""))


def _sent(known: Mapping[str, str], body: str, name: str) -> http.Reply:
    """The receiver's answer to one signed request."""
    signed = sign(name, body, keys=[known["secret"]], at=timezone.now())
    return http.ask(
        "POST",
        known["address"],
        headers={**signed, "Idempotency-Key": name},
        content=body.encode(),
        seconds=SECONDS,
    )


def document_of(post: Post) -> dict[str, Any]:
    """What the receiver is sent. A field that was released once keeps its meaning."""
    return {
        "type": "post.publish",
        "timestamp": timezone.now().isoformat(),
        "data": {
            "id": str(post.public_id),
            "version": post.version,
            "channel": post.channel.slug,
            "caption": post.caption,
            "link": post.link,
            "publish_until": post.window_until.isoformat(),
            "media": [_media(one) for one in post.pictures],
        },
    }


def _is_secret(secret: str) -> bool:
    """Whether it is a `whsec_…` of the Standard Webhooks, long enough that nobody guesses it."""
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return False
    return secret.startswith("whsec_") and len(key) >= SHORTEST_SECRET


def _media(picture: PostMedia) -> dict[str, Any]:
    return {
        "mime": picture.mime,
        "width": picture.width,
        "height": picture.height,
        "alt": picture.alt,
        "sha256": picture.sha256,
        "base64": b64encode(picture.verified_content()).decode(),
    }


def _outcome(reply: http.Reply) -> Outcome:
    if reply.ok:
        return _published(reply)
    if reply.status == TOO_MANY:
        return NotSent(reason="rate-limited", retry_after=reply.retry_after)
    if reply.status >= 500 or reply.status == TIMED_OUT:
        return Unknown(reason="server-error")
    if reply.status in (401, 403):
        return Refused(reason="not-allowed")
    return Refused(reason="redirect" if reply.status < 400 else "content-refused")


def _published(reply: http.Reply) -> Published:
    """It was taken; what the receiver says of it (`id`, `url`) is welcome and need not be there."""
    try:
        said = reply.json()
    except http.Malformed:
        return Published()
    known = said.get("id")
    ids = {"id": known} if isinstance(known, str) and 0 < len(known) <= LONGEST_ID else {}
    return Published(remote_ids=ids, permalink=http.link(said.get("url")))
