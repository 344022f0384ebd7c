"""`{% campaign_days 3 as days %}`: the days on which the city invites to shop nearby."""

from django import template

from marketplace import campaigns

register = template.Library()


@register.simple_tag
def campaign_days(most: int) -> list[campaigns.Coming]:
    """The campaigns of today and of the next weeks, soonest first."""
    return campaigns.coming()[:most]
