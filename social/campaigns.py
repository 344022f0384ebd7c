"""Links that say which channel led to a page, in the words that web statistics know (UTM)."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.utils.text import slugify

MEDIUM = "social"
LONGEST_CAMPAIGN = 60
PREFIX = "utm_"


def with_campaign(link: str, *, channel: str, campaign: str) -> str:
    """The link with the channel's slug as its source, and what it is about."""
    said = {"utm_source": channel, "utm_medium": MEDIUM}
    if name := slugify(campaign)[:LONGEST_CAMPAIGN]:
        said["utm_campaign"] = name
    parts = urlsplit(without_campaign(link))
    query = "&".join(part for part in (parts.query, urlencode(said)) if part)
    return urlunsplit(parts._replace(query=query))


def without_campaign(link: str) -> str:
    """The link as its author typed it."""
    parts = urlsplit(link)
    if PREFIX not in parts.query:
        return link
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.startswith(PREFIX)
    ]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def campaign_in(link: str) -> str | None:
    """What the link says it is about: perhaps nothing; None if it names no channel at all."""
    said = dict(parse_qsl(urlsplit(link).query))
    return said.get("utm_campaign", "") if said.get("utm_medium") == MEDIUM else None
