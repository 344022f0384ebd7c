"""What a person of the desk should know reaches those who can do something about it, once."""

import smtplib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from standardwebhooks import Webhook

from accounts.models import User
from social import mail_choices, notice_delivery, notices
from social.channels import Refused, Unknown
from social.desk import resolve_unknown, resume_channel
from social.messages import edit_post
from social.models import Kind, MailChoice, Notice, NoticeDelivery, Post
from social.pausing import set_paused
from social.publishing import mark_missed, publish
from tests.social.doubles.server import Asked, Given, PlatformDouble
from tests.social.doubles.telegram import TelegramDouble
from tests.social.factories import (
    APPROVES,
    MANAGES,
    SEES,
    WRITES,
    ChannelFactory,
    ScriptedChannelFactory,
    ScriptedPlatform,
    a_draft,
    approved,
    person,
    submitted,
    written,
)

pytestmark = pytest.mark.django_db(transaction=True)

LATER = timedelta(minutes=2)


@pytest.fixture
def author(db: None) -> User:
    return person("penulis", SEES, WRITES, email="penulis@malang.test")


@pytest.fixture
def approver(db: None) -> User:
    return person("penyetuju", SEES, APPROVES, email="penyetuju@malang.test")


@pytest.fixture
def administrator(db: None) -> User:
    return person("pengelola", SEES, MANAGES, email="pengelola@malang.test")


def tell(kind: Kind = Kind.STOPPED, subject: str = "all", **said: Any) -> None:
    notices.tell(kind, subject=subject, words="Semua pengiriman berhenti.", **said)


def deliver_all(monkeypatch: pytest.MonkeyPatch, *, after: timedelta = LATER) -> None:
    """What the ticks of beat and the workers do, some time from now."""
    now = timezone.now() + after
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: now)
        for way, person_id in notice_delivery.due():
            notice_delivery.deliver(way, person_id)


def open_kinds() -> list[str]:
    return [one.kind for one in Notice.objects.filter(settled_at=None)]


def addressees(mails: list[EmailMessage]) -> list[str]:
    return sorted(address for mail in mails for address in mail.to)


def test_a_post_that_waits_is_told_to_who_may_sign_it_and_not_to_who_wrote_it(
    author: User,
    approver: User,
    administrator: User,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = person("berdua", SEES, WRITES, APPROVES, email="berdua@malang.test")
    post = submitted(both)

    deliver_all(monkeypatch)

    assert addressees(mailoutbox) == [approver.email]
    assert post.headline in mailoutbox[0].body
    assert f"/admin/media-sosial/{post.public_id}/" in mailoutbox[0].body


def test_all_that_waits_at_once_is_one_mail(
    author: User,
    approver: User,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _number in range(3):
        submitted(author)

    deliver_all(monkeypatch)

    assert len(mailoutbox) == 1
    assert "3" in mailoutbox[0].subject


def test_what_was_approved_before_anybody_was_told_is_told_to_nobody(
    author: User,
    approver: User,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    approved(author, approver)

    deliver_all(monkeypatch)

    assert (open_kinds(), mailoutbox) == ([], [])


def test_told_twice_it_is_one_notice_and_one_mail(
    author: User, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell()
    deliver_all(monkeypatch)
    tell()
    deliver_all(monkeypatch)

    assert Notice.objects.count() == 1
    assert addressees(mailoutbox) == [author.email]


def test_settled_and_told_again_it_is_another(
    author: User, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell()
    deliver_all(monkeypatch)
    notices.settle(Kind.STOPPED, "all")
    tell()
    deliver_all(monkeypatch)

    assert Notice.objects.count() == 2
    assert len(mailoutbox) == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(Refused(reason="content-refused"), Kind.FAILED), (Unknown(reason="too-slow"), Kind.UNCLEAR)],
    ids=["failed", "unclear"],
)
def test_what_the_platform_did_with_a_post_is_told_to_its_authors_with_the_reason(
    author: User,
    approver: User,
    platform: ScriptedPlatform,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    answer: Refused | Unknown,
    kind: Kind,
) -> None:
    post = approved(author, approver, channel=ScriptedChannelFactory())
    platform.answers = [answer]

    publish(post.pk)
    deliver_all(monkeypatch)

    assert open_kinds() == [kind]
    assert addressees(mailoutbox) == [author.email]
    assert answer.reason not in mailoutbox[0].body  # in words, not by its code


def test_a_settled_post_settles_its_notice(
    author: User, approver: User, platform: ScriptedPlatform
) -> None:
    post = approved(author, approver, channel=ScriptedChannelFactory())
    platform.answers = [Unknown(reason="too-slow")]
    publish(post.pk)

    resolve_unknown(post, by=author, to=Post.State.PUBLISHED, reason="Ada di sana")

    assert open_kinds() == []


def test_a_missed_post_is_told_until_it_is_edited(
    author: User, approver: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = approved(author, approver)
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "now", lambda: post.window_until)
        mark_missed()
    assert open_kinds() == [Kind.MISSED]

    edit_post(post, by=author, version=post.version, draft=a_draft(post.channel))

    assert open_kinds() == []


def test_a_channel_that_the_engine_paused_is_told_until_somebody_resumes_it(
    administrator: User, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = ChannelFactory(name="Instagram Kota")
    set_paused(channel, by=None, paused=True)
    deliver_all(monkeypatch)
    assert addressees(mailoutbox) == [administrator.email]
    assert "Instagram Kota" in mailoutbox[0].body

    resume_channel(channel, by=administrator)

    assert open_kinds() == []


def test_a_channel_that_a_person_paused_is_no_news(administrator: User) -> None:
    set_paused(ChannelFactory(), by=administrator, paused=True)

    assert open_kinds() == []


def test_a_superuser_gets_no_mail_by_that_alone(
    mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    person("akar", is_superuser=True, email="akar@malang.test")
    tell()

    deliver_all(monkeypatch)

    assert mailoutbox == []


class Unreachable(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected


def test_a_mail_server_that_is_down_is_tried_again_later(
    author: User,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    tell()
    with monkeypatch.context():
        works, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Unreachable"
        deliver_all(monkeypatch)
    assert NoticeDelivery.objects.get().reason == "SMTPServerDisconnected"

    settings.EMAIL_BACKEND = works
    deliver_all(monkeypatch)
    assert mailoutbox == []
    deliver_all(monkeypatch, after=2 * LATER)
    assert len(mailoutbox) == 1
    deliver_all(monkeypatch, after=timedelta(days=2))
    assert len(mailoutbox) == 1


def test_a_mail_server_that_stays_down_is_given_up_at_last(
    author: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Unreachable"
    tell()
    for days in range(1, 12):
        deliver_all(monkeypatch, after=timedelta(days=days))

    row = NoticeDelivery.objects.get()
    assert row.done_at is not None
    assert row.attempts == len(notice_delivery.PAUSES) + 1


def test_a_delivery_that_another_worker_has_is_not_sent_twice(
    author: User, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    tell()
    NoticeDelivery.objects.update(next_at=timezone.now() + notice_delivery.LEASE)

    deliver_all(monkeypatch)

    assert mailoutbox == []


def test_the_desks_chat_gets_it_too(
    run_double: Callable[[PlatformDouble], None], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    double = TelegramDouble()
    run_double(double)
    settings.TELEGRAM_URL = double.url
    settings.NOTICE_TELEGRAM_TOKEN, settings.NOTICE_TELEGRAM_CHAT = double.token, "@kabarkota"
    settings.LANGUAGE_CODE = "id"
    tell()

    deliver_all(monkeypatch)
    deliver_all(monkeypatch)

    assert [one["text"].splitlines()[1] for one in double.sent] == ["Semua pengiriman berhenti."]


class NoticeReceiver(PlatformDouble):
    """A receiver of the city's own that checks the signature; down while it is told so."""

    secret = "whsec_c2VjcmV0LW9mLXRoaXJ0eS10d28tYnl0ZXMtMDE="
    down = False

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[dict[str, Any]] = []

    @property
    def published(self) -> int:
        return len(self.taken)

    def handle(self, asked: Asked) -> Given:
        said = Webhook(self.secret).verify(asked.body, asked.headers)
        if self.down:
            return Given(503, {})
        self.taken.append(said)
        return Given(204, {})


def test_a_webhook_gets_it_signed_also_after_it_was_down(
    run_double: Callable[[PlatformDouble], None], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    receiver = NoticeReceiver()
    run_double(receiver)
    settings.NOTICE_WEBHOOK_URL = f"{receiver.url}/notices"
    settings.NOTICE_WEBHOOK_SECRET = receiver.secret
    tell(url="/admin/media-sosial/")

    receiver.down = True
    deliver_all(monkeypatch)
    receiver.down = False
    deliver_all(monkeypatch, after=2 * LATER)

    [taken] = receiver.taken
    assert (taken["type"], taken["data"]["kind"]) == ("desk.notice", "stopped")
    assert taken["data"]["url"] == f"{settings.BASE_URL}/admin/media-sosial/"


def test_what_was_settled_long_ago_is_forgotten_and_what_is_open_is_not(author: User) -> None:
    tell(subject="old")
    tell(subject="open")
    Notice.objects.filter(subject="old").update(
        settled_at=timezone.now() - notice_delivery.KEPT_FOR - timedelta(days=1)
    )

    notice_delivery.forget_settled()

    assert [one.subject for one in Notice.objects.all()] == ["open"]


def test_everyone_sees_what_they_can_do_something_about(author: User, approver: User) -> None:
    submitted(author)
    written(author)

    assert [one.kind for one in notices.open_for(approver)] == [Kind.WAITING_FOR_APPROVAL]
    assert list(notices.open_for(author)) == []


@pytest.mark.parametrize(
    ("which", "mailed"),
    [
        (MailChoice.Which.ALL, [Kind.MISSED, Kind.FAILED]),
        (MailChoice.Which.URGENT, [Kind.FAILED]),
        (MailChoice.Which.NONE, []),
    ],
)
def test_each_person_says_which_notices_come_by_mail(
    author: User,
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    which: MailChoice.Which,
    mailed: list[Kind],
) -> None:
    person("penulis-kedua", SEES, WRITES, email="kedua@malang.test")
    mail_choices.choose(author, MailChoice.Which.NONE)
    mail_choices.choose(author, which)

    for kind in (Kind.MISSED, Kind.FAILED):
        tell(kind, kind)
        deliver_all(monkeypatch)

    mine = [one.subject for one in mailoutbox if one.to == [author.email]]
    assert [
        any(str(kind.label) in said for said in mine) for kind in (Kind.MISSED, Kind.FAILED)
    ] == [kind in mailed for kind in (Kind.MISSED, Kind.FAILED)]
    assert addressees(mailoutbox).count("kedua@malang.test") == 2
    assert len(notices.open_for(author)) == 2


def test_a_choice_made_on_the_page_is_ones_own(author: User, approver: User) -> None:
    User.objects.filter(pk=author.pk).update(is_staff=True)
    author.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(author)
    page = reverse("social_notices:notices")
    assert client.get(page).context["mail_form"].initial == {"which": MailChoice.Which.ALL}

    client.post(reverse("social_notices:mail"), {"which": "none"})
    client.post(reverse("social_notices:mail"), {"which": "kadang-kadang"})

    assert client.get(page).context["mail_form"].initial == {"which": MailChoice.Which.NONE}
    assert mail_choices.choice_of(approver) == MailChoice.Which.ALL


def test_the_menu_counts_the_notices_that_one_can_do_something_about(author: User) -> None:
    User.objects.filter(pk=author.pk).update(is_staff=True)
    author.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client = Client()
    client.force_login(author)
    home = reverse("wagtailadmin_home")
    assert "Pemberitahuan (" not in client.get(home).content.decode()

    tell(Kind.FAILED, "gagal")
    tell(Kind.CHANNEL_BLOCKED, "saluran")

    assert "Pemberitahuan (1)" in client.get(home).content.decode()
