"""The sections of the queue, what narrows them, their counts, and the causes of failures."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from django.db.models import CharField, Count, Exists, Max, OuterRef, Q, QuerySet, Value
from django.http import HttpRequest
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from social import approval
from social.models import Approval, Channel, Message, MessageContributor, Post, State

LATEST_SOURCES = 50


@dataclass(frozen=True)
class Section:
    """One tab of the queue: which states it holds, in which order, and whose moment it tells."""

    key: str
    label: str | Promise
    states: tuple[State, ...]
    empty: str | Promise
    order: tuple[str, ...] = ("send_at", "pk")
    moment: str = "send_at"


SECTIONS = (
    Section("approval", _("To approve"), (State.SUBMITTED,), _("Nothing waits for approval.")),
    Section(
        "scheduled", _("Scheduled"), (State.WAITING, State.CLAIMED), _("Nothing is scheduled.")
    ),
    Section("unclear", _("Unclear"), (State.UNKNOWN,), _("Nothing is unclear.")),
    Section("failed", _("Failed"), (State.FAILED,), _("Nothing has failed.")),
    Section("missed", _("Missed"), (State.MISSED,), _("Nothing was missed.")),
    Section("held", _("Held"), (State.HELD,), _("Nothing is held.")),
    Section(
        "drafts", _("Drafts"), (State.DRAFT,), _("There are no drafts."), ("-created_at", "-pk")
    ),
    Section(
        "out",
        _("Published"),
        (State.PUBLISHED,),
        _("Nothing has been published yet."),
        ("-published_at", "-pk"),
        "published_at",
    ),
    Section(
        "withdrawn",
        _("Withdrawn"),
        (State.WITHDRAWN,),
        _("Nothing was withdrawn."),
        ("-send_at", "-pk"),
    ),
    Section("all", _("All"), tuple(State), _("There are no posts."), ("-send_at", "-pk")),
)
TROUBLE = ("unclear", "failed", "missed")
"""What waits until a person does something."""


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """What a person wants to see of a section; what makes no sense narrows nothing.

    `person` is a user name: of who wrote, changed or signed it. The days are those of TIME_ZONE.
    """

    channel: str = ""
    source: str = ""
    person: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, query: Mapping[str, Any]) -> Self:
        """From the query of an address."""
        words = {one: _word(query.get(one, "")) for one in ("channel", "source", "person")}
        state = query.get("state", "")
        return cls(
            **words,
            state=state if state in State.values else "",
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
        )

    @property
    def query(self) -> str:
        """The same for an address, after a section's own; empty if nothing is narrowed."""
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        kept = {name: value for name, value in said.items() if value}
        return f"&{urlencode(kept)}" if kept else ""

    def condition(self, *, moment: str) -> Q:
        """Whether a post is wanted; `moment` is the column that the days are about."""
        wanted = {
            "channel__slug": self.channel,
            "message__source": self.source,
            "state": self.state,
            f"{moment}__date__gte": self.since,
            f"{moment}__date__lte": self.until,
        }
        condition = Q(**{name: value for name, value in wanted.items() if value})
        return condition & _touched_by(self.person) if self.person else condition


@dataclass(frozen=True)
class Counted:
    """A section with the number of posts in it."""

    section: Section
    count: int


@dataclass(frozen=True)
class Cause:
    """Why posts of a channel failed, and how many."""

    channel: str
    slug: str
    reason: str
    count: int


@dataclass(frozen=True)
class Choices:
    """What a person may narrow by: keys with their words, in order."""

    channel: list[tuple[str, str]]
    source: list[tuple[str, str]]
    person: list[tuple[str, str]]


_counts: WeakKeyDictionary[HttpRequest, dict[str, int]] = WeakKeyDictionary()


def section_of(key: str) -> Section:
    """The section a person asked for, or the first."""
    return next((section for section in SECTIONS if section.key == key), SECTIONS[0])


def counted_sections(request: HttpRequest, narrowing: Narrowing | None = None) -> list[Counted]:
    """All sections with their counts, in one query; without a narrowing once a request."""
    if narrowing is not None and narrowing.query:
        counts = _count(narrowing)
    else:
        counts = _counts[request] = _counts.get(request) or _count(Narrowing())
    return [Counted(section, counts[section.key]) for section in SECTIONS]


def asks_for(request: HttpRequest) -> int:
    """How many posts ask something of this person: what is in trouble, what they may sign."""
    asking = (*TROUBLE, "approval") if request.user.has_perm("social.approve_post") else TROUBLE
    return sum(one.count for one in counted_sections(request) if one.section.key in asking)


def posts_in(section: Section, narrowing: Narrowing, *, looker: User) -> QuerySet[Post]:
    """The posts of a section that are wanted; `is_open` is whether `looker` could sign it still."""
    posts = Post.objects.filter(
        narrowing.condition(moment=section.moment), state__in=section.states
    )
    posts = posts.select_related("channel", "message__created_by", "video")
    posts = posts.annotate(is_open=approval.open_to(looker))
    return posts.prefetch_related("draft_media", "media").order_by(*section.order)


def choices() -> Choices:
    """Channels, the latest sources, and the people who wrote or signed, in one query."""
    channels = Channel.objects.values_list(_kind("channel"), "slug", "name")
    people = User.objects.filter(
        Exists(MessageContributor.objects.filter(user=OuterRef("pk")))
        | Exists(Approval.objects.filter(signer=OuterRef("pk")))
    ).values_list(_kind("person"), "username", "username")
    latest = Message.objects.exclude(source="").values("source").annotate(latest=Max("pk"))
    lately = latest.order_by("-latest").values("latest")[:LATEST_SOURCES]
    sources = Message.objects.filter(pk__in=lately)
    sources_listed = sources.values_list(_kind("source"), "source", "source")
    found: dict[str, list[tuple[str, str]]] = {"channel": [], "source": [], "person": []}
    for kind, key, words in channels.order_by().union(people.order_by(), sources_listed, all=True):
        found[kind].append((key, words))
    return Choices(**{kind: sorted(of, key=lambda one: one[1]) for kind, of in found.items()})


def causes(narrowing: Narrowing) -> list[Cause]:
    """What failed, by channel and reason, the most first."""
    failed = Post.objects.filter(narrowing.condition(moment="send_at"), state=State.FAILED)
    rows = failed.values_list("channel__name", "channel__slug", "reason").annotate(Count("pk"))
    return [Cause(*row) for row in rows.order_by("-pk__count", "channel__name", "reason")]


def _count(narrowing: Narrowing) -> dict[str, int]:
    conditions = {
        one.key: narrowing.condition(moment=one.moment) & Q(state__in=one.states)
        for one in SECTIONS
    }
    return Post.objects.aggregate(
        **{key: Count("pk", filter=condition) for key, condition in conditions.items()}
    )


def _touched_by(username: str) -> Q:
    wrote = MessageContributor.objects.filter(user__username=username)
    signed = Approval.objects.filter(signer__username=username)
    return Q(message__in=wrote.values("message")) | Q(pk__in=signed.values("post"))


def _kind(name: str) -> Value:
    return Value(name, output_field=CharField())


def _word(said: str) -> str:
    """What PostgreSQL can compare."""
    return "" if "\0" in said else said


def _day(said: str) -> date | None:
    try:
        return parse_date(said)
    except ValueError:
        return None
