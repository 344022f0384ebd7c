"""Letters: one's own figures by mail, if asked for, by day, at most once, ended at a press."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from marketplace import consents, erasure, letters, own_goal
from marketplace.errors import ConsentMissing, NoAddress
from marketplace.letters import Every
from marketplace.models import Asn, LetterChoice, LetterSent, Umkm
from tests.marketplace.factories import AsnFactory, PurchaseFactory

pytestmark = pytest.mark.django_db

ME = "/api/v1/me/letters"
WORDS = Path(__file__).parent.parent / "voluntary_words.txt"


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=timezone.get_default_timezone())


SATURDAY, MONDAY = date(2026, 11, 21), date(2026, 11, 23)


@pytest.fixture(autouse=True)
def on_saturday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(SATURDAY), tick=False) as clock:
        yield clock


@pytest.fixture
def reader(asn: Asn, warung: Umkm) -> Asn:
    """Asked for a letter a week, and bought twice in it; somebody else did as well."""
    letters.choose(asn, every=Every.WEEK)
    PurchaseFactory(asn=asn, umkm=warung, amount=30_000)
    PurchaseFactory(asn=asn, umkm=warung, amount=12_500, day=date(2026, 11, 16))
    PurchaseFactory(asn=AsnFactory(), umkm=warung, amount=777_000)
    return asn


def send_all() -> int:
    """What one tick and its workers do; how many letters left."""
    return sum(letters.send(choice) for choice in letters.due(timezone.localtime()))


def link_of(sent: Any) -> str:
    return sent.extra_headers["List-Unsubscribe"].strip("<>").partition("/surel/")[2]


# --- Who gets one, and when ----------------------------------------------------------------------


def test_nobody_gets_a_letter_who_did_not_ask(
    asn: Asn, warung: Umkm, on_saturday: time_machine.Traveller
) -> None:
    PurchaseFactory(asn=asn, umkm=warung)
    on_saturday.move_to(at(MONDAY))

    assert (letters.chosen_by(asn), send_all()) == (Every.NEVER, 0)


def test_a_week_is_told_of_once_after_it_ended(
    reader: Asn, on_saturday: time_machine.Traveller
) -> None:
    assert send_all() == 0  # the week runs

    on_saturday.move_to(at(MONDAY))
    assert [send_all(), send_all()] == [1, 0]

    [sent] = mail.outbox
    assert sent.to == [reader.user.email]
    assert sent.subject == "Belanja Anda, 16–22 November 2026"
    for text in (sent.body, sent.alternatives[0][0]):
        assert "Rp42.500" in text
        assert "2 kali belanja" in text
        assert "100% di kelurahan" in text
        assert "777" not in text
        assert reader.name not in text


def test_a_worker_that_was_handed_one_twice_sends_it_once(
    reader: Asn, on_saturday: time_machine.Traveller
) -> None:
    on_saturday.move_to(at(MONDAY))
    [choice] = letters.due(timezone.localtime())

    assert [letters.send(choice), letters.send(choice)] == [True, False]
    assert len(mail.outbox) == 1


def test_a_month_is_told_of_on_its_first_days_or_later(
    reader: Asn, on_saturday: time_machine.Traveller
) -> None:
    letters.choose(reader, every=Every.MONTH)
    own_goal.set_goal(reader, amount=40_000)
    on_saturday.move_to(at(date(2026, 12, 9)))

    assert send_all() == 1
    assert mail.outbox[0].subject == "Belanja Anda, November 2026"
    assert "tercapai" in mail.outbox[0].body


@pytest.mark.parametrize(("hour", "left"), [(6, 0), (7, 1), (19, 1), (20, 0)])
def test_at_night_nothing_leaves(
    reader: Asn, on_saturday: time_machine.Traveller, hour: int, left: int
) -> None:
    on_saturday.move_to(at(MONDAY, hour))

    assert send_all() == left
    assert int(letters.send(LetterChoice.objects.get().pk)) == 0


def test_quiet_hours_may_lie_within_a_day(settings: Settings) -> None:
    settings.LETTERS_QUIET_FROM, settings.LETTERS_QUIET_UNTIL = 0, 8

    assert [letters.is_quiet(at(MONDAY, hour)) for hour in (0, 7, 8, 23)] == [
        True,
        True,
        False,
        False,
    ]


def test_a_week_without_a_purchase_has_no_letter(
    asn: Asn, on_saturday: time_machine.Traveller
) -> None:
    letters.choose(asn, every=Every.WEEK)
    on_saturday.move_to(at(MONDAY))

    assert (send_all(), letters.due(timezone.localtime()), mail.outbox) == (0, [], [])


def test_who_asks_on_monday_is_not_told_of_the_week_before(
    asn: Asn, warung: Umkm, on_saturday: time_machine.Traveller
) -> None:
    PurchaseFactory(asn=asn, umkm=warung)
    on_saturday.move_to(at(MONDAY))
    letters.choose(asn, every=Every.WEEK)

    assert letters.due(timezone.localtime()) == []


def withdraw(asn: Asn) -> None:
    consents.withdraw(asn)


def leave(asn: Asn) -> None:
    Asn.objects.filter(pk=asn.pk).update(left_on=SATURDAY)


def switch_off(asn: Asn) -> None:
    type(asn.user).objects.update(is_active=False)


@pytest.mark.parametrize("act", [withdraw, leave, switch_off])
def test_who_withdrew_left_or_was_switched_off_gets_none_and_holds_up_nobody(
    reader: Asn, on_saturday: time_machine.Traveller, act: Callable[[Asn], None]
) -> None:
    on_saturday.move_to(at(MONDAY))
    act(reader)

    assert (send_all(), letters.due(timezone.localtime())) == (0, [])


# --- When something breaks -----------------------------------------------------------------------


def test_while_the_mail_server_does_not_answer_a_letter_stays_due(
    reader: Asn, on_saturday: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_backend: EmailBackend) -> bool:
        raise ConnectionRefusedError

    on_saturday.move_to(at(MONDAY))
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "open", refuse)
        assert send_all() == 0

    assert send_all() == 1


def test_a_connection_lost_in_the_middle_sends_nothing_twice(
    reader: Asn, on_saturday: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(_backend: EmailBackend, _messages: Any) -> int:
        raise SMTPServerDisconnected

    on_saturday.move_to(at(MONDAY))
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", lose)
        assert send_all() == 0

    assert (send_all(), LetterSent.objects.count()) == (0, 1)


def test_what_says_that_one_was_sent_is_forgotten_long_after(
    reader: Asn, on_saturday: time_machine.Traveller
) -> None:
    on_saturday.move_to(at(MONDAY))
    send_all()
    letters.forget()
    assert LetterSent.objects.count() == 1

    on_saturday.move_to(at(date(2027, 3, 10)))
    letters.forget()
    assert not LetterSent.objects.exists()


# --- Choosing and ending -------------------------------------------------------------------------


def test_an_app_chooses_and_reads_it(asn: Asn) -> None:
    app = APIClient()
    app.force_authenticate(asn.user)

    assert app.get(ME).json() == {"every": "never", "address": asn.user.email}
    for _twice in range(2):
        answer = app.put(ME, {"every": "month"}, format="json")
        assert (answer.status_code, answer.json()["every"]) == (200, "month")
    assert app.put(ME, {"every": "hourly"}, format="json").status_code == 400
    assert app.put(ME, {"every": "never"}, format="json").json()["every"] == "never"


def test_without_an_address_or_consent_there_are_none(asn: Asn, city: Any) -> None:
    asn.user.email = ""
    asn.user.save(update_fields=["email"])
    with pytest.raises(NoAddress):
        letters.choose(asn, every=Every.WEEK)
    with pytest.raises(ConsentMissing):
        letters.choose(AsnFactory(consent=False), every=Every.WEEK)


def test_one_press_ends_them_without_a_sign_in(
    reader: Asn, on_saturday: time_machine.Traveller
) -> None:
    on_saturday.move_to(at(MONDAY))
    send_all()
    sent, stranger = mail.outbox[0], Client(enforce_csrf_checks=True)
    address = f"/surel/{link_of(sent)}"
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(reader.public_id) not in address
    assert reader.user.username not in address

    assert stranger.get(address).status_code == 200
    assert letters.chosen_by(reader) == Every.WEEK  # looking changes nothing
    for _twice in range(2):
        answer = stranger.post(address, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert letters.chosen_by(reader) == Every.NEVER
    assert "no-store" in answer["Cache-Control"]

    letters.choose(reader, every=Every.MONTH)
    stranger.post(address)
    assert letters.chosen_by(reader) == Every.NEVER  # an old link still works

    erasure.erase(Asn.objects.get(pk=reader.pk))
    assert stranger.post(address).status_code == 200
    assert stranger.post(f"{address[:-3]}xx/").status_code == 404


def test_it_is_chosen_on_a_page(client: Client, asn: Asn) -> None:
    client.force_login(asn.user)

    assert asn.user.email in client.get("/partisipasi/surel/").content.decode()
    assert client.post("/partisipasi/surel/", {"every": "week"}).status_code == 302
    assert letters.chosen_by(asn) == Every.WEEK
    assert client.post("/partisipasi/surel/", {"every": "tiap jam"}).status_code == 400


def test_a_letter_speaks_of_no_obligation(reader: Asn, on_saturday: time_machine.Traveller) -> None:
    on_saturday.move_to(at(MONDAY))
    send_all()
    said = " ".join([mail.outbox[0].body, str(mail.outbox[0].alternatives[0][0])]).lower()
    phrases = [line for line in WORDS.read_text().splitlines() if line and line[0] != "#"]

    assert [phrase for phrase in phrases if phrase in said] == []
