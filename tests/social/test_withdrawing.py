"""A published post is withdrawn when its platform says so, and never before."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from celery_app import app
from core.models import OutboxEvent
from social import desk, notices, withdrawing
from social.channels import mastodon
from social.channels.mastodon import MASTODON
from social.credentials import keep_credentials
from social.errors import StepRefused
from social.models import Channel, Post, Withdrawal
from social.models import Kind as NoticeKind
from social.states import step
from social.tasks import hand_out_withdrawals
from tests.social.doubles.mastodon import MastodonDouble, too_many
from tests.social.doubles.server import Fault, Given, Kind, PlatformDouble
from tests.social.factories import ChannelFactory

pytestmark = pytest.mark.django_db

State, Outcome = Post.State, Withdrawal.Outcome
DELETE = "DELETE /api/v1/statuses"


@pytest.fixture
def double(
    run_double: Callable[[PlatformDouble], None], monkeypatch: pytest.MonkeyPatch
) -> MastodonDouble:
    double = MastodonDouble()
    run_double(double)
    monkeypatch.setattr(mastodon, "SECONDS", 1.0)
    return double


@pytest.fixture
def channel(double: MastodonDouble, db: None) -> Channel:
    channel = ChannelFactory(platform=MASTODON)
    keep_credentials(channel, {"address": double.url, "token": double.token})
    return channel


@pytest.fixture
def out(send: Callable[..., Post]) -> Post:
    """A post that stands on the platform."""
    return send()


def sweep() -> None:
    """What beat and a worker do, once."""
    for withdrawal_id in withdrawing.due():
        withdrawing.carry(withdrawal_id)


def now_of(post: Post) -> tuple[str, str]:
    """Where the post stands, and the last wish that it go."""
    return Post.objects.get(pk=post.pk).state, post.withdrawals.get().outcome


def test_it_stays_published_until_the_platform_says_yes(
    double: MastodonDouble, out: Post, author: User
) -> None:
    asked = desk.withdraw(out, by=author, reason="Toko tutup")
    assert (asked.state, double.published) == (State.PUBLISHED, 1)

    sweep()

    assert now_of(out) == (State.WITHDRAWN, Outcome.GONE)
    assert double.published == 0
    last = out.steps.last()
    assert last is not None
    assert (last.actor, last.reason) == (author, "Toko tutup")
    assert OutboxEvent.objects.filter(event="post.withdrawn", public_id=out.public_id).count() == 1


def test_it_is_asked_within_seconds_of_the_press(
    double: MastodonDouble, out: Post, author: User
) -> None:
    desk.withdraw(out, by=author, reason="Toko tutup")

    assert withdrawing.due() == [out.withdrawals.get().pk]
    tick = app.conf.beat_schedule["social-hand-out-withdrawals"]
    assert tick["schedule"] <= 5


def test_pressed_twice_it_is_asked_once(
    double: MastodonDouble, out: Post, author: User, approver: User
) -> None:
    desk.withdraw(out, by=author, reason="Toko tutup")
    desk.withdraw(out, by=approver, reason="Salah harga")

    sweep()
    sweep()

    assert out.withdrawals.get().asked_by == author
    assert len(double.requests(DELETE)) == 1
    with pytest.raises(StepRefused):
        desk.withdraw(out, by=author, reason="Sekali lagi")


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        (Kind.HANG_BEFORE, Given()),
        (Kind.HANG_AFTER, Given()),
        (Kind.RESET_BEFORE, Given()),
        (Kind.RESET_IN_BODY, Given()),
        (Kind.ANSWER_BEFORE, Given(502, body=b"<html>")),
        (Kind.ANSWER_AFTER, Given(503, {"error": "busy"})),
    ],
)
def test_a_lost_answer_is_asked_for_again(
    double: MastodonDouble, out: Post, author: User, kind: Kind, answer: Given
) -> None:
    double.faults = [Fault(DELETE, kind, answer)]
    desk.withdraw(out, by=author, reason="Toko tutup")

    sweep()
    assert now_of(out) == (State.PUBLISHED, Outcome.PENDING)
    assert withdrawing.due() == []

    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        sweep()
    assert now_of(out) == (State.WITHDRAWN, Outcome.GONE)


def test_a_worker_that_dies_while_it_asks_is_followed_by_another(
    double: MastodonDouble, out: Post, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.withdraw(out, by=author, reason="Toko tutup")
    [wish] = withdrawing.due()
    with monkeypatch.context() as dying:
        dying.setattr(withdrawing, "conclude", lambda *_said: None)
        withdrawing.carry(wish)
    withdrawing.carry(wish)  # while the first may still be asking
    assert len(double.requests(DELETE)) == 1

    with time_machine.travel(timezone.now() + withdrawing.LEASE):
        sweep()
    assert now_of(out) == (State.WITHDRAWN, Outcome.GONE)


def test_what_the_platform_refuses_stays_published_with_words_why(
    double: MastodonDouble, channel: Channel, out: Post, author: User
) -> None:
    keep_credentials(channel, {"address": double.url, "token": "revoked"})
    desk.withdraw(out, by=author, reason="Toko tutup")

    sweep()

    assert now_of(out) == (State.PUBLISHED, Outcome.REFUSED)
    assert out.withdrawals.get().detail == "token-refused"
    keep_credentials(channel, {"address": double.url, "token": double.token})
    desk.withdraw(out, by=author, reason="Toko tutup")
    sweep()
    assert Post.objects.get(pk=out.pk).state == State.WITHDRAWN


def test_what_was_not_taken_back_is_told_to_who_writes_until_it_is_gone(
    double: MastodonDouble, channel: Channel, out: Post, author: User, approver: User
) -> None:
    User.objects.filter(pk__in=[author.pk, approver.pk]).update(email="meja@malang.test")
    keep_credentials(channel, {"address": double.url, "token": "revoked"})
    desk.withdraw(out, by=approver, reason="Toko tutup")
    assert not list(notices.open_for(author))

    sweep()

    [notice] = notices.open_for(author)
    assert (notice.kind, notice.subject) == (NoticeKind.NOT_TAKEN_BACK, str(out.public_id))
    assert notice.words.startswith(channel.name)
    assert notice.url == reverse("social_desk:post", args=[out.public_id])
    assert [one.person for one in notice.deliveries.all()] == [author]
    keep_credentials(channel, {"address": double.url, "token": double.token})
    desk.withdraw(out, by=author, reason="Toko tutup")
    sweep()
    assert not list(notices.open_for(author))


def test_a_platform_that_asks_for_a_pause_is_given_it(
    double: MastodonDouble, out: Post, author: User
) -> None:
    double.faults = [Fault(DELETE, Kind.ANSWER_BEFORE, too_many({"Retry-After": "600"}))]
    desk.withdraw(out, by=author, reason="Toko tutup")

    sweep()

    pause = out.withdrawals.get().next_try_at - timezone.now()
    assert timedelta(seconds=590) < pause <= timedelta(seconds=600)


def test_after_a_week_without_an_answer_it_is_left_to_people(
    double: MastodonDouble, out: Post, author: User
) -> None:
    desk.withdraw(out, by=author, reason="Toko tutup")
    double.faults = [Fault(DELETE, Kind.RESET_BEFORE)]

    with time_machine.travel(timezone.now() + timedelta(days=8)):
        sweep()

    assert now_of(out) == (State.PUBLISHED, Outcome.REFUSED)


def test_a_post_that_is_gone_already_is_withdrawn(
    double: MastodonDouble, out: Post, author: User
) -> None:
    double.statuses.clear()
    desk.withdraw(out, by=author, reason="Toko tutup")

    sweep()

    assert now_of(out) == (State.WITHDRAWN, Outcome.GONE)


def test_a_post_whose_place_on_the_platform_nobody_knows_is_left_to_people(
    double: MastodonDouble, out: Post, author: User
) -> None:
    Post.objects.filter(pk=out.pk).update(remote_ids={})
    desk.withdraw(out, by=author, reason="Toko tutup")

    sweep()

    assert now_of(out) == (State.PUBLISHED, Outcome.REFUSED)
    assert double.published == 1


def test_a_paused_channel_keeps_nobody_from_taking_back(
    double: MastodonDouble, channel: Channel, out: Post, author: User
) -> None:
    desk.pause_channel(channel, by=author)
    desk.withdraw(out, by=author, reason="Toko tutup")

    sweep()

    assert now_of(out) == (State.WITHDRAWN, Outcome.GONE)


def test_beat_hands_what_is_open_to_a_worker(
    double: MastodonDouble, out: Post, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[object] = []
    monkeypatch.setattr(
        "social.tasks.withdraw_post.apply_async", lambda args, expires: handed.append(args)
    )
    desk.withdraw(out, by=author, reason="Toko tutup")

    hand_out_withdrawals()

    assert handed == [(out.withdrawals.get().pk,)]


def test_the_database_calls_nothing_withdrawn_that_no_platform_took_back(
    double: MastodonDouble, out: Post, author: User
) -> None:
    desk.withdraw(out, by=author, reason="Toko tutup")

    with pytest.raises(DatabaseError), transaction.atomic():
        step(out, to=State.WITHDRAWN, actor=author)


def test_what_was_wished_and_answered_is_never_rewritten(
    double: MastodonDouble, out: Post, author: User
) -> None:
    desk.withdraw(out, by=author, reason="Toko tutup")
    wish = out.withdrawals.filter(outcome=Outcome.PENDING)
    for change in ({"reason": "lain"}, {"outcome": Outcome.GONE}):
        with pytest.raises(DatabaseError), transaction.atomic():
            wish.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Withdrawal.objects.create(post=out, asked_by=author, reason="Dua kali")
    sweep()

    with pytest.raises(DatabaseError), transaction.atomic():
        out.withdrawals.update(detail="lain")
    with pytest.raises(DatabaseError), transaction.atomic():
        out.withdrawals.all().delete()
