"""A real Celery worker, and a beat that asks for what exists."""

import subprocess
import time

import pytest
from celery import current_app

from accounts.models import User
from celery_app import app
from social.models import Post
from social.tasks import carry_due, hand_out_due
from tests.social.factories import approved

LONGEST_WAIT = 60.0  # on a busy machine


def wait_until_published(post: Post) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < deadline and post.state != Post.State.PUBLISHED:
        time.sleep(0.1)
        post.refresh_from_db()


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_publishes_what_is_due(
    celery_worker_process: subprocess.Popen[bytes], author: User, approver: User
) -> None:
    post = approved(author, approver)

    hand_out_due.delay()
    wait_until_published(post)

    assert post.state == Post.State.PUBLISHED
    assert post.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_two_beats_and_a_redelivery_publish_it_once(
    celery_worker_process: subprocess.Popen[bytes], author: User, approver: User
) -> None:
    post = approved(author, approver)

    for _beat in range(2):
        hand_out_due.delay()
    for _delivery in range(3):
        carry_due.delay()
    wait_until_published(post)

    assert post.attempt_log.count() == 1
    assert post.steps.filter(to_state=Post.State.PUBLISHED).count() == 1


def test_beat_asks_only_for_tasks_that_exist() -> None:
    app.loader.import_default_modules()

    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in current_app.tasks
