"""What an UMKM's page tells beside its own words: open or not, badges, the way there."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from cms.badges import is_curated, valid_badges
from cms.models.umkm import UmkmPage
from cms.models.umkm_details import Badge, OpeningHours, ShopLink
from cms.positions import MapLinks, map_links
from cms.timetable import DayOfWeek, OpenSign, open_sign, week


@dataclass(frozen=True)
class ShopWindow:
    """The facts of a shop at one moment."""

    hours: list[OpeningHours]
    sign: OpenSign | None
    week: list[DayOfWeek]
    links: list[ShopLink]
    badges: list[Badge]
    curated: bool
    maps: MapLinks | None


def shop_window(page: UmkmPage, *, at: datetime) -> ShopWindow:
    """A shop at a moment, as its page and the pages of its products tell it."""
    hours = list(page.hours.all())
    badges = valid_badges(page, day=timezone.localdate(at))
    return ShopWindow(
        hours=hours,
        sign=open_sign(hours, at=at),
        week=week(hours, at=at),
        links=list(page.links.all()),
        badges=badges,
        curated=is_curated(badges),
        maps=map_links(page),
    )
