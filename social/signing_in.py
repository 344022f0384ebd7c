"""Connecting a channel by signing in at its platform: one way out, one way back.

What has to be known on the way back lies sealed in the session of the person who began, with a
`state` that works once and for ten minutes: an answer that somebody else provoked is refused.
"""

import json
import secrets
from collections.abc import MutableMapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from core.outbound import AddressRefused, CallFailed
from core.secrets import decrypt, encrypt
from social.channels import ADAPTERS
from social.channels.http import Malformed
from social.channels.sign_in import Account, SignInFailed, SignsIn
from social.errors import SignInRefused

SESSION_KEY = "social_sign_in"
LASTS = 600.0  # seconds

Session = MutableMapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be connected: a channel that is there (`channel`), or a new one of this name."""

    platform: str
    channel: str = ""
    slug: str = ""
    name: str = ""
    format: str = ""


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A sign-in that is under way, or come back with several accounts to choose from."""

    wanted: Wanted
    state: str = field(repr=False)
    begun_at: float
    kept: dict[str, str] = field(default_factory=dict, repr=False)
    accounts: list[Account] = field(default_factory=list, repr=False)


def signs_in(platform: str) -> SignsIn | None:
    """The platform's adapter, if one can sign in there and the city has an app for it."""
    adapter = ADAPTERS[platform]
    return adapter if isinstance(adapter, SignsIn) and adapter.can_sign_in() else None


def begin(session: Session, wanted: Wanted, *, server: str = "") -> str:
    """Where the person goes to sign in. Raises `SignInRefused`."""
    adapter = signs_in(wanted.platform)
    if adapter is None:
        raise SignInRefused
    state = secrets.token_urlsafe(32)
    try:
        begun = adapter.begin_sign_in(server=server, callback=callback(), state=state)
    except (SignInFailed, Malformed, CallFailed, AddressRefused) as error:
        raise SignInRefused(extra={"reason": _reason(error)}) from error
    _store(session, Pending(wanted=wanted, state=state, begun_at=_now(), kept=begun.kept))
    return begun.address


def finish(session: Session, *, state: str, code: str) -> Pending:
    """The accounts that the person may connect now.

    Raises `SignInRefused` for a state that is not the one we gave, or a platform that says no.
    """
    pending = _taken(session)
    if not pending.state or not constant_time_compare(pending.state, state) or not code:
        raise SignInRefused
    adapter = signs_in(pending.wanted.platform)
    if adapter is None:
        raise SignInRefused
    try:
        found = adapter.finish_sign_in(code=code, callback=callback(), kept=pending.kept)
    except (SignInFailed, Malformed, CallFailed, AddressRefused) as error:
        raise SignInRefused(extra={"reason": _reason(error)}) from error
    if not found:
        raise SignInRefused(extra={"reason": "no-account"})
    return replace(pending, state="", kept={}, accounts=found)


def keep_choice(session: Session, pending: Pending) -> None:
    """Keep the accounts, sealed, until the person has chosen one of them."""
    _store(session, pending)


def names_to_choose(session: Session) -> list[str]:
    """The accounts among which the person is choosing."""
    try:
        return [one.name for one in _opened(session.get(SESSION_KEY, "")).accounts]
    except SignInRefused:
        return []


def chosen(session: Session, number: int) -> tuple[Wanted, Account]:
    """What was wanted, and the account that was chosen for it. Raises `SignInRefused`."""
    pending = _taken(session)
    if not 0 <= number < len(pending.accounts):
        raise SignInRefused
    return pending.wanted, pending.accounts[number]


def callback() -> str:
    """Where platforms send people back to: the one address to register with them."""
    return settings.BASE_URL.rstrip("/") + reverse("social_desk_channels:signed-in")


def _store(session: Session, pending: Pending) -> None:
    session[SESSION_KEY] = encrypt(json.dumps(asdict(pending)))


def _taken(session: Session) -> Pending:
    """What lies in the session, and no longer lies there: it works once."""
    return _opened(session.pop(SESSION_KEY, ""))


def _opened(sealed: str) -> Pending:
    try:
        said = json.loads(decrypt(sealed))
    except InvalidToken as error:
        raise SignInRefused from error
    accounts = [Account(**one) for one in said.pop("accounts")]
    pending = Pending(**{**said, "wanted": Wanted(**said["wanted"]), "accounts": accounts})
    if _now() - pending.begun_at > LASTS:
        raise SignInRefused
    return pending


def _now() -> float:
    return timezone.now().timestamp()


def _reason(error: Exception) -> str:
    return str(getattr(error, "reason", "malformed"))
