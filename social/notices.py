"""What people of the desk should know: told once, to those whom it concerns, until it is settled.

    notices.tell(Kind.TOKEN_DEAD, subject=channel.slug, words=_("..."), url="/admin/...")
    notices.settle(Kind.TOKEN_DEAD, channel.slug)

Told and settled in the caller's transaction, as rows; `social.notice_delivery` brings them to
people afterwards, so that no mail server can undo or delay what happened.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import User
from social import mail_choices
from social.models import (
    Absence,
    Channel,
    Kind,
    MessageContributor,
    Notice,
    NoticeDelivery,
    Post,
    State,
)
from social.models.notices import LONGEST_SUBJECT, LONGEST_WORDS
from social.reasons import told

__all__ = ["Kind", "concerned", "follow", "open_for", "settle", "tell", "tell_of_blocked"]

GATHERED_FOR = timedelta(minutes=1)
"""How long what waits for approval is gathered: a message for nine channels is one mail."""

RIGHTS: dict[Kind, str] = {
    Kind.UNCLEAR: "write_post",
    Kind.FAILED: "write_post",
    Kind.MISSED: "write_post",
    Kind.POST_GONE: "write_post",
    Kind.NOT_TAKEN_BACK: "write_post",
    Kind.CHANNEL_BLOCKED: "manage_channel",
    Kind.TOKEN_EXPIRING: "manage_channel",
    Kind.TOKEN_DEAD: "manage_channel",
    Kind.STOPPED: "view_desk",
    Kind.WAITING_FOR_APPROVAL: "approve_post",
    Kind.STILL_WAITING: "approve_post",
    Kind.WINDOW_CLOSING: "approve_post",
}
"""Whom each kind concerns: those who can do something about it."""

TOLD_ON: dict[State, Kind] = {
    State.SUBMITTED: Kind.WAITING_FOR_APPROVAL,
    State.UNKNOWN: Kind.UNCLEAR,
    State.FAILED: Kind.FAILED,
    State.MISSED: Kind.MISSED,
}
SETTLED_AFTER: dict[State, tuple[Kind, ...]] = {
    State.SUBMITTED: (Kind.WAITING_FOR_APPROVAL, Kind.STILL_WAITING, Kind.WINDOW_CLOSING),
    State.UNKNOWN: (Kind.UNCLEAR,),
    State.FAILED: (Kind.FAILED,),
    State.MISSED: (Kind.MISSED,),
    State.PUBLISHED: (Kind.POST_GONE, Kind.NOT_TAKEN_BACK),
}
"""What is over once a post has left a state."""


@transaction.atomic
def tell(
    kind: Kind,
    *,
    subject: str,
    words: str | Promise,
    url: str = "",
    but_not: Iterable[int] = (),
) -> None:
    """Say that something happened; nothing while the same is open already.

    `subject` is what it is about, `url` a path of this site; `but_not` are keys of people whom it
    does not concern. It reaches the desk's page at once, mail, chat and webhook a little later.
    """
    with translation.override(settings.LANGUAGE_CODE):
        said = Truncator(str(words)).chars(LONGEST_WORDS)
    notice, is_new = Notice.objects.get_or_create(
        kind=kind,
        subject=subject[:LONGEST_SUBJECT],
        settled_at=None,
        defaults={"words": said, "url": url},
    )
    if is_new:
        _write_deliveries(notice, but_not=list(but_not))


def settle(kind: Kind, subject: str) -> None:
    """Say that it is over; nothing where it was not open."""
    _settle([kind], subject)


def follow(post: Post, *, before: State) -> None:
    """Tell and settle what a step of a post means for people."""
    if kinds := SETTLED_AFTER.get(before):
        _settle(kinds, str(post.public_id))
    if kind := TOLD_ON.get(State(post.state)):
        tell_of_post(kind, post)


def tell_of_post(kind: Kind, post: Post) -> None:
    """Say something of a post, in words from which a person on the bus knows which."""
    with translation.override(settings.LANGUAGE_CODE):
        headline = post.headline or _("Post without words")
        why = f" {told(post.reason)}" if post.reason else ""
        words = f"{post.channel.name}: {headline}{why}"
    tell(
        kind,
        subject=str(post.public_id),
        words=words,
        url=reverse("social_desk:post", args=[post.public_id]),
        but_not=_contributors(post) if RIGHTS[kind] == "approve_post" else (),
    )


def tell_of_blocked(channel: Channel) -> None:
    """Say that the engine paused a channel because its platform blocks the account."""
    tell(
        Kind.CHANNEL_BLOCKED,
        subject=channel.slug,
        words=channel.name,
        url=reverse("social_desk_channels:list"),
    )


def concerned(kind: Kind) -> QuerySet[User]:
    """Who holds the right by name; that a superuser may do everything makes nobody an addressee."""
    right = Permission.objects.filter(codename=RIGHTS[kind], content_type__app_label="social")
    group, own = Q(groups__permissions__in=right), Q(user_permissions__in=right)
    return User.objects.filter(group | own, is_active=True).distinct().order_by("pk")


def open_for(person: User) -> QuerySet[Notice]:
    """What is open and this person can do something about, the latest first."""
    kinds = [kind for kind, right in RIGHTS.items() if person.has_perm(f"social.{right}")]
    return Notice.objects.filter(kind__in=kinds, settled_at=None)


def _settle(kinds: Iterable[Kind], subject: str) -> None:
    still_open = Notice.objects.filter(kind__in=kinds, subject=subject, settled_at=None)
    still_open.update(settled_at=timezone.now())


def _write_deliveries(notice: Notice, *, but_not: list[int]) -> None:
    way = NoticeDelivery.Way
    people = _mailed(Kind(notice.kind), but_not=but_not)
    rows = [_delivery(notice, way.MAIL, person_id=person_id) for person_id in people]
    if settings.NOTICE_TELEGRAM_TOKEN and settings.NOTICE_TELEGRAM_CHAT:
        rows.append(_delivery(notice, way.TELEGRAM))
    if settings.NOTICE_WEBHOOK_URL:
        rows.append(_delivery(notice, way.WEBHOOK))
    NoticeDelivery.objects.bulk_create(rows)


def _mailed(kind: Kind, *, but_not: list[int]) -> list[int]:
    """Keys of the addressees who have an address and want notices of this kind there."""
    wanted = concerned(kind).exclude(pk__in=but_not).annotate(wants=mail_choices.wants(kind))
    people = {person.pk: bool(person.email and person.wants) for person in wanted}
    return [key for key in _addressees(kind, list(people)) if people[key]]


def _addressees(kind: Kind, people: list[int]) -> list[int]:
    """Whom it concerns; of what is to be signed, who is away is told through their substitute.

    Where nobody is left that way, everybody is told.
    """
    if RIGHTS[kind] != "approve_post":
        return people
    today = timezone.localdate()
    away = Absence.objects.filter(person__in=people, first__lte=today, last__gte=today)
    standing_in = dict(away.values_list("person_id", "substitute_id"))
    told = {standing_in.get(key, key) for key in people} - standing_in.keys()
    return [key for key in people if key in told] or people


def _delivery(
    notice: Notice, way: NoticeDelivery.Way, *, person_id: int | None = None
) -> NoticeDelivery:
    return NoticeDelivery(notice=notice, way=way, person_id=person_id, next_at=_first_try(notice))


def _first_try(notice: Notice) -> datetime:
    gathered = notice.kind == Kind.WAITING_FOR_APPROVAL
    return timezone.now() + (GATHERED_FOR if gathered else timedelta(0))


def _contributors(post: Post) -> QuerySet[MessageContributor, int]:
    named = MessageContributor.objects.filter(message_id=post.message_id)
    return named.values_list("user_id", flat=True)
