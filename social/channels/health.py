"""How an account stands, as its platform tells: an ability that a platform may lack."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable

from social.channels.protocol import Outcome, Refused
from social.models import Channel


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """How much of a limit is used; `name` is a key of `GAUGES` in the desk's template tags."""

    name: str
    used: int
    total: int
    resets_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Health:
    """What a platform says of an account: its name there, what is wrong, how long the key lasts.

    `problem` is a reason as those of posts; empty where the account may post.
    """

    account: str = ""
    problem: str = ""
    expires_at: datetime | None = None
    gauges: tuple[Gauge, ...] = ()


class NotTold(Exception):
    """The platform was not reached, or gave no answer of use: nothing is known of the account."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@runtime_checkable
class TellsHealth(Protocol):
    """A platform that can be asked how an account stands, without posting anything."""

    def health(self, channel: Channel) -> Health:
        """Ask now, never inside a transaction.

        Raises `NotTold`, `http.Malformed`, and `AddressRefused` and `CallFailed` of
        `core.outbound`.
        """


@runtime_checkable
class RenewsKey(Protocol):
    """A platform whose key ends unless it is exchanged for a newer one in time."""

    def renew(self, channel: Channel) -> None:
        """Exchange it where that is due, and store the new one. Raises as `health` does."""


def problem_of(outcome: Outcome) -> str:
    """The reason of a refusal. Raises `NotTold` for what says nothing of the account."""
    if isinstance(outcome, Refused):
        return outcome.reason
    raise NotTold(getattr(outcome, "reason", "malformed"))


def gauge_of(name: str, *, total: Any, remaining: Any, reset: Any = None) -> tuple[Gauge, ...]:
    """A gauge from what is left of a limit, as headers say it; none where they do not.

    `reset` is in seconds since 1970, or ISO 8601.
    """
    if not _is_number(total) or not _is_number(remaining) or int(total) == 0:
        return ()
    used = max(0, int(total) - int(remaining))
    return (Gauge(name=name, used=used, total=int(total), resets_at=moment_of(reset)),)


def moment_of(said: Any) -> datetime | None:
    """A moment as platforms write it; None for 0, which means never, and for anything else."""
    try:
        if _is_number(said):
            return datetime.fromtimestamp(int(said), UTC) if int(said) else None
        moment = datetime.fromisoformat(said)
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_number(said: Any) -> bool:
    return type(said) is int or (isinstance(said, str) and said.isdigit() and len(said) < 12)
