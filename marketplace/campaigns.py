"""Campaign days: when the city invites to shop nearby. They change no figure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from marketplace.models import CampaignDay

MOST_DAYS = 366
"""A campaign's period is no longer."""
DAYS_AHEAD = 31
"""So far ahead a day is announced."""
SHOWN_AT_MOST = 20


@dataclass(frozen=True)
class Coming:
    """A campaign with the next of its days, which may be today."""

    campaign: CampaignDay
    day: date
    today: bool


def coming() -> list[Coming]:
    """The campaigns with a day today or within a month, by that day, today's first."""
    today = timezone.localdate()
    until = today + timedelta(days=DAYS_AHEAD)
    found = CampaignDay.objects.filter(last_day__gte=today, first_day__lte=until)
    there = [Coming(each, day, day == today) for each in found for day in _next(each, today, until)]
    return sorted(there, key=lambda each: (each.day, each.campaign.name))[:SHOWN_AT_MOST]


def days_of(campaign: CampaignDay, *, first: date, last: date) -> Iterator[date]:
    """Its days between two days, both included."""
    day, end = max(first, campaign.first_day), min(last, campaign.last_day)
    while day <= end:
        if not campaign.weekdays or day.isoweekday() in campaign.weekdays:
            yield day
        day += timedelta(days=1)


def _next(campaign: CampaignDay, first: date, last: date) -> list[date]:
    """The first of its days from one day on, if it has one until the other."""
    return list(days_of(campaign, first=first, last=last))[:1]
