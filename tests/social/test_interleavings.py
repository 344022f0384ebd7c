"""Whatever people and workers do at the same moment, statement by statement, the promises hold.

`Desk` is one post with all who work on it; each act of theirs is a rule of the product, called as
the admin, the API and the worker call it. After the acts `Desk.check` looks at what reached the
platform and at what the database holds.
"""

import hashlib
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from accounts.models import User
from core.errors import Refusal
from social import approval, barring, desk, messages, publishing, retiring, stopping
from social.channels import ADAPTERS, Call, NotSent, Outcome, Published, Refused, Unknown
from social.models import STEPS, Approval, Attempt, Overdue, Post, PostMedia
from social.rescheduling import reschedule_with_window
from social.states import LEASE
from tests.social.factories import (
    APPROVES,
    MANAGES,
    SCRIPTED,
    SEES,
    WRITES,
    ScriptedChannelFactory,
    ScriptedPlatform,
    a_picture,
    person,
    submitted,
)
from tests.social.interleaving import Ended, take_turns

pytestmark = pytest.mark.django_db(transaction=True)

State = Post.State
A_TRIFLE = timedelta(seconds=1)
SOURCE = "photo:tahu"
LONG_UPLOAD = 5

MOST = 30
STATEMENTS = {"move_on": 5, "pause": 5, "stop": 8, "resume": 8, "sweep": 8, "help_write": 8}
STATEMENTS |= {"bar_picture": 5, "end_the_window": 5}
"""About how many statements an act has, where fewer than MOST: a turn is to end inside it."""

TURNS = st.one_of(st.just([]), st.lists(st.integers(1, 16), max_size=4))
"""How many statements each goes on before the next one; none: each to its end."""


@dataclass(frozen=True)
class Said:
    """All that a certificate is about, as one person or one platform saw it."""

    channel: int
    caption: str
    link: str
    window: tuple[datetime, datetime]
    pictures: tuple[tuple[str, str], ...]


def what_is_said(post: Post) -> Said:
    """The post as it stands in one's hands, with the bytes of its pictures read anew."""
    pictures = PostMedia.objects.filter(post=post, version=post.version).defer(None)
    return Said(
        channel=post.channel_id,
        caption=post.caption,
        link=post.link,
        window=(post.window_from, post.window_until),
        pictures=tuple(
            (hashlib.sha256(bytes(one.content)).hexdigest(), one.alt) for one in pictures
        ),
    )


@dataclass(frozen=True)
class Sent:
    """One call that left: what it said, from when to when it left, and whether it took effect."""

    said: Said
    leaves_at: datetime
    left_at: datetime
    arrived: bool


class Remembering(ScriptedPlatform):
    """The scripted platform with one step before the publishing call, told by the whole of it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Sent] = []
        self.finds = False

    def publish(self, post: Post, call: Call) -> Outcome:
        said = what_is_said(post)
        if "upload" not in call.kept:
            call.keep(upload="1")
        for _moment in range(LONG_UPLOAD):
            others_may_go_on()
        leaves_at = timezone.now()
        call.leave()
        answer = self.answers.pop(0) if self.answers else Published()
        arrived = not isinstance(answer, NotSent | Refused)
        self.sent.append(Sent(said, leaves_at, timezone.now(), arrived))
        if isinstance(answer, BaseException):
            raise answer
        assert not isinstance(answer, str)
        return answer

    def find(self, post: Post) -> Published | None:
        is_there = any(sent.arrived for sent in self.sent)
        return Published() if self.finds and is_there else None


def others_may_go_on() -> None:
    """A moment of a slow upload."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@dataclass(frozen=True)
class Staff:
    """The people of the desk."""

    author: User
    approver: User
    second: User
    chief: User


@pytest.fixture
def staff(db: None) -> Staff:
    return Staff(
        author=person("penulis", SEES, WRITES),
        approver=person("penyetuju", SEES, APPROVES),
        second=person("penyetuju-lain", SEES, APPROVES, WRITES),
        chief=person("kepala", SEES, WRITES, MANAGES),
    )


@pytest.fixture
def remembering(monkeypatch: pytest.MonkeyPatch) -> Remembering:
    platform = Remembering()
    monkeypatch.setitem(ADAPTERS, SCRIPTED, platform)
    return platform


class Desk:
    """One post, submitted, and all that may be done with it; what was done is remembered."""

    def __init__(self, staff: Staff, platform: Remembering, clock: Any) -> None:
        self.staff, self.platform, self.clock = staff, platform, clock
        platform.sent, platform.answers, platform.finds = [], [], False
        self.channel = ScriptedChannelFactory()
        media = [replace(a_picture(width=40, height=40), source_ref=SOURCE)]
        self.post_id = submitted(staff.author, channel=self.channel, media=media).pk
        self.looked_at: dict[tuple[int, str], Said] = {}
        self.done: list[tuple[str, Ended]] = []
        self.numbers = itertools.count()
        self.version = 0

    @property
    def post(self) -> Post:
        return Post.objects.select_related("channel").get(pk=self.post_id)

    def at_once(self, names: list[str], turns: list[int]) -> None:
        """Do these acts at once, in these turns, and look whether all promises held."""
        acts = [partial(ACTS[name], self) for name in names]
        self.done += zip(names, take_turns(acts, turns), strict=True)
        self.check()

    def clear(self) -> None:
        """Leave nothing that another desk's stop, sweep or picture would touch."""
        barring.let_go([SOURCE])
        if stopping.is_stopped():
            stopping.resume(by=self.staff.chief, overdue=Overdue.SEND)
        unclear = Post.objects.filter(state__in=[State.CLAIMED, State.UNKNOWN])
        unclear.update(state=State.FAILED, claim=None, lease_until=None)
        over = [State.PUBLISHED, State.WITHDRAWN]
        Post.objects.exclude(state__in=over).update(state=State.WITHDRAWN)

    # --- What the author, the approvers and the chief do -----------------------------------------

    def edit(self) -> None:
        self._edit(caption=f"Sarapan, kata ke-{next(self.numbers)}.")

    def edit_alt(self) -> None:
        alt = f"Sepiring tahu, ke-{next(self.numbers)}"
        self._edit(media=[replace(a_picture(alt, width=40, height=40), source_ref=SOURCE)])

    def _edit(self, **changes: Any) -> None:
        post, by = self.post, self.staff.author
        draft = replace(messages.draft_of(post), **changes)
        post = messages.edit_post(post, by=by, version=post.version, draft=draft)
        approval.submit(post, by=by)

    def approve(self) -> None:
        self._approve(self.staff.approver)

    def approve_too(self) -> None:
        self._approve(self.staff.second)

    def _approve(self, by: User) -> None:
        post = self.post
        seen = approval.digest(post)
        self.looked_at[by.pk, seen] = what_is_said(post)
        approval.approve(post, by=by, seen=seen)

    def ask_for_changes(self) -> None:
        approval.request_changes(self.post, by=self.staff.second, reason="Terlalu panjang")

    def submit(self) -> None:
        approval.submit(self.post, by=self.staff.author)

    def move_on(self) -> None:
        desk.move(self.post, by=self.staff.author, send_at=timezone.now() + timedelta(hours=1))

    def move_here(self) -> None:
        desk.move(self.post, by=self.staff.author, send_at=timezone.now() - A_TRIFLE)

    def move_out_of_the_window(self) -> None:
        post = self.post
        send_at = post.send_at + timedelta(hours=2)
        reschedule_with_window(post, by=self.staff.author, version=post.version, send_at=send_at)

    def hold(self) -> None:
        desk.hold(self.post, by=self.staff.author, reason="Tunggu")

    def let_go(self) -> None:
        desk.resume(self.post, by=self.staff.author)

    def give_up(self) -> None:
        desk.withdraw(self.post, by=self.staff.author, reason="Batal")

    def send_again(self) -> None:
        post, by = self.post, self.staff.author
        desk.resolve_unknown(post, by=by, to=State.WAITING, reason="Tidak ada di sana")

    def help_write(self) -> None:
        messages.add_contributor(self.post.message, self.staff.approver)

    def bar_picture(self) -> None:
        barring.bar([SOURCE], reason="Izinnya dicabut")

    def stop(self) -> None:
        stopping.stop(by=self.staff.chief)

    def resume(self) -> None:
        stopping.resume(by=self.staff.chief, overdue=Overdue.SEND)

    def resume_moved(self) -> None:
        stopping.resume(by=self.staff.chief, overdue=Overdue.MOVE)

    def pause(self) -> None:
        desk.pause_channel(self.channel, by=self.staff.chief)

    def unpause(self) -> None:
        desk.resume_channel(self.channel, by=self.staff.chief)

    def retire(self) -> None:
        retiring.retire_channel(self.channel, by=self.staff.chief)

    # --- What the engine does --------------------------------------------------------------------

    def send(self) -> None:
        with self._unrefused():
            publishing.publish(self.post_id)

    def sweep(self) -> None:
        """A lease later: whoever had the post and is still about it has lost it."""
        self.clock.shift(LEASE + A_TRIFLE)
        with self._unrefused():
            publishing.release_leases()
            publishing.mark_missed()
            publishing.settle_unknown()

    def end_the_window(self) -> None:
        self.clock.move_to(self.post.window_until)
        with self._unrefused():
            publishing.mark_missed()

    @staticmethod
    @contextmanager
    def _unrefused() -> Iterator[None]:
        """The engine looks under the lock before it takes a step: nobody has to refuse it."""
        try:
            yield
        except Refusal as refusal:
            raise AssertionError(f"the engine was refused: {refusal}") from refusal

    # --- What always holds -----------------------------------------------------------------------

    def check(self) -> None:
        """All promises, at a moment at which nobody is at it."""
        post = self.post
        for sent in self.platform.sent:
            self._was_signed(sent)
            self._left_in_time(sent)
        self._arrived_once(post)
        self._nothing_left_after_a_proof(post)
        self._steps_are_of_the_table(post)
        self._nobody_signed_unseen(post)
        assert post.version >= self.version
        self.version = post.version
        assert post.state != State.CLAIMED
        pending = post.attempt_log.filter(outcome=Attempt.Outcome.PENDING)
        assert not pending.exists()

    def _was_signed(self, sent: Sent) -> None:
        """A second person, who had not contributed when it was claimed, signed just that."""
        claimed = self._claims().filter(at__lte=sent.leaves_at).last()
        assert claimed is not None
        helped = self.post.message.contributions.filter(at__lt=claimed.at)
        signed = Approval.objects.filter(
            post=self.post_id,
            decision=Approval.Decision.APPROVED,
            signed_at__lt=claimed.at,
        ).exclude(signer__in=helped.values("user"))
        seen = [self.looked_at.get((one.signer_id, one.digest)) for one in signed]
        assert sent.said in seen

    def _left_in_time(self, sent: Sent) -> None:
        begins, ends = sent.said.window
        assert begins <= sent.leaves_at < ends
        assert not self._halted("stop", {"resume", "resume_moved"}, sent.left_at)
        assert not self._halted("retire", set(), sent.left_at)

    def _halted(self, halt: str, lifts: set[str], moment: datetime) -> bool:
        """Whether an act that lets nothing leave had returned by then, and none that ends it
        could have been done since."""
        lifted = [one for name, one in self.done if name in lifts]
        halts = [one for name, one in self.done if name == halt and one.was_done]
        return any(
            halted.ended < moment
            and not any(one.ended > halted.began and one.began < moment for one in lifted)
            for halted in halts
        )

    def _arrived_once(self, post: Post) -> None:
        asked_again = [name for name, one in self.done if name == "send_again" and one.was_done]
        arrived = [sent for sent in self.platform.sent if sent.arrived]
        assert len(arrived) <= 1 + len(asked_again)
        assert arrived or post.state != State.PUBLISHED

    def _nothing_left_after_a_proof(self, post: Post) -> None:
        """Once it is known to be out, be it late, only what was edited since goes out."""
        attempts = list(post.attempt_log.all())
        for proof in (one for one in attempts if one.outcome == Attempt.Outcome.PUBLISHED):
            for later in (one for one in attempts if one.started_at > proof.ended_at):
                between = (proof.started_at, later.started_at)
                assert post.steps.filter(to_state=State.DRAFT, at__range=between).exists()

    def _steps_are_of_the_table(self, post: Post) -> None:
        stands = State.DRAFT
        for one in post.steps.all():
            assert one.from_state == stands
            assert one.to_state == stands or State(one.to_state) in STEPS[stands]
            stands = State(one.to_state)
        assert post.state == stands
        for claim in self._claims():
            assert not self._halted("pause", {"unpause"}, claim.at)
        if post.state == State.PUBLISHED:
            assert post.send_at <= self.platform.sent[-1].leaves_at  # nobody moved what had left

    def _nobody_signed_unseen(self, post: Post) -> None:
        for one in post.approvals.filter(decision=Approval.Decision.APPROVED):
            assert (one.signer_id, one.digest) in self.looked_at

    def _claims(self) -> Any:
        return self.post.steps.filter(to_state=State.CLAIMED)


ACTS: dict[str, Callable[[Desk], None]] = {
    name: act
    for name, act in vars(Desk).items()
    if callable(act) and not name.startswith("_") and name not in ("at_once", "clear", "check")
}


@contextmanager
def opened(staff: Staff, platform: Remembering, *before: str) -> Iterator[Desk]:
    """A desk at which this was done before, one after the other."""
    with time_machine.travel(timezone.now(), tick=True) as clock:
        found = Desk(staff, platform, clock)
        try:
            for name in before:
                ACTS[name](found)
            yield found
        finally:
            found.clear()


SIGNED = ("approve",)
RACES: list[tuple[tuple[str, ...], list[str]]] = [
    ((), ["approve", "edit"]),
    ((), ["approve", "edit_alt", "send"]),
    ((), ["approve", "help_write", "send"]),
    ((), ["approve", "bar_picture", "send"]),
    (SIGNED, ["send", "edit"]),
    (SIGNED, ["send", "ask_for_changes"]),
    (SIGNED, ["send", "stop"]),
    (SIGNED, ["send", "stop", "resume"]),
    (SIGNED, ["send", "move_on"]),
    (SIGNED, ["send", "move_out_of_the_window"]),
    (SIGNED, ["send", "pause"]),
    (SIGNED, ["send", "retire"]),
    (SIGNED, ["send", "sweep", "send"]),
    (SIGNED, ["send", "sweep", "send_again", "send"]),
    (SIGNED, ["send", "end_the_window"]),
]
"""What is done before, and what at once; the first of these begins."""

RACES_RUN = int(os.environ.get("RACES", "50"))
"""More of them (RACES=400) after a change of what locks, claims or signs."""


@st.composite
def races(draw: st.DrawFn) -> tuple[tuple[str, ...], list[str], list[int]]:
    """What is done before, what at once, and in which turns: the first breaks off somewhere."""
    before, acts = draw(st.sampled_from(RACES))
    begins = draw(st.integers(0, len(acts) - 1))
    acts = acts[begins:] + acts[:begins]
    first = draw(st.integers(1, STATEMENTS.get(acts[0], MOST)))
    return before, acts, [first, *draw(TURNS)]


@settings(
    max_examples=RACES_RUN,
    derandomize=True,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(race=races())
def test_edit_approve_stop_and_move_race_each_other_and_the_worker_and_no_promise_breaks(
    staff: Staff,
    remembering: Remembering,
    race: tuple[tuple[str, ...], list[str], list[int]],
) -> None:
    before, acts, turns = race
    with opened(staff, remembering, *before) as found:
        found.at_once(acts, turns)


ANSWERS = [
    Published(),
    Unknown(reason="too-slow"),
    NotSent(reason="no-connection"),
    Refused(reason="content-refused"),
    ValueError("the answer could not be read"),
]
FINAL = {"end_the_window"}


class ManyHands(RuleBasedStateMachine):
    """One post after the other through many hands, two or three at a time."""

    staff: Staff
    platform: Remembering

    def __init__(self) -> None:
        super().__init__()
        self.opening = opened(self.staff, self.platform, "approve")
        self.desk = self.opening.__enter__()

    def teardown(self) -> None:
        self.opening.__exit__(None, None, None)

    @initialize(answers=st.lists(st.sampled_from(ANSWERS), max_size=3), finds=st.booleans())
    def the_platform_will(self, answers: list[Any], finds: bool) -> None:
        self.platform.answers, self.platform.finds = list(answers), finds

    @rule(
        names=st.lists(st.sampled_from(sorted(ACTS.keys() - FINAL)), min_size=1, max_size=2),
        turns=TURNS,
    )
    def beside_the_worker(self, names: list[str], turns: list[int]) -> None:
        self.desk.at_once([*names, "send"], turns)

    @rule(
        names=st.lists(st.sampled_from(sorted(ACTS.keys() - FINAL)), min_size=2, max_size=3),
        turns=TURNS,
    )
    def at_once(self, names: list[str], turns: list[int]) -> None:
        self.desk.at_once(names, turns)

    @rule()
    def sign_again(self) -> None:
        for name in ("resume", "unpause", "edit", "approve_too"):
            self.desk.at_once([name], [])


def test_whoever_does_what_at_the_same_moment_no_promise_breaks(
    staff: Staff, remembering: Remembering
) -> None:
    people = type("People", (ManyHands,), {"staff": staff, "platform": remembering})
    run_state_machine_as_test(
        people,
        settings=settings(
            max_examples=8,
            stateful_step_count=5,
            derandomize=True,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
