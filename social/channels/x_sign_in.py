"""Signing in to X (OAuth 2.0 with PKCE), and the renewal of its tokens of two hours.

A refresh token works once, and who uses one twice loses them all. So one worker at a time renews:
it takes its turn under the row's lock and commits that, asks, and stores the new token under the
lock again before anybody uses it. A turn ends by itself, should its worker die.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.outbound import CallFailed
from social.channels.http import SECONDS, Malformed, Reply, ask
from social.channels.protocol import NotSent, Refused
from social.channels.sign_in import (
    Account,
    Begun,
    address_with,
    challenge_of,
    checked,
    new_verifier,
)
from social.credentials import keep_credentials, read_credentials
from social.models import Channel

SCOPES = "tweet.read tweet.write users.read media.write offline.access"
REFRESH_LASTS = timedelta(days=180)
"""Of one refresh token, six months by X; each renewal brings a new one."""
BEFORE_END = timedelta(minutes=10)
TURN = timedelta(minutes=2)
"""Longer than a request may take, so that no second worker asks while the first one still does."""
SOON = timedelta(seconds=5)


def begin(*, callback: str, state: str) -> Begun:
    """Ask the person at X."""
    verifier = new_verifier()
    asks = address_with(
        settings.X_SIGN_IN_URL,
        response_type="code",
        client_id=settings.X_CLIENT_ID,
        redirect_uri=callback,
        scope=SCOPES,
        state=state,
        code_challenge=challenge_of(verifier),
        code_challenge_method="S256",
    )
    return Begun(asks, {"verifier": verifier})


def finish(*, code: str, callback: str, kept: dict[str, str]) -> list[Account]:
    """Tokens for the code, which X keeps for 30 seconds, and whose they are."""
    given = checked(
        _token(
            grant_type="authorization_code",
            code=code,
            redirect_uri=callback,
            code_verifier=kept["verifier"],
        )
    )
    tokens = _tokens(given, before={})
    signed = {"Authorization": f"Bearer {tokens['access_token']}"}
    who = checked(ask("GET", _api("/2/users/me"), headers=signed, seconds=SECONDS))
    user, name = who.text("data", "id"), who.text("data", "username")
    return [Account(f"@{name}", {**tokens, "user_id": user})]


def current(channel: Channel) -> dict[str, str] | NotSent | Refused:
    """The channel's credentials with a token that lasts, renewed first where its end is near.

    Raises what `http.ask` raises, while the present token does not last.
    """
    known = read_credentials(channel)
    if not known.get("refresh_token") or not _ends_within(known, BEFORE_END):
        return known
    turn = str(uuid4())
    taken = _take_turn(channel, turn)
    if taken is None:
        return known if not _ends_within(known, SOON) else _later("key-being-renewed")
    if taken.get("turn") != turn:  # another worker has renewed it by now
        return taken
    return _renewed(channel, taken, turn)


def ends_at(known: Mapping[str, str]) -> datetime | None:
    """Until when a channel may be renewed without anybody's signing in; None where nobody says."""
    until = known.get("refresh_until")
    return datetime.fromisoformat(until) if until else None


@transaction.atomic(durable=True)
def _take_turn(channel: Channel, turn: str) -> dict[str, str] | None:
    """The credentials, with our mark where they need renewing; None while another worker asks."""
    row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    known = read_credentials(row)
    if not known.get("refresh_token") or not _ends_within(known, BEFORE_END):
        channel.credentials = row.credentials
        return known
    until = known.get("turn_until")
    if until and datetime.fromisoformat(until) > timezone.now():
        return None
    known |= {"turn": turn, "turn_until": (timezone.now() + TURN).isoformat()}
    keep_credentials(row, known)
    return known


def _renewed(
    channel: Channel, known: dict[str, str], turn: str
) -> dict[str, str] | NotSent | Refused:
    try:
        reply = _token(grant_type="refresh_token", refresh_token=known["refresh_token"])
    except CallFailed as error:
        _end_turn(channel, turn, {})
        return known if not _ends_within(known, SOON) else _later(error.reason)
    if reply.ok:
        return _end_turn(channel, turn, _tokens(reply, before=known))
    stands = _end_turn(channel, turn, {})
    if not _ends_within(stands, SOON):
        return stands
    if reply.status in (400, 401):
        return Refused(reason="token-refused")
    return _later("server-error")


@transaction.atomic(durable=True)
def _end_turn(channel: Channel, turn: str, tokens: Mapping[str, str]) -> dict[str, str]:
    """Store new tokens, unless the channel was connected anew meanwhile; give back the turn."""
    row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    known = read_credentials(row)
    if known.get("turn") == turn:
        known = {**known, **tokens}
        known = {name: value for name, value in known.items() if not name.startswith("turn")}
        keep_credentials(row, known)
    channel.credentials = row.credentials
    return known


def _tokens(reply: Reply, *, before: Mapping[str, str]) -> dict[str, str]:
    """What an answer gives; one without a new refresh token leaves the one there was."""
    said: dict[str, Any] = reply.json()
    lasts = said.get("expires_in")
    if type(lasts) is not int or lasts <= 0:
        raise Malformed("no expires_in")
    now, refresh = timezone.now(), said.get("refresh_token")
    until = (now + REFRESH_LASTS).isoformat() if refresh else before.get("refresh_until", "")
    return {
        "access_token": reply.text("access_token"),
        "refresh_token": str(refresh or before.get("refresh_token", "")),
        "refresh_until": until,
        "expires_at": (now + timedelta(seconds=lasts)).isoformat(),
    }


def _token(**form: str) -> Reply:
    """One request to X's token endpoint, as the city's app."""
    app = f"{settings.X_CLIENT_ID}:{settings.X_CLIENT_SECRET}"
    signed = {"Authorization": f"Basic {b64encode(app.encode()).decode()}"}
    form["client_id"] = settings.X_CLIENT_ID
    return ask("POST", _api("/2/oauth2/token"), headers=signed, form=form, seconds=SECONDS)


def _api(path: str) -> str:
    return settings.X_API_URL.rstrip("/") + path


def _ends_within(known: Mapping[str, str], span: timedelta) -> bool:
    ends = known.get("expires_at")
    return not ends or datetime.fromisoformat(ends) - timezone.now() < span


def _later(reason: str) -> NotSent:
    return NotSent(reason=reason, retry_after=SOON)
