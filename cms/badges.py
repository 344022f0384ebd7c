"""Which badges visitors see: those that an office has checked and that still hold on that day."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from cms.badge_numbers import BadgeKind
from cms.models.umkm import UmkmPage
from cms.models.umkm_details import Badge


def valid_badges(page: UmkmPage, *, day: date) -> list[Badge]:
    """The badges of a page that hold on a day (in WIB), in the order editors gave them."""
    return [badge for badge in page.badges.all() if _holds(badge, day)]


def is_curated(badges: Iterable[Badge]) -> bool:
    """Whether the valid badges tell a curated shop: an office has checked its NIB."""
    return any(badge.kind == BadgeKind.NIB for badge in badges)


def halal_on(day: date) -> Exists:
    """Holds for `UmkmPage` rows with a checked halal certificate that is valid on a day."""
    return _has(BadgeKind.HALAL, day)


def curated_on(day: date) -> Exists:
    """Holds for `UmkmPage` rows whose business number was checked."""
    return _has(BadgeKind.NIB, day)


def _has(kind: BadgeKind, day: date) -> Exists:
    badges: QuerySet[Badge] = Badge.objects.filter(page=OuterRef("pk"), kind=kind)
    held = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
    return Exists(badges.filter(held, checked_on__lte=day))


def _holds(badge: Badge, day: date) -> bool:
    checked = badge.checked_on is not None and badge.checked_on <= day
    return checked and (badge.valid_until is None or badge.valid_until >= day)
