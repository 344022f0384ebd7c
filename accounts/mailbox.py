"""The demo's mailbox: the mails that the system sent, read from the folder they were written to."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.utils import timezone


@dataclass(frozen=True)
class Mail:
    """One mail as its reader sees it."""

    to: str
    subject: str
    text: str
    sent_at: datetime


def mails(limit: int = 50) -> list[Mail]:
    """The mails sent last, newest first; the file backend writes one file per connection."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), reverse=True)
    return [mail for path in files[:limit] for mail in _read(path)]


def _read(path: Path) -> list[Mail]:
    at = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())
    ruled = b"-" * 79
    parts = [part.strip() for part in path.read_bytes().split(ruled)]
    return [_mail(part, at) for part in parts if part]


def _mail(content: bytes, at: datetime) -> Mail:
    message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    body = message.get_body(("plain",))
    return Mail(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=body.get_content() if body else "",
        sent_at=at,
    )
