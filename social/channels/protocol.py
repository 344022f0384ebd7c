"""What every platform answers to, and the answers the engine understands."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from django.utils.functional import Promise

from social.models import Attempt, Post


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a platform takes and can do. `source` names the document and its date."""

    label: str | Promise
    source: str
    automatic: bool = True
    can_withdraw: bool = False
    longest_caption: int
    most_pictures: int
    longest_edge: int
    hand_in_grace: timedelta = timedelta(0)


@dataclass(frozen=True)
class Problem:
    """Why a post cannot go to a channel as it stands: the field, and words for its author."""

    field: str
    message: str | Promise


@dataclass(frozen=True, kw_only=True)
class Published:
    """It is out; `remote_ids` names it on the platform."""

    remote_ids: dict[str, str] = field(default_factory=dict)
    permalink: str = ""


@dataclass(frozen=True, kw_only=True)
class NotSent:
    """Proven to have failed before a byte left, or refused for now: it may be tried again."""

    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The platform said no, and will again."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """The call left and its outcome is lost. Never sent again on a guess."""

    reason: str


Outcome = Published | NotSent | Refused | Unknown


class ChannelAdapter(Protocol):
    """One platform. `publish` is called at most once per claim, never inside a transaction."""

    @property
    def capabilities(self) -> Capabilities: ...

    def check(self, post: Post) -> list[Problem]:
        """What the platform would refuse, found before anybody approves it."""

    def publish(self, post: Post, attempt: Attempt) -> Outcome:
        """Make the one call that cannot be taken back, and say what came of it."""

    def find(self, post: Post) -> Published | None:
        """The post on the platform, if it can be shown to be there. None proves nothing."""
