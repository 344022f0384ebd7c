"""The emergency stop: nothing new leaves once it returned, and people say what happens after it."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from social import desk, notices, publishing, stopping
from social.channels import ClaimLost, NotSent, Published, Unknown
from social.errors import AlreadyStopped, NotStopped
from social.models import Attempt, Kind, Overdue, Post, SendingStop
from social.publishing import (
    Carrying,
    Repeating,
    claim_post,
    due,
    mark_missed,
    publish,
    settle_unknown,
)
from tests.social.factories import (
    MANAGES,
    SEES,
    WRITES,
    ByHandChannelFactory,
    ScriptedChannelFactory,
    ScriptedPlatform,
    approved,
    person,
)

pytestmark = pytest.mark.django_db

State = Post.State


@pytest.fixture
def due_post(author: User, approver: User, platform: ScriptedPlatform) -> Post:
    """A signed post on the scripted platform, due since a minute."""
    return approved(author, approver, channel=ScriptedChannelFactory())


def again(post: Post) -> Post:
    return Post.objects.select_related("channel").get(pk=post.pk)


def test_nothing_is_handed_out_or_claimed_while_sending_is_stopped(
    due_post: Post, author: User, platform: ScriptedPlatform
) -> None:
    stopping.stop(by=author, reason="Gempa")

    assert due() == []
    assert claim_post(due_post.pk) is None
    publish(due_post.pk)

    assert stopping.is_stopped()
    assert platform.reached == []
    assert again(due_post).state == State.WAITING


def test_what_was_claimed_and_had_not_left_is_taken_back(
    due_post: Post, author: User, approver: User, platform: ScriptedPlatform
) -> None:
    claimed = claim_post(due_post.pk)
    assert claimed is not None
    stopping.stop(by=author)

    with pytest.raises(ClaimLost):
        Carrying(claimed).leave()

    assert not Attempt.objects.exists()
    assert (again(due_post).state, again(due_post).reason) == (State.WAITING, stopping.REASON)
    stopping.resume(by=approver, overdue=Overdue.SEND)
    publish(due_post.pk)
    assert again(due_post).state == State.PUBLISHED


def test_a_stop_in_the_middle_of_the_steps_before_publishing_lets_nothing_leave(
    due_post: Post, author: User, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.steps = ("upload",)
    answer = platform._next

    def answered() -> object:
        stopping.stop(by=author)
        return "u1"

    monkeypatch.setattr(platform, "_next", answered)
    publish(due_post.pk)
    monkeypatch.setattr(platform, "_next", answer)

    assert platform.reached == []
    assert again(due_post).state == State.WAITING


def test_what_had_left_is_shown_and_its_answer_still_counts(
    due_post: Post, author: User, platform: ScriptedPlatform
) -> None:
    claimed = claim_post(due_post.pk)
    assert claimed is not None
    carrying = Carrying(claimed)
    carrying.leave()
    stopping.stop(by=author)

    assert list(stopping.in_flight()) == [due_post]
    carrying.conclude(Published(permalink="https://contoh.example/1"))

    assert again(due_post).state == State.PUBLISHED
    assert list(stopping.in_flight()) == []


def test_what_was_refused_for_now_by_the_platform_waits_for_the_end_of_the_stop(
    due_post: Post, author: User, approver: User
) -> None:
    claimed = claim_post(due_post.pk)
    assert claimed is not None
    carrying = Carrying(claimed)
    carrying.leave()
    stopping.stop(by=author)
    carrying.conclude(NotSent(reason="rate-limited", retry_after=timedelta(seconds=1)))

    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        assert due() == []
        stopping.resume(by=approver, overdue=Overdue.SEND)
        assert due() == [due_post.pk]


def test_an_unclear_post_is_not_carried_again_while_sending_is_stopped(
    due_post: Post, author: User, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.capabilities = type(platform.capabilities)(
        **{**vars(platform.capabilities), "repeat_within": timedelta(hours=1)}
    )
    platform.answers = [Unknown(reason="timeout")]
    publish(due_post.pk)
    platform.reached.clear()
    stopping.stop(by=author)

    assert settle_unknown() == 0
    with pytest.raises(ClaimLost):
        Repeating(again(due_post)).leave()

    assert platform.reached == []


def test_a_find_settles_an_unclear_post_also_while_sending_is_stopped(
    due_post: Post, author: User, platform: ScriptedPlatform
) -> None:
    platform.answers = [Unknown(reason="timeout")]
    publish(due_post.pk)
    stopping.stop(by=author)
    platform.found = Published()

    assert settle_unknown() == 1


def test_at_most_one_stop_is_open_and_the_database_knows(author: User, approver: User) -> None:
    stopping.stop(by=author)

    with pytest.raises(AlreadyStopped):
        stopping.stop(by=approver)
    with pytest.raises(DatabaseError), transaction.atomic():
        SendingStop.objects.create(stopped_at=timezone.now(), stopped_by=approver)
    stopping.resume(by=approver, overdue=Overdue.SEND)
    with pytest.raises(NotStopped):
        stopping.resume(by=approver, overdue=Overdue.SEND)
    stopping.stop(by=author)

    assert SendingStop.objects.count() == 2


def test_a_stop_that_was_is_neither_changed_nor_deleted(author: User, approver: User) -> None:
    stopping.stop(by=author, reason="Gempa")
    for changes in ({"reason": "lain"}, {"stopped_by": approver}):
        with pytest.raises(DatabaseError), transaction.atomic():
            SendingStop.objects.update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic():  # ended, but by nobody
        SendingStop.objects.update(resumed_at=timezone.now())
    stopping.resume(by=approver, overdue=Overdue.HOLD)

    with pytest.raises(DatabaseError), transaction.atomic():
        SendingStop.objects.update(resumed_at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        SendingStop.objects.all().delete()


def test_stop_and_resumption_are_on_record_with_who(author: User, approver: User) -> None:
    stopping.stop(by=author)
    stopping.resume(by=approver, overdue=Overdue.HOLD)

    told = AuditEntry.objects.filter(action__startswith="social.sending-").order_by("pk")
    assert [(one.action, one.actor_id) for one in told] == [
        ("social.sending-stopped", author.pk),
        ("social.sending-resumed", approver.pk),
    ]
    assert told[1].detail == {"sent": 0, "moved": 0, "held": 0, "overdue": "hold"}


def test_people_of_the_desk_are_told_until_it_goes_on(author: User, approver: User) -> None:
    stopping.stop(by=author, reason="Gempa")
    told = [(one.kind, one.words) for one in notices.open_for(approver)]
    stopping.resume(by=approver, overdue=Overdue.SEND)

    assert told == [(Kind.STOPPED, "penulis: Gempa")]
    assert list(notices.open_for(approver)) == []


def test_resuming_sends_the_overdue_in_their_order(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    now, channel = timezone.now(), ScriptedChannelFactory()
    second, first = (
        approved(author, approver, channel=channel, send_at=now - timedelta(minutes=ago))
        for ago in (2, 9)
    )
    stopping.stop(by=author)

    done = stopping.resume(by=approver, overdue=Overdue.SEND)

    assert (done.sent, done.moved, done.held) == (2, 0, 0)
    assert due() == [first.pk, second.pk]


def test_resuming_can_hold_all_that_is_overdue_and_nothing_else(
    due_post: Post, author: User, approver: User
) -> None:
    later = timezone.now() + timedelta(hours=3)
    to_come = approved(author, approver, channel=due_post.channel, send_at=later)
    by_hand = approved(author, approver, channel=ByHandChannelFactory())
    stopping.stop(by=author)

    done = stopping.resume(by=approver, overdue=Overdue.HOLD)

    assert (done.sent, done.moved, done.held) == (0, 0, 1)
    assert (again(due_post).state, again(due_post).reason) == (State.HELD, stopping.REASON)
    assert again(due_post).steps.latest("pk").actor == approver
    assert again(to_come).state == again(by_hand).state == State.WAITING


def test_resuming_can_move_each_by_the_length_of_the_stop_where_its_window_allows(
    due_post: Post, author: User, approver: User
) -> None:
    now = timezone.now()
    short = approved(
        author,
        approver,
        channel=due_post.channel,
        send_at=now + timedelta(minutes=30),
        window_until=now + timedelta(minutes=80),
    )
    to_come = approved(
        author, approver, channel=due_post.channel, send_at=now + timedelta(minutes=90)
    )
    stopping.stop(by=author)

    with time_machine.travel(now + timedelta(minutes=65), tick=False):
        done = stopping.resume(by=approver, overdue=Overdue.MOVE)
        stopped_for = timezone.now() - SendingStop.objects.get().stopped_at

    assert (done.sent, done.moved, done.held) == (0, 1, 1)
    assert again(due_post).send_at == due_post.send_at + stopped_for
    assert again(due_post).state == State.WAITING
    assert (again(short).state, again(short).send_at) == (State.HELD, short.send_at)
    assert again(to_come).send_at == to_come.send_at


def test_a_post_whose_window_ends_during_a_stop_is_missed_as_ever(
    due_post: Post, author: User, approver: User
) -> None:
    stopping.stop(by=author)

    with time_machine.travel(due_post.window_until + timedelta(seconds=1)):
        assert mark_missed() == 1
        assert stopping.resume(by=approver, overdue=Overdue.SEND).sent == 0


def test_what_was_posted_by_hand_is_recorded_also_while_sending_is_stopped(
    author: User, approver: User
) -> None:
    post = approved(author, approver, channel=ByHandChannelFactory())
    stopping.stop(by=approver)

    desk.hand_in(post, by=author, permalink="https://contoh.example/1")

    assert again(post).state == State.PUBLISHED


# --- At the same moment --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_attempt_begins_after_a_stop_returned_however_many_workers_are_at_it(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    for _round in range(4):
        channel = ScriptedChannelFactory()
        posts = [approved(author, approver, channel=channel) for _post in range(6)]
        start = threading.Barrier(4)

        def work(posts: list[Post] = posts, start: threading.Barrier = start) -> None:
            try:
                start.wait(10)
                for post in posts:
                    publish(post.pk)
            finally:
                connection.close()

        workers = [threading.Thread(target=work) for _worker in range(3)]
        for worker in workers:
            worker.start()
        start.wait(10)
        stopping.stop(by=author)
        returned = timezone.now()
        for worker in workers:
            worker.join(20)

        assert not Attempt.objects.filter(started_at__gt=returned).exists()
        assert not Attempt.objects.filter(outcome=Attempt.Outcome.PENDING).exists()
        states = set(Post.objects.filter(channel=channel).values_list("state", flat=True))
        assert states <= {State.PUBLISHED, State.WAITING}
        stopping.resume(by=approver, overdue=Overdue.HOLD)


@pytest.mark.django_db(transaction=True)
def test_a_stop_waits_for_a_worker_that_is_writing_its_attempt(
    due_post: Post, author: User, platform: ScriptedPlatform
) -> None:
    claimed = claim_post(due_post.pk)
    assert claimed is not None
    stopped = threading.Event()

    def stop() -> None:
        try:
            stopping.stop(by=author)
            stopped.set()
        finally:
            connection.close()

    stopper = threading.Thread(target=stop)
    with transaction.atomic():
        Post.objects.filter(pk=due_post.pk).update(lease_until=timezone.now())
        attempt = Attempt.objects.create(post=due_post, claim=claimed.held_claim)
        stopper.start()
        assert not stopped.wait(0.5)
    stopper.join(10)

    assert SendingStop.objects.get().stopped_at > attempt.started_at
    assert list(stopping.in_flight()) == [due_post]


@pytest.mark.django_db(transaction=True)
def test_a_claim_that_began_before_the_stop_is_taken_back_by_it(
    due_post: Post, author: User, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, go_on = threading.Event(), threading.Event()
    covers = publishing.approval.covers

    def slowly(post: Post) -> bool:
        looked.set()
        go_on.wait(10)
        return covers(post)

    monkeypatch.setattr(publishing.approval, "covers", slowly)
    claimed: list[Post | None] = []

    def claim() -> None:
        try:
            claimed.append(claim_post(due_post.pk))
        finally:
            connection.close()

    def stop() -> None:
        try:
            stopping.stop(by=author)
        finally:
            connection.close()

    worker, stopper = threading.Thread(target=claim), threading.Thread(target=stop)
    worker.start()
    looked.wait(10)
    stopper.start()
    stopper.join(0.5)
    assert stopper.is_alive()  # it waits for the claim
    go_on.set()
    worker.join(10)
    stopper.join(10)

    assert claimed[0] is not None
    with pytest.raises(ClaimLost):
        Carrying(claimed[0]).leave()
    assert again(due_post).state == State.WAITING


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_make_one_stop(author: User, approver: User) -> None:
    start = threading.Barrier(2)
    refused: list[AlreadyStopped] = []

    def press(who: User) -> None:
        try:
            start.wait(10)
            stopping.stop(by=who)
        except AlreadyStopped as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    both = [threading.Thread(target=press, args=(who,)) for who in (author, approver)]
    for one in both:
        one.start()
    for one in both:
        one.join(10)

    assert SendingStop.objects.count() == 1
    assert len(refused) == 1


# --- At the desk ---------------------------------------------------------------------------------

PAGE = reverse("social_desk_stop:page")
STOP = reverse("social_desk_stop:stop")
RESUME = reverse("social_desk_stop:resume")


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def manager(db: None) -> User:
    return person("pengelola", SEES, MANAGES, is_staff=True)


def test_a_stop_takes_two_taps_and_every_page_of_the_desk_says_so(
    due_post: Post, author: User, approver: User
) -> None:
    queue = as_(author).get(reverse("social_desk:queue")).content.decode()
    assert PAGE in queue
    assert "desk-stopped" not in queue

    as_(author).post(STOP)

    for page in ("social_desk:queue", "social_desk_channels:list", "wagtailadmin_home"):
        assert "desk-stopped" in as_(approver).get(reverse(page)).content.decode()
    shown = as_(approver).get(PAGE).content.decode()
    assert due_post.headline in shown
    assert RESUME in shown


def test_who_resumes_says_what_becomes_of_the_overdue(
    due_post: Post, author: User, approver: User
) -> None:
    as_(author).post(STOP, {"reason": "Gempa"})

    as_(approver).post(RESUME, {})
    assert stopping.is_stopped()
    as_(approver).post(RESUME, {"overdue": "hold"})

    assert not stopping.is_stopped()
    assert again(due_post).state == State.HELD
    assert SendingStop.objects.get().reason == "Gempa"


def test_everyone_who_works_at_the_desk_may_stop_and_only_who_answers_for_it_resumes(
    author: User, approver: User, manager: User
) -> None:
    reader = person("pembaca", SEES, is_staff=True)
    stranger = person("tanpa-meja", WRITES, is_staff=True)
    for nobody in (reader, stranger):
        as_(nobody).post(STOP)
        assert not stopping.is_stopped()

    for who in (author, approver, manager):
        as_(who).post(STOP)
        assert stopping.is_stopped()
        as_(author).post(RESUME, {"overdue": "send"})
        assert stopping.is_stopped()
        as_(manager if who == approver else approver).post(RESUME, {"overdue": "send"})
        assert not stopping.is_stopped()


def test_what_had_left_stands_on_the_page(
    due_post: Post, author: User, platform: ScriptedPlatform
) -> None:
    claimed = claim_post(due_post.pk)
    assert claimed is not None
    Carrying(claimed).leave()

    as_(author).post(STOP)

    assert list(as_(author).get(PAGE).context["on_its_way"]) == [due_post]
