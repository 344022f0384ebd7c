"""What people do with a post that is written, and what they may not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from core.models import AuditEntry
from social import desk, publishing
from social.channels import Refused, Unknown
from social.credentials import keep_credentials, read_credentials
from social.errors import (
    BadWindow,
    CannotWithdraw,
    NotByHand,
    NotCovered,
    ProofMissing,
    StepRefused,
    WindowOver,
)
from social.messages import add_contributor
from social.models import Channel, Post
from tests.social.factories import (
    ByHandChannelFactory,
    ChannelFactory,
    ScriptedChannelFactory,
    ScriptedPlatform,
    approved,
    published,
    submitted,
)

pytestmark = pytest.mark.django_db

State = Post.State
PROOF = "https://whatsapp.example/saluran/123"


def test_a_held_post_is_resumed_while_its_certificate_covers_it(
    author: User, approver: User
) -> None:
    post = approved(author, approver)
    desk.hold(post, by=approver, reason="Tunggu")

    assert desk.resume(post, by=author).state == State.WAITING


def test_a_post_whose_certificate_was_voided_is_not_resumed(author: User, approver: User) -> None:
    post = approved(author, approver)
    add_contributor(post.message, approver)

    with pytest.raises(NotCovered):
        desk.resume(post, by=author)


def test_a_post_whose_window_is_over_is_not_resumed(
    author: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = approved(author, approver)
    desk.hold(post, by=approver, reason="Tunggu")
    monkeypatch.setattr(timezone, "now", lambda: post.window_until)

    with pytest.raises(WindowOver):
        desk.resume(post, by=author)


def test_a_move_inside_the_window_keeps_the_certificate_and_is_logged(
    author: User, approver: User
) -> None:
    post = approved(author, approver)
    later = post.send_at + timedelta(hours=3)

    moved = desk.move(post, by=author, send_at=later)

    assert (moved.state, moved.send_at) == (State.WAITING, later)
    last = moved.steps.last()
    assert last is not None
    assert (last.actor, last.from_state, last.to_state) == (author, State.WAITING, State.WAITING)


def test_a_move_outside_the_window_is_refused(author: User, approver: User) -> None:
    post = approved(author, approver)

    with pytest.raises(BadWindow):
        desk.move(post, by=author, send_at=post.window_until)


def test_a_post_that_is_out_is_not_moved(author: User, approver: User) -> None:
    post = published(author, approver)

    with pytest.raises(StepRefused):
        desk.move(post, by=author, send_at=post.send_at)


def test_the_site_takes_a_post_back(author: User, approver: User) -> None:
    post = published(author, approver)

    assert desk.withdraw(post, by=author, reason="Toko tutup").state == State.WITHDRAWN


def test_a_platform_that_cannot_take_back_says_so(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    post = published(author, approver, channel=ScriptedChannelFactory())

    with pytest.raises(CannotWithdraw):
        desk.withdraw(post, by=author, reason="Toko tutup")


def test_a_post_made_by_hand_is_handed_in_with_its_link(author: User, approver: User) -> None:
    post = approved(author, approver, channel=ByHandChannelFactory())

    done = desk.hand_in(post, by=author, permalink=PROOF)

    assert (done.state, done.permalink, done.attempts) == (State.PUBLISHED, PROOF, 1)
    assert done.attempt_log.count() == 1


def test_by_hand_needs_the_same_second_person(author: User) -> None:
    post = submitted(author, channel=ByHandChannelFactory())

    with pytest.raises(NotCovered):
        desk.hand_in(post, by=author, permalink=PROOF)


@pytest.mark.parametrize("link", ["", "tanpa tautan", "javascript:alert(1)", "ftp://x.example/1"])
def test_a_hand_in_without_a_link_is_refused(author: User, approver: User, link: str) -> None:
    post = approved(author, approver, channel=ByHandChannelFactory())

    with pytest.raises(ProofMissing):
        desk.hand_in(post, by=author, permalink=link)


def test_a_hand_in_of_something_posted_outside_the_window_is_refused(
    author: User, approver: User
) -> None:
    post = approved(author, approver, channel=ByHandChannelFactory())
    early = post.window_from - timedelta(minutes=1)

    with pytest.raises(BadWindow):
        desk.hand_in(post, by=author, permalink=PROOF, posted_at=early)


def test_a_post_made_in_time_may_be_handed_in_a_little_later(
    author: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = approved(author, approver, channel=ByHandChannelFactory())
    monkeypatch.setattr(timezone, "now", lambda: post.window_until + timedelta(hours=2))
    assert publishing.mark_missed() == 0

    in_time = post.window_until - timedelta(minutes=1)
    done = desk.hand_in(post, by=author, permalink=PROOF, posted_at=in_time)

    assert done.state == State.PUBLISHED


def test_what_the_engine_sends_is_not_handed_in(author: User, approver: User) -> None:
    post = approved(author, approver, channel=ChannelFactory())

    with pytest.raises(NotByHand):
        desk.hand_in(post, by=author, permalink=PROOF)


@pytest.mark.parametrize("to", [State.PUBLISHED, State.FAILED, State.WAITING])
def test_an_unclear_post_is_settled_by_a_named_person(
    author: User, approver: User, platform: ScriptedPlatform, to: State
) -> None:
    platform.answers = [Unknown(reason="timeout")]
    post = published(author, approver, channel=ScriptedChannelFactory())

    settled = desk.resolve_unknown(post, by=approver, to=to, reason="Dilihat sendiri")

    last = settled.steps.last()
    assert last is not None
    assert (settled.state, last.actor) == (to, approver)


def test_only_an_unclear_post_is_settled(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    platform.answers = [Refused(reason="no")]
    post = published(author, approver, channel=ScriptedChannelFactory())

    with pytest.raises(StepRefused):
        desk.resolve_unknown(post, by=approver, to=State.PUBLISHED, reason="Dilihat")


def test_pausing_a_channel_is_on_record(author: User) -> None:
    channel = ChannelFactory()

    desk.pause_channel(channel, by=author)

    entry = AuditEntry.objects.get(action="social.channel-paused")
    assert (entry.actor_id, entry.subject_id) == (author.pk, str(channel.pk))


def test_credentials_cannot_be_read_in_the_database(author: User) -> None:
    channel = ChannelFactory()
    keep_credentials(channel, {"token": "sangat-rahasia"})

    stored = Channel.objects.get(pk=channel.pk)
    assert "sangat-rahasia" not in stored.credentials
    assert read_credentials(stored) == {"token": "sangat-rahasia"}
    assert read_credentials(ChannelFactory()) == {}
