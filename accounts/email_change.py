"""Another e-mail address for one's account: it counts once a code that was sent there came back.

What waits is kept in the session alone, encrypted: whoever asked types the code, in that browser.
"""

import hmac
import json
import secrets as random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import sessions, tokens
from accounts.errors import TooManyCodes, WrongCode
from accounts.models import User
from core import audit, secrets
from core.throttling import may_try_a_code

WAITING = "email-change"
LIVES = timedelta(minutes=30)


@dataclass(frozen=True)
class Waiting:
    """An address that is not the account's yet, and the code that was sent to it."""

    address: str
    code: str
    until: datetime


def ask(user: User, *, address: str, session: SessionBase) -> None:
    """Send a code to the new address; nothing of the account changes.

    Raises `TooManyCodes`: nobody's mailbox is to be flooded.
    """
    if not may_try_a_code(f"email-asked/{user.pk}"):
        raise TooManyCodes
    code = f"{random.randbelow(1_000_000):06d}"
    until = (timezone.now() + LIVES).isoformat()
    session[WAITING] = secrets.encrypt(json.dumps([address, code, until]))
    _mail_code(address, code)


def waiting(session: SessionBase) -> Waiting | None:
    """What was asked for in this session and is not over."""
    kept = session.get(WAITING)
    if kept is None:
        return None
    address, code, until = json.loads(secrets.decrypt(kept))
    found = Waiting(address, code, datetime.fromisoformat(until))
    return found if found.until > timezone.now() else None


@transaction.atomic
def confirm(user: User, *, code: str, session: SessionBase) -> None:
    """Take the new address; the old one is told, other sessions and every app are signed out.

    Raises `WrongCode` and `TooManyCodes`.
    """
    if not may_try_a_code(f"email/{user.pk}"):
        raise TooManyCodes
    asked = waiting(session)
    if asked is None or not hmac.compare_digest(asked.code, "".join(code.split())):
        raise WrongCode
    held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    before, held.email = held.email, asked.address
    held.save(update_fields=["email"])
    tokens.revoke_all(held)
    sessions.end_all(held)
    del session[WAITING]
    session.cycle_key()  # this one goes on, under another key
    audit.record(actor=held, action="user.email_changed", subject_user=held)
    if before:
        transaction.on_commit(lambda: _tell(before), robust=True)


def _mail_code(address: str, code: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        send_mail(
            _("Your code for the new e-mail address"),
            _(
                "The code is %(code)s. It works once, within 30 minutes, in the browser in which "
                "you asked for it.\n\nIf you did not ask for it, leave this mail alone: nothing "
                "changes."
            )
            % {"code": code},
            None,
            [address],
        )


def _tell(address: str) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        send_mail(
            _("The e-mail address of your account was changed"),
            _(
                "Your account at %(link)s has another e-mail address from now on; apps and other "
                "browsers were signed out.\n\nIf it was not you, tell an administrator of the city "
                "now."
            )
            % {"link": settings.BASE_URL},
            None,
            [address],
        )
