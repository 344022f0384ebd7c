"""The circuit breaker: a channel whose platform is down, or asks for it, rests as a whole.

After `OPENS_AFTER` failures in a row nothing is sent for a while; then one post tries, and either
all goes on or the next rest is twice as long. A platform that means the account (a limit, used-up
credit) says itself for how long. What it says of one post (a picture still being processed, words
it refuses) is no failure of the channel.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from social.backoff import pause
from social.channels.protocol import NotSent, Outcome, Published, Refused
from social.models import Channel, ChannelRest

OPENS_AFTER = 5
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=30)

OF_THE_ACCOUNT = frozenset({"rate-limited", "quota", "no-credit"})
"""Refusals for now that are about the account, not about the post."""
OF_THE_POST = frozenset(
    {"processing", "too-soon", "container-gone", "key-being-renewed", "window-over"}
)
"""Refusals for now that say nothing about the channel."""
KEY_IS_DEAD = frozenset({"token-refused", "not-connected"})
"""Refusals that meet each post: better one post fails than all that are due."""


def note(channel: Channel, outcome: Outcome) -> None:
    """Write what an outcome says of its channel, in the transaction that writes the outcome."""
    match outcome:
        case Published():
            _all_is_well(channel)
        case NotSent(reason=reason) if reason in OF_THE_POST:
            pass
        case NotSent(reason=reason) if reason in OF_THE_ACCOUNT:
            _rest(channel, timezone.now() + (outcome.retry_after or FIRST_REST), reason)
        case Refused(reason=reason) if reason not in KEY_IS_DEAD:
            _all_is_well(channel)
        case _:
            _count_failure(channel, outcome.reason, at_once=isinstance(outcome, Refused))


def rest_of(channel: Channel) -> ChannelRest | None:
    """How it has fared, if not well; read with the channel by `select_related("rest")`."""
    return getattr(channel, "rest", None)


def rests_until(channel: Channel) -> datetime | None:
    """Until when nothing is sent; None while it may send."""
    rest = rest_of(channel)
    return rest.rest_until if rest and rest.is_on else None


def is_on_trial(channel: Channel) -> bool:
    """Whether one post at a time tries if the platform is well again."""
    rest = rest_of(channel)
    return rest is not None and rest.failures >= OPENS_AFTER


def begin_anew(channel: Channel) -> None:
    """Forget how it fared: a person has looked, or brought another key."""
    ChannelRest.objects.filter(channel=channel).delete()


def _all_is_well(channel: Channel) -> None:
    """An answer to a call from before the rest does not end it."""
    if rest_of(channel) is None:
        return
    rests = ChannelRest.objects.filter(channel=channel)
    rests.exclude(rest_until__gt=timezone.now()).delete()


def _rest(channel: Channel, until: datetime, reason: str) -> None:
    columns = {"rest_until": until, "reason": reason}
    ChannelRest.objects.update_or_create(channel=channel, defaults=columns)


@transaction.atomic
def _count_failure(channel: Channel, reason: str, *, at_once: bool) -> None:
    rest, _is_new = ChannelRest.objects.select_for_update().get_or_create(channel=channel)
    rest.failures = max(rest.failures + 1, OPENS_AFTER if at_once else 0)
    rest.reason = reason[:300]
    if rest.failures >= OPENS_AFTER:
        rest.rest_until = timezone.now() + pause(
            rest.failures - OPENS_AFTER + 1, first=FIRST_REST, longest=LONGEST_REST
        )
    rest.save(update_fields=["failures", "reason", "rest_until"])
