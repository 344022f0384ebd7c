"""The days that a calendar page shows, and the posts on each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from core.calendar import first_of_month, last_day, month_named, next_month, previous_month
from social.messages import EDITABLE
from social.models import Holiday, Post, State

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
LEFT_OUT = (State.WITHDRAWN,)
MOST_POSTS = 1_000


@dataclass(frozen=True)
class Span:
    """A month or a week, drawn in whole weeks from Monday."""

    kind: str
    first: date
    last: date

    @property
    def drawn(self) -> list[date]:
        """Every day of the weeks it touches."""
        begins = self.first - timedelta(days=self.first.weekday())
        ends = self.last + timedelta(days=6 - self.last.weekday())
        return [begins + timedelta(days=each) for each in range((ends - begins).days + 1)]

    @property
    def before(self) -> str:
        """The one before, as a query."""
        if self.kind == "month":
            return f"month={previous_month(self.first):%Y-%m}"
        return f"week={self.first - WEEK}"

    @property
    def after(self) -> str:
        """The one after, as a query."""
        if self.kind == "month":
            return f"month={next_month(self.first):%Y-%m}"
        return f"week={self.first + WEEK}"

    @property
    def here(self) -> str:
        """This one, as a query."""
        return f"month={self.first:%Y-%m}" if self.kind == "month" else f"week={self.first}"


@dataclass(frozen=True)
class Entry:
    """One post on its day; `movable` where an act may give it another time."""

    post: Post
    at: datetime
    movable: bool


@dataclass(frozen=True)
class Day:
    """One square of the calendar."""

    date: date
    inside: bool
    is_today: bool
    holidays: list[str]
    entries: list[Entry]


def span_asked(*, month: str, week: str) -> Span:
    """The month or week that a person asked for; the present month for anything else."""
    today = timezone.localdate()
    try:
        if week:
            day = _drawable(date.fromisoformat(week))
            monday = day - timedelta(days=day.weekday())
            return Span("week", monday, monday + timedelta(days=6))
        first = _drawable(month_named(month)) if month else first_of_month(today)
    except ValueError:
        first = first_of_month(today)
    return Span("month", first, last_day(first))


def days_of(span: Span, *, channel: str = "") -> list[Day]:
    """Each drawn day with its posts: when they came out, or are due."""
    days = span.drawn
    entries: dict[date, list[Entry]] = {day: [] for day in days}
    for post in _posts(days[0], days[-1], channel=channel):
        at = timezone.localtime(post.published_at or post.send_at)
        entries[at.date()].append(Entry(post, at, movable=post.state in EDITABLE))
    holidays = list(Holiday.objects.filter(first__lte=days[-1], last__gte=days[0]))
    today = timezone.localdate()
    return [
        Day(
            date=day,
            inside=span.first <= day <= span.last,
            is_today=day == today,
            holidays=[one.name for one in holidays if one.first <= day <= one.last],
            entries=sorted(entries[day], key=lambda one: one.at),
        )
        for day in days
    ]


def _posts(first: date, last: date, *, channel: str) -> Iterable[Post]:
    begins, ends = _midnight(first), _midnight(last + DAY)
    due = Q(published_at=None, send_at__gte=begins, send_at__lt=ends)
    out = Q(published_at__gte=begins, published_at__lt=ends)
    posts = Post.objects.filter(due | out).exclude(state__in=LEFT_OUT).select_related("channel")
    if channel and "\0" not in channel:
        posts = posts.filter(channel__slug=channel)
    return posts.order_by("send_at", "pk")[:MOST_POSTS]


def _drawable(day: date) -> date:
    """The day, where there are days on both sides of it to draw. Raises ValueError."""
    if not date.min.year < day.year < date.max.year:
        raise ValueError
    return day


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
