"""Signing in at a platform (OAuth 2.0, authorization code): an ability that a platform may lack.

The person goes to the platform and comes back with a code; for the code the platform gives the
credentials. Where it offers PKCE, the code is worth nothing to whoever has not kept the verifier.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable
from urllib.parse import urlencode

from social.channels.http import Malformed, Reply


@dataclass(frozen=True)
class Begun:
    """Where the person goes, and what has to be known when they come back."""

    address: str
    kept: dict[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Account:
    """One account that the person may post to, with its credentials."""

    name: str
    credentials: dict[str, str] = field(repr=False)


class SignInFailed(Exception):
    """The platform gave no credentials for the code; `reason` is a word as those of posts."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@runtime_checkable
class SignsIn(Protocol):
    """A platform at which somebody can sign in instead of bringing credentials."""

    @property
    def asks_server(self) -> bool:
        """Whether the person says first at which server their account is."""

    def can_sign_in(self) -> bool:
        """Whether the city has an app there to sign in with."""

    def begin_sign_in(self, *, server: str, callback: str, state: str) -> Begun:
        """Where to send the person. Raises `SignInFailed` and what `http.ask` raises."""

    def finish_sign_in(self, *, code: str, callback: str, kept: dict[str, str]) -> list[Account]:
        """The accounts that the code opens. Raises as `begin_sign_in` does."""


def new_verifier() -> str:
    """A secret for PKCE (RFC 7636): 86 characters."""
    return secrets.token_urlsafe(64)


def challenge_of(verifier: str) -> str:
    """What may be known of a verifier beforehand (S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def address_with(address: str, **query: str) -> str:
    """An address with its query."""
    return f"{address}?{urlencode(query)}"


def checked(reply: Reply) -> Reply:
    """The answer, if it is one of the 200s. Raises `SignInFailed`."""
    if reply.ok:
        return reply
    raise SignInFailed("server-error" if reply.status >= 500 else "sign-in-refused")


def listed(reply: Reply, name: str) -> list[dict[str, object]]:
    """A list of objects in an answer. Raises `Malformed`."""
    found = reply.json().get(name)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Malformed(f"no {name}")
    return found
