"""Words for the reasons that the engine writes; a person's reason is shown as written."""

from datetime import datetime, timedelta

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

TOLD: dict[str, str | Promise] = {
    "account-changed": _("The key speaks for another account than before; the channel is paused."),
    "account-blocked": _("The platform blocked the account; the channel is paused."),
    "action-blocked": _("The platform refused it, but it may be out."),
    "approval-void": _("The approval no longer covers it."),
    "by-hand": _("Posted by hand."),
    "cannot-withdraw": _("The platform offers no way to take it back."),
    "changes-asked": _("Changes were asked for."),
    "channel-retired": _("The channel is no longer used."),
    "chat-not-found": _("Telegram knows no such channel or group, or the bot is not in it."),
    "chat-moved": _("The group became a supergroup: its number is a new one."),
    "container-gone": _("The platform lost the pictures; they are brought again."),
    "content-refused": _("The platform does not take this content."),
    "duplicate": _("The platform says that the same words are there already."),
    "edited": _("Edited; the approval is void."),
    "id-unknown": _("Nobody knows which post on the platform it is."),
    "key-being-renewed": _("The channel's key is being renewed."),
    "lease-over": _("The worker did not come back."),
    "malformed": _("The platform's answer could not be read."),
    "no-account": _("The sign-in opened no account that could post."),
    "no-connection": _("The connection to the platform broke."),
    "no-credit": _("The account's credit with the platform is used up."),
    "not-allowed": _("The account may not post there."),
    "not-connected": _("The channel is not connected."),
    "other-account": _("The key belongs to another account than the number says."),
    "picture-not-fetched": _("The platform could not fetch the pictures."),
    "processing": _("The platform is still processing the pictures."),
    "quota": _("The account has posted as much as it may for now."),
    "rate-limited": _("The platform asks for a pause."),
    "redirect": _("The address leads elsewhere: bring the one it leads to."),
    "resumed": _("Resumed."),
    "sending-stopped": _("All sending was stopped."),
    "server-error": _("The platform had a fault."),
    "signed-first": _("Signed by the first of two people."),
    "token-refused": _("The platform no longer takes the channel's key: connect it again."),
    "session-over": _("The sign-in at the platform was over; it is renewed."),
    "too-old": _("It is older than 48 hours: the bot needs the right to delete messages."),
    "name-unknown": _("There is no server of this name."),
    "not-public": _("The address lies in a network of its own: the operator has to trust it."),
    "sign-in-refused": _("The platform did not accept the sign-in."),
    "too-slow": _("The platform did not answer in time."),
    "window-over": _("Its window passed."),
}


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


@register.filter
def told(reason: str) -> str | Promise:
    """A reason in the reader's language."""
    return TOLD.get(reason, reason)


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
