"""An ASN activates an account with a NIP and a code that goes where the personnel file says."""

import re
from datetime import date, timedelta
from io import StringIO
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from core.models import AuditEntry
from marketplace import activation, tasks
from marketplace.errors import ActivationRefused, SignInNameTaken
from marketplace.models import Activation, ActivationNotice, Asn
from marketplace.nip import Nip, parse_nip
from tests.accounts.factories import UserFactory
from tests.marketplace.factories import AsnFactory

pytestmark = pytest.mark.django_db(transaction=True)

DIGITS = "198508172010011001"
STRANGER = "199008172015042002"
ADDRESS = "sri@dinas.contoh.test"
PASSWORD = "soto-koya-gurih-2026"


@pytest.fixture
def asn() -> Asn:
    return AsnFactory(digits=DIGITS, email=ADDRESS, user=None)


def number(digits: str = DIGITS) -> Nip:
    return parse_nip(digits, today=timezone.localdate())


def work() -> None:
    """What beat and the workers do within seconds."""
    for waiting in activation.waiting():
        tasks.send_activation_code(waiting)
    for untold in activation.untold():
        tasks.tell_of_activation(untold)


def code_by_mail(digits: str = DIGITS) -> str:
    activation.ask(number(digits))
    work()
    return re.search(r"\b\w{4}-\w{4}\b", mail.outbox[-1].body).group()


def activate(code: str, *, digits: str = DIGITS, username: str = "sri") -> User:
    return activation.activate(
        number=number(digits), code=code, username=username, password=PASSWORD
    )


def test_the_code_goes_only_to_the_address_in_the_personnel_file(asn: Asn) -> None:
    code_by_mail()

    assert [sent.to for sent in mail.outbox] == [[ADDRESS]]
    assert DIGITS not in mail.outbox[0].body + mail.outbox[0].subject


def test_code_and_new_password_make_the_account(asn: Asn) -> None:
    user = activate(code_by_mail())

    asn.refresh_from_db()
    assert asn.user == user
    assert user.email == ADDRESS
    assert [group.name for group in user.groups.all()] == ["asn"]
    assert Client().login(username="sri", password=PASSWORD)


def test_every_activation_is_told_to_that_address_once(asn: Asn) -> None:
    activate(code_by_mail())
    work()
    work()

    assert [sent.to for sent in mail.outbox] == [[ADDRESS], [ADDRESS]]
    assert "2026" in mail.outbox[1].body


def test_a_known_and_an_unknown_nip_are_answered_alike_after_the_same_work(asn: Asn) -> None:
    answers = []
    for digits in (DIGITS, STRANGER):
        with CaptureQueriesContext(connection) as queries:
            page = Client().post("/aktivasi/", {"nip": digits})
            said = APIClient().post("/api/v1/activation", {"nip": digits}, format="json")
        shown = re.sub(r'value="[^"]*"', "", page.content.decode())
        shapes = [re.sub(r"'[^']*'|\d+", "", query["sql"]) for query in queries]
        answers.append((shown, said.status_code, said.content, shapes))

    assert answers[0] == answers[1]
    assert answers[0][1] == 202


def test_an_unknown_nip_gets_no_mail_and_no_code_fits_it() -> None:
    activation.ask(number(STRANGER))
    work()

    assert mail.outbox == []
    with pytest.raises(ActivationRefused):
        activate("", digits=STRANGER)


def test_what_is_wrong_is_not_said(asn: Asn) -> None:
    code = code_by_mail()
    tries = [
        {"nip": DIGITS, "code": "AAAA-AAAA"},
        {"nip": STRANGER, "code": code},
        {"nip": STRANGER, "code": "AAAA-AAAA"},
    ]
    said = []
    for each in tries:
        body = {**each, "username": "sri", "password": PASSWORD}
        answer = APIClient().post("/api/v1/activation/confirm", body, format="json").json()
        said.append((answer["type"], answer["title"], answer["status"]))

    assert set(said) == {("/problems/activation-refused", said[0][1], 403)}


def test_a_code_works_once(asn: Asn) -> None:
    code = code_by_mail()
    activate(code)

    with pytest.raises(ActivationRefused):
        activate(code, username="lain")
    assert User.objects.count() == 1


def test_a_code_lives_for_half_an_hour(asn: Asn) -> None:
    code = code_by_mail()

    later = timezone.now() + timedelta(minutes=31)
    with time_machine.travel(later, tick=False), pytest.raises(ActivationRefused):
        activate(code)


def test_after_five_wrong_codes_the_right_one_is_worth_nothing(asn: Asn) -> None:
    code = code_by_mail()
    for _try in range(5):
        with pytest.raises(ActivationRefused):
            activate("AAAA-AAAA")

    with pytest.raises(ActivationRefused):
        activate(code)


def test_a_new_code_ends_the_one_before(asn: Asn) -> None:
    first, second = code_by_mail(), code_by_mail()

    with pytest.raises(ActivationRefused):
        activate(first)
    assert activate(second)


def test_a_taken_name_leaves_the_code_as_it_was(asn: Asn) -> None:
    UserFactory(username="Sri")
    code = code_by_mail()

    with pytest.raises(SignInNameTaken):
        activate(code)
    assert activate(code, username="sri.wahyuni")


def test_the_code_may_be_typed_small_and_without_the_hyphen(asn: Asn) -> None:
    assert activate(code_by_mail().lower().replace("-", " "))


def test_who_has_left_or_has_an_account_gets_no_code(asn: Asn) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    Asn.objects.update(left_on=yesterday)
    AsnFactory(digits=STRANGER, email=ADDRESS)
    for digits in (DIGITS, STRANGER):
        activation.ask(number(digits))
    work()

    assert mail.outbox == []


def test_who_left_after_asking_cannot_activate(asn: Asn) -> None:
    code = code_by_mail()
    Asn.objects.update(left_on=date(2020, 1, 1))

    with pytest.raises(ActivationRefused):
        activate(code)
    assert not User.objects.exists()


def test_neither_nip_nor_code_is_kept(asn: Asn) -> None:
    code = code_by_mail().replace("-", "")

    kept = str(list(Activation.objects.values()))
    assert DIGITS not in kept
    assert code not in kept


def test_two_workers_send_one_code(asn: Asn) -> None:
    activation.ask(number())
    [waiting] = activation.waiting()
    tasks.send_activation_code(waiting)
    tasks.send_activation_code(waiting)

    assert len(mail.outbox) == 1


def test_a_mail_that_could_not_be_sent_is_tried_again(
    asn: Asn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise SMTPServerDisconnected

    with monkeypatch.context() as patch:
        patch.setattr(activation, "send_mail", broken)
        activation.ask(number())
        work()
    work()

    assert len(mail.outbox) == 1


def test_asking_is_slowed_down_by_nip_whether_anyone_has_it(asn: Asn) -> None:
    for digits in (DIGITS, STRANGER):
        body = {"nip": digits}
        answers = [
            APIClient().post("/api/v1/activation", body, format="json").status_code
            for _ask in range(11)
        ]
        assert answers == [202] * 10 + [429]


def test_what_is_no_nip_is_told_so(client: Client) -> None:
    answer = APIClient().post("/api/v1/activation", {"nip": "123"}, format="json")
    page = client.post("/aktivasi/", {"nip": "123"}).content.decode()

    assert answer.json()["type"] == "/problems/nip-not-valid"
    assert 'role="alert"' in page
    assert not Activation.objects.exists()


def test_the_pages_lead_from_the_nip_to_the_sign_in(asn: Asn, client: Client) -> None:
    asked = client.post("/aktivasi/", {"nip": DIGITS})
    work()
    code = re.search(r"\b\w{4}-\w{4}\b", mail.outbox[-1].body).group()
    given = {"nip": DIGITS, "code": code, "username": "sri", "password": PASSWORD}
    done = client.post("/aktivasi/kode/", given)

    assert 'name="code"' in asked.content.decode()
    assert asked["Cache-Control"].startswith("max-age=0")
    assert done["Location"] == "/masuk/"
    assert DIGITS not in str(client.session.items())


def test_a_sign_in_name_that_is_a_nip_is_refused(asn: Asn, client: Client) -> None:
    given = {"nip": DIGITS, "code": "x", "username": DIGITS, "password": PASSWORD}
    page = client.post("/aktivasi/kode/", given)
    answer = APIClient().post("/api/v1/activation/confirm", given, format="json")

    assert page.status_code == 200
    assert "username" in page.context["form"].errors
    assert "username" in answer.json()["errors"]


def test_a_weak_password_is_refused_before_the_code_is_looked_at(asn: Asn) -> None:
    code = code_by_mail()
    given = {"nip": DIGITS, "code": code, "username": "sri", "password": "password"}
    answer = APIClient().post("/api/v1/activation/confirm", given, format="json")

    assert "password" in answer.json()["errors"]
    assert activate(code)


def printed(capsys: Any, monkeypatch: pytest.MonkeyPatch, *, by: User) -> str:
    monkeypatch.setattr("sys.stdin", StringIO(DIGITS + "\n"))
    call_command("print_activation_code", "--by", by.username)
    return str(capsys.readouterr().out).split()[0]


def test_a_coordinator_prints_a_code_for_who_has_no_address(
    capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asn = AsnFactory(digits=DIGITS, user=None)
    coordinator = UserFactory(role="coordinator")
    code = printed(capsys, monkeypatch, by=coordinator)
    activation.ask(number())
    work()
    activate(code)

    asn.refresh_from_db()
    assert asn.user is not None
    entry = AuditEntry.objects.get(action="asn.activation_code_printed")
    assert (entry.actor_id, entry.subject_id) == (coordinator.pk, str(asn.pk))
    assert not ActivationNotice.objects.exists()


def test_a_code_on_paper_is_not_for_who_has_an_address(
    asn: Asn, capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CommandError):
        printed(capsys, monkeypatch, by=UserFactory(role="administrator"))


def test_nobody_else_prints_codes(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    AsnFactory(digits=DIGITS, user=None)

    with pytest.raises(CommandError):
        printed(capsys, monkeypatch, by=UserFactory(role="editor"))


def test_what_is_over_is_forgotten(asn: Asn) -> None:
    code_by_mail()
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        tasks.forget_activations()

    assert not Activation.objects.exists()
