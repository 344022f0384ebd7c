"""Bluesky's sessions: made with an app password, kept with the channel, refreshed before their end.

An account may make 300 sessions a day; a refresh is not counted. The token before the last still
refreshes for two hours, so that two workers who refresh at once do not lose the session.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from social.channels import http
from social.channels.protocol import NotSent, Refused, Unknown
from social.credentials import keep_credentials, read_credentials
from social.models import Channel

SECONDS = 30.0
BEFORE_END = timedelta(minutes=10)
BLOCKED = ("AccountTakedown", "AccountDeactivated", "AccountSuspended")


@dataclass(frozen=True)
class Session:
    """An account that is signed in to its server."""

    address: str
    did: str
    access: str

    def call(
        self,
        method: str,
        *,
        document: Any = None,
        query: dict[str, str] | None = None,
        content: bytes | None = None,
        mime: str = "",
    ) -> http.Reply:
        """One call of XRPC, a GET where it has a query, be it an empty one.

        Raises `AddressRefused`, `CallFailed`.
        """
        headers = {"Authorization": f"Bearer {self.access}"}
        return http.ask(
            "POST" if query is None else "GET",
            f"{self.address}/xrpc/{method}",
            headers=headers | ({"Content-Type": mime} if mime else {}),
            document=document,
            query=query,
            content=content,
            seconds=SECONDS,
        )


def sign_in(channel: Channel) -> Session | NotSent | Refused:
    """The channel's session, refreshed or new where its end is near; or why there is none."""
    known = read_credentials(channel)
    if not known.get("handle") or not known.get("password"):
        return Refused(reason="not-connected")
    if known.get("access") and known.get("did") and not _ends_soon(known["access"]):
        return Session(_address(known), known["did"], known["access"])
    reply = _refreshed(known) if known.get("refresh") else None
    if reply is None or reply.status in (400, 401):  # it was too old, or the password is new
        reply = _created(known)
    if not reply.ok:
        return _no_session(reply)
    made = {"access": reply.text("accessJwt"), "refresh": reply.text("refreshJwt")}
    made["did"] = reply.text("did")
    _store(channel, known, made)
    return Session(_address(known), made["did"], made["access"])


def forget_access(channel: Channel) -> None:
    """Refresh before the next call, whatever the token says of its end."""
    known = read_credentials(channel)
    _store(channel, known, {"access": ""})


def answered(reply: http.Reply) -> NotSent | Refused | Unknown | None:
    """What any method may answer; None for an error of its own, which the document names."""
    if reply.status >= 500:
        return Unknown(reason="server-error")
    try:
        name = reply.text("error")
    except http.Malformed:
        return Unknown(reason="malformed")
    if reply.status == 429:
        return NotSent(reason="rate-limited", retry_after=_pause(reply))
    if name in BLOCKED:
        return Refused(reason="account-blocked")
    if name in ("AuthenticationRequired", "AuthMissing"):
        return Refused(reason="token-refused")
    return None


def _no_session(reply: http.Reply) -> NotSent | Refused:
    outcome = answered(reply)
    if isinstance(outcome, NotSent | Refused):
        return outcome
    return NotSent(reason="server-error") if outcome else Refused(reason="token-refused")


def _address(known: dict[str, str]) -> str:
    return (known.get("address") or settings.BLUESKY_URL).rstrip("/")


def _created(known: dict[str, str]) -> http.Reply:
    return http.ask(
        "POST",
        f"{_address(known)}/xrpc/com.atproto.server.createSession",
        document={"identifier": known["handle"], "password": known["password"]},
        seconds=SECONDS,
    )


def _refreshed(known: dict[str, str]) -> http.Reply:
    return http.ask(
        "POST",
        f"{_address(known)}/xrpc/com.atproto.server.refreshSession",
        headers={"Authorization": f"Bearer {known['refresh']}"},
        seconds=SECONDS,
    )


def _ends_soon(access: str) -> bool:
    """By what the token says of itself; one that says nothing is used until it is refused."""
    try:
        ends = jwt.decode(access, options={"verify_signature": False})["exp"]
        return datetime.fromtimestamp(ends, UTC) - timezone.now() < BEFORE_END
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError):
        return False


@transaction.atomic
def _store(channel: Channel, known: dict[str, str], made: dict[str, str]) -> None:
    """Keep a session with what it was made from, unless an administrator wrote something new."""
    row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    now = read_credentials(row)
    brought = ("address", "handle", "password")
    if [now.get(name) for name in brought] == [known.get(name) for name in brought]:
        keep_credentials(row, {**now, **made})
        channel.credentials = row.credentials


def _pause(reply: http.Reply) -> timedelta | None:
    """As long as it says, or until the moment at which it counts anew."""
    reset = reply.headers.get("ratelimit-reset", "")
    if reply.retry_after or not (reset.isdigit() and len(reset) < 12):
        return reply.retry_after
    left = datetime.fromtimestamp(int(reset), UTC) - timezone.now()
    return min(max(left, timedelta(seconds=1)), timedelta(days=1))
