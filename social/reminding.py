"""Posts that wait for a second person too long, and who is reminded while an approver is away."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from core import audit
from social import notices
from social.errors import NotASubstitute
from social.models import Absence, Kind, Post, State

MOST = 500
KEPT_FOR = timedelta(days=90)
"""How long it stays known who was away, after the last day of it."""


def remind() -> None:
    """Tell of each post that has waited for APPROVAL_REMINDER_HOURS, and of each whose window
    closes in less than WINDOW_CLOSING_HOURS: once each, while it waits.
    """
    now = timezone.now()
    too_long = now - timedelta(hours=settings.APPROVAL_REMINDER_HOURS)
    closing = now + timedelta(hours=settings.WINDOW_CLOSING_HOURS)
    submissions = Q(steps__to_state=State.SUBMITTED) & ~Q(steps__from_state=State.SUBMITTED)
    known = _waiting().annotate(since=Max("steps__at", filter=submissions))
    for late in known.filter(since__lte=too_long)[:MOST]:
        notices.tell_of_post(Kind.STILL_WAITING, late)
    for post in _waiting().filter(window_until__gt=now, window_until__lte=closing)[:MOST]:
        notices.tell_of_post(Kind.WINDOW_CLOSING, post)


@transaction.atomic
def be_away(person: User, *, substitute: User, first: date, last: date) -> Absence:
    """Write down who is reminded instead, from the first to the last day.

    Raises `NotASubstitute` for oneself and for somebody who may not sign.
    """
    if substitute.pk == person.pk or not substitute.has_perm("social.approve_post"):
        raise NotASubstitute
    absence = Absence.objects.create(person=person, substitute=substitute, first=first, last=last)
    audit.record(actor=person, action="social.away", subject=absence)
    return absence


def come_back(person: User, absence_id: int) -> None:
    """Take one's own absence back; what is gone already is gone."""
    Absence.objects.filter(pk=absence_id, person=person).delete()


def forget_absences() -> None:
    """Delete what said who was away, KEPT_FOR after its last day."""
    Absence.objects.filter(last__lt=timezone.localdate() - KEPT_FOR).delete()


def _waiting() -> QuerySet[Post]:
    return Post.objects.filter(state=State.SUBMITTED).select_related("channel").order_by("pk")
