"""Two people at the same moment, on real PostgreSQL: whoever comes second sees the first."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from core.errors import Refusal
from social import approval, desk
from social.messages import add_contributor, draft_of, edit_post
from social.models import MessageContributor, Post
from social.publishing import publish
from tests.social.factories import (
    ByHandChannelFactory,
    ScriptedChannelFactory,
    ScriptedPlatform,
    approved,
    submitted,
)
from tests.social.test_approval import forge

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 6

State = Post.State


@pytest.fixture
def together() -> Iterator[Callable[..., None]]:
    """Run several acts at once, each in a thread of its own; a refusal is an answer too."""
    faults: list[BaseException] = []

    def run(*acts: Callable[[], object]) -> None:
        start = threading.Barrier(len(acts))

        def one(act: Callable[[], object]) -> None:
            try:
                start.wait(5)
                act()
            except Refusal:
                pass
            except BaseException as fault:  # told by the test, not by the thread
                faults.append(fault)
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)

    yield run
    assert not faults


def shorten(post: Post, by: User) -> Post:
    draft = replace(draft_of(post), caption="Lebih singkat.")
    return edit_post(post, by=by, version=post.version, draft=draft)


def test_an_edit_and_an_approval_never_leave_unsigned_words_waiting(
    author: User, approver: User, together: Callable[..., None]
) -> None:
    for _round in range(ROUNDS):
        post = submitted(author)
        seen = approval.digest(post)
        together(
            lambda post=post: shorten(post, author),
            lambda post=post, seen=seen: approval.approve(post, by=approver, seen=seen),
        )

        post.refresh_from_db()
        assert post.state == State.DRAFT
        assert post.caption == "Lebih singkat."
        assert not approval.covers(post)


def test_an_edit_and_a_worker_never_send_other_words_than_were_signed(
    author: User, approver: User, platform: ScriptedPlatform, together: Callable[..., None]
) -> None:
    channel = ScriptedChannelFactory()
    for _round in range(ROUNDS):
        platform.reached.clear()
        post = approved(author, approver, channel=channel)
        signed = post.caption
        together(lambda post=post: publish(post.pk), lambda post=post: shorten(post, author))

        post.refresh_from_db()
        assert {sent.caption for sent in platform.reached} <= {signed}
        assert post.state == (State.PUBLISHED if platform.reached else State.DRAFT)


def test_a_hold_and_a_worker_agree_on_whether_it_went_out(
    author: User, approver: User, platform: ScriptedPlatform, together: Callable[..., None]
) -> None:
    channel = ScriptedChannelFactory()
    for _round in range(ROUNDS):
        platform.reached.clear()
        post = approved(author, approver, channel=channel)
        together(
            lambda post=post: publish(post.pk),
            lambda post=post: desk.hold(post, by=approver, reason="Tunggu"),
        )

        post.refresh_from_db()
        assert post.state == (State.PUBLISHED if platform.reached else State.HELD)


def test_two_hand_ins_count_once(
    author: User, approver: User, together: Callable[..., None]
) -> None:
    post = approved(author, approver, channel=ByHandChannelFactory())
    hand_in = [
        lambda number=number: desk.hand_in(
            post, by=author, permalink=f"https://contoh.example/{number}"
        )
        for number in range(3)
    ]

    together(*hand_in)

    assert post.attempt_log.count() == 1


def test_whoever_becomes_a_contributor_at_the_same_moment_does_not_sign_what_goes_out(
    author: User, approver: User, together: Callable[..., None]
) -> None:
    for _round in range(ROUNDS):
        post = submitted(author)
        seen = approval.digest(post)
        together(
            lambda post=post: add_contributor(post.message, approver),
            lambda post=post, seen=seen: approval.approve(post, by=approver, seen=seen),
        )

        post.refresh_from_db()
        assert post.state in (State.SUBMITTED, State.HELD)
        assert not approval.covers(post)


def test_the_trigger_waits_for_a_contributor_who_is_not_committed_yet(
    author: User, approver: User
) -> None:
    post = submitted(author)
    named, refused = threading.Event(), threading.Event()

    def sign() -> None:
        named.wait(5)
        try:
            forge(post, approver)
        except DatabaseError:
            refused.set()
        finally:
            connection.close()

    signer = threading.Thread(target=sign)
    signer.start()
    with transaction.atomic():
        MessageContributor.objects.create(message=post.message, user=approver)
        named.set()
        signer.join(0.5)  # it waits for this transaction, and is still there
        assert signer.is_alive()
    signer.join(5)

    assert refused.is_set()
    assert not post.approvals.exists()
