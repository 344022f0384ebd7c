"""The calendar shows each post on its day and moves it: freely inside what was signed."""

from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from social import approval, pace
from social.models import Channel, Post
from tests.social.factories import (
    APPROVES,
    MANAGES,
    SEES,
    ChannelFactory,
    approved,
    person,
    published,
    written,
)

pytestmark = pytest.mark.django_db

CALENDAR = "/admin/media-sosial/kalender/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(day: date, clock: str) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))


def typed(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def day_of(page: str, day: date) -> str:
    """The part of the page between this day and the next."""
    return page.split(f'data-day="{day}"')[1].split("data-day=")[0]


@pytest.fixture
def planned(author: User, approver: User) -> Post:
    """A signed post of the day after tomorrow, with a window of a week around it."""
    send_at = at(timezone.localdate() + timedelta(days=2), "09:00")
    week = timedelta(days=7)
    return approved(
        author, approver, send_at=send_at, window_from=send_at - week, window_until=send_at + week
    )


def moved(post: Post, client: Client, send_at: datetime, **said: object) -> int:
    body = {"send_at": typed(send_at), "version": post.version, **said}
    status = client.post(f"{CALENDAR}{post.public_id}/pindah/", body).status_code
    post.refresh_from_db()
    return status


def test_each_post_stands_on_its_day_in_month_and_week(planned: Post, author: User) -> None:
    client = signed_in(author)
    day = timezone.localdate(planned.send_at)

    for asked in (f"month={day:%Y-%m}", f"week={day}"):
        page = client.get(f"{CALENDAR}?{asked}").content.decode()
        assert str(planned.public_id) in day_of(page, day)
        assert str(planned.public_id) not in day_of(page, day - timedelta(days=1)).split("<h3")[0]


def test_a_published_post_stands_on_the_day_it_came_out(author: User, approver: User) -> None:
    early = timezone.now() - timedelta(days=3)
    post = published(author, approver, window_from=early, send_at=early)

    page = signed_in(author).get(f"{CALENDAR}?week={timezone.localdate()}").content.decode()

    assert str(post.public_id) in day_of(page, timezone.localdate())


def test_another_channels_posts_are_left_out_on_request(planned: Post, author: User) -> None:
    other = ChannelFactory()
    day = timezone.localdate(planned.send_at)

    page = signed_in(author).get(f"{CALENDAR}?week={day}&channel={other.slug}").content.decode()

    assert str(planned.public_id) not in page


@pytest.mark.parametrize(
    "asked",
    [
        "month=2026-13",
        "month=x",
        "week=2026-02-30",
        "week=%00",
        "month=0001-01",
        "month=9999-12",
        "week=0001-01-01",
        "week=9999-12-31",
    ],
)
def test_a_time_that_is_none_shows_the_present_month(author: User, asked: str) -> None:
    page = signed_in(author).get(f"{CALENDAR}?{asked}")

    assert page.status_code == 200
    assert f'data-day="{timezone.localdate()}"' in page.content.decode()


def test_inside_the_window_it_moves_at_once_and_its_approval_stands(
    planned: Post, approver: User
) -> None:
    later = planned.send_at + timedelta(days=3)

    assert moved(planned, signed_in(approver), later) == 302

    assert (planned.state, planned.send_at) == (Post.State.WAITING, later)
    assert approval.covers(planned)


def test_outside_the_window_it_is_asked_first_and_nothing_moves(
    planned: Post, author: User
) -> None:
    before = planned.send_at

    assert moved(planned, signed_in(author), before + timedelta(days=30)) == 200

    assert (planned.state, planned.send_at) == (Post.State.WAITING, before)


def test_outside_the_window_and_confirmed_it_is_a_draft_with_its_window_moved_along(
    planned: Post, author: User
) -> None:
    month = timedelta(days=30)
    window = (planned.window_from + month, planned.window_until + month)
    send_at = planned.send_at + month

    assert moved(planned, signed_in(author), send_at, confirmed="on") == 302

    assert planned.state == Post.State.DRAFT
    assert (planned.send_at, planned.window_from, planned.window_until) == (send_at, *window)
    assert not approval.covers(planned)


def test_an_approver_alone_moves_nothing_out_of_its_window(planned: Post, approver: User) -> None:
    far = planned.send_at + timedelta(days=30)

    assert moved(planned, signed_in(approver), far, confirmed="on") == 422

    assert planned.state == Post.State.WAITING
    assert approver not in planned.message.contributors.all()


def test_what_was_changed_meanwhile_is_not_moved_out_of_its_window(
    planned: Post, author: User
) -> None:
    far = planned.send_at + timedelta(days=30)

    status = moved(planned, signed_in(author), far, confirmed="on", version=planned.version + 1)

    assert status == 422
    assert planned.state == Post.State.WAITING


def test_what_is_out_gets_no_other_time(author: User, approver: User) -> None:
    post = published(author, approver)

    assert moved(post, signed_in(author), post.send_at, confirmed="on") == 422

    assert post.state == Post.State.PUBLISHED


def test_one_comes_back_to_the_page_one_came_from(planned: Post, author: User) -> None:
    body = {
        "send_at": typed(planned.send_at + timedelta(days=1)),
        "version": planned.version,
        "back": "week=2026-12-01&next=https://jahat.example/",
    }

    answer = signed_in(author).post(f"{CALENDAR}{planned.public_id}/pindah/", body)

    assert answer["Location"] == f"{CALENDAR}?week=2026-12-01"


def test_free_slots_and_quiet_times_are_told_where_a_time_is_chosen(
    planned: Post, author: User
) -> None:
    administrator = person("pengelola", SEES, MANAGES, is_staff=True)
    holiday = timezone.localdate(planned.send_at) + timedelta(days=1)
    pace.add_holiday(name="Nyepi", first=holiday, last=holiday, by=administrator)
    planned.channel.slots.create(weekday=0, at=time(8, 15))
    asked = typed(at(holiday, "10:00"))

    page = signed_in(author).get(f"{CALENDAR}{planned.public_id}/pindah/?send_at={asked}")

    assert "T08:15" in page.content.decode()
    assert page.context["later"] == at(holiday + timedelta(days=1), "00:00")


class TestThePaceIsTypedByAnAdministrator:
    """The forms behind the calendar."""

    @pytest.fixture
    def client(self) -> Client:
        return signed_in(person("pengelola", SEES, MANAGES, is_staff=True))

    @pytest.fixture
    def channel(self) -> Channel:
        return ChannelFactory()

    def test_quiet_hours_gap_and_slots(self, client: Client, channel: Channel) -> None:
        body = {
            "quiet_from": "21:00",
            "quiet_until": "05:30",
            "gap_minutes": "45",
            "keeps_city_times": "on",
            "slots_4": "16.00, 8:05",
        }

        assert client.post(f"{CALENDAR}irama/{channel.slug}/", body).status_code == 302

        channel.refresh_from_db()
        assert (channel.pace.quiet_from, channel.pace.gap_minutes) == (time(21), 45)
        assert [one.at for one in channel.slots.all()] == [time(8, 5), time(16)]
        page = client.get(f"{CALENDAR}irama/{channel.slug}/").content.decode()
        assert "08.05, 16.00" in page

    @pytest.mark.parametrize(
        "wrong",
        [
            {"quiet_from": "21:00"},
            {"quiet_from": "21:00", "quiet_until": "21:00"},
            {"slots_0": "25.00"},
            {"slots_0": "pagi"},
            {"gap_minutes": "-1"},
            {"gap_minutes": "99999"},
        ],
        ids=str,
    )
    def test_what_makes_no_sense_is_refused_with_words(
        self, client: Client, channel: Channel, wrong: dict[str, str]
    ) -> None:
        answer = client.post(f"{CALENDAR}irama/{channel.slug}/", {"gap_minutes": "0", **wrong})

        assert answer.status_code == 422
        assert not Channel.objects.filter(pace__isnull=False).exists()

    def test_holidays_and_prayer_times_come_and_go(self, client: Client) -> None:
        holiday = {
            "holiday-name": "Nyepi",
            "holiday-first": "2027-03-08",
            "holiday-last": "2027-03-08",
        }
        quiet = {
            "quiet-name": "Salat Jumat",
            "quiet-weekday": "4",
            "quiet-begins": "11:30",
            "quiet-ends": "13:00",
        }
        assert client.post(f"{CALENDAR}tenang/holiday/baru/", holiday).status_code == 302
        assert client.post(f"{CALENDAR}tenang/quiet/baru/", quiet).status_code == 302
        page = client.get(f"{CALENDAR}tenang/").content.decode()
        assert "Nyepi" in page
        assert "11.30–13.00" in page

        kept = pace.Holiday.objects.get()
        gone = f"{CALENDAR}tenang/holiday/{kept.pk}/hapus/"
        assert [client.post(gone).status_code for _twice in range(2)] == [302, 302]
        assert not pace.Holiday.objects.exists()

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            (
                "holiday",
                {
                    "holiday-name": "x",
                    "holiday-first": "2027-03-08",
                    "holiday-last": "2027-03-07",
                },
            ),
            ("quiet", {"quiet-name": "x", "quiet-begins": "13:00", "quiet-ends": "11:00"}),
        ],
    )
    def test_what_ends_before_it_begins_is_refused_with_words(
        self, client: Client, kind: str, body: dict[str, str]
    ) -> None:
        assert client.post(f"{CALENDAR}tenang/{kind}/baru/", body).status_code == 422

    def test_nobody_else_types_it(self, channel: Channel) -> None:
        client = signed_in(person("penyetuju", SEES, APPROVES, is_staff=True))

        assert client.get(f"{CALENDAR}irama/{channel.slug}/").status_code == 302
        assert client.post(f"{CALENDAR}tenang/quiet/baru/", {}).status_code == 302
        assert "baru/" not in client.get(f"{CALENDAR}tenang/").content.decode()


def test_a_draft_without_words_can_be_found_in_the_calendar(author: User) -> None:
    post = written(author, caption="", link="")

    page = signed_in(author).get(CALENDAR).content.decode()

    assert str(post.public_id) in page
