"""What stands below a shop's page: hours, links and badges, small and valid."""

from datetime import date, time

from cms.badge_numbers import BadgeKind
from cms.models import Badge, OpeningHours, ShopLink, UmkmPage
from cms.search_entries import renew

NUMBERS = {
    BadgeKind.NIB: "9120001234567",
    BadgeKind.PIRT: "206357301012329",
    BadgeKind.HALAL: "ID35110000000000026",
}


def opened(page: UmkmPage, first: int, last: int, opens: str, closes: str) -> OpeningHours:
    """Hours from one weekday to another."""
    span = {"opens": time.fromisoformat(opens), "closes": time.fromisoformat(closes)}
    hours = OpeningHours.objects.create(page=page, first_day=first, last_day=last, **span)
    renew([page.pk])  # as saving the page does
    return hours


def linked(page: UmkmPage, kind: str, url: str) -> ShopLink:
    return ShopLink.objects.create(page=page, kind=kind, url=url)


def checked(page: UmkmPage, kind: BadgeKind, *, on: date, until: date | None = None) -> Badge:
    """A badge that an office has checked."""
    badge = Badge.objects.create(
        page=page,
        kind=kind,
        number=NUMBERS[kind],
        checked_by_office="Diskopindag",
        checked_on=on,
        valid_until=until,
    )
    renew([page.pk])
    return badge
