"""When a shop is open: at the edges of days, weeks and nights, the same in SQL and in Python."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from cms.hours import second_of_week, state_at, week_seconds
from cms.models import OpeningHours, UmkmPage, Weekday
from tests.cms.factories import UmkmPageFactory

WIB = ZoneInfo("Asia/Jakarta")
MON, FRI, SAT, SUN = Weekday.MONDAY, Weekday.FRIDAY, Weekday.SATURDAY, Weekday.SUNDAY

pytestmark = pytest.mark.django_db


def wib(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in the week of Monday 2 November 2026."""
    return datetime(2026, 11, 2 + day, hour, minute, tzinfo=WIB)


def shop(*rows: tuple[int, int, str, str]) -> UmkmPage:
    page = UmkmPageFactory()
    for first, last, opens, closes in rows:
        OpeningHours.objects.create(
            page=page,
            first_day=first,
            last_day=last,
            opens=time.fromisoformat(opens),
            closes=time.fromisoformat(closes),
        )
    return UmkmPage.objects.get(pk=page.pk)


def in_the_week(page: UmkmPage, moment: datetime) -> bool:
    """As lists are filtered: by the second of the week."""
    second = second_of_week(moment)
    return any(opens <= second < closes for opens, closes in week_seconds(page.hours.all()))


def is_open(page: UmkmPage, moment: datetime) -> bool:
    """What both rules say; they have to agree."""
    state = state_at(page.hours.all(), moment)
    assert state is not None
    assert in_the_week(page, moment) == state.is_open
    return state.is_open


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (wib(0, 7, 59), False),
        (wib(0, 8), True),
        (wib(0, 16, 59), True),
        (wib(0, 17), False),
        (wib(5, 9), False),
    ],
)
def test_a_shop_is_open_from_its_first_minute_until_before_its_last(
    moment: datetime, *, expected: bool
) -> None:
    assert is_open(shop((MON, FRI, "08:00", "17:00")), moment) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (wib(5, 23, 59), True),
        (wib(6, 0, 30), True),
        (wib(6, 1), False),
        (wib(0, 0, 30), False),
    ],
)
def test_a_night_belongs_to_the_day_it_began_on(moment: datetime, *, expected: bool) -> None:
    assert is_open(shop((FRI, SAT, "16:00", "01:00")), moment) is expected


def test_a_sunday_night_runs_into_monday() -> None:
    assert is_open(shop((SUN, SUN, "20:00", "02:00")), wib(7, 1, 59))


def test_days_may_run_over_the_end_of_the_week() -> None:
    page = shop((FRI, MON, "08:00", "12:00"))

    assert [is_open(page, wib(day, 9)) for day in range(7)] == [
        True, False, False, False, True, True, True,
    ]  # fmt: skip


def test_the_same_time_twice_is_around_the_clock() -> None:
    page = shop((MON, SUN, "00:00", "00:00"))

    assert is_open(page, wib(3, 3))
    state = state_at(page.hours.all(), wib(3, 3))
    assert state is not None
    assert state.around_the_clock


def test_the_clock_is_the_citys_whatever_zone_a_moment_comes_in() -> None:
    just_before_midnight_utc = datetime(2026, 11, 1, 23, 30, tzinfo=ZoneInfo("UTC"))

    assert is_open(shop((MON, MON, "06:00", "07:00")), just_before_midnight_utc)


def test_it_tells_until_when_and_when_again() -> None:
    page = shop((MON, FRI, "08:00", "12:00"), (MON, FRI, "12:00", "17:00"))

    now = state_at(page.hours.all(), wib(4, 9))
    later = state_at(page.hours.all(), wib(4, 18))

    assert now is not None
    assert now.until == wib(4, 17)
    assert later is not None
    assert later.again == wib(7, 8)


def test_nothing_is_said_where_no_hours_are_known() -> None:
    page = shop()

    assert state_at(page.hours.all(), wib(0, 9)) is None
    assert not in_the_week(page, wib(0, 9))
