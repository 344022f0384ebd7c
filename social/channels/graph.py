"""Meta's Graph API, for Facebook pages and Instagram accounts: its requests, its refusals.

An error has a code and often a subcode; both decide, never its words. Codes 1 and 2 are said to
be transient, but after a request that writes they prove nothing.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from social.channels.health import Gauge, Health, moment_of, problem_of
from social.channels.http import SECONDS, Malformed, Reply, ask
from social.channels.protocol import Credential, NotSent, Outcome, Refused, Unknown
from social.channels.steps import Stopped, before_leaving

SOURCE = "Graph API guides/error-handling, overview/rate-limiting, v26.0 of 29 July 2026"

WAIT = (4, 17, 32, 341, 613, 80001, 80002)
NOT_ALLOWED = (10, *range(200, 300))
REFUSED = {100: "content-refused", 190: "token-refused", 368: "account-blocked", 506: "duplicate"}
LOST = (1, 2)
NO_SUCH_OBJECT = 100, 33
SUBCODES: dict[int, Outcome] = {
    1346003: Refused(reason="account-blocked"),
    1363047: Unknown(reason="server-error"),
    1366046: Refused(reason="content-refused"),
    1366051: Refused(reason="duplicate"),
    1390008: NotSent(reason="rate-limited"),
    1404078: Refused(reason="not-allowed"),
    1609008: Refused(reason="content-refused"),
    1609010: Unknown(reason="server-error"),
    2207003: NotSent(reason="picture-not-fetched"),
    2207004: Refused(reason="content-refused"),
    2207005: Refused(reason="content-refused"),
    2207006: NotSent(reason="container-gone"),
    2207008: NotSent(reason="container-gone"),
    2207009: Refused(reason="content-refused"),
    2207010: Refused(reason="content-refused"),
    2207027: NotSent(reason="processing", retry_after=timedelta(seconds=30)),
    2207028: Refused(reason="content-refused"),
    2207042: NotSent(reason="quota", retry_after=timedelta(hours=1)),
    2207050: Refused(reason="account-blocked"),
    2207051: Unknown(reason="action-blocked"),  # said of posts that went live, too
    2207052: NotSent(reason="picture-not-fetched"),
}
APP_SECRET = Credential(
    name="app_secret",
    label=_("Secret of the app"),
    help=_("Only where the Meta app asks for appsecret_proof."),
    secret=True,
    required=False,
)


@dataclass(frozen=True)
class Graph:
    """One page or account: who it is, and the token that speaks for it."""

    account: str
    token: str
    app_secret: str = ""

    @classmethod
    def of(cls, credentials: Mapping[str, str], *, named: str) -> "Graph | None":
        """None where something is missing. `named` is the key of the account's number."""
        account, token = credentials.get(named, ""), credentials.get("access_token", "")
        if not account.isdigit() or not token:
            return None
        return cls(account, token, credentials.get("app_secret", ""))

    def get(self, path: str, **query: str) -> Reply:
        """Read."""
        return ask("GET", self._url(path), query={**query, **self._proof()}, seconds=SECONDS)

    def post(self, path: str, *, files: Any = (), **form: str) -> Reply:
        """Write."""
        sent = {**form, **self._proof()}
        return ask("POST", self._url(path), form=sent, files=files, seconds=SECONDS)

    def delete(self, path: str) -> Reply:
        """Delete; its parameters stand in the address, as Meta documents it."""
        return ask("DELETE", self._url(path), query=self._proof(), seconds=SECONDS)

    def step(self, path: str, *, files: Any = (), **form: str) -> Reply:
        """Write what may be written again. Raises `Stopped`."""
        reply = self.post(path, files=files, **form)
        if not reply.ok:
            raise Stopped(before_leaving(refusal(reply)))
        return reply

    def _url(self, path: str) -> str:
        return address(path)

    def _proof(self) -> dict[str, str]:
        if not self.app_secret:
            return {"access_token": self.token}
        proof = hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256)
        return {"access_token": self.token, "appsecret_proof": proof.hexdigest()}


def address(path: str) -> str:
    """Where a node or an edge of the Graph API is asked."""
    return f"{settings.GRAPH_API_URL.rstrip('/')}/{settings.GRAPH_API_VERSION}/{path}"


def refusal(reply: Reply) -> Outcome:
    """What an answer outside the 200s means."""
    error = _error(reply)
    if error is None:
        return _without_error(reply)
    code, subcode = _number(error, "code"), _number(error, "error_subcode")
    if subcode in SUBCODES:
        return SUBCODES[subcode]
    if code in WAIT:
        return NotSent(reason="rate-limited", retry_after=_pause(reply))
    if code in REFUSED:
        return Refused(reason=REFUSED[code])
    if code in NOT_ALLOWED:
        return Refused(reason="not-allowed")
    if code in LOST or reply.status >= 500 or error.get("is_transient") is True:
        return Unknown(reason="server-error")
    return Refused(reason=f"refused-{code}") if code else Unknown(reason="malformed")


def does_not_see(reply: Reply) -> bool:
    """Whether it sees no such object: it does not exist, or not for this token."""
    error = _error(reply) or {}
    return (_number(error, "code"), _number(error, "error_subcode")) == NO_SUCH_OBJECT


def health_of(account: Graph, *, shown: str, needed: Sequence[str]) -> Health:
    """Its name in the field `shown`, how long its token lasts, how much of its use is used.

    `needed` are the rights without which it cannot post.
    """
    reply = account.get(account.account, fields=shown)
    gauges = _usage(reply)
    if not reply.ok:
        return Health(problem=problem_of(refusal(reply)), gauges=gauges)
    told = about_token(account.token)
    lacks = "scopes" in told and not set(needed) <= set(told["scopes"])
    return Health(
        account=reply.text(shown),
        problem="not-allowed" if lacks else "",
        expires_at=moment_of(told.get("expires_at")),
        gauges=gauges,
    )


def is_app_known() -> bool:
    """Whether the operator named the city's own Meta app."""
    return bool(settings.META_APP_ID and settings.META_APP_SECRET)


def about_token(token: str) -> dict[str, Any]:
    """What Meta says of a token; nothing where no app of ours may ask."""
    if not is_app_known():
        return {}
    app = f"{settings.META_APP_ID}|{settings.META_APP_SECRET}"
    query = {"input_token": token, "access_token": app}
    reply = ask("GET", address("debug_token"), query=query, seconds=SECONDS)
    found = reply.json().get("data") if reply.ok else None
    return found if isinstance(found, dict) else {}


def _usage(reply: Reply) -> tuple[Gauge, ...]:
    """The highest percentage that the headers of an answer tell."""
    try:
        app = json.loads(reply.headers.get("x-app-usage", "{}"))
        business = json.loads(reply.headers.get("x-business-use-case-usage", "{}"))
        told = [app, *(one for kinds in business.values() for one in kinds)]
        names = ("call_count", "total_cputime", "total_time")
        used = [int(one[name]) for one in told for name in names if name in one]
    except (ValueError, TypeError, AttributeError):
        return ()
    return (Gauge(name="percent", used=max(used), total=100),) if used else ()


def _error(reply: Reply) -> dict[str, Any] | None:
    try:
        error = reply.json().get("error")
    except Malformed:
        return None
    return error if isinstance(error, dict) else None


def _without_error(reply: Reply) -> Outcome:
    if reply.status == 429:
        return NotSent(reason="rate-limited", retry_after=_pause(reply))
    return Unknown(reason="server-error" if reply.status >= 500 else "malformed")


def _number(error: Mapping[str, Any], name: str) -> int:
    found = error.get(name)
    return found if isinstance(found, int) else 0


def _pause(reply: Reply) -> timedelta | None:
    """As long as it says: in a header of its own, in minutes for each kind of use."""
    if reply.retry_after:
        return reply.retry_after
    try:
        said = json.loads(reply.headers.get("x-business-use-case-usage", ""))
        minutes = [
            int(one.get("estimated_time_to_regain_access") or 0)
            for kinds in said.values()
            for one in kinds
        ]
    except (ValueError, TypeError, AttributeError):
        return None
    return timedelta(minutes=max(minutes)) if any(minutes) else None
