"""The engine: at most once, whatever is killed, repeated or lost on the way."""

import os
import signal
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from core.outbound import AddressRefused, CallFailed
from social import approval, desk, publishing
from social.channels import Call, ClaimLost, NotSent, Outcome, Published, Refused, Unknown
from social.messages import draft_of, edit_post
from social.models import Attempt, Channel, ChannelRest, Post
from social.publishing import (
    Carrying,
    Repeating,
    begin_attempt,
    claim_post,
    conclude,
    conclude_unsent,
    due,
    mark_missed,
    publish,
    release_leases,
    settle_unknown,
)
from social.states import LEASE, step
from tests.social.factories import (
    REFUSED_FOR_NOW,
    ByHandChannelFactory,
    ScriptedChannelFactory,
    ScriptedPlatform,
    approved,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db

State = Post.State


class KilledWorker(BaseException):
    """A process that ends in the middle of a line."""


@pytest.fixture
def due_post(author: User, approver: User, platform: ScriptedPlatform) -> Post:
    """A signed post on the scripted platform, due since a minute."""
    return approved(author, approver, channel=ScriptedChannelFactory())


def let_lease_lapse(post: Post) -> None:
    Post.objects.filter(pk=post.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def lapsed(post: Post) -> Attempt:
    """An attempt whose worker did not come back in time: the post is unclear."""
    claimed = claim_post(post.pk)
    assert claimed is not None
    attempt = begin_attempt(claimed)
    assert attempt is not None
    let_lease_lapse(post)
    release_leases()
    return attempt


def let_pause_lapse(post: Post) -> None:
    Post.objects.filter(pk=post.pk).update(retry_at=timezone.now() - timedelta(seconds=1))


def state_of(post: Post) -> str:
    return Post.objects.get(pk=post.pk).state


def test_a_due_post_goes_out_once(due_post: Post, platform: ScriptedPlatform) -> None:
    platform.answers = [Published(remote_ids={"id": "7"}, permalink="https://contoh.example/7")]

    assert due() == [due_post.pk]
    publish(due_post.pk)

    due_post.refresh_from_db()
    assert due_post.state == State.PUBLISHED
    assert due_post.remote_ids == {"id": "7"}
    assert due_post.permalink == "https://contoh.example/7"
    assert due() == []


def test_a_task_delivered_again_does_nothing(due_post: Post, platform: ScriptedPlatform) -> None:
    for _delivery in range(3):
        publish(due_post.pk)

    assert len(platform.reached) == 1
    assert due_post.attempt_log.count() == 1


def test_what_is_not_yet_due_or_not_approved_stays(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    channel = ScriptedChannelFactory()
    later = approved(
        author, approver, channel=channel, send_at=timezone.now() + timedelta(minutes=5)
    )
    asked = submitted(author, channel=channel)
    draft = written(author, channel=channel)

    for post in (later, asked, draft):
        publish(post.pk)

    assert platform.reached == []
    assert due() == []


def test_the_longest_due_goes_first(author: User, approver: User) -> None:
    now = timezone.now()
    second = approved(author, approver, send_at=now - timedelta(minutes=1))
    first = approved(author, approver, send_at=now - timedelta(minutes=9))

    assert due() == [first.pk, second.pk]


def test_a_paused_channel_sends_nothing_until_it_is_resumed(
    due_post: Post, author: User, platform: ScriptedPlatform
) -> None:
    channel = Channel.objects.get(pk=due_post.channel_id)
    desk.pause_channel(channel, by=author)
    publish(due_post.pk)
    assert platform.reached == []

    desk.resume_channel(channel, by=author)
    publish(due_post.pk)
    assert len(platform.reached) == 1


def test_a_held_post_does_not_go_out(
    due_post: Post, approver: User, platform: ScriptedPlatform
) -> None:
    desk.hold(due_post, by=approver, reason="Tunggu kabar")

    publish(due_post.pk)

    assert platform.reached == []


def test_the_attempt_is_written_before_the_call(
    due_post: Post, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(post: Post, call: Call) -> Published:
        seen.append(list(post.attempt_log.values_list("outcome", flat=True)))
        call.leave()
        seen.append(list(post.attempt_log.values_list("outcome", flat=True)))
        return Published()

    monkeypatch.setattr(platform, "publish", look)
    publish(due_post.pk)

    assert seen == [[], [Attempt.Outcome.PENDING]]


def test_a_worker_killed_during_the_call_leaves_it_unclear_and_it_is_never_sent_again(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    platform.answers = [KilledWorker()]
    with pytest.raises(KilledWorker):
        publish(due_post.pk)
    publish(due_post.pk)
    assert state_of(due_post) == State.CLAIMED

    let_lease_lapse(due_post)
    assert release_leases() == 1
    publish(due_post.pk)
    assert settle_unknown() == 0

    assert state_of(due_post) == State.UNKNOWN
    assert len(platform.reached) == 1


def test_a_worker_killed_before_the_attempt_changes_nothing_but_the_delay(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    assert claim_post(due_post.pk) is not None
    assert release_leases() == 0

    let_lease_lapse(due_post)
    assert release_leases() == 1
    publish(due_post.pk)

    assert state_of(due_post) == State.PUBLISHED
    assert len(platform.reached) == 1


def test_a_worker_whose_lease_was_taken_does_not_call(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    slow = claim_post(due_post.pk)
    assert slow is not None
    let_lease_lapse(due_post)
    release_leases()
    publish(due_post.pk)

    assert begin_attempt(slow) is None
    assert len(platform.reached) == 1


@pytest.mark.parametrize("outcome", [NotSent(reason="timeout"), Refused(reason="no")])
def test_a_worker_whose_lease_was_taken_says_nothing_of_the_post_that_another_has(
    due_post: Post, outcome: Outcome
) -> None:
    slow = claim_post(due_post.pk)
    assert slow is not None
    let_lease_lapse(due_post)
    release_leases()
    other = claim_post(due_post.pk)
    assert other is not None

    conclude_unsent(slow, outcome)

    due_post.refresh_from_db()
    assert (due_post.state, due_post.claim) == (State.CLAIMED, other.claim)


def test_a_late_answer_that_proves_it_settles_an_unclear_post(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    attempt = lapsed(due_post)

    conclude(attempt, Published(permalink="https://contoh.example/1"))

    assert state_of(due_post) == State.PUBLISHED


def lapsed_and_sent_on(post: Post, approver: User) -> Attempt:
    """The same, and a person who saw nothing on the platform sends it on."""
    attempt = lapsed(post)
    desk.resolve_unknown(post, by=approver, to=State.WAITING, reason="Tidak tampak di sana")
    return attempt


@pytest.mark.parametrize("claimed_again", [False, True])
def test_a_late_proof_keeps_a_post_from_going_out_again_that_a_person_had_sent_on(
    due_post: Post, platform: ScriptedPlatform, approver: User, claimed_again: bool
) -> None:
    attempt = lapsed_and_sent_on(due_post, approver)
    second = claim_post(due_post.pk) if claimed_again else None

    conclude(attempt, Published(permalink="https://contoh.example/1"))

    due_post.refresh_from_db()
    assert (due_post.state, due_post.reason) == (State.PUBLISHED, "late-answer")
    assert due_post.permalink == "https://contoh.example/1"
    assert second is None or begin_attempt(second) is None
    publish(due_post.pk)
    assert platform.reached == []


def test_a_late_proof_says_nothing_of_what_was_edited_since(
    due_post: Post, author: User, approver: User
) -> None:
    attempt = lapsed_and_sent_on(due_post, approver)
    due_post.refresh_from_db()
    draft = replace(draft_of(due_post), caption="Lain sekali")
    edited = edit_post(due_post, by=author, version=due_post.version, draft=draft)
    again = approval.submit(edited, by=author)
    approval.approve(again, by=approver, seen=approval.digest(again))

    conclude(attempt, Published())

    assert state_of(due_post) == State.WAITING


def test_a_late_proof_leaves_what_has_left_again_to_its_own_answer(
    due_post: Post, approver: User
) -> None:
    first = lapsed_and_sent_on(due_post, approver)
    claimed = claim_post(due_post.pk)
    assert claimed is not None
    second = begin_attempt(claimed)
    assert second is not None

    conclude(first, Published(permalink="https://contoh.example/1"))
    assert state_of(due_post) == State.CLAIMED
    conclude(second, Published(permalink="https://contoh.example/2"))

    due_post.refresh_from_db()
    assert due_post.permalink == "https://contoh.example/2"


def test_a_late_answer_that_proves_nothing_leaves_it_to_a_person(due_post: Post) -> None:
    attempt = lapsed(due_post)

    conclude(attempt, NotSent(reason="timeout"))

    assert state_of(due_post) == State.UNKNOWN


def test_a_fault_in_the_call_is_unclear_not_failed(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    platform.answers = [TimeoutError("read timed out")]

    publish(due_post.pk)

    due_post.refresh_from_db()
    assert (due_post.state, due_post.reason) == (State.UNKNOWN, "TimeoutError")


def test_an_unclear_post_that_is_found_is_published(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    platform.answers = [Unknown(reason="connection reset")]
    publish(due_post.pk)
    platform.found = Published(permalink="https://contoh.example/9")

    assert settle_unknown() == 1

    due_post.refresh_from_db()
    assert (due_post.state, due_post.permalink) == (State.PUBLISHED, "https://contoh.example/9")


def test_what_never_left_is_tried_again_after_a_pause_that_grows(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    platform.answers = [REFUSED_FOR_NOW, REFUSED_FOR_NOW]
    pauses = []
    for _attempt in range(2):
        publish(due_post.pk)
        due_post.refresh_from_db()
        assert due_post.retry_at is not None
        pauses.append(due_post.retry_at - timezone.now())
        assert due() == []
        let_pause_lapse(due_post)
    publish(due_post.pk)

    assert pauses[1] > pauses[0] > timedelta(seconds=20)
    assert state_of(due_post) == State.PUBLISHED
    assert len(platform.reached) == 3


def test_a_long_answer_of_a_platform_does_not_hide_its_outcome(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    platform.answers = [Refused(reason="x" * 5_000)]

    publish(due_post.pk)

    assert state_of(due_post) == State.FAILED


def test_a_retry_after_is_obeyed(due_post: Post, platform: ScriptedPlatform) -> None:
    platform.answers = [NotSent(reason="rate", retry_after=timedelta(minutes=42))]

    publish(due_post.pk)

    due_post.refresh_from_db()
    assert due_post.retry_at is not None
    assert due_post.retry_at - timezone.now() > timedelta(minutes=41)


def test_a_refusal_for_good_fails_and_only_a_person_tries_again(
    due_post: Post, platform: ScriptedPlatform, author: User
) -> None:
    platform.answers = [Refused(reason="caption not allowed")]
    publish(due_post.pk)
    publish(due_post.pk)
    assert state_of(due_post) == State.FAILED
    assert len(platform.reached) == 1

    desk.resume(due_post, by=author)
    publish(due_post.pk)

    assert state_of(due_post) == State.PUBLISHED


def test_a_post_whose_window_is_over_is_missed_not_sent(
    due_post: Post, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    afterwards = due_post.window_until + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: afterwards)

    publish(due_post.pk)
    assert mark_missed() == 1
    assert mark_missed() == 0

    assert state_of(due_post) == State.MISSED
    assert platform.reached == []


def test_a_held_post_is_missed_too(
    due_post: Post, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.hold(due_post, by=approver, reason="Tunggu")
    afterwards = due_post.window_until + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: afterwards)

    assert mark_missed() == 1


def test_the_engine_leaves_the_by_hand_channel_to_people(author: User, approver: User) -> None:
    post = approved(author, approver, channel=ByHandChannelFactory())

    assert due() == []
    publish(post.pk)

    assert state_of(post) == State.WAITING


def test_an_answer_is_written_once(due_post: Post) -> None:
    publish(due_post.pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        Attempt.objects.update(outcome=Attempt.Outcome.UNKNOWN)
    with pytest.raises(DatabaseError), transaction.atomic():
        Attempt.objects.all().delete()


def test_a_claim_is_taken_for_as_long_as_a_task_may_run(due_post: Post) -> None:
    before = timezone.now()
    post = claim_post(due_post.pk)

    assert post is not None
    assert post.lease_until is not None
    assert post.lease_until >= before + LEASE
    assert post.claim is not None


def test_an_approval_that_went_stale_between_is_held_in_the_claim(
    due_post: Post, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approval, "digest", lambda post: "0" * 64)

    publish(due_post.pk)

    due_post.refresh_from_db()
    assert (due_post.state, due_post.reason) == (State.HELD, "approval-void")
    assert platform.reached == []


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_it_once(due_post: Post, platform: ScriptedPlatform) -> None:
    together = threading.Barrier(4)

    def work() -> None:
        try:
            together.wait()
            publish(due_post.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(platform.reached) == 1
    assert state_of(due_post) == State.PUBLISHED


@pytest.mark.django_db(transaction=True)
def test_a_process_killed_in_the_call_is_never_followed_by_a_second_call(
    due_post: Post, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()  # the child opens its own
    worker = os.fork()
    if worker == 0:
        monkeypatch.setattr(platform, "publish", lambda post, call: (call.leave(), time.sleep(60)))
        publish(due_post.pk)
        os._exit(0)
    deadline = time.monotonic() + 50  # a busy machine takes its time; the call takes longer
    while not Attempt.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)

    publish(due_post.pk)
    let_lease_lapse(due_post)
    release_leases()
    publish(due_post.pk)

    assert state_of(due_post) == State.UNKNOWN
    assert platform.reached == []


@pytest.mark.django_db(transaction=True)
def test_a_post_that_is_being_edited_is_not_claimed(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    editing = threading.Event()
    claimed = threading.Event()

    def edit() -> None:
        with transaction.atomic():
            post = publishing.lock_post(due_post.pk)
            step(post, to=State.DRAFT, reason="edited")
            editing.set()
            claimed.wait(5)
        connection.close()

    editor = threading.Thread(target=edit)
    editor.start()
    editing.wait(5)
    publish(due_post.pk)
    claimed.set()
    editor.join()

    assert platform.reached == []
    assert state_of(due_post) == State.DRAFT


# --- Platforms of several steps ------------------------------------------------------------------


def test_what_an_earlier_step_gave_is_kept_and_not_asked_for_again(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    platform.steps = ("upload", "container")
    platform.answers = ["u1", NotSent(reason="processing", retry_after=timedelta(seconds=30))]
    publish(due_post.pk)
    assert state_of(due_post) == State.WAITING
    assert platform.reached == []

    let_pause_lapse(due_post)
    platform.answers = ["c1", Published(remote_ids={"id": "7"})]
    publish(due_post.pk)

    due_post.refresh_from_db()
    assert platform.asked == ["upload", "container", "container"]
    assert due_post.remote_ids == {"upload": "u1", "container": "c1", "id": "7"}
    assert due_post.state == State.PUBLISHED
    assert due_post.attempts == 2
    assert due_post.attempt_log.count() == 1


def test_a_worker_killed_between_the_steps_resumes_after_what_was_kept(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    platform.steps = ("upload", "container")
    platform.answers = ["u1", KilledWorker()]
    with pytest.raises(KilledWorker):
        publish(due_post.pk)

    let_lease_lapse(due_post)
    assert release_leases() == 1
    platform.answers = ["c1"]
    publish(due_post.pk)

    assert platform.asked == ["upload", "container", "container"]
    assert state_of(due_post) == State.PUBLISHED


def test_an_edit_lets_go_of_what_the_steps_before_it_gave(
    due_post: Post, author: User, platform: ScriptedPlatform
) -> None:
    platform.steps = ("upload",)
    platform.answers = ["u1", CallFailed("no-connection", left=False)]
    publish(due_post.pk)

    edited = edit_post(due_post, by=author, version=1, draft=draft_of(due_post))

    assert edited.remote_ids == {}


def test_what_took_longer_to_prepare_than_its_window_lasted_is_missed_not_sent(
    due_post: Post, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.steps = ("upload",)
    with time_machine.travel(due_post.window_until - timedelta(seconds=20), tick=False) as clock:

        def slow() -> str:
            clock.shift(timedelta(seconds=20))
            return "u1"

        monkeypatch.setattr(platform, "_next", slow)
        publish(due_post.pk)
        assert mark_missed() == 1

    assert platform.reached == []
    assert state_of(due_post) == State.MISSED
    assert not due_post.attempt_log.exists()
    assert not ChannelRest.objects.exists()  # that says nothing of its platform


@pytest.mark.parametrize(
    ("broke", "state"),
    [
        (CallFailed("too-slow", left=True), State.WAITING),
        (CallFailed("no-connection", left=False), State.WAITING),
        (ValueError("a mistake of ours"), State.WAITING),
        (AddressRefused("not-public"), State.FAILED),
        (Refused(reason="picture-too-large"), State.FAILED),
    ],
)
def test_what_breaks_before_the_request_leaves_may_be_carried_again(
    due_post: Post, platform: ScriptedPlatform, broke: BaseException, state: str
) -> None:
    platform.steps = ("upload",)
    platform.answers = [broke]

    publish(due_post.pk)

    assert state_of(due_post) == state
    assert due_post.attempt_log.count() == 0


@pytest.mark.parametrize(
    ("broke", "state"),
    [
        (CallFailed("no-connection", left=False), State.WAITING),
        (CallFailed("too-slow", left=True), State.UNKNOWN),
        (ValueError("a mistake of ours"), State.UNKNOWN),
    ],
)
def test_what_breaks_after_it_left_is_unclear_unless_no_byte_left(
    due_post: Post, platform: ScriptedPlatform, broke: BaseException, state: str
) -> None:
    platform.answers = [broke]

    publish(due_post.pk)

    assert state_of(due_post) == state


def test_an_adapter_that_says_published_without_leaving_makes_it_unclear(
    due_post: Post, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "publish", lambda post, call: Published())

    publish(due_post.pk)

    assert state_of(due_post) == State.UNKNOWN


def test_a_step_of_a_worker_whose_lease_was_taken_is_not_kept(
    due_post: Post, platform: ScriptedPlatform
) -> None:
    slow = claim_post(due_post.pk)
    assert slow is not None
    let_lease_lapse(due_post)
    release_leases()

    with pytest.raises(ClaimLost):
        Carrying(slow).keep(upload="u1")
    with pytest.raises(ClaimLost):
        Carrying(slow).leave()
    assert Post.objects.get(pk=due_post.pk).remote_ids == {}


# --- Repeats that the platform takes for the first call ------------------------------------------


@pytest.fixture
def unclear_post(due_post: Post, platform: ScriptedPlatform) -> Post:
    """A post whose outcome was lost on a platform that knows a repeat for an hour."""
    platform.capabilities = replace(platform.capabilities, repeat_within=timedelta(hours=1))
    platform.answers = [CallFailed("too-slow", left=True)]
    publish(due_post.pk)
    assert state_of(due_post) == State.UNKNOWN
    platform.reached.clear()
    return due_post


def test_an_unclear_post_is_settled_by_a_repeat_that_is_no_second_post(
    unclear_post: Post, platform: ScriptedPlatform
) -> None:
    platform.answers = [Published(remote_ids={"id": "7"})]

    assert settle_unknown() == 1

    assert state_of(unclear_post) == State.PUBLISHED
    assert unclear_post.attempt_log.count() == 1


@pytest.mark.parametrize(
    "answer", [NotSent(reason="busy"), Refused(reason="gone"), CallFailed("too-slow", left=True)]
)
def test_a_repeat_that_proves_nothing_leaves_it_unclear(
    unclear_post: Post, platform: ScriptedPlatform, answer: Outcome | BaseException
) -> None:
    platform.answers = [answer]

    assert settle_unknown() == 0

    assert state_of(unclear_post) == State.UNKNOWN


def test_a_repeat_needs_all_that_a_sending_needs(
    unclear_post: Post, platform: ScriptedPlatform
) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=2)):  # no repeat any more
        assert settle_unknown() == 0

    platform.capabilities = replace(platform.capabilities, repeat_within=timedelta(days=9))
    with time_machine.travel(timezone.now() + timedelta(days=2)):  # its window is over
        assert settle_unknown() == 0

    Channel.objects.update(paused=True)
    let_pause_lapse(unclear_post)
    assert settle_unknown() == 0

    assert platform.reached == []


def test_the_longer_a_post_is_unclear_the_seldomer_its_platform_is_asked(
    due_post: Post, platform: ScriptedPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.answers = [Unknown(reason="timeout")]
    publish(due_post.pk)
    asked: list[Post] = []
    monkeypatch.setattr(platform, "find", asked.append)
    began = timezone.now()

    for seconds in range(0, 3_600, 15):
        with time_machine.travel(began + timedelta(seconds=seconds), tick=False):
            settle_unknown()
    in_an_hour = len(asked)
    with time_machine.travel(began + timedelta(hours=5), tick=False):
        settle_unknown()
        settle_unknown()

    assert 8 < in_an_hour < 16
    assert len(asked) == in_an_hour + 1


def test_nothing_is_repeated_for_a_post_that_a_person_settled_meanwhile(
    unclear_post: Post, approver: User, platform: ScriptedPlatform
) -> None:
    repeating = Repeating(unclear_post)
    desk.resolve_unknown(unclear_post, by=approver, to=State.FAILED, reason="Tidak ada di sana")

    with pytest.raises(ClaimLost):
        repeating.leave()
    with pytest.raises(ClaimLost):
        repeating.keep(upload="u1")


def test_nothing_is_repeated_once_the_window_has_ended(unclear_post: Post) -> None:
    with (
        time_machine.travel(unclear_post.window_until, tick=False),
        pytest.raises(ClaimLost),
    ):
        Repeating(unclear_post).leave()
