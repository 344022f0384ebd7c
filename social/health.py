"""Whether the channels can post: asked from the platforms once a day, and when a person tests one.

A fault of the network says nothing of an account: it never makes a channel look disconnected.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.outbound import AddressRefused, CallFailed
from social import notices
from social.channels import adapter_of
from social.channels.health import Health, NotTold, RenewsKey, TellsHealth
from social.channels.http import Malformed
from social.channels.sign_in import SignInFailed
from social.models import Channel, ChannelHealth, Kind
from social.pausing import set_paused
from social.reasons import told

logger = logging.getLogger(__name__)

WARN_BEFORE = timedelta(days=7)
ACCOUNT_CHANGED = "account-changed"
NOT_REACHED = (NotTold, SignInFailed, Malformed, CallFailed, AddressRefused)


def channels_to_check() -> list[int]:
    """Keys of the channels that somebody connected."""
    connected = Channel.objects.exclude(credentials="")
    return list(connected.order_by("pk").values_list("pk", flat=True))


def tells_health(channel: Channel) -> bool:
    """Whether its platform can be asked how the account stands."""
    return isinstance(adapter_of(channel), TellsHealth)


def look_after(channel: Channel) -> ChannelHealth | None:
    """Renew the channel's key where that is due, then ask how its account stands."""
    adapter = adapter_of(channel)
    if isinstance(adapter, RenewsKey):
        fault = _fault_of(lambda: adapter.renew(channel))
        if fault:
            logger.warning("key not renewed", extra={"channel": channel.slug, "reason": fault})
    return check(channel)


def check(channel: Channel) -> ChannelHealth | None:
    """Ask the platform, outside any transaction, and write what it says.

    None where the platform cannot be asked.
    """
    adapter = adapter_of(channel)
    if not isinstance(adapter, TellsHealth):
        return None
    found: list[Health] = []
    fault = _fault_of(lambda: found.append(adapter.health(channel)))
    return _write_fault(channel, fault) if fault else _write(channel, found[0])


def is_ending(health: ChannelHealth) -> bool:
    """Whether the key ends within WARN_BEFORE."""
    return health.expires_at is not None and health.expires_at - timezone.now() < WARN_BEFORE


def _fault_of(ask: Callable[[], object]) -> str:
    """Why nothing was learned, or nothing if it was."""
    try:
        ask()
    except NOT_REACHED as error:
        return getattr(error, "reason", "malformed")
    except Exception:  # an answer nobody foresaw is no word about the account either
        logger.exception("asking a platform broke off")
        return "malformed"
    return ""


@transaction.atomic
def _write(channel: Channel, found: Health) -> ChannelHealth:
    """Keep what was said; a key that speaks for another account than before stops the channel."""
    Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)  # one look after the other
    before = ChannelHealth.objects.filter(channel=channel).first()
    known = before.account if before else ""
    problem = found.problem
    if known and found.account and found.account != known:
        problem = ACCOUNT_CHANGED
        set_paused(channel, by=None, paused=True)
        logger.error("channel stopped", extra={"channel": channel.slug, "reason": problem})
    now = timezone.now()
    health = _store(
        channel,
        checked_at=now,
        reached_at=now,
        fault="",
        account=found.account or known,
        problem=problem,
        expires_at=found.expires_at,
        gauges=[_as_json(asdict(gauge)) for gauge in found.gauges],
    )
    _tell(health)
    return health


def _tell(health: ChannelHealth) -> None:
    """Tell who connects channels of a key that is dead or will be soon, until it is mended."""
    name, problem = health.channel.name, health.problem
    dead = format_lazy("{}: {}", name, told(problem))
    _tell_or_settle(Kind.TOKEN_DEAD, health, dead, is_so=problem not in ("", ACCOUNT_CHANGED))
    ends = format_lazy(_("{name}: the key of the channel ends soon. Connect it again."), name=name)
    _tell_or_settle(Kind.TOKEN_EXPIRING, health, ends, is_so=is_ending(health))


def _tell_or_settle(kind: Kind, health: ChannelHealth, words: Promise, *, is_so: bool) -> None:
    slug = health.channel.slug
    if is_so:
        url = reverse("social_desk_channels:page", kwargs={"slug": slug})
        notices.tell(kind, subject=slug, words=words, url=url)
    else:
        notices.settle(kind, slug)


def _write_fault(channel: Channel, fault: str) -> ChannelHealth:
    return _store(channel, checked_at=timezone.now(), fault=fault)


def _store(channel: Channel, **columns: Any) -> ChannelHealth:
    health, _is_new = ChannelHealth.objects.update_or_create(channel=channel, defaults=columns)
    return health


def _as_json(gauge: dict[str, Any]) -> dict[str, Any]:
    resets_at = gauge["resets_at"]
    return {**gauge, "resets_at": resets_at.isoformat() if resets_at else None}
