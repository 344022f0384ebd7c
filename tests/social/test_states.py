"""The states: one table, one writer, and a database that knows the table too."""

import pytest
from django.db import DatabaseError, transaction

from accounts.models import User
from core.models import OutboxEvent
from social.desk import withdraw
from social.errors import StepRefused
from social.models import STEPS, Post, PostStep
from social.states import step
from tests.social.factories import approved, published, submitted, written

pytestmark = pytest.mark.django_db

State = Post.State


def test_every_state_has_its_row_in_the_table() -> None:
    assert set(STEPS) == set(State)
    assert STEPS[State.WITHDRAWN] == frozenset()


@pytest.mark.parametrize("to", sorted(set(State) - STEPS[State.DRAFT] - {State.DRAFT}))
def test_the_database_refuses_a_step_that_is_not_in_the_table(author: User, to: State) -> None:
    post = written(author)

    with pytest.raises(DatabaseError), transaction.atomic():
        Post.objects.filter(pk=post.pk).update(state=to)


@pytest.mark.parametrize("to", sorted(set(State) - STEPS[State.DRAFT]))
def test_the_writer_refuses_a_step_that_is_not_in_the_table(author: User, to: State) -> None:
    with pytest.raises(StepRefused):
        step(written(author), to=to)


def test_no_post_is_born_in_another_state_than_draft(author: User) -> None:
    post = written(author)
    columns = {
        name: getattr(post, name) for name in ("message", "window_from", "window_until", "send_at")
    }

    with pytest.raises(DatabaseError), transaction.atomic():
        Post.objects.create(channel=post.channel, state=State.SUBMITTED, **columns)


def test_no_post_is_deleted(author: User) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Post.objects.filter(pk=written(author).pk).delete()


def test_a_step_from_where_the_post_no_longer_stands_is_refused(author: User) -> None:
    post = written(author)
    stale = Post.objects.get(pk=post.pk)
    withdraw(post, by=author, reason="Salah tulis")

    with pytest.raises(StepRefused):
        step(stale, to=State.SUBMITTED)


def test_each_step_is_logged_with_who_and_why_and_never_rewritten(
    author: User, approver: User
) -> None:
    post = approved(author, approver)
    withdraw(post, by=author, reason="Batal")

    told = [(one.from_state, one.to_state, one.actor, one.reason) for one in post.steps.all()]
    assert told == [
        (State.DRAFT, State.SUBMITTED, author, ""),
        (State.SUBMITTED, State.WAITING, approver, ""),
        (State.WAITING, State.WITHDRAWN, author, "Batal"),
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        PostStep.objects.update(reason="lain")
    with pytest.raises(DatabaseError), transaction.atomic():
        PostStep.objects.all().delete()


def test_publishing_and_withdrawing_are_told_outside_in_order(author: User, approver: User) -> None:
    post = published(author, approver)
    withdraw(post, by=author, reason="Toko tutup")

    told = OutboxEvent.objects.filter(stream="posts", public_id=post.public_id).order_by("pk")
    assert [event.event for event in told] == ["post.published", "post.withdrawn"]
    assert told[0].version < told[1].version


def test_a_draft_or_an_approval_is_nobody_elses_business(author: User, approver: User) -> None:
    submitted(author)
    approved(author, approver)

    assert not OutboxEvent.objects.filter(stream="posts").exists()
