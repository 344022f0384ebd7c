"""Words of the desk in templates: reasons, what platforms count, lengths of time."""

from datetime import datetime, timedelta

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from social.reasons import told

register = template.Library()
register.filter(told)

COUNTED: dict[str, str | Promise] = {
    "views": _("seen"),
    "reach": _("people reached"),
    "likes": _("likes"),
    "shares": _("shared"),
    "replies": _("replies"),
    "quotes": _("quoted"),
    "saves": _("saved"),
}
"""What platforms count, in the order in which it is shown."""


@register.filter
def counted(numbers: dict[str, int]) -> list[tuple[str | Promise, int]]:
    """The numbers that a platform told, each with its word."""
    return [(word, numbers[name]) for name, word in COUNTED.items() if name in numbers]


GAUGES: dict[str, str | Promise] = {
    "app-day": _("Posts of the app in 24 hours"),
    "percent": _("Use of the API, in percent"),
    "posts-day": _("Posts in 24 hours"),
    "requests": _("Requests"),
}


@register.filter
def gauge_name(name: str) -> str | Promise:
    """What a gauge counts, in the reader's language."""
    return GAUGES.get(name, name)


@register.filter
def moment(said: str | None) -> datetime | None:
    """A moment kept in JSON."""
    return datetime.fromisoformat(said) if said else None


@register.filter
def in_words(length: timedelta) -> str:
    """How long a window is: in hours, minutes or seconds, whichever it is whole."""
    seconds = length.total_seconds()
    if seconds >= 3_600 and seconds % 3_600 == 0:
        return _("In %(number)d h") % {"number": seconds // 3_600}
    if seconds >= 60 and seconds % 60 == 0:
        return _("In %(number)d min") % {"number": seconds // 60}
    return _("In %(number)g s") % {"number": seconds}
