"""Activation without OpenID Connect: a NIP, and a code that goes where the personnel file says.

A known and an unknown NIP get the same answer after the same work: what was asked is written down
by its keyed hash, and a worker looks later whether anyone has it. The worker makes the code, so it
is in no request, task or log; of it a keyed hash is kept.
"""

import hmac
import logging
import secrets as random
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, secrets
from marketplace import nip, personnel
from marketplace.errors import (
    ActivationRefused,
    HasAnAddress,
    NotActivatable,
    SignInNameTaken,
)
from marketplace.models import Activation, ActivationNotice, Asn
from marketplace.nip import Nip

logger = logging.getLogger(__name__)

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 and O, 1, I and L: it is read and typed
LENGTH = 8  # 31 to the power of 8: with MOST_TRIES nobody guesses it
MOST_TRIES = 5
BY_MAIL = timedelta(minutes=30)
BY_HAND = timedelta(days=7)
NOTICE_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Printed:
    """A code for paper, shown now and never again."""

    code: str
    expires_at: datetime


# --- Asking --------------------------------------------------------------------------------------


def ask(number: Nip) -> None:
    """Note that a code is wanted for `number`; a worker sees to it within seconds."""
    digest, key_version = nip.digest(number)
    Activation.objects.update_or_create(
        digest=digest,
        by_hand=False,
        defaults={
            "key_version": key_version,
            "digests": nip.digests(number),
            "asked_at": timezone.now(),
            "handled_at": None,
        },
    )


def waiting() -> list[int]:
    """What workers have yet to look into; what is older than a code lives is worthless."""
    rows = Activation.objects.filter(handled_at=None, by_hand=False)
    recent = rows.filter(asked_at__gt=timezone.now() - BY_MAIL)
    return list(recent.order_by("asked_at").values_list("pk", flat=True))


def send_code(activation: int) -> None:
    """Mail a new code to who has the NIP, if anyone has, is not activated, and has an address.

    Delivered twice, one of the two does it. A worker that dies between the two steps sends nothing:
    the person asks again.
    """
    made = _make_code(activation)
    if made is None:
        return
    address, code = made
    try:
        _mail_code(address, code)
    except (OSError, SMTPException):
        logger.exception("activation code not sent", extra={"activation": activation})
        Activation.objects.filter(pk=activation).update(handled_at=None)


@transaction.atomic(durable=True)
def print_code(number: Nip, *, by: User) -> Printed:
    """A code for an ASN without an address, to be handed over in person.

    Raises `NotActivatable` if nobody who may activate has this NIP, `HasAnAddress` if they get
    mail.
    """
    asn = _may_activate(nip.digests(number)).first()
    if asn is None:
        raise NotActivatable
    if asn.email:
        raise HasAnAddress
    now = timezone.now()
    digest, key_version = nip.digest(number)
    row, _made = Activation.objects.update_or_create(
        digest=digest,
        by_hand=True,
        defaults={
            "key_version": key_version,
            "digests": nip.digests(number),
            "asked_at": now,
            "handled_at": now,
        },
    )
    code = _new_code(row, lives=BY_HAND)
    audit.record(actor=by, action="asn.activation_code_printed", subject=asn)
    return Printed(code=code, expires_at=now + BY_HAND)


# --- Activating ----------------------------------------------------------------------------------


def activate(*, number: Nip, code: str, username: str, password: str) -> User:
    """Make the account of the ASN with this NIP and code; the code is used up.

    Raises `ActivationRefused` for whatever does not fit, `SignInNameTaken` when only that does not.
    """
    with transaction.atomic():  # a wrong try is counted, and committed, before it is refused
        asn = _claim(number, code)
        if asn is not None:
            user = _new_account(asn, username=username, password=password)
            personnel.activate(asn, user)
            note_activated(asn)
            return user
    raise ActivationRefused


def note_activated(asn: Asn) -> None:
    """Have the address in the personnel file told, within seconds and also after a crash."""
    if asn.email:
        told = {"activated_at": timezone.now(), "told_at": None}
        ActivationNotice.objects.update_or_create(asn=asn, defaults=told)


def untold() -> list[int]:
    """Activations whose person has yet to be told."""
    return list(ActivationNotice.objects.filter(told_at=None).values_list("pk", flat=True))


@transaction.atomic(durable=True)
def tell(notice: int) -> None:
    """Write to the address in the personnel file that the account is active; at least once."""
    rows = ActivationNotice.objects.select_for_update(skip_locked=True, of=("self",))
    row = rows.select_related("asn").filter(pk=notice, told_at=None).first()
    if row is None:
        return
    row.told_at = timezone.now()
    row.save(update_fields=["told_at"])
    if row.asn.email:
        _mail_notice(row.asn.email, row.activated_at)


def forget() -> None:
    """Drop what was asked and is over: hashes of NIP are not kept for nothing."""
    over = Q(by_hand=False, asked_at__lt=timezone.now() - 2 * BY_MAIL) | Q(
        by_hand=True, expires_at__lt=timezone.now()
    )
    Activation.objects.filter(over).delete()
    ActivationNotice.objects.filter(told_at__lt=timezone.now() - NOTICE_KEPT).delete()


# --- Inside --------------------------------------------------------------------------------------


def _may_activate(digests: list[str]) -> QuerySet[Asn]:
    """The person with this NIP, if they serve and have no account yet."""
    serving = Q(left_on=None) | Q(left_on__gte=timezone.localdate())
    return Asn.objects.filter(serving, nip_digest__in=digests, user=None)


@transaction.atomic(durable=True)
def _make_code(activation: int) -> tuple[str, str] | None:
    rows = Activation.objects.select_for_update(skip_locked=True)
    row = rows.filter(pk=activation, handled_at=None).first()
    if row is None:
        return None
    row.handled_at = timezone.now()
    row.save(update_fields=["handled_at"])
    asn = _may_activate(row.digests).exclude(email="").first()
    return None if asn is None else (asn.email, _new_code(row, lives=BY_MAIL))


def _new_code(row: Activation, *, lives: timedelta) -> str:
    code = "".join(random.choice(LETTERS) for _letter in range(LENGTH))
    row.code_digest = _digests(row, code)[0]
    row.expires_at = timezone.now() + lives
    row.wrong_tries = 0
    row.save(update_fields=["code_digest", "expires_at", "wrong_tries"])
    return code


def _digests(row: Activation, code: str) -> list[str]:
    """Of a code as typed, bound to its NIP; by every key, the newest first."""
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    found = secrets.lookup_digests(f"{row.digest}/{typed}", purpose="activation-code")
    return [digest for digest, _version in found]


def _claim(number: Nip, code: str) -> Asn | None:
    """Use the code up; None, and one try less, if it does not fit."""
    rows = Activation.objects.filter(digest__in=nip.digests(number))
    fitting = [row for row in rows.select_for_update().order_by("pk") if _fits(row, code)]
    if not fitting:
        rows.update(wrong_tries=F("wrong_tries") + 1)
        return None
    rows.delete()
    return _may_activate(nip.digests(number)).select_for_update(no_key=True).first()


def _fits(row: Activation, code: str) -> bool:
    same = [hmac.compare_digest(digest, row.code_digest) for digest in _digests(row, code)]
    lives = row.expires_at is not None and row.expires_at > timezone.now()
    return any(same) and lives and row.wrong_tries < MOST_TRIES


def _new_account(asn: Asn, *, username: str, password: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(username, asn.email, password)
    except IntegrityError:
        raise SignInNameTaken from None


def _mail_code(address: str, code: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        send_mail(
            _("Your code to activate your account"),
            _(
                "The code is %(code)s. It works once, within 30 minutes, at %(link)s.\n\n"
                "If you did not ask for it, leave this mail alone: nothing changes."
            )
            % {"code": f"{code[:4]}-{code[4:]}", "link": _address("marketplace:activate")},
            None,
            [address],
        )


def _mail_notice(address: str, activated_at: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        at = date_format(timezone.localtime(activated_at), "j F Y H:i")
        send_mail(
            _("Your account is active"),
            _(
                "Your account at %(link)s was activated on %(at)s.\n\n"
                "If it was not you, tell your personnel office or an administrator of the city now."
            )
            % {"link": settings.BASE_URL, "at": at},
            None,
            [address],
        )


def _address(name: str) -> str:
    return settings.BASE_URL.rstrip("/") + reverse(name)
