"""After publishing: figures are asked for and kept, and nothing that is said harms the post."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from social import desk, receiving
from social.channels import ADAPTERS, Figures, Gone, NotSent, Published, Refused, Told, Unknown
from social.models import Channel, Kind, Notice, Post, PostFigures
from tests.social.factories import (
    MANAGES,
    SCRIPTED,
    SEES,
    ScriptedChannelFactory,
    ScriptedPlatform,
    person,
    published,
)

pytestmark = pytest.mark.django_db

State, Age = Post.State, PostFigures.Age
LIKED = Figures(numbers={"likes": 12, "shares": 3})


class TellingPlatform(ScriptedPlatform):
    """A platform that tells figures as it was told to, and counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Told | Exception] = []
        self.looks = 0

    def figures(self, post: Post) -> Told:
        self.looks += 1
        said = self.said.pop(0) if self.said else LIKED
        if isinstance(said, Exception):
            raise said
        return said

    def withdraw(self, post: Post) -> Gone:
        return Gone()


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> TellingPlatform:
    platform = TellingPlatform()
    platform.answers = [Published(remote_ids={"id": "1"}, permalink="https://contoh.example/1")]
    monkeypatch.setitem(ADAPTERS, SCRIPTED, platform)
    return platform


@pytest.fixture
def out(telling: TellingPlatform, author: User, approver: User) -> Post:
    """A post that stands on the platform."""
    return published(author, approver, channel=ScriptedChannelFactory())


def look(post: Post, *, after: timedelta) -> Post:
    """What beat does at that time after publishing, once; the post as it stands then."""
    assert post.published_at is not None
    with time_machine.travel(post.published_at + after, tick=False):
        receiving.plan()
        receiving.take_due()
    return Post.objects.get(pk=post.pk)


HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


def test_figures_are_taken_after_an_hour_a_day_and_a_week(
    telling: TellingPlatform, out: Post
) -> None:
    numbers = [{"likes": 1}, {"likes": 5}, {"likes": 9}]
    telling.said = [Figures(numbers=each) for each in numbers]

    for after in (HOUR / 2, HOUR, HOUR * 2, DAY, DAY * 2, WEEK, WEEK * 2):
        look(out, after=after)

    told = receiving.history(out)
    assert [one.age for one in told] == [Age.HOUR, Age.DAY, Age.WEEK]
    assert [one.numbers for one in told] == numbers
    assert telling.looks == 3


def test_a_look_that_was_missed_is_not_made_up_later(telling: TellingPlatform, out: Post) -> None:
    look(out, after=DAY * 3)

    assert [one.age for one in receiving.history(out)] == [Age.DAY]


@pytest.mark.parametrize(
    "said",
    [
        Unknown(reason="server-error"),
        NotSent(reason="rate-limited"),
        Refused(reason="token-refused"),
        ValueError("no number"),
    ],
)
def test_what_fails_is_asked_again_and_never_harms_the_post(
    telling: TellingPlatform, out: Post, said: Told | Exception
) -> None:
    telling.said = [said]

    failed = look(out, after=HOUR)
    assert (failed.state, failed.reason, failed.gone_at) == (State.PUBLISHED, "", None)
    assert receiving.history(out) == []
    look(out, after=HOUR + timedelta(minutes=1))
    assert telling.looks == 1

    look(out, after=HOUR + timedelta(minutes=7))
    assert [one.numbers for one in receiving.history(out)] == [LIKED.numbers]


def test_two_workers_ask_once(telling: TellingPlatform, out: Post) -> None:
    assert out.published_at is not None
    with time_machine.travel(out.published_at + HOUR, tick=False):
        receiving.plan()
        receiving.plan()
        one = out.figures.get()
        PostFigures.objects.filter(pk=one.pk).update(
            next_try_at=timezone.now() + receiving.LEASE
        )  # as the other worker has it
        assert receiving.take(one.pk) is None

    assert telling.looks == 0


def test_an_address_that_publishing_did_not_tell_is_fetched_once(
    telling: TellingPlatform, author: User, approver: User
) -> None:
    telling.answers = [Published(remote_ids={"id": "1"})]
    post = published(author, approver, channel=ScriptedChannelFactory())
    place = "https://contoh.example/post/1"
    telling.said = [Figures(permalink=place, remote_ids={"id": "2", "media": "9"})]

    found = look(post, after=timedelta(minutes=2))
    look(post, after=timedelta(minutes=20))

    assert (found.permalink, found.remote_ids) == (place, {"id": "1", "media": "9"})
    assert telling.looks == 1
    assert receiving.history(post) == []


def test_a_deleted_post_is_marked_and_told_but_stays_what_it_is(
    telling: TellingPlatform, out: Post
) -> None:
    telling.said = [Gone(), Gone()]

    assert look(out, after=HOUR).gone_at is None  # platforms have bad moments
    gone = look(out, after=HOUR + receiving.UNTIL_SAID_AGAIN)

    assert gone.state == State.PUBLISHED
    assert gone.gone_at is not None
    assert Notice.objects.get(kind=Kind.POST_GONE).subject == str(out.public_id)
    look(out, after=DAY)
    assert telling.looks == 2


def test_a_post_that_seemed_gone_for_a_moment_is_not(telling: TellingPlatform, out: Post) -> None:
    telling.said = [Gone(), LIKED]
    look(out, after=HOUR)

    assert look(out, after=HOUR + receiving.UNTIL_SAID_AGAIN).gone_at is None
    assert len(receiving.history(out)) == 1


def test_a_post_that_a_person_wants_gone_is_no_news(
    telling: TellingPlatform, out: Post, author: User
) -> None:
    telling.said = [Gone(), Gone()]
    look(out, after=HOUR)
    desk.withdraw(out, by=author, reason="Toko tutup")

    assert look(out, after=HOUR + receiving.UNTIL_SAID_AGAIN).gone_at is None
    assert not Notice.objects.filter(kind=Kind.POST_GONE).exists()


def test_what_costs_money_is_asked_only_when_somebody_says_so(
    telling: TellingPlatform, out: Post, author: User
) -> None:
    free = telling.capabilities
    telling.capabilities = type(free)(**{**vars(free), "dollars_for_figures": Decimal("0.005")})
    look(out, after=HOUR)
    assert telling.looks == 0

    receiving.ask_for_figures(out.channel, by=author, wanted=True)
    look(out, after=HOUR)

    assert telling.looks == 1
    assert AuditEntry.objects.filter(action="social.channel-figures-on").exists()


def test_a_silent_channel_does_not_keep_the_others_waiting(
    telling: TellingPlatform, author: User, approver: User
) -> None:
    silent = ScriptedChannelFactory()
    posts = [published(author, approver, channel=silent) for _each in range(3)]
    other = published(author, approver, channel=ScriptedChannelFactory())
    for number, post in enumerate([*posts, other]):
        out_since = timezone.now() - HOUR - timedelta(seconds=60 - number)
        Post.objects.filter(pk=post.pk).update(published_at=out_since, permalink="https://a.id/1")
    telling.said = [Unknown(reason="too-slow")]

    receiving.plan()
    receiving.take_due()

    assert telling.looks == 2
    assert len(receiving.history(other)) == 1


def test_what_was_told_is_never_rewritten(telling: TellingPlatform, out: Post) -> None:
    look(out, after=HOUR)

    with pytest.raises(DatabaseError), transaction.atomic():
        out.figures.update(numbers={"likes": 1_000})
    with pytest.raises(DatabaseError), transaction.atomic():
        out.figures.all().delete()


def test_the_post_page_shows_what_was_told_and_that_it_is_gone(
    telling: TellingPlatform, out: Post, author: User
) -> None:
    look(out, after=HOUR)
    telling.said = [Gone(), Gone()]
    look(out, after=DAY)
    look(out, after=DAY + receiving.UNTIL_SAID_AGAIN)
    client = Client()
    client.force_login(author)

    page = client.get(reverse("social_desk:post", args=[out.public_id])).content.decode()
    queue = client.get(reverse("social_desk:queue"), {"section": "out"}).content.decode()

    assert "12 suka" in page
    assert "tidak lagi tampil" in page
    assert "Tidak ada lagi di platformnya" in queue


def test_who_manages_channels_switches_it(telling: TellingPlatform, db: None) -> None:
    channel = ScriptedChannelFactory()
    client = Client()
    client.force_login(person("pengelola", SEES, MANAGES, is_staff=True))

    client.post(reverse("social_desk_channels:figures", args=[channel.slug]))
    assert Channel.objects.get(pk=channel.pk).settings["figures"] is True
    client.post(reverse("social_desk_channels:no-figures", args=[channel.slug]))
    assert Channel.objects.get(pk=channel.pk).settings["figures"] is False
