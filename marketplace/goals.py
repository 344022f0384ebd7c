"""Goals that people fill together, from figures that anybody can read; no purchase is looked at.

A kelurahan's, a kecamatan's and an agency's goal move when a month is released; the city's moves
at night as well, with its counter. Only months in which a place stands alone count for it. Rupiah
of an agency are rounded in each month, so its sum is a rough one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.db.models import F
from django.utils import timezone

from core.calendar import first_of_month, months_before, months_between
from marketplace import releases
from marketplace.models import CollectiveGoal, Lens, Region

MOST_MONTHS = 36
"""A goal lasts no longer."""
REMEMBERED_MONTHS = 12
"""So long after its end a goal is still shown."""
SHOWN_AT_MOST = 24


AGENCY = "agency"


class State(Enum):
    """How far a goal is in time. One whose months have ended waits for the last to be released."""

    COMING = "coming"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True)
class Who:
    """Who fills a goal: a place by its code, or an agency, whose `level` is `AGENCY`."""

    code: str
    name: str
    level: str


@dataclass(frozen=True)
class Progress:
    """What was reached together, in whole rupiah.

    `months` of the `released` months of the goal are in it: where they differ, the place was shown
    with its neighbours in some and the amount is a least one. `live` names the months of the
    city's counter that are in it as well.
    """

    goal: CollectiveGoal
    who: Who
    state: State
    amount: int
    months: int
    released: int
    live: tuple[releases.Live, ...]

    @property
    def at_least(self) -> bool:
        """Whether more may have been spent than is counted."""
        return self.months < self.released or bool(self.live)

    @property
    def rough(self) -> bool:
        """Whether each month in it was rounded."""
        return self.who.level == AGENCY

    @property
    def told(self) -> bool:
        """Whether anything can be said of it yet: a whole month, or the city's counter."""
        return self.months > 0 or bool(self.live)

    @property
    def filled(self) -> bool:
        """Whether the goal is reached."""
        return self.amount >= self.goal.amount

    @property
    def percent(self) -> int:
        """Whole percent of the goal, rounded down, also beyond 100."""
        return max(self.amount, 0) * 100 // self.goal.amount

    @property
    def total_months(self) -> int:
        """How many months the goal lasts."""
        return _months_in(self.goal)


def shown(place: Region | None = None) -> list[Progress]:
    """The goals that run, come or ended within a year, of all or of one place, running ones first.

    The city's own are those of the place that is the city.
    """
    today = first_of_month(timezone.localdate())
    found = CollectiveGoal.objects.select_related("region__parent", "agency")
    found = found.filter(last_month__gte=months_before(today, REMEMBERED_MONTHS))
    if place is not None:
        of_city = place.level == Region.Level.CITY
        found = found.filter(region=None if of_city else place, agency=None)
    return _in_order(progress(goal) for goal in found[:SHOWN_AT_MOST])


def of_the_city_now() -> Progress | None:
    """The city's running goal, for the front page; of several the one that ends first."""
    month = first_of_month(timezone.localdate())
    running = CollectiveGoal.objects.filter(first_month__lte=month, last_month__gte=month)
    goal = running.filter(region=None, agency=None).order_by("last_month", "pk").first()
    return progress(goal) if goal else None


def running_in(month: date, *, most: int) -> list[Progress]:
    """Goals that a released month counts for, as they stood when it was closed; no counter.

    The city's own come first, then those of places, then those of agencies.
    """
    found = CollectiveGoal.objects.select_related("region__parent", "agency")
    found = found.filter(first_month__lte=month, last_month__gte=month)
    by_who = [F(who).asc(nulls_first=True) for who in ("agency", "region")]
    ordered = found.order_by(*by_who, "last_month", "pk")
    return [progress(goal, until=month) for goal in ordered[:most]]


def progress(goal: CollectiveGoal, *, until: date | None = None) -> Progress:
    """What released figures say of a goal, or said of it when the month `until` was closed."""
    last = min(goal.last_month, until or goal.last_month)
    whole = [month for month in _months(goal, last=last) if month.whole]
    live = () if until or goal.region or goal.agency else _live(goal)
    released = releases.released_between(goal.first_month, last)
    return Progress(
        goal=goal,
        who=_who(goal),
        state=_state(goal, released=released),
        amount=sum(month.amount for month in whole) + sum(each.amount for each in live),
        months=sum(months_between(each.first_month, each.month) + 1 for each in whole),
        released=released,
        live=live,
    )


def _months(goal: CollectiveGoal, *, last: date) -> Sequence[releases.Figure | releases.KeyMonth]:
    """What anybody can read of the goal's months up to `last`."""
    first = goal.first_month
    if goal.agency:
        return releases.key_months(Lens.AGENCY, goal.agency.code, first=first, last=last)
    return releases.months_of(goal.region or releases.city(), first=first, last=last)


def _who(goal: CollectiveGoal) -> Who:
    if goal.agency:
        return Who(goal.agency.code, goal.agency.name, AGENCY)
    place = goal.region or releases.city()
    return Who(place.code, place.name, place.level)


def _live(goal: CollectiveGoal) -> tuple[releases.Live, ...]:
    """The city's counter of the goal's months that are not released yet."""
    return tuple(
        live for live in releases.live_months() if goal.first_month <= live.month <= goal.last_month
    )


def _state(goal: CollectiveGoal, *, released: int) -> State:
    """Once every month of it is released its amount moves no more."""
    if timezone.localdate() < goal.first_month:
        return State.COMING
    return State.ENDED if released == _months_in(goal) else State.RUNNING


def _months_in(goal: CollectiveGoal) -> int:
    return months_between(goal.first_month, goal.last_month) + 1


def _in_order(found: Iterable[Progress]) -> list[Progress]:
    order = [State.RUNNING, State.COMING, State.ENDED]
    return sorted(found, key=lambda each: order.index(each.state))
