"""Texts by which programs are let in: random, told once, and kept as a digest."""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from accounts.models import ApiClient, ApiToken

SHOWN = 12
"""So many characters of a text are kept readable, to tell it from others."""
USE_NOTED_EVERY = timedelta(minutes=10)


def new_text(mark: str) -> str:
    """256 random bits behind a mark by which it is recognised in a log or a repository."""
    return mark + secrets.token_urlsafe(32)


def digest(text: str) -> str:
    """SHA-256: what is kept of a text. So many random bits need no slower one."""
    return hashlib.sha256(text.encode()).hexdigest()


def note_use(row: ApiToken | ApiClient) -> None:
    """Write down that it is used now, at most every ten minutes."""
    now = timezone.now()
    if row.last_used_at is None or now - row.last_used_at > USE_NOTED_EVERY:
        type(row).objects.filter(pk=row.pk).update(last_used_at=now)
