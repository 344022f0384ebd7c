"""What every platform answers to, and the answers the engine understands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Protocol, runtime_checkable

from django.utils.functional import Promise

from social.models import Post


@dataclass(frozen=True, kw_only=True)
class Credential:
    """One thing that somebody brings to connect an account; `pattern` holds for all of it.

    What is `secret` is shown to nobody again. One that `names_server` says where the secrets are
    sent: whoever changes it brings them anew.
    """

    name: str
    label: str | Promise
    help: str | Promise = ""
    secret: bool = False
    required: bool = True
    pattern: str = r"\S+"
    names_server: bool = False


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most so many posts within any time of this length."""

    most: int
    within: timedelta


@dataclass(frozen=True, kw_only=True)
class Shapes:
    """Which shapes are taken, width by height: none narrower, none wider."""

    narrowest: Fraction | None = None
    widest: Fraction | None = None

    def takes_shape(self, width: int, height: int) -> bool:
        """Whether it is neither narrower nor wider."""
        shape = Fraction(width, height)
        too_narrow = self.narrowest is not None and shape < self.narrowest
        too_wide = self.widest is not None and shape > self.widest
        return not (too_narrow or too_wide)


@dataclass(frozen=True, kw_only=True)
class VideoLimits(Shapes):
    """Which videos a platform takes, in MP4: bytes, seconds, and shapes."""

    most_bytes: int
    least_seconds: float = 0
    most_seconds: float
    beside_pictures: bool = False


@dataclass(frozen=True, kw_only=True)
class Format:
    """One way in which an account may publish. A channel has one of them, for good."""

    name: str
    label: str | Promise
    help: str | Promise = ""
    has_words: bool = True


@dataclass(frozen=True, kw_only=True)
class Capabilities(Shapes):
    """What a platform takes and can do. `source` names the document and its date.

    `how_to` are the steps by which somebody comes by the credentials.

    For `repeat_within` after an attempt the platform itself takes a repeat for the first call, so
    that an unclear post may be carried again with the ids that were kept. `limits` are those of
    one account, by the same document.
    `narrowest` and `widest` are the shapes of pictures it takes.
    Without `video` it takes none; a post brings one at most, and `post.video.verified()` has it.
    `formats` are what somebody may choose from for a new channel, the usual one first.
    Where a platform `is_our_own`, a post is there exactly while its row says so: nobody is asked.
    """

    label: str | Promise
    source: str
    automatic: bool = True
    is_our_own: bool = False
    longest_caption: int
    most_pictures: int
    longest_edge: int
    video: VideoLimits | None = None
    hand_in_grace: timedelta = timedelta(0)
    repeat_within: timedelta = timedelta(0)
    limits: tuple[Limit, ...] = ()
    formats: tuple[Format, ...] = ()
    dollars_each: Decimal | None = None
    dollars_with_link: Decimal | None = None
    dollars_for_figures: Decimal | None = None
    how_to: tuple[str | Promise, ...] = ()


@dataclass(frozen=True)
class Problem:
    """Why a post cannot go to a channel as it stands: the field, and words for its author.

    One that does not `block` is advice: the platform takes the post, but treats it worse.
    """

    field: str
    message: str | Promise
    blocks: bool = True


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


@dataclass(frozen=True)
class Gone:
    """The post stands there no more: the platform took it back, or proves that it is gone."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How often a post was liked, shared, answered, as whole numbers by names that are the same
    for every platform: `COUNTED` of `social.templatetags.social_desk` has words for each.

    Empty where the platform shows the post but tells no numbers. `permalink` and `remote_ids` are
    what was learnt of its place besides.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    permalink: str = ""
    remote_ids: dict[str, str] = field(default_factory=dict)


Told = Figures | Gone | NotSent | Refused | Unknown
"""What came of asking how a post is received. Whatever it is, the post stays what it is."""

TakenBack = Gone | NotSent | Refused | Unknown
"""What came of asking for a post to be taken back. `NotSent` and `Unknown` are asked again."""


class ClaimLost(Exception):
    """Another worker or a person has the post by now: nothing may leave."""


class TooLate(Exception):
    """The post's window ended while it was being prepared: nothing may leave."""


class LeftTwice(Exception):
    """An adapter wanted to send twice in one claim: a mistake of its own."""


class Call(Protocol):
    """One carrying of one post, as its adapter sees it.

    Steps before `leave` (uploads, containers) may be taken again by the next carrying, which finds
    in `kept` what they gave. After `leave` comes the one request that cannot be taken back.
    """

    @property
    def kept(self) -> Mapping[str, str]:
        """The ids that earlier steps of this version left: containers, uploads, a chosen key."""

    def keep(self, **ids: str) -> None:
        """Store ids, committed before this returns. Raises `ClaimLost`."""

    def leave(self) -> None:
        """Write that the publishing request leaves now.

        Raises `ClaimLost` or `TooLate`: then nothing may.
        """


class ChannelAdapter(Protocol):
    """One platform. `publish` is called at most once per claim, never inside a transaction."""

    @property
    def needs(self) -> tuple[Credential, ...]:
        """What somebody brings to connect an account; nothing where nothing is connected."""

    @property
    def capabilities(self) -> Capabilities: ...

    def check(self, post: Post) -> list[Problem]:
        """What the platform would refuse, found before anybody approves it."""

    def count(self, caption: str, link: str) -> int:
        """How long these words are by the platform's own counting, of `longest_caption`."""

    def publish(self, post: Post, call: Call) -> Outcome:
        """Carry the post: prepare, `call.leave()`, make the one request, say what came of it.

        Not ready yet (a picture that is still being processed) is `NotSent` with a pause. What is
        raised before leaving is as `NotSent`, afterwards as `Unknown`; an
        `outbound.CallFailed` by which no byte left is `NotSent` on either side.
        """

    def find(self, post: Post) -> Published | None:
        """The post on the platform, if it can be shown to be there. None proves nothing."""


@runtime_checkable
class LimitsByPost(Protocol):
    """A platform that takes more or less depending on the post or on its account."""

    def limits(self, post: Post) -> Capabilities:
        """What it takes of this post; its `check` measures by the same."""


@runtime_checkable
class CanWithdraw(Protocol):
    """A platform that takes a published post back on request."""

    def withdraw(self, post: Post) -> TakenBack:
        """Ask for it once; to ask again is harmless. Never called inside a transaction.

        `Gone` only on the platform's yes, or on its proof that nothing stands there any more.
        """


@runtime_checkable
class TellsFigures(Protocol):
    """A platform that tells how a published post is received."""

    def figures(self, post: Post) -> Told:
        """Ask once, outside any transaction. `Gone` only where the platform itself says so."""
