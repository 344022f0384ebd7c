"""Who could sign is reminded in time, and whoever stands in for them while they are away."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from social import approval, reminding
from social.errors import NotASubstitute
from social.models import Absence, Kind, Notice, Post
from social.tasks import forget_notices
from tests.social.factories import APPROVES, SEES, person, submitted

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def second() -> User:
    return person("pengganti", SEES, APPROVES, email="pengganti@malang.test", is_staff=True)


def open_kinds(post: Post) -> set[str]:
    rows = Notice.objects.filter(subject=str(post.public_id), settled_at=None)
    return set(rows.values_list("kind", flat=True))


def told(post: Post, kind: Kind) -> set[str]:
    notice = Notice.objects.get(subject=str(post.public_id), kind=kind, settled_at=None)
    return set(notice.deliveries.values_list("person__username", flat=True))


def away(approver: User, substitute: User) -> Absence:
    today = timezone.localdate()
    return reminding.be_away(approver, substitute=substitute, first=today, last=today + DAY)


def later(monkeypatch: pytest.MonkeyPatch, pause: timedelta) -> None:
    now = timezone.now() + pause
    monkeypatch.setattr(timezone, "now", lambda: now)


def test_a_post_that_waits_too_long_is_told_again_and_once(
    author: User, approver: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = submitted(author, window_until=timezone.now() + 9 * DAY)
    reminding.remind()
    assert open_kinds(post) == {Kind.WAITING_FOR_APPROVAL}

    later(monkeypatch, timedelta(hours=settings.APPROVAL_REMINDER_HOURS, minutes=1))
    reminding.remind()
    reminding.remind()

    assert open_kinds(post) == {Kind.WAITING_FOR_APPROVAL, Kind.STILL_WAITING}
    assert Notice.objects.filter(kind=Kind.STILL_WAITING).count() == 1


def test_a_window_that_closes_is_told_before_it_does(
    author: User, approver: User, settings: Any
) -> None:
    soon = timezone.now() + timedelta(hours=settings.WINDOW_CLOSING_HOURS) / 2
    post = submitted(author, window_until=soon)

    reminding.remind()

    assert Kind.WINDOW_CLOSING in open_kinds(post)


def test_what_was_signed_is_reminded_of_no_more(
    author: User, approver: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = submitted(author, window_until=timezone.now() + 9 * DAY)
    later(monkeypatch, timedelta(hours=settings.APPROVAL_REMINDER_HOURS, minutes=1))
    reminding.remind()

    approval.approve(post, by=approver, seen=approval.digest(post))
    reminding.remind()

    assert open_kinds(post) == set()


def test_while_an_approver_is_away_the_substitute_is_told_instead(
    author: User, approver: User, second: User
) -> None:
    User.objects.filter(pk=approver.pk).update(email="penyetuju@malang.test")
    away(approver, second)

    post = submitted(author)

    assert told(post, Kind.WAITING_FOR_APPROVAL) == {"pengganti"}


def test_back_again_one_is_told_again(author: User, approver: User, second: User) -> None:
    User.objects.filter(pk=approver.pk).update(email="penyetuju@malang.test")
    reminding.come_back(approver, away(approver, second).pk)

    assert told(submitted(author), Kind.WAITING_FOR_APPROVAL) == {"penyetuju", "pengganti"}


def test_when_everybody_is_away_everybody_is_told(
    author: User, approver: User, second: User
) -> None:
    User.objects.filter(pk=approver.pk).update(email="penyetuju@malang.test")
    away(approver, second)
    away(second, approver)

    assert told(submitted(author), Kind.WAITING_FOR_APPROVAL) == {"penyetuju", "pengganti"}


def test_nobody_stands_in_who_may_not_sign_or_for_themselves(author: User, approver: User) -> None:
    for nobody in (author, approver):
        with pytest.raises(NotASubstitute):
            away(approver, nobody)


def test_the_page_shows_what_is_open_and_takes_an_absence(
    author: User, approver: User, second: User
) -> None:
    post = submitted(author)
    client, page = Client(), "/admin/media-sosial/pemberitahuan/"
    client.force_login(approver)
    assert str(post.public_id) in client.get(page).content.decode()

    today = timezone.localdate()
    said = {"substitute": second.pk, "first": today, "last": today + DAY}
    assert client.post(f"{page}pergi/", said).status_code == 302
    absence = Absence.objects.get()
    assert (absence.person, absence.substitute) == (approver, second)
    wrong = {**said, "last": today - DAY}
    assert client.post(f"{page}pergi/", wrong).status_code == 422
    assert client.post(f"{page}{absence.pk}/kembali/").status_code == 302
    assert not Absence.objects.exists()


def test_nobody_ends_another_persons_absence(approver: User, second: User) -> None:
    absence = away(approver, second)

    reminding.come_back(second, absence.pk)

    assert Absence.objects.exists()


def test_an_author_sees_no_absence_form(author: User) -> None:
    client = Client()
    client.force_login(author)

    assert "pergi/" not in client.get("/admin/media-sosial/pemberitahuan/").content.decode()


def test_who_was_away_is_forgotten_ninety_days_after_the_last_day(
    approver: User, second: User
) -> None:
    today = timezone.localdate()
    for days in (-1, 0, 90, 91):
        last = today - timedelta(days=days)
        first = last - timedelta(days=200)
        Absence.objects.create(person=approver, substitute=second, first=first, last=last)

    forget_notices()

    assert sorted((today - one.last).days for one in Absence.objects.all()) == [-1, 0, 90]
