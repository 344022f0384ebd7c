"""Which notices reach a person by mail: all, what is urgent, or none; each says so for themselves.

The desk's own page, its chat and its webhook tell everything, whatever anybody chose.
"""

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from social.models import Kind, MailChoice

URGENT = frozenset(
    {
        Kind.UNCLEAR,
        Kind.FAILED,
        Kind.CHANNEL_BLOCKED,
        Kind.TOKEN_DEAD,
        Kind.STOPPED,
        Kind.WINDOW_CLOSING,
        Kind.NOT_TAKEN_BACK,
    }
)
"""What gets worse with every hour that nobody looks."""


def choose(person: User, which: MailChoice.Which) -> None:
    """Keep what somebody wants; chosen again, the last word stands."""
    MailChoice.objects.update_or_create(person=person, defaults={"which": which})


def choice_of(person: User) -> MailChoice.Which:
    """What somebody chose; all, while they chose nothing."""
    kept = MailChoice.objects.filter(person=person).first()
    return MailChoice.Which(kept.which) if kept else MailChoice.Which.ALL


def wants(kind: Kind) -> Q:
    """The condition on people who want notices of this kind by mail."""
    turned_off = [MailChoice.Which.NONE]
    if kind not in URGENT:
        turned_off.append(MailChoice.Which.URGENT)
    return ~Q(Exists(MailChoice.objects.filter(person=OuterRef("pk"), which__in=turned_off)))
