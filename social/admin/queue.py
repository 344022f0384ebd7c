"""The sections of the queue, their counts, and what a person is asked to do."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from social.models import Post, State


@dataclass(frozen=True)
class Section:
    """One tab of the queue: which states it holds, and in which order."""

    key: str
    label: str | Promise
    states: tuple[State, ...]
    order: tuple[str, ...]
    empty: str | Promise


SECTIONS = (
    Section(
        "approval",
        _("To approve"),
        (State.SUBMITTED,),
        ("send_at", "pk"),
        _("Nothing waits for approval."),
    ),
    Section(
        "scheduled",
        _("Scheduled"),
        (State.WAITING, State.CLAIMED),
        ("send_at", "pk"),
        _("Nothing is scheduled."),
    ),
    Section(
        "attention",
        _("Needs attention"),
        (State.HELD, State.FAILED, State.MISSED, State.UNKNOWN),
        ("send_at", "pk"),
        _("Nothing needs attention."),
    ),
    Section(
        "drafts", _("Drafts"), (State.DRAFT,), ("-created_at", "-pk"), _("There are no drafts.")
    ),
    Section(
        "out",
        _("Published"),
        (State.PUBLISHED,),
        ("-published_at", "-pk"),
        _("Nothing has been published yet."),
    ),
    Section(
        "withdrawn",
        _("Withdrawn"),
        (State.WITHDRAWN,),
        ("-send_at", "-pk"),
        _("Nothing was withdrawn."),
    ),
)


@dataclass(frozen=True)
class Counted:
    """A section with the number of posts in it."""

    section: Section
    count: int


def section_of(key: str) -> Section:
    """The section a person asked for, or the first."""
    return next((section for section in SECTIONS if section.key == key), SECTIONS[0])


def counted_sections() -> list[Counted]:
    """All sections with their counts, in one query."""
    rows = Post.objects.values_list("state").annotate(Count("pk")).order_by()
    by_state: dict[str, int] = dict(rows)
    return [
        Counted(section, sum(by_state.get(state, 0) for state in section.states))
        for section in SECTIONS
    ]


def posts_in(section: Section, *, channel: str = "", state: str = "") -> QuerySet[Post]:
    """The posts of a section, narrowed to a channel's slug and to one of the section's states."""
    posts = Post.objects.filter(state__in=section.states)
    if state in section.states:
        posts = posts.filter(state=state)
    if channel and "\0" not in channel:
        posts = posts.filter(channel__slug=channel)
    related = posts.select_related("channel", "message__created_by")
    return related.prefetch_related("draft_media").order_by(*section.order)
