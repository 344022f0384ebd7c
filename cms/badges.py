"""Which badges visitors see: those that an office has checked and that still hold on that day."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from cms.badge_numbers import BadgeKind
from cms.models.umkm import UmkmPage
from cms.models.umkm_details import Badge

A_DAY = timedelta(days=1)


def valid_badges(page: UmkmPage, *, day: date) -> list[Badge]:
    """The badges of a page that hold on a day (in WIB), in the order editors gave them."""
    return [badge for badge in page.badges.all() if _holds(badge, day)]


def is_curated(badges: Iterable[Badge]) -> bool:
    """Whether the valid badges tell a curated shop: an office has checked its NIB."""
    return any(badge.kind == BadgeKind.NIB for badge in badges)


def curated_on(day: date) -> Exists:
    """Holds for `UmkmPage` rows, drafts as well, whose business number was checked."""
    held = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    badges = Badge.objects.filter(held, page=OuterRef("pk"), kind=BadgeKind.NIB)
    return Exists(badges.filter(checked_on__lte=day))


def days_held(badges: Iterable[Badge], kind: BadgeKind) -> list[tuple[date, date | None]]:
    """From which day to before which day (None: without end) checked badges of a kind hold."""
    return [
        (badge.checked_on, badge.valid_until and badge.valid_until + A_DAY)
        for badge in badges
        if badge.kind == kind and badge.checked_on and _holds(badge, badge.checked_on)
    ]


def _holds(badge: Badge, day: date) -> bool:
    checked = badge.checked_on is not None and badge.checked_on <= day
    return checked and (badge.valid_until is None or badge.valid_until >= day)
