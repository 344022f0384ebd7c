"""Letters: a person's own figures of a week or a month by mail, only if they asked for them.

Beat asks again and again who is due; nothing leaves in the quiet hours. A letter is taken up in a
row that a constraint holds, committed before the mail leaves: run twice, late or killed on any
line, it leaves at most once. A period in which nothing was bought has no letter: it would be read
as a reminder, and there is nothing to be reminded of.
"""

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace import consents, personnel
from marketplace.errors import NoAddress
from marketplace.models import Asn, LetterChoice, LetterSent
from marketplace.participation import Participation, Period, participation, start_of
from marketplace.rings import OWN_KELURAHAN

logger = logging.getLogger(__name__)

Every = LetterChoice.Every
PERIODS = {Every.WEEK: Period.WEEK, Every.MONTH: Period.MONTH}
AT_ONCE = 300
"""How many are handed out by one tick."""
KEPT = timedelta(days=100)
SIGNER = Signer(salt="marketplace.letters")


@dataclass(frozen=True)
class Letter:
    """One mail, ready to leave."""

    address: str
    subject: str
    text: str
    html: str
    end_link: str


# --- Choosing ------------------------------------------------------------------------------------


def chosen_by(asn: Asn) -> Every:
    """How often they want letters."""
    found = LetterChoice.objects.filter(asn=asn).values_list("every", flat=True).first()
    return Every(found or Every.NEVER)


@transaction.atomic
def choose(asn: Asn, *, every: Every) -> None:
    """Have letters, or none any more; said again it changes nothing.

    The first one tells of the period that runs now. Raises `NoAddress` for an account without an
    e-mail address, `ConsentMissing`, `NotAsn` for who was erased.
    """
    held = consents.hold(asn)
    if every == chosen_by(held):
        return
    if every != Every.NEVER:
        consents.refuse_without(held)
        if held.user is None or not held.user.email:
            raise NoAddress
    said = {"every": every, "since": timezone.localdate()}
    LetterChoice.objects.update_or_create(asn=held, defaults=said)


def is_a_link(token: str) -> bool:
    """Whether this stood in a letter of ours: a random key, signed. It tells of nobody."""
    try:
        SIGNER.unsign(token)
    except BadSignature:
        return False
    return True


def end_by_link(token: str) -> None:
    """End the letters of the one whose letter held this token, without a sign-in.

    Pressed again, or after they were erased, it does nothing.
    """
    LetterChoice.objects.filter(key=UUID(SIGNER.unsign(token))).update(every=Every.NEVER)


# --- Sending -------------------------------------------------------------------------------------


def is_quiet(now: datetime) -> bool:
    """Whether it is night in TIME_ZONE: from LETTERS_QUIET_FROM to LETTERS_QUIET_UNTIL o'clock."""
    begins, ends, hour = settings.LETTERS_QUIET_FROM, settings.LETTERS_QUIET_UNTIL, now.hour
    if begins <= ends:
        return begins <= hour < ends
    return hour >= begins or hour < ends


def due(now: datetime) -> list[int]:
    """The choices whose last period is over and not taken up; none in the quiet hours."""
    if is_quiet(now):
        return []
    found: list[int] = []
    for every, period in PERIODS.items():
        starts, ends = last_period(now.date(), period=period)
        taken = LetterSent.objects.filter(choice=OuterRef("pk"), every=every, starts=starts)
        rows = LetterChoice.objects.filter(~Exists(taken), every=every, since__lte=ends)
        found += rows.order_by("pk").values_list("pk", flat=True)[: AT_ONCE - len(found)]
    return found


def send(choice: int) -> bool:
    """Send one letter if it is due; whether it left.

    The mail server is asked first: while it does not answer, the letter stays due. Once taken up
    it is not tried again, since nobody can tell whether a lost connection has delivered it.
    """
    now = timezone.localtime()
    if is_quiet(now):
        return False
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException):
        logger.warning("letters wait for the mail server", exc_info=True)
        return False
    try:
        letter = _take_up(choice, today=now.date())
        if letter is None:
            return False
        return bool(connection.send_messages([_mail(letter)]))
    except (OSError, SMTPException):
        logger.exception("letter lost", extra={"choice": choice})
        return False
    finally:
        connection.close()


def forget() -> None:
    """Drop what says that a letter was sent, long after its period."""
    LetterSent.objects.filter(at__lt=timezone.now() - KEPT).delete()


def last_period(today: date, *, period: Period) -> tuple[date, date]:
    """The first and the last day of the period before the one that runs."""
    ends = start_of(today, period=period) - timedelta(days=1)
    return start_of(ends, period=period), ends


@transaction.atomic(durable=True)
def _take_up(choice: int, *, today: date) -> Letter | None:
    """Take a letter up and write it; None if it is not due or wanted, or has nothing to tell."""
    rows = LetterChoice.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    wanted = rows.select_related("asn__user").exclude(every=Every.NEVER).filter(pk=choice).first()
    if wanted is None:
        return None
    period = PERIODS[Every(wanted.every)]
    starts, ends = last_period(today, period=period)
    if wanted.since > ends:
        return None
    # Also of who cannot be written to: else they would stay due, in front of everyone else.
    _row, is_ours = wanted.sent.get_or_create(every=wanted.every, starts=starts)
    if not is_ours or not _may_be_written_to(wanted.asn):
        return None
    mine = participation(wanted.asn, period=period, today=ends)
    return _letter(wanted, mine) if mine.current.purchases else None


def _may_be_written_to(asn: Asn) -> bool:
    user = asn.user
    reachable = user is not None and user.is_active and bool(user.email)
    return reachable and not personnel.has_left(asn) and consents.stands(asn)


# --- What it says --------------------------------------------------------------------------------


def _letter(choice: LetterChoice, mine: Participation) -> Letter:
    """In the city's language; the subject tells no figure: others see it in passing."""
    assert choice.asn.user is not None
    with translation.override(settings.LANGUAGE_CODE):
        end_link = _address("marketplace:letters-end", SIGNER.sign(str(choice.key)))
        said = {
            "mine": mine,
            "span": _span(mine),
            "near_share": sum(r.share for r in mine.current_rings if r.ring in OWN_KELURAHAN),
            "reached": mine.goal is not None and mine.goal.percent >= 100,
            "city": settings.CITY_NAME,
            "part_link": _address("marketplace:participation"),
            "choose_link": _address("marketplace:letters"),
            "end_link": end_link,
        }
        return Letter(
            address=choice.asn.user.email,
            subject=_("Your shopping, %(span)s") % {"span": said["span"]},
            text=render_to_string("marketplace/letter.txt", said),
            html=render_to_string("marketplace/letter.html", said),
            end_link=end_link,
        )


def _span(mine: Participation) -> str:
    starts, ends = mine.current.starts, mine.current.ends
    if mine.period == Period.MONTH:
        return date_format(starts, "F Y")
    first = date_format(starts, "j" if starts.month == ends.month else "j F")
    return f"{first}–{date_format(ends, 'j F Y')}"


def _mail(letter: Letter) -> EmailMultiAlternatives:
    """With the headers by which a mailbox ends it at one press (RFC 2369 and 8058)."""
    headers = {
        "List-Unsubscribe": f"<{letter.end_link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    mail = EmailMultiAlternatives(letter.subject, letter.text, None, [letter.address])
    mail.extra_headers = headers
    mail.attach_alternative(letter.html, "text/html")
    return mail


def _address(name: str, *parts: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse(name, args=parts)
