"""Sessions of our pages, ended before their time."""

from collections.abc import Iterable

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import User


def end_all(*users: User) -> int:
    """End every session of `users`, and how many there were.

    A session does not say whose it is before it is opened, so all are: a few seconds at most.
    """
    theirs = {str(user.pk) for user in users}
    found = [row.pk for row in _running() if row.get_decoded().get(SESSION_KEY) in theirs]
    Session.objects.filter(pk__in=found).delete()
    return len(found)


def _running() -> Iterable[Session]:
    return Session.objects.filter(expire_date__gt=timezone.now()).iterator(chunk_size=1_000)
